"""Changing the address of an account: the old one stays until the new one is confirmed; both are told."""

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils import translation

from manyhands.accounts import identity, mail
from manyhands.accounts.errors import EmailTaken, SameEmail
from manyhands.accounts.models import Account
from manyhands.core.ids import AccountId


def begin(*, account_id: AccountId, email: str) -> EmailAddress | None:
    """Note the wanted address and tell the present one; returns what is to be confirmed by a link.

    (nothing) -> unconfirmed; an earlier change that was not confirmed is dropped. None: somebody else
    has this address, which the asker is not told. Raises SameEmail, IdentityManaged.
    """
    identity.refuse_linked(account_id)
    wanted = email.strip().lower()
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account_id)
        if account.email.lower() == wanted:
            raise SameEmail
        drop_pending(account_id=account_id)
        with translation.override(account.language):
            mail.send("account/email/email_change", account.email, name=account.name, new_email=wanted)
        if Account.objects.filter(email__iexact=wanted).exists():
            return None
        return EmailAddress.objects.create(user=account, email=wanted, verified=False, primary=False)


def drop_pending(*, account_id: AccountId) -> None:
    """Forget a change that was asked for: its link is dead."""
    EmailAddress.objects.filter(user_id=account_id, primary=False, verified=False).delete()


def pending(account_id: AccountId) -> str:
    """The address that waits for its confirmation; empty when none does."""
    waiting = EmailAddress.objects.filter(user_id=account_id, primary=False, verified=False)
    return str(waiting.values_list("email", flat=True).first() or "")


def finish(address: EmailAddress) -> None:
    """Make a confirmed address the account's own, and tell the old one.

    Inside the caller's transaction. Raises EmailTaken: somebody registered it meanwhile.
    """
    account = Account.objects.select_for_update().get(pk=address.user_id)
    if address.primary:
        return
    former = account.email
    EmailAddress.objects.filter(user_id=account.pk, primary=True).delete()
    try:
        with transaction.atomic():
            Account.objects.filter(pk=account.pk).update(email=address.email)
    except IntegrityError as failure:
        if "account_email_unique" in str(failure):
            raise EmailTaken from None
        raise
    EmailAddress.objects.filter(pk=address.pk).update(primary=True)
    with translation.override(account.language):
        for to in (former, address.email):
            mail.send("account/email/email_changed", to, name=account.name, new_email=address.email)
