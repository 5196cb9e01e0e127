"""Keys for programs: made, revoked, looked up for a signature, charged with what is spent through them."""

import secrets
import string
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext

from manyhands.accounts import audit
from manyhands.accounts.errors import (
    AccountNotActive,
    APIKeyNotFound,
    NotRequester,
    SpendLimitReached,
    TooManyAPIKeys,
)
from manyhands.accounts.models import Account, APIKey
from manyhands.accounts.states import AccountStatus
from manyhands.core import db, money
from manyhands.core import secrets as sealing
from manyhands.core.errors import InvalidInput
from manyhands.core.ids import AccountId

if TYPE_CHECKING:
    from django.db.models import QuerySet

KEYS_MAX = 50
NAME_MAX = 100
GOOD_FOR = timedelta(days=365)
_SEAL = "api key"
_ID_LETTERS = string.ascii_uppercase + "234567"
_SECRET_LETTERS = string.ascii_letters + string.digits + "+/"


class Scope(StrEnum):
    """What a key may be used for; every operation of the API belongs to one."""

    READ = "read"  # look at everything of one's own
    PUBLISH = "publish"  # HITs and HIT types: create, extend, expire, delete
    REVIEW = "review"  # approve and reject
    MONEY = "money"  # bonuses
    QUALIFICATIONS = "qualifications"  # types, requests, scores
    WORKERS = "workers"  # block and notify


@dataclass(frozen=True, slots=True)
class Made:
    """A new key. The secret is in here once and never again."""

    access_key_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Key:
    """A key as its owner's list shows it."""

    access_key_id: str
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    spend_limit_minor: int | None
    spent_minor: int

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def is_usable(self) -> bool:
        return self.revoked_at is None and not self.is_expired


@dataclass(frozen=True, slots=True)
class Credential:
    """What checking a signature needs of a key: one row of its own and its account's."""

    key_id: int
    account_id: int
    sealed: bytes
    scopes: list[str]
    is_expired: bool
    may_request: bool
    use_is_noted: bool

    def secret(self) -> str:
        """The secret itself. Raises core.secrets.NotReadable when the installation's key was changed."""
        return sealing.unseal(_SEAL, self.sealed)


def create(
    *,
    account_id: AccountId,
    name: str,
    scopes: list[str],
    good_for: timedelta | None = GOOD_FOR,
    spend_limit_minor: int | None = None,
) -> Made:
    """Make a key for a requester; ``good_for`` None never ends, no limit spends what there is.

    Locks the account, so that keys are counted one after the other.
    Raises InvalidInput, NotRequester, AccountNotActive, TooManyAPIKeys.
    """
    words, chosen = _clean_name(name), _clean_scopes(scopes)
    if spend_limit_minor is not None and spend_limit_minor < 0:
        raise InvalidInput({"spend_limit": gettext("A limit is not below zero.")})
    made = Made("AKIA" + _random(_ID_LETTERS, 16), _random(_SECRET_LETTERS, 40))
    with transaction.atomic():
        account = Account.objects.select_for_update().filter(pk=account_id).first()
        if account is None or not account.is_requester:
            raise NotRequester
        if account.status != AccountStatus.ACTIVE:
            raise AccountNotActive
        now = timezone.now()
        if sum(key.is_usable for key in keys_of(account_id)) >= KEYS_MAX:
            raise TooManyAPIKeys(max=KEYS_MAX)
        key = APIKey.objects.create(
            account_id=account_id,
            access_key_id=made.access_key_id,
            secret=sealing.seal(_SEAL, made.secret),
            name=words,
            scopes=chosen,
            expires_at=None if good_for is None else now + good_for,
            spend_limit_minor=spend_limit_minor,
        )
        _record(account_id, "api_key.create", key.pk, scopes=" ".join(chosen))
    return made


