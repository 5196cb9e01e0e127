"""Everything that changes an account. Each function owns its transaction.

Privileged acts take ``actor_id`` (None: the installation's own command line) and leave an audit entry.
"""

from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import available_timezones

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext

from manyhands.accounts import audit, changing_email, identity
from manyhands.accounts.errors import (
    AccountNotActive,
    AccountNotFound,
    AccountNotSuspended,
    AlreadyRequester,
    AlreadyWorker,
    EmailTaken,
    NoRoleChosen,
    NotRequester,
    NotWorker,
)
from manyhands.accounts.models import Account, AccountProfile, Requester, Session, Worker
from manyhands.accounts.operators import given_reason, require_operator
from manyhands.accounts.profile import new_worker_hold
from manyhands.accounts.reviewing import Application, first_status, take_in
from manyhands.accounts.states import MAY_SIGN_IN, AccountStatus
from manyhands.core.errors import InvalidInput
from manyhands.core.ids import AccountId, RequesterId, WorkerId

NAME_MAX = 100


class Role(StrEnum):
    """Roles that are granted, not chosen."""

    OPERATOR = "operator"
    REVIEWER = "reviewer"


@dataclass(frozen=True, slots=True)
class Registered:
    """A new account; the worker's and requester's ids are the account's own."""

    account_id: AccountId
    email: str
    is_worker: bool
    is_requester: bool


def register(
    *,
    name: str,
    email: str,
    password: str | None,
    worker: bool,
    requester: bool,
    language: str = "en",
    time_zone: str = "UTC",
    display_name: str = "",
    verified: bool = False,
    operator: bool = False,
    reviewer: bool = False,
    application: Application | None = None,
) -> Registered:
    """Make an account with its roles, unable to log in until its address is confirmed (or ``verified``).

    (nothing) -> pending for an ``application`` where those are reviewed, else active: whom the
    installation itself makes, it knows. Without a ``password`` the identity provider signs the person in.
    ``display_name``, what workers see of a requester, is the name
    if left out. Raises InvalidInput, NoRoleChosen, EmailTaken.
    """
    if not (worker or requester or operator or reviewer):
        raise NoRoleChosen
    account = Account(
        name=_clean_name(name, field="name"),
        email=_clean_email(email),
        language=_clean_language(language),
        time_zone=_clean_time_zone(time_zone),
        is_worker=worker,
        is_requester=requester,
        is_operator=operator,
        is_reviewer=reviewer,
        status=first_status(application),
    )
    if password is not None:
        _check_password(password, account)
    # Hashing takes a tenth of a second on purpose: not inside the transaction.
    account.password = make_password(password)
    shown = _clean_name(display_name or name, field="display_name")
    with transaction.atomic():
        _insert_account(account)
        EmailAddress.objects.create(user=account, email=account.email, verified=verified, primary=True)
        AccountProfile.objects.create(
            account_id=account.pk,
            profile_name=account.name,
            country=application.country if application else "",
        )
        if application is not None:
            take_in(account_id=AccountId(account.pk), status=account.status, application=application)
        if worker:
            _insert_worker(account.pk)
        if requester:
            Requester.objects.create(account_id=account.pk, display_name=shown)
    return Registered(AccountId(account.pk), account.email, is_worker=worker, is_requester=requester)


def become_worker(*, account_id: AccountId) -> WorkerId:
    """Add the worker's role to an active account.

    One guarded UPDATE and one INSERT. Raises AlreadyWorker, AccountNotActive, AccountNotFound.
    """
    with transaction.atomic():
        changed = _active(account_id).filter(is_worker=False).update(is_worker=True)
        if not changed:
            _refuse_inactive(account_id)
            raise AlreadyWorker
        _insert_worker(account_id)
    return WorkerId(account_id)


