"""What single sign-on changes of accounts: made by a first sign-in, linked, kept in step, unlinked."""

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils import translation

from manyhands.accounts import audit, changing_email, mail, operations
from manyhands.accounts.errors import (
    AccountNotActive,
    AlreadyLinked,
    EmailTaken,
    IdentityTaken,
    NotLinked,
)
from manyhands.accounts.identity import Identity, provider_id, provider_name
from manyhands.accounts.models import Account, AccountProfile
from manyhands.accounts.operations import NAME_MAX, Registered
from manyhands.accounts.operators import given_reason, require_operator
from manyhands.accounts.reviewing import Application
from manyhands.accounts.states import MAY_SIGN_IN
from manyhands.core.ids import AccountId


def register(
    *,
    identity: Identity,
    name: str,
    email: str,
    worker: bool,
    requester: bool,
    language: str,
    time_zone: str,
    application: Application,
) -> Registered:
    """Make an account that signs in at the provider and has no password here.

    As ``operations.register``; ``name`` and ``email`` count where the provider says none, and its verified
    address needs no confirmation. Raises InvalidInput, NoRoleChosen, EmailTaken, IdentityTaken.
    """
    with transaction.atomic():
        made = operations.register(
            name=identity.name or name,
            email=identity.email if identity.is_verified else email,
            password=None,
            worker=worker,
            requester=requester,
            language=language,
            time_zone=time_zone,
            verified=identity.is_verified,
            application=application,
        )
        _insert(made.account_id, identity)
        _take_names(made.account_id, identity)
    return made


def link(*, account_id: AccountId, identity: Identity) -> None:
    """Tie an account to its person's sign-in at the provider; the password here ends, and its sessions.

    Locks the account, so that it gets one identity. To link what is linked changes nothing.
    Raises IdentityTaken, AlreadyLinked, AccountNotActive.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update().filter(pk=account_id, status__in=MAY_SIGN_IN).first()
        if account is None:
            raise AccountNotActive
        links = SocialAccount.objects.filter(user_id=account_id, provider=provider_id())
        subject = links.values_list("uid", flat=True).first()
        if subject == identity.subject:
            return
        if subject is not None:
            raise AlreadyLinked
        _insert(account_id, identity)
        Account.objects.filter(pk=account_id).update(password=make_password(None))
        changing_email.drop_pending(account_id=account_id)
        with translation.override(account.language):
            mail.send(
                "account/email/identity_linked", account.email, name=account.name, provider=provider_name()
            )
        follow(account_id=account_id, identity=identity)


def follow(*, account_id: AccountId, identity: Identity) -> None:
    """Take over name and verified address as the provider has them now; what it does not say stays.

    An address that another account has is left alone. A suspended account changes nothing.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update().filter(pk=account_id, status__in=MAY_SIGN_IN).first()
        if account is None:
            return
        _take_names(account_id, identity)
        if identity.is_verified:
            _take_email(account, identity.email.lower())


def unlink(*, account_id: AccountId, actor_id: AccountId | None, reason: str) -> None:
    """Let an account go its own way: a new password comes by 'I have forgotten my password'.

    Raises OperatorsOnly, OwnAccount, ReasonMissing, NotLinked.
    """
    require_operator(actor_id, over=account_id)
    words = given_reason(reason)
    with transaction.atomic():
        if not SocialAccount.objects.filter(user_id=account_id).delete()[0]:
            raise NotLinked
        audit.record(actor_id=actor_id, act="account.unlink", subject=f"account:{account_id}", reason=words)


def _insert(account_id: AccountId, identity: Identity) -> None:
    try:
        with transaction.atomic():
            SocialAccount.objects.create(user_id=account_id, provider=provider_id(), uid=identity.subject)
    except IntegrityError:  # the pair of provider and subject is unique
        raise IdentityTaken from None


def _take_names(account_id: AccountId, identity: Identity) -> None:
    name = " ".join(identity.name.split())[:NAME_MAX]
    if name:
        Account.objects.filter(pk=account_id).update(name=name)
    said = {"first_name": identity.first_name, "last_name": identity.last_name}
    said = {column: " ".join(value.split())[:NAME_MAX] for column, value in said.items() if value.strip()}
    if said:
        AccountProfile.objects.filter(pk=account_id).update(**said)


def _take_email(account: Account, email: str) -> None:
    """Make the provider's verified address the account's own, and tell the old one; not if it is another's."""
    try:
        with transaction.atomic():
            address, _ = EmailAddress.objects.get_or_create(
                user=account, email=email, defaults={"primary": account.email == email}
            )
            EmailAddress.objects.filter(pk=address.pk).update(verified=True)
            if account.email != email:
                changing_email.finish(address)
    except (EmailTaken, IntegrityError):  # two tables know that a confirmed address is one account's
        return
