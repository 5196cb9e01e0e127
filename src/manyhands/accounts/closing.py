"""The end of an account: refused while something is open, then everything personal is erased.

What stays, under the ID alone: the transfers of the books, the work and its decisions, what was agreed to.
"""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.utils import translation

from manyhands.accounts import audit, identity, mail
from manyhands.accounts.errors import AccountNotActive, OwnPasswordWrong
from manyhands.accounts.models import (
    Account,
    AccountProfile,
    APIKey,
    DataExport,
    Requester,
    Session,
    Worker,
    WorkerGoal,
)
from manyhands.accounts.own_data import ERASERS, OBSTACLES
from manyhands.accounts.states import MAY_SIGN_IN, AccountStatus
from manyhands.core import db
from manyhands.core.errors import Refusal
from manyhands.core.ids import AccountId


def obstacles(account_id: AccountId) -> list[Refusal]:
    """What keeps the account from ending now, in words; empty when nothing does."""
    return [each.refusal() for each in OBSTACLES if db.one(bool, each.statement, account_id=int(account_id))]


def close(*, account_id: AccountId, password: str | None) -> None:
    """End one's own account for good, with one's password; None after a fresh sign-in at the provider.

    pending, active -> closed. One transaction under the locks of account and worker, so that nothing is
    accepted meanwhile. Raises OwnPasswordWrong, AccountNotActive, and what ``obstacles`` gives.
    """
    account = Account.objects.filter(pk=account_id).first()
    # Before the transaction: checking takes a tenth of a second on purpose.
    if account is None or not _is_proven(account, password):
        raise OwnPasswordWrong
    with transaction.atomic():
        locked = Account.objects.select_for_update().filter(pk=account_id, status__in=MAY_SIGN_IN).first()
        if locked is None:
            raise AccountNotActive
        list(Worker.objects.select_for_update().filter(pk=account_id))
        for refusal in obstacles(account_id):
            raise refusal
        with translation.override(locked.language):
            mail.send("account/email/account_closed", locked.email, name=locked.name)
        _erase(account_id)
        audit.record(actor_id=account_id, act="account.close", subject=f"account:{account_id}")


def _is_proven(account: Account, password: str | None) -> bool:
    if password is None:
        return identity.is_linked(AccountId(account.pk))
    return account.check_password(password)


def _erase(account_id: AccountId) -> None:
    for erase in ERASERS:
        erase(account_id)
    Session.objects.filter(account_id=account_id).delete()
    APIKey.objects.filter(account_id=account_id).delete()
    Authenticator.objects.filter(user_id=account_id).delete()
    SocialAccount.objects.filter(user_id=account_id).delete()
    EmailAddress.objects.filter(user_id=account_id).delete()
    DataExport.objects.filter(account_id=account_id).delete()
    AccountProfile.objects.filter(pk=account_id).delete()
    WorkerGoal.objects.filter(pk=account_id).delete()
    Requester.objects.filter(pk=account_id).update(display_name="–")
    Account.objects.filter(pk=account_id).update(
        status=AccountStatus.CLOSED,
        # Unique and unreachable: the domain is reserved for what does not exist.
        email=f"closed-{account_id}@closed.invalid",
        name="–",
        password="!",  # noqa: S106 -- no password at all
        is_operator=False,
        is_reviewer=False,
    )
