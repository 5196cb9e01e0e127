"""What is measured of submissions: kept once, shown to both sides in the same words, acting on nothing."""

import json
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from manyhands.accounts.models import Account
from manyhands.core import db, ids, tokens
from manyhands.core.ids import AssignmentId, RequesterId, WorkerId
from manyhands.quality import queries, submissions
from manyhands.quality.models import SubmissionSignal
from manyhands.quality.signals import SAMPLES_MIN
from manyhands.web.content import submitting as content
from manyhands.web.content.body import Form
from manyhands.work.models import Assignment
from manyhands.work.operations import submitting
from tests import factories

pytestmark = pytest.mark.usefixtures("database")

HTML = (
    '<p>${word}</p><label>Meaning <input name="meaning" required></label>'
    '<label>Say blue <input name="care" data-check="blue"></label>'
)
BUSY = {"keys": 3, "pointer": 1}


def hand_in(worker: Account, group: factories.Published, seconds: float, **reported: int) -> AssignmentId:
    held = factories.accept(worker, group).assignment_id
    db.run(
        "UPDATE assignment SET accepted_at = now() - make_interval(secs => %(s)s) WHERE id = %(id)s",
        s=seconds,
        id=held,
    )
    submitting.submit(
        worker_id=WorkerId(worker.pk),
        assignment_id=held,
        answer=[("meaning", f"a thing {held}"), ("care", "red")],
        received_at=timezone.now(),
        reported=BUSY | reported,
    )
    return held


def kinds(assignment_id: int) -> list[str]:
    found = SubmissionSignal.objects.filter(assignment_id=assignment_id).order_by("kind")
    return list(found.values_list("kind", flat=True))


@pytest.mark.feature("C-39")
def test_an_unusually_fast_worker_is_flagged_among_ten_and_nothing_is_decided() -> None:
    requester = factories.make_requester()
    group = factories.publish(requester, SAMPLES_MIN)
    others = [hand_in(factories.make_worker(), group, 60 + number) for number in range(SAMPLES_MIN - 1)]
    fast = hand_in(factories.make_worker(), group, 4)

    submissions.read()
    submissions.read()

    assert kinds(fast) == ["fast"]
    assert [kinds(each) for each in others] == [[]] * len(others)
    assert Assignment.objects.get(pk=fast).status == "submitted"


@pytest.mark.feature("C-33", "C-39", "C-40")
def test_requester_and_worker_read_the_same_sentences(client: Callable[..., Client]) -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    group = factories.publish(requester, 1, html=HTML)
    done = hand_in(worker, group, 60, pastes=2)
    submissions.read()

    one = ids.encode("assignment", done)
    batch = ids.encode("batch", group.batch_id)
    theirs = client(requester).get(f"/requester/batches/{batch}/assignments/{one}").content.decode()
    review = client(requester).get(f"/requester/batches/{batch}/review").content.decode()
    own = client(worker).get(f"/assignments/{one}").content.decode()
    for page in (theirs, review, own):
        assert "Text was pasted 2 times." in page
        assert "Attention check answered otherwise: Say blue" in page
    assert "blue" not in own.replace("Say blue", "")
    stranger = factories.make_worker()
    assert queries.own_signals(worker_id=WorkerId(stranger.pk), assignment_id=done) == ()
    other = factories.make_requester()
    assert queries.evidence(requester_id=RequesterId(other.pk), assignment_ids=[done]) == {}


@pytest.mark.feature("C-40", "M-31")
def test_an_answer_that_a_script_sends_is_flagged_and_one_from_the_page_is_not() -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    group = factories.publish(requester, 2)
    done = []
    for report in ([], [("manyhandsReport", json.dumps(BUSY))]):
        held = factories.accept(worker, group)
        token = tokens.make("assignment", held.assignment_id, worker.pk, good_for_s=60)
        pairs = [("meaning", "a thing"), *report]
        content.submit(token=token, form=Form(pairs), received_at=timezone.now())
        done.append(held.assignment_id)
    submissions.read()

    assert kinds(done[0]) == ["no-report"]
    assert kinds(done[1]) == []
    assert Assignment.objects.get(pk=done[1]).answer == [["meaning", "a thing"]]
    assert Assignment.objects.get(pk=done[1]).reported == BUSY


def test_the_task_s_page_says_what_is_recorded(client: Callable[..., Client]) -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    held = factories.accept(worker, factories.publish(requester, 1)).assignment_id
    page = client(worker).get(f"/assignments/{ids.encode('assignment', held)}").content.decode()
    assert "What is recorded" in page
    assert "Programs that do tasks in your place are not allowed." in page
