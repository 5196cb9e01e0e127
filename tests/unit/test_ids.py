"""Public ids: a bijection that cannot be guessed, counted, or used for another kind of thing."""

import random
import re
from typing import get_args

import pytest

from manyhands.core import ids

KINDS: tuple[ids.Kind, ...] = get_args(ids.Kind)
NUMBERS = [0, 1, 2, 3, 4_294_967_295, 4_294_967_296, 2**62, 2**63 - 1]


@pytest.mark.parametrize("kind", KINDS)
def test_every_number_has_one_id_and_comes_back_from_it(kind: ids.Kind) -> None:
    numbers = {*NUMBERS, *(random.randrange(2**63) for _ in range(300)), *range(300)}
    texts = {ids.encode(kind, number) for number in numbers}
    assert len(texts) == len(numbers)
    assert {ids.decode(kind, text) for text in texts} == numbers
    assert all(re.fullmatch(r"3[0-9A-Z]{29}", text) for text in texts)


def test_an_id_of_another_kind_does_not_decode() -> None:
    for kind in KINDS:
        text = ids.encode(kind, 7)
        assert [ids.decode(other, text) for other in KINDS if other != kind] == [None] * (len(KINDS) - 1)


def test_neighbours_have_nothing_in_common() -> None:
    first, second = ids.encode("hit", 1), ids.encode("hit", 2)
    assert sum(a == b for a, b in zip(first[1:], second[1:], strict=True)) < 10


def test_guessing_finds_nothing() -> None:
    chance = random.Random(1)
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    # The first digit is small: 29 of base 36 hold more than the 128 bits that are used.
    guesses = ["3" + "0" * 5 + "".join(chance.choices(alphabet, k=24)) for _ in range(20_000)]
    assert all(ids.decode("assignment", guess) is None for guess in guesses)


def test_a_changed_character_does_not_decode() -> None:
    text = ids.encode("assignment", 42)
    for place in range(1, 30):
        changed = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        assert ids.decode("assignment", changed) is None


@pytest.mark.parametrize(
    "text",
    ["", "3", "X" * 30, "3" + "Z" * 29, "3" + "a" * 29, "3" + "é" * 29, "0" + "1" * 29, "3" * 31, "３" * 30],
)
def test_what_has_not_the_shape_of_an_id_does_not_decode(text: str) -> None:
    assert ids.decode("hit", text) is None
    assert ids.decode_account(text) is None


def test_accounts_have_ids_of_their_own_shape() -> None:
    numbers = {*NUMBERS, *range(500)}
    texts = {ids.encode_account(number) for number in numbers}
    assert len(texts) == len(numbers)
    assert {ids.decode_account(text) for text in texts} == numbers
    assert all(re.fullmatch(r"A[0-9A-Z]{13}", text) for text in texts)
    assert ids.decode_account("AZZZZZZZZZZZZZ") is None
