"""What the help desk's pages read. One statement each, with a limit."""

from dataclasses import dataclass
from datetime import datetime

from manyhands.core import db
from manyhands.core.ids import AccountId, AssignmentId, HITTypeId
from manyhands.help.models import HelpLink, TicketId
from manyhands.help.operations.links import LINKS_MAX, Link
from manyhands.help.states import TicketStatus

PAGE_SIZE = 30
MESSAGES_MAX = 500


@dataclass(frozen=True, slots=True)
class TicketLine:
    """A ticket in a list. ``last_is_staff``: who wrote last."""

    number: str
    subject: str
    topic: str
    status: str
    email: str
    created_at: datetime
    changed_at: datetime
    message_count: int


@dataclass(frozen=True, slots=True)
class TicketPage:
    """A ticket and the task it is about, if any."""

    ticket_id: TicketId
    number: str
    subject: str
    topic: str
    status: str
    email: str
    asker_id: AccountId | None
    asker_name: str | None
    created_at: datetime
    assignment_id: AssignmentId | None
    hit_type_id: HITTypeId | None
    task_title: str | None
    task_description: str | None
    requester_name: str | None


@dataclass(frozen=True, slots=True)
class Message:
    is_staff: bool
    author_name: str | None
    via: str
    words: str
    sent_at: datetime


_LINE = """
SELECT ticket.number, ticket.subject, ticket.topic, ticket.status, ticket.email, ticket.created_at,
       ticket.changed_at,
       (SELECT count(*) FROM ticket_message WHERE ticket_message.ticket_id = ticket.id)
  FROM ticket
"""
_OF_ASKER = (
    _LINE
    + """
 WHERE ticket.asker_id = %(account_id)s
 ORDER BY ticket.changed_at DESC, ticket.id DESC
 LIMIT %(limit)s OFFSET %(offset)s
"""
)
_QUEUE = (
    _LINE
    + """
 WHERE (%(status)s::text IS NULL OR ticket.status = %(status)s)
   AND (%(topic)s::text IS NULL OR ticket.topic = %(topic)s)
   AND (%(words)s::text IS NULL OR ticket.number = upper(%(words)s)
        OR strpos(lower(ticket.email), lower(%(words)s)) > 0
        OR strpos(lower(ticket.subject), lower(%(words)s)) > 0)
 ORDER BY CASE WHEN ticket.status IN ('open', 'waiting') THEN 0 ELSE 1 END,
          CASE WHEN ticket.status IN ('open', 'waiting') THEN ticket.changed_at END,
          ticket.changed_at DESC, ticket.id
 LIMIT %(limit)s OFFSET %(offset)s
"""
)
_COUNTS = "SELECT status, count(*) FROM ticket GROUP BY status"
_PAGE = """
SELECT ticket.id, ticket.number, ticket.subject, ticket.topic, ticket.status, ticket.email, ticket.asker_id,
       account.name, ticket.created_at, ticket.assignment_id, ticket.hit_type_id, hit_type.title,
       hit_type.description, requester.display_name
  FROM ticket
  LEFT JOIN account ON account.id = ticket.asker_id
  LEFT JOIN hit_type ON hit_type.id = ticket.hit_type_id
  LEFT JOIN requester ON requester.account_id = hit_type.requester_id
 WHERE ticket.id = %(ticket_id)s
"""
_MESSAGES = """
SELECT message.is_staff, account.name, message.via, message.words, message.sent_at
  FROM ticket_message AS message
  LEFT JOIN account ON account.id = message.author_id
 WHERE message.ticket_id = %(ticket_id)s
 ORDER BY message.id
 LIMIT %(limit)s
"""


def questions_of(*, account_id: AccountId, page: int = 1) -> list[TicketLine]:
    """An account's own tickets, the last changed first; one more than a page when there are more."""
    return db.many(
        TicketLine, _OF_ASKER, account_id=account_id, limit=PAGE_SIZE + 1, offset=PAGE_SIZE * (page - 1)
    )


def queue(
    *, status: str | None, topic: str | None = None, text: str | None = None, page: int = 1
) -> list[TicketLine]:
    """Tickets for the staff: those that wait longest first, then the others; one more than a page."""
    return db.many(
        TicketLine,
        _QUEUE,
        status=status,
        topic=topic,
        words=text,
        limit=PAGE_SIZE + 1,
        offset=PAGE_SIZE * (page - 1),
    )


def counts() -> dict[str, int]:
    """How many tickets are in each state."""
    found = dict(db.many(lambda status, number: (status, number), _COUNTS))
    return {status.value: found.get(status.value, 0) for status in TicketStatus}


def ticket_page(ticket_id: TicketId) -> TicketPage:
    """A ticket that ``access`` has given."""
    return db.one(TicketPage, _PAGE, ticket_id=ticket_id)


def messages_of(ticket_id: TicketId) -> list[Message]:
    """The words of a ticket, the oldest first."""
    return db.many(Message, _MESSAGES, ticket_id=ticket_id, limit=MESSAGES_MAX)


@dataclass(frozen=True, slots=True)
class AboutTask:
    """A task a question can be attached to."""

    assignment_id: AssignmentId | None
    hit_type_id: HITTypeId
    title: str


_OWN_TASK = """
SELECT assignment.id, hit_type.id, hit_type.title
  FROM assignment
  JOIN hit_type ON hit_type.id = assignment.hit_type_id
 WHERE assignment.id = %(assignment_id)s AND assignment.worker_id = %(account_id)s
"""
_GROUP = "SELECT NULL::bigint, id, title FROM hit_type WHERE id = %(hit_type_id)s"


def own_task(*, account_id: AccountId, assignment_id: int) -> AboutTask | None:
    """The task of an assignment, when it is this worker's."""
    return db.one_or_none(AboutTask, _OWN_TASK, account_id=account_id, assignment_id=assignment_id)


def task_group(hit_type_id: int) -> AboutTask | None:
    return db.one_or_none(AboutTask, _GROUP, hit_type_id=hit_type_id)


def links() -> list[Link]:
    """The operator's channels."""
    return [Link(*row) for row in HelpLink.objects.values_list("title", "url")[:LINKS_MAX]]