def become_requester(*, account_id: AccountId, display_name: str) -> RequesterId:
    """Add the requester's role to an active account, under the name workers will see.

    One guarded UPDATE and one INSERT.
    Raises InvalidInput, AlreadyRequester, AccountNotActive, AccountNotFound.
    """
    shown = _clean_name(display_name, field="display_name")
    with transaction.atomic():
        changed = _active(account_id).filter(is_requester=False).update(is_requester=True)
        if not changed:
            _refuse_inactive(account_id)
            raise AlreadyRequester
        Requester.objects.create(account_id=account_id, display_name=shown)
    return RequesterId(account_id)


def set_display_name(*, requester_id: RequesterId, display_name: str) -> None:
    """Change the name workers see. Raises InvalidInput, NotRequester."""
    shown = _clean_name(display_name, field="display_name")
    if not Requester.objects.filter(pk=requester_id).update(display_name=shown):
        raise NotRequester


def set_personal(*, account_id: AccountId, name: str, language: str, time_zone: str) -> None:
    """Change name, language and time zone at once.

    Raises InvalidInput, IdentityManaged (a linked account's name), AccountNotActive, AccountNotFound.
    """
    clean_name = _clean_name(name, field="name")
    if not Account.objects.filter(pk=account_id, name=clean_name).exists():
        identity.refuse_linked(account_id)
    _set_own(
        account_id,
        name=clean_name,
        language=_clean_language(language),
        time_zone=_clean_time_zone(time_zone),
    )


def set_language(*, account_id: AccountId, language: str) -> None:
    """Change the language of pages and mail. Raises InvalidInput, AccountNotActive, AccountNotFound."""
    _set_own(account_id, language=_clean_language(language))


def set_time_zone(*, account_id: AccountId, time_zone: str) -> None:
    """Change the zone times are shown in. Raises InvalidInput, AccountNotActive, AccountNotFound."""
    _set_own(account_id, time_zone=_clean_time_zone(time_zone))


def set_password(*, account_id: AccountId, password: str) -> None:
    """Replace the password; every session made with the old one is dead from now on.

    Raises InvalidInput, IdentityManaged, AccountNotActive, AccountNotFound.
    """
    account = Account.objects.filter(pk=account_id).first()
    if account is None:
        raise AccountNotFound
    identity.refuse_linked(account_id)
    _check_password(password, account)
    hashed = make_password(password)
    with transaction.atomic():
        _set_own(account_id, password=hashed)
        # Whoever set a new password out of suspicion does not want the change somebody else began.
        changing_email.drop_pending(account_id=account_id)


def set_auto_accept_next(*, worker_id: WorkerId, value: bool) -> None:
    """Switch 'automatically accept the next task'. Raises NotWorker."""
    if not Worker.objects.filter(pk=worker_id).update(auto_accept_next=value):
        raise NotWorker


def suspend_account(*, account_id: AccountId, actor_id: AccountId | None, reason: str) -> None:
    """Shut an account out for now; its sessions end in the same transaction.

    active -> suspended. Raises OperatorsOnly, OwnAccount, ReasonMissing, AccountNotActive, AccountNotFound.
    """
    require_operator(actor_id, over=account_id)
    words = given_reason(reason)
    with transaction.atomic():
        _set(account_id, status=AccountStatus.SUSPENDED)
        Session.objects.filter(account_id=account_id).delete()
        _record(actor_id, "account.suspend", account_id, reason=words)


def reinstate_account(*, account_id: AccountId, actor_id: AccountId | None, reason: str) -> None:
    """Let a suspended account in again.

    suspended -> active.
    Raises OperatorsOnly, OwnAccount, ReasonMissing, AccountNotSuspended, AccountNotFound.
    """
    require_operator(actor_id, over=account_id)
    words = given_reason(reason)
    with transaction.atomic():
        suspended = Account.objects.filter(pk=account_id, status=AccountStatus.SUSPENDED)
        if not suspended.update(status=AccountStatus.ACTIVE):
            _require_account(account_id)
            raise AccountNotSuspended
        _record(actor_id, "account.reinstate", account_id, reason=words)


