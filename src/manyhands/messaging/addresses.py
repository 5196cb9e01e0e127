"""Addresses and links that stand for a person: where an answer by mail goes, and how mail is stopped.

Signed, not stored, and good without a log-in: each allows one thing.
"""

import base64
import hashlib
import struct
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.core import signing

from manyhands.core import ids
from manyhands.core.ids import AccountId
from manyhands.messaging.errors import AddressNotValid, LinkNotValid
from manyhands.messaging.states import NoticeKind

_RELAY = struct.Struct(">QQ")
_FOR_RELAY = [b"relay address"]
_UNSUBSCRIBE = "manyhands.unsubscribe"


@cache
def _sealer() -> AESSIV:
    """Seals without a nonce: a thread's address for a person is always the same, and says no number."""
    return AESSIV(hashlib.sha256(b"relay address/" + settings.SECRET_KEY.encode()).digest())


def relay_token(*, thread_id: int, account_id: AccountId) -> str:
    """Stands for this account in this thread. Lower-case letters and digits: mail folds case."""
    sealed = _sealer().encrypt(_RELAY.pack(thread_id, account_id), _FOR_RELAY)
    return base64.b32encode(sealed).decode().rstrip("=").lower()


def relay_address(*, thread_id: int, account_id: AccountId) -> str:
    """The address where this account's mail becomes a message of the thread; its name has 58 characters."""
    return f"reply+{relay_token(thread_id=thread_id, account_id=account_id)}@{settings.RELAY_DOMAIN}"


def read_relay_token(token: str) -> tuple[int, AccountId]:
    """Thread and account behind a token. Raises AddressNotValid."""
    try:
        sealed = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
        thread_id, account_id = _RELAY.unpack(_sealer().decrypt(sealed, _FOR_RELAY))
    except (ValueError, InvalidTag, struct.error):
        raise AddressNotValid from None
    return thread_id, AccountId(account_id)


def unsubscribe_token(account_id: AccountId, kinds: list[NoticeKind]) -> str:
    """Stops the mail of these kinds for this account."""
    said = f"{ids.encode_account(account_id)}.{','.join(sorted(map(str, kinds)))}"
    return signing.Signer(salt=_UNSUBSCRIBE).sign(said)


def read_unsubscribe_token(token: str) -> tuple[AccountId, list[NoticeKind]]:
    """Account and kinds behind a token. Raises LinkNotValid."""
    try:
        public, _, kinds = signing.Signer(salt=_UNSUBSCRIBE).unsign(token).partition(".")
        account_id = ids.decode_account(public)
        found = [NoticeKind(kind) for kind in kinds.split(",")]
    except (signing.BadSignature, ValueError):
        raise LinkNotValid from None
    if account_id is None:
        raise LinkNotValid
    return AccountId(account_id), found
