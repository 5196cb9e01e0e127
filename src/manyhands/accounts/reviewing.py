"""Applications for an account: what one agrees to, and an operator's decision within three business days."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext

from manyhands.accounts import audit, countries, mail
from manyhands.accounts.errors import (
    AccountNotFound,
    AlreadyDecided,
    AlreadyRefused,
)
from manyhands.accounts.models import Account, AccountRequest, Agreement, Session
from manyhands.accounts.operators import given_reason, require_operator
from manyhands.accounts.profile import reviews_applications
from manyhands.accounts.states import AccountStatus
from manyhands.core.errors import InvalidInput
from manyhands.core.ids import AccountId

# The terms as they read now. A changed text gets a new version; who agreed to which stays on record.
TERMS_VERSION = "2026-11"
BUSINESS_DAYS = 3
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Application:
    """What a visitor states when applying: country of residence, and agreement to both sets of terms."""

    country: str
    agrees_to_participation: bool
    agrees_to_non_disclosure: bool


def first_status(application: Application | None) -> AccountStatus:
    """Where an account begins. Raises InvalidInput for an application that is not complete."""
    if application is None:
        return AccountStatus.ACTIVE
    missing: dict[str, str] = {}
    if application.country not in countries.CODES:
        missing["country"] = gettext("Choose the country you live in.")
    if not application.agrees_to_participation:
        missing["agrees"] = gettext("Without the participation agreement there is no account.")
    if not application.agrees_to_non_disclosure:
        missing["keeps_quiet"] = gettext("Without non-disclosure there is no account.")
    if missing:
        raise InvalidInput(missing)
    return AccountStatus.PENDING if reviews_applications() else AccountStatus.ACTIVE


def take_in(*, account_id: AccountId, status: str, application: Application) -> None:  # noqa: ARG001 -- agreed to
    """Keep what was agreed to, and queue the application if it is reviewed. Inside the caller's transaction."""
    Agreement.objects.bulk_create(
        [Agreement(account_id=account_id, kind=kind, version=TERMS_VERSION) for kind in Agreement.Kind]
    )
    if status == AccountStatus.PENDING:
        AccountRequest.objects.create(account_id=account_id, due_at=due_after(timezone.now()))


def due_after(instant: datetime) -> datetime:
    """The same time of day three business days later; Saturdays and Sundays do not count."""
    due, left = instant, BUSINESS_DAYS
    while left:
        due += timedelta(days=1)
        left -= due.weekday() < _SATURDAY
    return due


def approve(*, account_id: AccountId, actor_id: AccountId) -> None:
    """Let an applicant in, and tell them by mail.

    pending, refused -> active. Raises OperatorsOnly, OwnAccount, AlreadyDecided, AccountNotFound.
    """
    require_operator(actor_id, over=account_id)
    with transaction.atomic():
        waiting = [AccountStatus.PENDING, AccountStatus.REFUSED]
        _decide(account_id, actor_id, waiting, AccountStatus.ACTIVE, reason="")
        audit.record(actor_id=actor_id, act="account.approve", subject=f"account:{account_id}")
        _tell(account_id, "account/email/request_approved", reason="")


def refuse(*, account_id: AccountId, actor_id: AccountId, reason: str) -> None:
    """Do not let an applicant in, and tell them why by mail; their sessions end.

    pending -> refused. Raises ReasonMissing, OperatorsOnly, OwnAccount, AlreadyRefused, AlreadyDecided,
    AccountNotFound.
    """
    require_operator(actor_id, over=account_id)
    words = given_reason(reason)
    with transaction.atomic():
        _decide(account_id, actor_id, [AccountStatus.PENDING], AccountStatus.REFUSED, reason=words)
        Session.objects.filter(account_id=account_id).delete()
        audit.record(actor_id=actor_id, act="account.refuse", subject=f"account:{account_id}", reason=words)
        _tell(account_id, "account/email/request_refused", reason=words)


def _decide(
    account_id: AccountId,
    actor_id: AccountId,
    waiting: list[AccountStatus],
    decision: AccountStatus,
    *,
    reason: str,
) -> None:
    if not Account.objects.filter(pk=account_id, status__in=waiting).update(status=decision):
        status = Account.objects.filter(pk=account_id).values_list("status", flat=True).first()
        if status is None:
            raise AccountNotFound
        raise AlreadyRefused if status == AccountStatus.REFUSED else AlreadyDecided
    AccountRequest.objects.filter(pk=account_id).update(
        decided_at=timezone.now(), decided_by_id=actor_id, reason=reason
    )


def _tell(account_id: AccountId, template: str, *, reason: str) -> None:
    account = Account.objects.get(pk=account_id)
    with translation.override(account.language):
        mail.send(template, account.email, name=account.name, reason=reason)


def can_be_paid_by_bank(country: str) -> bool:
    """Whether people of this country are paid by bank transfer, and so may give bank details."""
    return country == "US" or country in settings.BANK_TRANSFER_COUNTRIES
