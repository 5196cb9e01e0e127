"""Public ids by the thousand: the same bijection as ``core.ids``, a column at a time.

Apart, because it needs NumPy, which processes that never export do without.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from manyhands.core.ids import TRIPLES, Kind, round_keys

_Words = NDArray[np.uint64]
# Six digits of base 36 at a time: a remainder and 32 more bits fit into 64.
_SIX = np.uint64(36**6)
_THREE = np.uint64(36**3)
_LIMB_BITS = np.uint64(32)
_LIMB = np.uint64(2**32 - 1)
_TEXT = np.array(TRIPLES, dtype="S3")


def encode_many(kind: Kind, numbers: Sequence[int]) -> list[bytes]:
    """``ids.encode`` of each number, in order, as ASCII."""
    if not numbers:
        return []
    right = np.array(numbers, dtype=np.uint64)
    left = np.zeros_like(right)
    for key in round_keys(kind):
        left, right = right, left ^ _rounded(key, right)
    limbs = [left >> _LIMB_BITS, left & _LIMB, right >> _LIMB_BITS, right & _LIMB]
    triples = []
    for _ in range(5):
        six = _divide(limbs)
        triples += [_TEXT[six % _THREE], _TEXT[six // _THREE]]
    text = np.stack(triples[::-1], axis=1).view(np.uint8)
    text[:, 0] = ord("3")  # in place of the thirtieth digit, which is always 0
    return text.view("S30").ravel().tolist()


def _rounded(key: bytes, words: _Words) -> _Words:
    """The round function of ``core.ids`` over each word."""
    keyed = hashlib.blake2b(key=key, digest_size=8)
    data = words.astype(">u8").tobytes()
    digests = []
    for start in range(0, len(data), 8):
        hashing = keyed.copy()
        hashing.update(data[start : start + 8])
        digests.append(hashing.digest())
    return np.frombuffer(b"".join(digests), dtype=">u8").astype(np.uint64)


def _divide(limbs: list[_Words]) -> _Words:
    """Divide the numbers by 36**6 in place, the highest limb first; returns the remainders."""
    rest = np.zeros_like(limbs[0])
    for place, limb in enumerate(limbs):
        whole = (rest << _LIMB_BITS) | limb
        limbs[place] = whole // _SIX
        rest = whole - limbs[place] * _SIX
    return rest