def revoke(*, account_id: AccountId, access_key_id: str) -> None:
    """End a key of one's own at once; a second time changes nothing. Raises APIKeyNotFound."""
    with transaction.atomic():
        own = _own(account_id, access_key_id)
        key = own.select_for_update().first()
        if key is None:
            raise APIKeyNotFound
        if key.revoked_at is None:
            own.update(revoked_at=timezone.now())
            _record(account_id, "api_key.revoke", key.pk)


def charge_key(*, key_id: int, amount_minor: int) -> None:
    """Count money that is about to be reserved or paid through a key against its limit.

    One guarded UPDATE in the caller's transaction: what is refused later is not counted.
    Raises SpendLimitReached.
    """
    if not db.run(_CHARGE, key_id=key_id, amount=amount_minor):
        limit, spent = APIKey.objects.values_list("spend_limit_minor", "spent_minor").get(pk=key_id)
        raise SpendLimitReached(left=money.show((limit or 0) - spent))


def release_key(*, key_id: int, amount_minor: int) -> None:
    """Take back what was counted for money that is not spent after all; in the caller's transaction."""
    APIKey.objects.filter(pk=key_id).update(spent_minor=Greatest(F("spent_minor") - amount_minor, 0))


_CHARGE = """
UPDATE api_key SET spent_minor = spent_minor + %(amount)s
 WHERE id = %(key_id)s AND (spend_limit_minor IS NULL OR spent_minor + %(amount)s <= spend_limit_minor)
"""


def touch(*, key_id: int) -> None:
    """Note that a key was used just now."""
    APIKey.objects.filter(pk=key_id).update(last_used_at=timezone.now())


def keys_of(account_id: AccountId) -> list[Key]:
    """One's keys, the newest first, revoked ones included."""
    rows = APIKey.objects.filter(account_id=account_id).order_by("-id").values_list(*Key.__slots__)
    return [Key(*row) for row in rows[:500]]


def key_of(*, account_id: AccountId, access_key_id: str) -> Key:
    """One key of one's own. Raises APIKeyNotFound."""
    row = _own(account_id, access_key_id).values_list(*Key.__slots__).first()
    if row is None:
        raise APIKeyNotFound
    return Key(*row)


def credential(access_key_id: str) -> Credential | None:
    """The key behind an access key id; None when there is none or it was revoked. One hot statement."""
    return db.hot_one_or_none(_credential, _CREDENTIAL, access_key_id=access_key_id)


def _credential(*row: Any) -> Credential:
    return Credential(*row)


_CREDENTIAL = db.hot(
    "api_key_credential",
    """
SELECT api_key.id, api_key.account_id, api_key.secret, api_key.scopes,
       coalesce(api_key.expires_at <= now(), false),
       account.is_requester AND account.status = 'active',
       coalesce(api_key.last_used_at > now() - interval '1 minute', false)
  FROM api_key
  JOIN account ON account.id = api_key.account_id
 WHERE api_key.access_key_id = %(access_key_id)s::text AND api_key.revoked_at IS NULL
""",
)


def _own(account_id: AccountId, access_key_id: str) -> "QuerySet[APIKey]":
    # Only letters and digits: what else comes in an address must not reach the database.
    asked = access_key_id if access_key_id.isalnum() else ""
    return APIKey.objects.filter(account_id=account_id, access_key_id=asked)


def _record(account_id: AccountId, act: str, key_id: int, **facts: str) -> None:
    audit.record(actor_id=account_id, act=act, subject=f"api_key:{key_id}", **facts)


def _random(letters: str, length: int) -> str:
    return "".join(secrets.choice(letters) for _ in range(length))


def _clean_name(raw: str) -> str:
    name = " ".join(raw.split())
    if not name:
        raise InvalidInput({"name": gettext("Enter a name.")})
    if len(name) > NAME_MAX:
        raise InvalidInput({"name": gettext("Use at most %(max)d characters.") % {"max": NAME_MAX}})
    return name


def _clean_scopes(scopes: list[str]) -> list[str]:
    if not scopes or not set(scopes) <= set(Scope):
        raise InvalidInput({"scopes": gettext("Choose what the key may be used for.")})
    return [scope.value for scope in Scope if scope in scopes]
