"""Which accounts are linked to the operator's identity provider, and the guard for what it governs."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.conf import settings

from manyhands.accounts.errors import IdentityManaged
from manyhands.accounts.models import Account
from manyhands.accounts.states import MAY_SIGN_IN
from manyhands.core.ids import AccountId


@dataclass(frozen=True, slots=True)
class Identity:
    """What the provider says of a person. ``subject`` is its own lasting name for them."""

    subject: str
    name: str = ""
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    is_verified: bool = False


def is_linked(account_id: AccountId) -> bool:
    """Whether name, address and password are the provider's. No statement while single sign-on is off."""
    provider = provider_id()
    return bool(provider) and bool(
        SocialAccount.objects.filter(user_id=account_id, provider=provider).exists()
    )


def provider_id() -> str:
    """The configured provider's, as links carry it; empty while single sign-on is off."""
    provider = settings.IDENTITY_PROVIDER
    return provider.id if provider else ""


def provider_name() -> str:
    """The configured provider's name on screen."""
    provider = settings.IDENTITY_PROVIDER
    return provider.name if provider else ""


def refuse_linked(account_id: AccountId) -> None:
    """Raises IdentityManaged for a linked account."""
    if is_linked(account_id):
        raise IdentityManaged


def account_of_email(email: str) -> Account | None:
    """Whose confirmed address this is, if that account may sign in."""
    found = EmailAddress.objects.filter(
        email__iexact=email, verified=True, primary=True, user__status__in=MAY_SIGN_IN
    )
    address = found.select_related("user").first()
    return address.user if address else None
