"""Sending the mail that waits in the outbox, at least once each.

A mail is leased before it is sent and marked afterwards, with no transaction open meanwhile. Whoever
is killed in between leaves a lease that runs out; the mail then goes again under the same Message-ID.
"""

import logging
from dataclasses import dataclass
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from manyhands.core import db

_LOG = logging.getLogger(__name__)

LEASE_S = 120
ATTEMPTS_MAX = 8
KEPT_DAYS = 7

_LEASE = """
UPDATE mail_message
   SET leased_until = now() + make_interval(secs => %(lease_s)s), attempts = attempts + 1
 WHERE id = (SELECT id FROM mail_message
              WHERE delivered_at IS NULL AND attempts < %(attempts_max)s
                AND (leased_until IS NULL OR leased_until < now())
              ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, recipient, sender, subject, body, headers
"""


@dataclass(frozen=True, slots=True)
class _Leased:
    id: int
    recipient: str
    sender: str
    subject: str
    body: str
    headers: dict[str, str]


def deliver_due(*, limit: int = 100) -> int:
    """Send waiting mail through settings.MAIL_TRANSPORT; how many were sent. Nothing when none is set.

    A mail that fails is tried again after its lease, ATTEMPTS_MAX times in all.
    """
    sent = 0
    if not settings.MAIL_TRANSPORT:
        return sent
    for _ in range(limit):
        mail = db.one_or_none(_Leased, _LEASE, lease_s=LEASE_S, attempts_max=ATTEMPTS_MAX)
        if mail is None:
            break
        try:
            _send(mail)
        except (OSError, SMTPException) as failure:
            _LOG.warning("Mail %s could not be sent: %s", mail.id, failure)
            continue
        db.run("UPDATE mail_message SET delivered_at = now() WHERE id = %(id)s", id=mail.id)
        sent += 1
    return sent


def _send(mail: _Leased) -> None:
    domain = mail.sender.rpartition("@")[2].rstrip(">") or "localhost"
    EmailMessage(
        mail.subject,
        mail.body,
        mail.sender,
        [mail.recipient],
        headers={**mail.headers, "Message-ID": f"<outbox-{mail.id}@{domain}>"},
        connection=get_connection(settings.MAIL_TRANSPORT),
    ).send()


def forget_delivered() -> int:
    """Delete mail delivered a week ago: it holds links that were for one reader only."""
    return db.run(
        "DELETE FROM mail_message WHERE delivered_at < now() - make_interval(days => %(days)s)",
        days=KEPT_DAYS,
    )
