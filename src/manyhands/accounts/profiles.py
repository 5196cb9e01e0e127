"""What people say about themselves: read, changed by its person, shown to requesters only when shared."""

import json
from dataclasses import asdict, dataclass, fields
from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from manyhands.accounts import countries, identity, mail
from manyhands.accounts.errors import AccountNotActive
from manyhands.accounts.models import Account, AccountProfile
from manyhands.accounts.reviewing import can_be_paid_by_bank
from manyhands.accounts.states import MAY_SIGN_IN
from manyhands.core import secrets
from manyhands.core.errors import InvalidInput
from manyhands.core.ids import AccountId
from manyhands.core.money import show

BANK_PURPOSE = "bank details"
LANGUAGES_MAX = 20
BIRTH_YEAR_MIN = 1900
_SHOWN_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Bank:
    """Where a bank transfer goes. Kept sealed."""

    holder: str = ""
    bank: str = ""
    routing: str = ""
    number: str = ""

    @property
    def masked(self) -> str:
        """The number as pages show it: its last four digits."""
        return f"•••• {self.number[-_SHOWN_DIGITS:]}" if self.number else ""


@dataclass(frozen=True, slots=True)
class Details:
    """The input fields of a profile, as a form sends them: all at once, each may be empty."""

    first_name: str = ""
    last_name: str = ""
    organization: str = ""
    paypal_email: str = ""
    payout: str = ""
    shares_profile: bool = False
    location: str = ""
    birth_date: date | None = None
    languages: tuple[str, ...] = ()
    skills: str = ""
    interests: str = ""
    street: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile as its own person sees it."""

    profile_name: str
    country: str
    details: Details
    bank: Bank
    is_filled: bool

    @property
    def may_have_bank(self) -> bool:
        return can_be_paid_by_bank(self.country)


DETAILS = tuple(each.name for each in fields(Details))


def profile_of(account_id: AccountId) -> Profile:
    """One's own profile. One statement."""
    row = AccountProfile.objects.filter(pk=account_id).first()
    if row is None:
        account = Account.objects.get(pk=account_id)
        return Profile(account.name, "", Details(), Bank(), is_filled=False)
    values = {name: getattr(row, name) for name in DETAILS} | {"languages": tuple(row.languages)}
    return Profile(
        row.profile_name,
        row.country,
        Details(**values),
        _opened(row.bank),
        is_filled=row.filled_at is not None,
    )


def update(
    *, account_id: AccountId, details: Details, time_zone: str, bank: Bank | None = None, country: str = ""
) -> bool:
    """Replace all input fields at once; ``bank`` None leaves the bank details as they are.

    ``country`` counts only for an account that was made without one. Returns whether this was the first
    time. A linked account's names stay the provider's. A new PayPal address is confirmed by a mail that
    names the Balance Threshold (W-76).
    Raises InvalidInput, IdentityManaged, AccountNotActive.
    """
    from manyhands.accounts.operations import set_time_zone  # it stands on this module's neighbours

    clean = _clean(details)
    with transaction.atomic():
        account = Account.objects.select_for_update().filter(pk=account_id, status__in=MAY_SIGN_IN).first()
        if account is None:
            raise AccountNotActive
        row, _ = AccountProfile.objects.get_or_create(pk=account_id, defaults={"profile_name": account.name})
        if (row.first_name, row.last_name) != (clean.first_name, clean.last_name):
            identity.refuse_linked(account_id)
        if not row.country and country in countries.CODES:
            row.country = country
        if bank is not None:
            row.bank = _sealed(bank, country=row.country)
        first_time = row.filled_at is None
        paid_to_another = clean.paypal_email and clean.paypal_email != row.paypal_email
        row.filled_at = row.filled_at or timezone.now()
        for name, value in asdict(clean).items():
            setattr(row, name, list(value) if name == "languages" else value)
        row.save(update_fields=[*DETAILS, "country", "bank", "filled_at"])
        set_time_zone(account_id=account_id, time_zone=time_zone)
        if paid_to_another:
            mail.send(
                "account/email/balance_threshold",
                account.email,
                paypal_email=clean.paypal_email,
                threshold=show(settings.BALANCE_THRESHOLD_MINOR),
            )
    return first_time


@dataclass(frozen=True, slots=True)
class Shown:
    """What a requester may see of a worker; with sharing off everything but the ID is empty."""

    shared: bool
    name: str = ""
    country: str = ""
    location: str = ""
    organization: str = ""
    languages: tuple[str, ...] = ()
    skills: str = ""
    interests: str = ""


def shown_to_requesters(worker_id: int) -> Shown:
    """The profile as requesters see it: nothing beyond the ID unless the worker shares it. One statement."""
    row = AccountProfile.objects.filter(pk=worker_id, shares_profile=True).first()
    if row is None:
        return Shown(shared=False)
    return Shown(
        shared=True,
        name=f"{row.first_name} {row.last_name}".strip() or row.profile_name,
        country=row.country,
        location=row.location,
        organization=row.organization,
        languages=tuple(row.languages),
        skills=row.skills,
        interests=row.interests,
    )


def _clean(given: Details) -> Details:
    wrong: dict[str, str] = {}
    if given.paypal_email:
        try:
            validate_email(given.paypal_email)
        except ValidationError:
            wrong["paypal_email"] = gettext("Enter an e-mail address, such as name@example.org.")
    if given.payout not in AccountProfile.Payout.values:
        wrong["payout"] = gettext("Choose one of the ways offered.")
    elif given.payout == AccountProfile.Payout.PAYPAL and not given.paypal_email:
        wrong["paypal_email"] = gettext("Enter the e-mail address of your PayPal account.")
    if set(given.languages) - countries.LANGUAGES or len(given.languages) > LANGUAGES_MAX:
        wrong["languages"] = gettext("Choose at most 20 of the languages offered.")
    today = timezone.localdate()
    if given.birth_date and not (given.birth_date.year >= BIRTH_YEAR_MIN and given.birth_date < today):
        wrong["birth_date"] = gettext("Enter the day you were born, such as 1990-05-31.")
    wrong |= _too_long(given)
    if wrong:
        raise InvalidInput(wrong)
    return given


def _too_long(given: Details) -> dict[str, str]:
    wrong = {}
    for name in DETAILS:
        most = getattr(AccountProfile._meta.get_field(name), "max_length", None)
        value = getattr(given, name)
        if isinstance(value, str) and most and len(value) > most:
            wrong[name] = gettext("Use at most %(max)d characters.") % {"max": most}
    return wrong


def _sealed(bank: Bank, *, country: str) -> bytes | None:
    if not any(asdict(bank).values()):
        return None
    if not can_be_paid_by_bank(country):
        raise InvalidInput({"bank_number": gettext("People of your country are not paid by bank transfer.")})
    if not (bank.holder and bank.number):
        wrong = "bank_number" if bank.holder else "bank_holder"
        raise InvalidInput({wrong: gettext("A bank account needs its holder and its number.")})
    return secrets.seal(BANK_PURPOSE, json.dumps(asdict(bank)))


def _opened(sealed: bytes | memoryview | None) -> Bank:
    return Bank() if sealed is None else Bank(**json.loads(secrets.unseal(BANK_PURPOSE, bytes(sealed))))
