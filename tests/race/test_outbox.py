"""What is told and mailed is told and mailed once: with commits out of order, several jobs at once, and kill -9."""

import random
import re
import subprocess
import sys
import time
from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from django.db import connections

from manyhands.accounts.models import Account
from manyhands.core.ids import AccountId, AssignmentId, RequesterId
from manyhands.messaging import letters, notices, operations
from manyhands.messaging.models import MailMessage, Notice, NoticeEvent, ThreadMessage
from manyhands.messaging.models import Thread as Conversation
from manyhands.messaging.states import NoticeKind, Side
from manyhands.work.models import AssignmentEvent
from manyhands.work.operations import reviewing
from tests import factories
from tests.conftest import Database
from tests.race.stepping import Held

IN_FLIGHT = "SELECT pg_current_xact_id(), nextval(pg_get_serial_sequence('assignment_event', 'id'))"
APPEAR = """
INSERT INTO assignment_event (id, assignment_id, from_status, to_status)
OVERRIDING SYSTEM VALUE VALUES (%(id)s, %(assignment_id)s, 'submitted', 'approved')
"""


def handed_in(requester: Account, worker: Account, count: int) -> list[AssignmentId]:
    published = factories.publish(requester, count, reward_minor=12)
    taken = []
    for _ in range(count):
        taken.append(factories.accept(worker, published).assignment_id)
        factories.submit(worker, taken[-1])
    return taken


def approve(requester: Account, assignment_ids: list[AssignmentId]) -> None:
    reviewing.approve(
        requester_id=RequesterId(requester.pk),
        assignment_ids=assignment_ids,
        actor_id=AccountId(requester.pk),
    )


def told() -> int:
    return sum(notice.facts["count"] for notice in Notice.objects.exclude(kind=NoticeKind.MESSAGE))


@pytest.fixture
def people(database: Database) -> tuple[Account, Account]:
    return factories.make_requester(), factories.make_worker()


def late_event(hold: Callable[[], Held], people: tuple[Account, Account]) -> tuple[Held, int, AssignmentId]:
    """A decision that has drawn its id and is not committed, with a committed decision above it."""
    late, early = handed_in(*people, 2)
    held = hold()
    ((_, event_id),) = held.run(IN_FLIGHT)
    approve(people[0], [early])
    return held, event_id, late


def test_an_event_that_commits_late_below_others_is_not_passed_over(
    hold: Callable[[], Held], people: tuple[Account, Account]
) -> None:
    held, event_id, late = late_event(hold, people)

    assert notices.tell_decisions(patience_s=0) == 0, "it waits for the one under way"
    held.run(APPEAR, id=event_id, assignment_id=late)
    held.commit()

    assert notices.tell_decisions() == 2
    assert told() == 2


def test_a_rolled_back_event_holds_nothing_up(
    hold: Callable[[], Held], people: tuple[Account, Account]
) -> None:
    held, _, _ = late_event(hold, people)
    assert notices.tell_decisions(patience_s=0) == 0
    held.rollback()
    assert notices.tell_decisions() == 1


def test_control_a_reader_that_does_not_wait_loses_the_late_event(
    hold: Callable[[], Held], people: tuple[Account, Account], watcher: Any
) -> None:
    held, event_id, late = late_event(hold, people)
    notices.tell_decisions(patience_s=0)
    watcher.execute("UPDATE event_cursor SET seen_xid = 0")  # as if all had ended
    assert notices.tell_decisions(patience_s=0) == 1
    held.run(APPEAR, id=event_id, assignment_id=late)
    held.commit()

    assert notices.tell_decisions() == 0
    assert told() == 1, "lost: the guard is needed"


def in_threads(count: int, act: Callable[[], Any]) -> None:
    def run() -> None:
        try:
            act()
        finally:
            connections.close_all()

    threads = [Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_several_jobs_at_once_tell_and_mail_once(people: tuple[Account, Account]) -> None:
    requester, _ = people
    workers = [factories.make_worker() for _ in range(4)]
    for worker in workers:
        approve(requester, handed_in(requester, worker, 15))

    in_threads(4, lambda: notices.tell_decisions(page=10))
    notices.tell_decisions()
    Notice.objects.update(mail_at="2020-01-01T00:00Z")
    in_threads(4, letters.write_due)

    assert told() == NoticeEvent.objects.count() == 60
    mailed = MailMessage.objects.values_list("recipient", flat=True)
    assert sorted(mailed) == sorted(worker.email for worker in workers)


def test_two_questions_at_once_share_one_thread(people: tuple[Account, Account]) -> None:
    requester, worker = people
    (taken,) = handed_in(requester, worker, 1)
    in_threads(
        2,
        lambda: operations.send_task_feedback(
            worker_id=worker.pk, assignment_id=taken, words="The picture is missing."
        ),
    )
    assert (Conversation.objects.count(), ThreadMessage.objects.count()) == (1, 2)
    assert Notice.objects.filter(side=Side.REQUESTER).count() == 1


JOB = """
import django
django.setup()
from manyhands.messaging import letters, notices
print("ready", flush=True)
notices.GATHER_S = 0
while True:
    notices.tell_decisions(page=3)
    letters.write_due()
"""


@pytest.mark.slow
def test_killed_at_any_moment_nothing_is_lost_and_nothing_told_or_mailed_twice(
    people: tuple[Account, Account],
) -> None:
    requester, _ = people
    workers = [factories.make_worker() for _ in range(6)]
    taken = [(worker, handed_in(requester, worker, 12)) for worker in workers]
    chosen = random.Random(7)
    kills = 8
    for round_ in range(kills):
        job = subprocess.Popen([sys.executable, "-c", JOB], stdout=subprocess.PIPE)
        assert job.stdout is not None
        assert job.stdout.readline() == b"ready\n"
        for _, ids in taken:
            approve(requester, ids[round_ : round_ + 1])
        time.sleep(chosen.uniform(0, 0.08))
        job.kill()
        job.wait()
        job.stdout.close()
    for _, ids in taken:
        approve(requester, ids[kills:])
    while notices.tell_decisions():
        pass
    Notice.objects.filter(mail="now").update(mail_at="2020-01-01T00:00Z")
    letters.write_due()

    decided = AssignmentEvent.objects.filter(to_status="approved").count()
    assert decided == told() == NoticeEvent.objects.count() == 72
    mailed = {worker.email: 0 for worker in workers}
    for letter in MailMessage.objects.all():
        mailed[letter.recipient] += tasks_told(letter.body)
    assert set(mailed.values()) == {12}


def tasks_told(body: str) -> int:
    """How many approvals a letter tells of, by its own words."""
    several = sum(int(number) for number in re.findall(r"^(\d+) tasks were approved", body, re.MULTILINE))
    return several + len(re.findall(r"^Your task was approved", body, re.MULTILINE))
