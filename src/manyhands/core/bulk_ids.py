"""Public ids by the thousand: the same bijection as ``core.ids``, a column at a time.

Apart, because it needs NumPy, which processes that never export do without.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from manyhands.core.ids import TRIPLES, Kind, round_keys

_Words = NDArray[np.uint64]
# The 128 bits come as four parts of 32, and leave as six of five digits of base 36: products of both are
# below 2**58, so that sums of four stay exact in 64 bits.
_FIVE = 36**5
_PART_BITS, _PART = np.uint64(32), np.uint64(2**32 - 1)
_IN_FIVES = np.array(
    [[2 ** (32 * part) // _FIVE**five % _FIVE for five in range(6)] for part in range(4)], dtype=np.uint64
)
_THREE_TEXT = np.array(TRIPLES, dtype="S3")
_TWO_TEXT = np.array([triple[1:] for triple in TRIPLES[: 36**2]], dtype="S2")


def encode_many(kind: Kind, numbers: Sequence[int] | NDArray[np.int64]) -> list[bytes]:
    """``ids.encode`` of each number, in order, as ASCII."""
    right = np.array(numbers, dtype=np.uint64)
    left = np.zeros_like(right)
    for key in round_keys(kind):
        left, right = right, left ^ _rounded(key, right)
    parts = np.stack([right & _PART, right >> _PART_BITS, left & _PART, left >> _PART_BITS], axis=1)
    text = np.empty((len(right), 6), dtype=[("three", "S3"), ("two", "S2")])
    carried = np.zeros_like(right)
    for place, five in enumerate((parts @ _IN_FIVES).T):
        carried, digits = np.divmod(five + carried, _FIVE)
        three, two = np.divmod(digits, 36**2)
        text["three"][:, 5 - place] = _THREE_TEXT[three]
        text["two"][:, 5 - place] = _TWO_TEXT[two]
    text.view(np.uint8)[:, 0] = ord("3")  # in place of the thirtieth digit, which is always 0
    return text.view("S30").ravel().tolist()


def _rounded(key: bytes, words: _Words) -> _Words:
    """The round function of ``core.ids`` over each word."""
    copied = hashlib.blake2b(key=key, digest_size=8).copy
    digests = []
    for word in words.astype(">u8").view("V8").tolist():
        hashing = copied()
        hashing.update(word)
        digests.append(hashing.digest())
    return np.frombuffer(b"".join(digests), dtype=">u8").astype(np.uint64)
