"""Tokens of the content origin: for one purpose, for a time, and not to be made by others."""

import base64
from typing import get_args

import pytest
from django.test.utils import override_settings

from manyhands.core import tokens

PURPOSES: tuple[tokens.Purpose, ...] = get_args(tokens.Purpose)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_token_gives_its_two_numbers_back(purpose: tokens.Purpose) -> None:
    assert tokens.read(purpose, tokens.make(purpose, 2**63 - 1, 0, good_for_s=60)) == (2**63 - 1, 0)


def test_a_token_is_good_for_its_purpose_only() -> None:
    token = tokens.make("preview", 1, 2, good_for_s=60)
    assert tokens.read("assignment", token) is None
    assert tokens.read("try", token) is None


def test_a_token_ends() -> None:
    assert tokens.read("assignment", tokens.make("assignment", 1, 2, good_for_s=-1)) is None


def test_no_bit_of_a_token_can_be_changed() -> None:
    raw = bytearray(base64.urlsafe_b64decode(tokens.make("assignment", 1, 2, good_for_s=60) + "=="))
    for place in range(len(raw)):
        for bit in range(8):
            raw[place] ^= 1 << bit
            changed = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
            assert tokens.read("assignment", changed) is None
            raw[place] ^= 1 << bit


@pytest.mark.parametrize("token", ["", "=", "a", "%%%", "é", "A" * 10_000, "AAAA", "../../etc", "\x00"])
def test_what_is_no_token_is_refused(token: str) -> None:
    assert tokens.read("assignment", token) is None


def test_another_key_reads_nothing() -> None:
    token = tokens.make("assignment", 1, 2, good_for_s=60)
    tokens._key.cache_clear()
    try:
        with override_settings(SECRET_KEY="another key"):
            assert tokens.read("assignment", token) is None
    finally:
        tokens._key.cache_clear()
    assert tokens.read("assignment", token) == (1, 2)
