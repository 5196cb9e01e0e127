"""The link that proves an e-mail address: signed, timed, and good for one confirmation.

The link names the address row and nothing is stored for it. Confirming is one guarded UPDATE from
unconfirmed to confirmed; nothing ever leads back, so neither this link nor an earlier one for the
same address can work a second time.
"""

from datetime import timedelta

from allauth.account.app_settings import EMAIL_CONFIRMATION_EXPIRE_DAYS, SALT
from allauth.account.models import EmailAddress
from django.core import signing
from django.db import transaction

from manyhands.accounts import changing_email
from manyhands.accounts.errors import LinkExpired, LinkNotValid, LinkUsed


def confirm_email(*, key: str) -> str:
    """Confirm the address the link was sent to, and return it.

    unconfirmed -> confirmed. One guarded UPDATE; a second click finds no row. Of an account that has
    another address it completes the change to this one.
    Raises LinkNotValid, LinkExpired, LinkUsed, EmailTaken.
    """
    address_id = _address_id(key)
    with transaction.atomic():
        if not EmailAddress.objects.filter(pk=address_id, verified=False).update(verified=True):
            raise LinkUsed if EmailAddress.objects.filter(pk=address_id).exists() else LinkNotValid
        address = EmailAddress.objects.get(pk=address_id)
        changing_email.finish(address)
    return str(address.email)


def unconfirmed_address(email: str) -> EmailAddress | None:
    """The address row that waits for its confirmation, if there is one."""
    return (
        EmailAddress.objects.filter(email=email.strip().lower(), verified=False)
        .select_related("user")
        .first()
    )


def _address_id(key: str) -> int:
    max_age = timedelta(days=EMAIL_CONFIRMATION_EXPIRE_DAYS)
    try:
        return int(signing.loads(key, salt=SALT, max_age=max_age))
    except signing.SignatureExpired:
        raise LinkExpired from None
    except (signing.BadSignature, ValueError, TypeError):
        raise LinkNotValid from None
