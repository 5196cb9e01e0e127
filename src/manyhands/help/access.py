"""The only way an edge obtains a ticket: absent and foreign are the same error."""

from manyhands.accounts.models import Account
from manyhands.accounts.states import AccountStatus
from manyhands.core.ids import AccountId
from manyhands.help import replies
from manyhands.help.errors import StaffOnly, TicketNotFound, WorkersOnly
from manyhands.help.models import Ticket, TicketId


def ticket_of_asker(*, account_id: AccountId, number: str) -> TicketId:
    """The ticket this account asked. Raises TicketNotFound."""
    return _found(
        Ticket.objects.filter(number=number, asker_id=account_id).values_list("pk", flat=True).first()
    )


def ticket_of_guest(*, number: str, mark: str) -> TicketId:
    """The ticket of somebody without an account, by the link in their mail. Raises TicketNotFound."""
    if not replies.is_guest_mark(number, mark):
        raise TicketNotFound
    return _found(Ticket.objects.filter(number=number, asker=None).values_list("pk", flat=True).first())


def ticket_for_staff(*, account_id: AccountId, number: str) -> TicketId:
    """Any ticket, for staff. Raises StaffOnly, TicketNotFound."""
    require_staff(account_id)
    return _found(Ticket.objects.filter(number=number).values_list("pk", flat=True).first())


def require_staff(account_id: AccountId) -> None:
    """Raises StaffOnly unless this is an active operator or reviewer."""
    account = _active(account_id)
    if account is None or not is_staff(account):
        raise StaffOnly


def require_member(account_id: AccountId) -> Account:
    """The account, when the forum is open to it. Raises WorkersOnly."""
    account = _active(account_id)
    if account is None or not may_enter_forum(account):
        raise WorkersOnly
    return account


def is_staff(account: Account) -> bool:
    return account.is_operator or account.is_reviewer


def may_enter_forum(account: Account) -> bool:
    """Workers, and the staff who answer them."""
    return account.is_worker or is_staff(account)


def _active(account_id: AccountId) -> Account | None:
    return Account.objects.filter(pk=account_id, status=AccountStatus.ACTIVE).first()


def _found(ticket_id: int | None) -> TicketId:
    if ticket_id is None:
        raise TicketNotFound
    return TicketId(ticket_id)