def grant_role(*, account_id: AccountId, role: Role, actor_id: AccountId | None) -> None:
    """Make an active account operator or reviewer; to grant what is held changes nothing.

    Raises OperatorsOnly, OwnAccount, AccountNotActive, AccountNotFound.
    """
    require_operator(actor_id, over=account_id)
    with transaction.atomic():
        _set(account_id, **{f"is_{role}": True})
        _record(actor_id, "role.grant", account_id, role=role)


def revoke_role(*, account_id: AccountId, role: Role, actor_id: AccountId | None) -> None:
    """Take operator or reviewer away. Raises OperatorsOnly, OwnAccount, AccountNotActive, AccountNotFound."""
    require_operator(actor_id, over=account_id)
    with transaction.atomic():
        _set(account_id, **{f"is_{role}": False})
        _record(actor_id, "role.revoke", account_id, role=role)


def delete_expired_sessions() -> int:
    """Sweep sessions past their end (readers ignore them already); how many went."""
    deleted, _ = Session.objects.filter(expire_date__lt=timezone.now()).delete()
    return deleted


def _active(account_id: AccountId):  # type: ignore[no-untyped-def]  # the type is django-stubs' own
    return Account.objects.filter(pk=account_id, status=AccountStatus.ACTIVE)


def _set(account_id: AccountId, **columns: str | bool) -> None:
    if not _active(account_id).update(**columns):
        _refuse_inactive(account_id)
        raise AccountNotActive


def _set_own(account_id: AccountId, **columns: str | bool) -> None:
    """What people may change of their own account, also while it is under review."""
    if not Account.objects.filter(pk=account_id, status__in=MAY_SIGN_IN).update(**columns):
        _refuse_inactive(account_id)
        raise AccountNotActive


def _require_account(account_id: AccountId) -> None:
    if not Account.objects.filter(pk=account_id).exists():
        raise AccountNotFound


def _refuse_inactive(account_id: AccountId) -> None:
    """After a guarded statement found no row: say why, if the reason is the account's state."""
    status = Account.objects.filter(pk=account_id).values_list("status", flat=True).first()
    if status is None:
        raise AccountNotFound
    if status != AccountStatus.ACTIVE:
        raise AccountNotActive


def _record(actor_id: AccountId | None, act: str, account_id: AccountId, **facts: str) -> None:
    audit.record(actor_id=actor_id, act=act, subject=f"account:{account_id}", **facts)


def _insert_account(account: Account) -> None:
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError as failure:
        if "account_email_unique" in str(failure):
            raise EmailTaken from None
        raise


def _insert_worker(account_id: int) -> None:
    hold = new_worker_hold()
    Worker.objects.create(account_id=account_id, hold_until=None if hold is None else timezone.now() + hold)


def _clean_name(raw: str, *, field: str) -> str:
    name = " ".join(raw.split())
    if not name:
        raise InvalidInput({field: gettext("Enter a name.")})
    if len(name) > NAME_MAX:
        raise InvalidInput({field: gettext("Use at most %(max)d characters.") % {"max": NAME_MAX}})
    return name


def _clean_email(raw: str) -> str:
    email = raw.strip().lower()
    try:
        validate_email(email)
    except ValidationError as failure:
        raise InvalidInput({"email": " ".join(failure.messages)}) from None
    return email


def _clean_language(language: str) -> str:
    if language not in dict(settings.LANGUAGES):
        raise InvalidInput({"language": gettext("Choose one of the languages offered.")})
    return language


def _clean_time_zone(time_zone: str) -> str:
    if time_zone not in available_timezones():
        raise InvalidInput({"time_zone": gettext("Choose one of the time zones offered.")})
    return time_zone


def _check_password(password: str, account: Account) -> None:
    try:
        validate_password(password, account)
    except ValidationError as failure:
        raise InvalidInput({"password": " ".join(failure.messages)}) from None
