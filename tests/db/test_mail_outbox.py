"""Mail waits in the outbox and leaves by the job, at least once, with a stable Message-ID."""

from typing import Any

import pytest
from django.core import mail
from django.core.mail import send_mail
from django.test import override_settings

from manyhands.messaging import delivery
from manyhands.messaging.models import MailMessage
from tests.conftest import Database

MEMORY = "django.core.mail.backends.locmem.EmailBackend"


class Refusing:
    """A transport whose server is away."""

    def __init__(self, **_: Any) -> None:
        pass

    def send_messages(self, _messages: object) -> int:
        raise ConnectionRefusedError("nobody listens")


def waiting() -> int:
    return MailMessage.objects.filter(delivered_at__isnull=True).count()


def write(to: str = "worker@example.test") -> None:
    send_mail("Subject", "Body", "Manyhands <noreply@example.test>", [to])


@pytest.fixture(autouse=True)
def _empty_box() -> None:
    mail.outbox = []


def test_mail_is_kept_until_the_job_sends_it_and_then_never_sent_again(database: Database) -> None:
    write()
    with override_settings(MAIL_TRANSPORT=MEMORY):
        assert delivery.deliver_due() == 1
        assert delivery.deliver_due() == 0
    assert [message.to for message in mail.outbox] == [["worker@example.test"]]
    assert mail.outbox[0].extra_headers["Message-ID"].endswith("@example.test>")
    assert waiting() == 0


def test_without_a_transport_mail_is_only_kept(database: Database) -> None:
    write()
    with override_settings(MAIL_TRANSPORT=""):
        assert delivery.deliver_due() == 0
    assert waiting() == 1


def test_a_mail_that_fails_waits_for_its_lease_and_goes_out_later(database: Database) -> None:
    write()
    with override_settings(MAIL_TRANSPORT=f"{__name__}.Refusing"):
        assert delivery.deliver_due() == 0
    with override_settings(MAIL_TRANSPORT=MEMORY):
        assert delivery.deliver_due() == 0
        with database.connect() as other:
            other.execute("UPDATE mail_message SET leased_until = now() - interval '1 second'")
        assert delivery.deliver_due() == 1
    assert MailMessage.objects.get().attempts == 2


def test_delivered_mail_is_forgotten_after_a_week(database: Database) -> None:
    write()
    with override_settings(MAIL_TRANSPORT=MEMORY):
        delivery.deliver_due()
    assert delivery.forget_delivered() == 0
    with database.connect() as other:
        other.execute("UPDATE mail_message SET delivered_at = now() - interval '8 days'")
    assert delivery.forget_delivered() == 1
