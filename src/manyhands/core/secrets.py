"""Sealing what must be readable again but never lie open in the database or its backups.

AES-256-GCM under a key derived from the installation's secret key by HKDF, one key for each purpose: a
value sealed for one purpose does not open for another. Losing the secret key loses the values.
"""

import secrets
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_VERSION = b"\x01"
_NONCE_BYTES = 12


class NotReadable(ValueError):
    """The value was sealed with another key, for another purpose, or changed since."""


def seal(purpose: str, text: str) -> bytes:
    """Encrypt and authenticate; the same text never seals to the same bytes twice."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _VERSION + nonce + _cipher(purpose).encrypt(nonce, text.encode(), _VERSION)


def unseal(purpose: str, sealed: bytes) -> str:
    """The text again. Raises NotReadable."""
    version, nonce, body = sealed[:1], sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    if version != _VERSION or len(nonce) != _NONCE_BYTES:
        raise NotReadable
    try:
        return _cipher(purpose).decrypt(nonce, body, version).decode()
    except InvalidTag:
        raise NotReadable from None


@cache
def _cipher(purpose: str) -> AESGCM:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=f"manyhands/{purpose}".encode())
    return AESGCM(derived.derive(settings.SECRET_KEY.encode()))
