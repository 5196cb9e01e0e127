"""What of the messages belongs to a person: what they wrote, what they were told and mailed."""

from manyhands.accounts.models import Account
from manyhands.accounts.own_data import Section, add
from manyhands.core.ids import AccountId
from manyhands.messaging.models import (
    EventSubscription,
    MailMessage,
    Notice,
    NoticeSetting,
    PushSubscription,
    ThreadMessage,
)


def _erase(account_id: AccountId) -> None:
    """Drop inbox, settings, browsers, webhooks and mail; the name beside what was said to others becomes neutral."""
    email = Account.objects.values_list("email", flat=True).get(pk=account_id)
    MailMessage.objects.filter(recipient__iexact=email, delivered_at__isnull=False).delete()
    Notice.objects.filter(account_id=account_id).delete()
    NoticeSetting.objects.filter(account_id=account_id).delete()
    PushSubscription.objects.filter(account_id=account_id).delete()
    EventSubscription.objects.filter(requester_id=account_id).delete()
    ThreadMessage.objects.filter(author_id=account_id).update(author_name="–")


add(
    sections=[
        Section(
            "messages",
            "SELECT jsonb_build_object('subject', thread.subject, 'author', thread_message.author_name,"
            " 'words', thread_message.words, 'at', thread_message.sent_at)"
            " FROM thread_message JOIN thread ON thread.id = thread_message.thread_id"
            " WHERE thread.account_id = %(account_id)s OR thread_message.author_id = %(account_id)s"
            " ORDER BY thread_message.id",
        ),
        Section(
            "notices",
            "SELECT jsonb_build_object('kind', kind, 'facts', facts, 'at', at, 'read_at', read_at)"
            " FROM notice WHERE account_id = %(account_id)s ORDER BY id",
        ),
        Section(
            "mail",
            "SELECT jsonb_build_object('subject', subject, 'body', body, 'sent_at', sent_at)"
            " FROM mail_message WHERE lower(recipient) = (SELECT lower(email) FROM account"
            " WHERE id = %(account_id)s) ORDER BY id",
        ),
        Section(
            "webhooks",
            "SELECT jsonb_build_object('transport', transport, 'destination', destination, 'events', event_types,"
            " 'is_active', is_active, 'created_at', created_at) FROM event_subscription"
            " WHERE requester_id = %(account_id)s ORDER BY id",
        ),
    ],
    erasers=[_erase],
)
