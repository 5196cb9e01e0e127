"""What of the help belongs to a person: their questions and what they wrote in the forum."""

from manyhands.accounts.own_data import Section, add
from manyhands.core.ids import AccountId
from manyhands.help.models import ForumMember, ThreadRead, Ticket


def _erase(account_id: AccountId) -> None:
    """Questions and posts stay where others answered them; names and addresses go."""
    Ticket.objects.filter(asker_id=account_id).update(email=f"closed-{account_id}@closed.invalid")
    ForumMember.objects.filter(pk=account_id).update(name=f"– {account_id}")
    ThreadRead.objects.filter(account_id=account_id).delete()


add(
    sections=[
        Section(
            "questions",
            "SELECT jsonb_build_object('number', ticket.number, 'subject', ticket.subject,"
            " 'at', ticket_message.sent_at, 'from_staff', ticket_message.is_staff, 'words', ticket_message.words)"
            " FROM ticket_message JOIN ticket ON ticket.id = ticket_message.ticket_id"
            " WHERE ticket.asker_id = %(account_id)s ORDER BY ticket_message.id",
        ),
        Section(
            "forum_posts",
            "SELECT jsonb_build_object('thread', forum_thread.title, 'words', forum_post.words,"
            " 'at', forum_post.posted_at)"
            " FROM forum_post JOIN forum_thread ON forum_thread.id = forum_post.thread_id"
            " WHERE forum_post.author_id = %(account_id)s ORDER BY forum_post.id",
        ),
    ],
    erasers=[_erase],
)
