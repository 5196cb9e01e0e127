"""Public ids in MTurk's shape, made from the bigint by a keyed bijection.

They cannot be guessed or counted, need no column and no index, and are the same on the site and in
the API. A Feistel network over two halves with keyed BLAKE2b as its round function is a bijection by
construction; 30-character ids carry 64 zero bits beside the number, so a made-up id does not decode.
"""

import hashlib
from functools import cache, lru_cache
from typing import Literal, NewType

from django.conf import settings

AccountId = NewType("AccountId", int)
WorkerId = NewType("WorkerId", int)
RequesterId = NewType("RequesterId", int)
ProjectId = NewType("ProjectId", int)
BatchId = NewType("BatchId", int)
QualificationRequestId = NewType("QualificationRequestId", int)
HITTypeId = NewType("HITTypeId", int)
HITId = NewType("HITId", int)
AssignmentId = NewType("AssignmentId", int)
SubCategoryId = NewType("SubCategoryId", int)
QualificationTypeId = NewType("QualificationTypeId", int)
LayoutId = NewType("LayoutId", int)
BonusId = NewType("BonusId", int)

Kind = Literal[
    "project", "layout", "batch", "hit_type", "hit_group", "hit", "assignment", "qualification_type",
    "qualification_request", "review_action", "event", "notice", "forum_thread", "forum_post",
    "event_subscription", "event_delivery",
]  # fmt: skip
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS = {character: value for value, character in enumerate(_ALPHABET)}
# Four rounds of a keyed pseudo-random function make a strong permutation (Luby and Rackoff 1988).
_ROUNDS = 4
# Three digits at a time: public ids are made several times per request.
_THREE = 36**3
TRIPLES = [a + b + c for a in _ALPHABET for b in _ALPHABET for c in _ALPHABET]


@cache
def round_keys(kind: str) -> tuple[bytes, ...]:
    root = settings.SECRET_KEY.encode()
    return tuple(
        hashlib.blake2b(f"public id/{kind}/{round_}".encode(), key=hashlib.sha256(root).digest()).digest()[
            :32
        ]
        for round_ in range(_ROUNDS)
    )


def _feistel(kind: str, left: int, right: int, *, half_bytes: int) -> tuple[int, int]:
    for key in round_keys(kind):
        digest = hashlib.blake2b(right.to_bytes(half_bytes, "big"), key=key, digest_size=half_bytes).digest()
        left, right = right, left ^ int.from_bytes(digest, "big")
    return left, right


def _unfeistel(kind: str, left: int, right: int, *, half_bytes: int) -> tuple[int, int]:
    for key in reversed(round_keys(kind)):
        digest = hashlib.blake2b(left.to_bytes(half_bytes, "big"), key=key, digest_size=half_bytes).digest()
        left, right = right ^ int.from_bytes(digest, "big"), left
    return left, right


def _base36(value: int, width: int) -> str:
    triples = []
    for _ in range(-(-width // 3)):
        value, triple = divmod(value, _THREE)
        triples.append(TRIPLES[triple])
    return "".join(reversed(triples))[-width:]


def _from_base36(text: str) -> int | None:
    value = 0
    for character in text:
        digit = _DIGITS.get(character)
        if digit is None:
            return None
        value = value * 36 + digit
    return value


@lru_cache(maxsize=65_536)
def encode(kind: Kind, number: int) -> str:
    """The 30-character public id: ``3`` and 29 of ``[0-9A-Z]``."""
    left, right = _feistel(kind, 0, number, half_bytes=8)
    return "3" + _base36((left << 64) | right, 29)


def decode(kind: Kind, text: str) -> int | None:
    """The number behind a public id, or None when it is not one of ours and of this kind."""
    if len(text) != 30 or text[0] != "3":
        return None
    value = _from_base36(text[1:])
    if value is None or value >> 128:
        return None
    left, right = _unfeistel(kind, value >> 64, value & (2**64 - 1), half_bytes=8)
    return right if left == 0 and right < 2**63 else None


@lru_cache(maxsize=65_536)
def encode_account(account_id: int) -> str:
    """The id of a worker or requester: ``A`` and 13 of ``[0-9A-Z]``."""
    left, right = _feistel("account", account_id >> 32, account_id & (2**32 - 1), half_bytes=4)
    return "A" + _base36((left << 32) | right, 13)


def decode_account(text: str) -> int | None:
    """The account behind a public worker or requester id, or None when the shape is wrong."""
    if len(text) != 14 or text[0] != "A":
        return None
    value = _from_base36(text[1:])
    if value is None or value >> 64:
        return None
    left, right = _unfeistel("account", value >> 32, value & (2**32 - 1), half_bytes=4)
    number = (left << 32) | right
    return number if number < 2**63 else None
