"""News that no event tells: qualifications, and the day's new tasks."""

import pytest

from manyhands.accounts.models import Account
from manyhands.core.ids import AccountId, QualificationTypeId, WorkerId
from manyhands.messaging import letters, news, queries
from manyhands.messaging.models import MailMessage, Notice
from manyhands.messaging.states import Side
from manyhands.qualifications import operations as qualifications
from manyhands.work.models import WorkerBlock
from tests import factories
from tests.conftest import Database


@pytest.fixture
def worker(database: Database) -> Account:
    return factories.make_worker(name="Ana")


def titles(account: Account) -> list[str]:
    return [entry.told.title for entry in queries.inbox(account_id=AccountId(account.pk), side=Side.WORKER)]


@pytest.mark.feature("W-69", "W-95")
def test_a_qualification_given_changed_and_taken_is_told_and_mailed(worker: Account) -> None:
    type_id = qualifications.create_qualification_type(requester_id=None, name="Latin")

    def grant(score: int) -> None:
        qualifications.grant_qualification(
            qualification_type_id=type_id, requester_id=None, worker_id=WorkerId(worker.pk), score=score
        )

    grant(80)
    assert (news.tell_qualifications(), news.tell_qualifications()) == (1, 0)
    grant(90)
    assert news.tell_qualifications() == 1
    revoke(type_id, worker)
    assert (news.tell_qualifications(), news.tell_qualifications()) == (1, 0)

    assert titles(worker) == [
        "You no longer have the qualification Latin",
        "Your score in Latin is now 90",
        "You have the qualification Latin, with a score of 80",
    ]
    Notice.objects.update(mail_at="2020-01-01T00:00Z")
    letters.write_due()
    assert "Your score in Latin is now 90" in MailMessage.objects.get(recipient=worker.email).body


def revoke(type_id: QualificationTypeId, worker: Account) -> None:
    qualifications.revoke_qualification(
        qualification_type_id=type_id, requester_id=None, worker_id=WorkerId(worker.pk)
    )


@pytest.mark.feature("W-93", "M-141", "S-26")
def test_new_tasks_are_told_once_a_day_to_those_who_may_take_them(worker: Account) -> None:
    requester = factories.make_requester()
    factories.publish(requester, 2, title="Is it a bird?")
    asks = factories.publish(requester, 2, title="Translate Latin")
    factories.require(asks, name="Latin", requester=requester)
    blocked = factories.make_worker()
    WorkerBlock.objects.create(requester_id=requester.pk, worker_id=blocked.pk, reason="x")
    suspended = factories.make_worker(status="suspended")

    assert (news.tell_new_tasks(day="2031-05-01"), news.tell_new_tasks(day="2031-05-01")) == (1, 0)

    assert titles(worker) == ["New tasks you can work on: Is it a bird?"]
    assert not Notice.objects.filter(account__in=[blocked, suspended]).exists()
    assert news.tell_new_tasks(day="2031-05-02") == 1
