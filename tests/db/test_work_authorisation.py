"""Who may do what to the work: a stranger's and an absent object look alike, and a refusal changes nothing."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from manyhands.accounts.models import Account
from manyhands.core.errors import NotFound, Refusal
from manyhands.core.ids import AssignmentId, BatchId, HITId, ProjectId, RequesterId, WorkerId
from manyhands.work import errors
from manyhands.work.operations import accepting, batches, projects, reviewing, submitting
from tests import factories
from tests.conftest import Database

ANSWER = [("meaning", "a thing")]
ABSENT = 987_654_321
TABLES = (
    "project", "layout", "batch", "batch_event", "batch_file", "hit_type", "hit", "hit_type_open", "assignment",
    "assignment_event", "assignment_draft", "worker", "worker_progress", "hit_skip", "ledger_account", "transfer",
)  # fmt: skip


DIGEST = """SELECT md5(coalesce(string_agg(t::text, ';' ORDER BY t::text), '')) FROM "{table}" AS t"""


@dataclass
class Scene:
    """A requester's work in every state, another requester, and two workers."""

    link: Any
    requester: Account
    stranger: Account
    worker: Account
    other_worker: Account
    project_id: ProjectId
    draft: BatchId
    batch: BatchId
    strangers_batch: BatchId
    hit: HITId
    accepted: AssignmentId
    submitted: AssignmentId
    rejected: AssignmentId

    def everything(self) -> list[tuple[str, str]]:
        """All rows of all tables, as one digest a table."""
        return [(table, self.link.execute(DIGEST.format(table=table)).fetchone()[0]) for table in TABLES]


@pytest.fixture
def scene(database: Database) -> Scene:
    requester, stranger = factories.make_requester(), factories.make_requester()
    worker, other_worker = factories.make_worker(), factories.make_worker()
    group = factories.publish(requester, 4)
    submitted = factories.accept(worker, group).assignment_id
    factories.submit(worker, submitted)
    rejected = factories.accept(worker, group).assignment_id
    factories.submit(worker, rejected)
    by = {"requester_id": RequesterId(requester.pk), "actor_id": RequesterId(requester.pk)}
    reviewing.reject(assignment_ids=[rejected], reason="wrong", words="No.", **by)
    accepted = factories.accept(worker, group).assignment_id
    return Scene(
        link=database.connect(),
        requester=requester,
        stranger=stranger,
        worker=worker,
        other_worker=other_worker,
        project_id=group.project_id,
        draft=factories.upload(requester, group.project_id, 2),
        batch=group.batch_id,
        strangers_batch=factories.publish(stranger, 1).batch_id,
        hit=group.hit_ids[3],
        accepted=accepted,
        submitted=submitted,
        rejected=rejected,
    )


SETTINGS = projects.ProjectSettings("Name", "Title", "Words", "", 1, 5, 600, 600, 600, 1)

# What a worker does to an assignment, and how it is refused when that is not theirs.
WorkerAct = Callable[[WorkerId, AssignmentId], object]
WORKER_ACTS: dict[str, tuple[WorkerAct, type[Refusal]]] = {
    "return": (
        lambda worker, one: accepting.return_assignment(worker_id=worker, assignment_id=one),
        errors.AssignmentNotHeld,
    ),
    "submit": (
        lambda worker, one: submitting.submit(
            worker_id=worker, assignment_id=one, answer=ANSWER, received_at=timezone.now()
        ),
        errors.AssignmentNotHeld,
    ),
    "save a draft": (
        lambda worker, one: submitting.save_draft(worker_id=worker, assignment_id=one, answer=ANSWER),
        errors.AssignmentNotHeld,
    ),
}

Ids = dict[str, Any]
RequesterAct = Callable[[RequesterId, Ids], object]


def decide(act: Callable[..., reviewing.Decided], **words: str) -> RequesterAct:
    """A decision that leaves everything unchanged counts as refused."""

    def run(requester: RequesterId, ids: Ids) -> None:
        decided = act(requester_id=requester, assignment_ids=[ids["submitted"]], actor_id=requester, **words)
        assert decided == reviewing.Decided((), (ids["submitted"],))
        raise NotFound

    return run


# What a requester does to something of theirs, and how it is refused when it is not.
REQUESTER_ACTS: dict[str, tuple[RequesterAct, type[Refusal]]] = {
    "approve": (decide(reviewing.approve), NotFound),
    "reject": (decide(reviewing.reject, reason="wrong", words="No."), NotFound),
    "override": (
        lambda who, ids: reviewing.override_rejection(
            requester_id=who, assignment_id=ids["rejected"], actor_id=who
        ),
        errors.NotRejected,
    ),
    "send back": (
        lambda who, ids: reviewing.send_back(
            requester_id=who, assignment_id=ids["submitted"], actor_id=who, words="More."
        ),
        NotFound,
    ),
    "price": (
        lambda who, ids: batches.price_batch(
            requester_id=who, batch_id=ids["draft"], reward_minor=1, max_assignments=1, lifetime_s=600
        ),
        NotFound,
    ),
    "discard": (lambda who, ids: batches.discard_batch(requester_id=who, batch_id=ids["draft"]), NotFound),
    "publish": (
        lambda who, ids: batches.start_publishing(requester_id=who, batch_id=ids["draft"]),
        NotFound,
    ),
    "expire": (
        lambda who, ids: batches.expire_batch(requester_id=who, batch_id=ids["batch"], actor_id=who),
        NotFound,
    ),
    "extend": (
        lambda who, ids: batches.extend_batch(
            requester_id=who, batch_id=ids["batch"], actor_id=who, more_assignments=1
        ),
        NotFound,
    ),
    "dispose": (
        lambda who, ids: batches.dispose_batch(requester_id=who, batch_id=ids["batch"], actor_id=who),
        NotFound,
    ),
    "upload": (
        lambda who, ids: batches.upload_rows(
            requester_id=who, project_id=ids["project"], name="x.csv", file=io.BytesIO(b"word\nx\n")
        ),
        NotFound,
    ),
    "change the project": (
        lambda who, ids: projects.update_project(
            requester_id=who, project_id=ids["project"], settings=SETTINGS
        ),
        NotFound,
    ),
    "archive the project": (
        lambda who, ids: projects.archive_project(requester_id=who, project_id=ids["project"]),
        NotFound,
    ),
    "save the layout": (
        lambda who, ids: projects.save_layout(
            requester_id=who, project_id=ids["project"], html=factories.WORD_HTML + "<p>more</p>"
        ),
        NotFound,
    ),
}


@pytest.mark.feature("W-15", "W-34")
@pytest.mark.parametrize("whose", ["another worker's", "absent"])
@pytest.mark.parametrize("act", WORKER_ACTS)
def test_a_worker_reaches_only_their_own_assignments(scene: Scene, act: str, whose: str) -> None:
    run, refusal = WORKER_ACTS[act]
    before = scene.everything()
    assignment_id = scene.accepted if whose == "another worker's" else AssignmentId(ABSENT)
    with pytest.raises(refusal):
        run(WorkerId(scene.other_worker.pk), assignment_id)
    assert scene.everything() == before
    run(WorkerId(scene.worker.pk), scene.accepted)
    assert scene.everything() != before


@pytest.mark.feature("S-06")
@pytest.mark.parametrize("whose", ["another requester's", "absent"])
@pytest.mark.parametrize("act", REQUESTER_ACTS)
def test_a_requester_reaches_only_what_is_theirs(scene: Scene, act: str, whose: str) -> None:
    run, refusal = REQUESTER_ACTS[act]
    theirs: Ids = {
        "submitted": scene.submitted, "rejected": scene.rejected, "draft": scene.draft, "batch": scene.batch,
        "project": scene.project_id,
    }  # fmt: skip
    before = scene.everything()
    if whose == "absent":
        with pytest.raises(refusal):
            run(RequesterId(scene.requester.pk), dict.fromkeys(theirs, ABSENT))
    else:
        with pytest.raises(refusal):
            run(RequesterId(scene.stranger.pk), theirs)
    assert scene.everything() == before


@pytest.mark.parametrize("hit", ["of another batch", "absent"])
@pytest.mark.parametrize("act", [batches.expire_batch, batches.extend_batch])
def test_a_hit_is_reached_only_through_its_own_batch(scene: Scene, act: Any, hit: str) -> None:
    before = scene.everything()
    more = {"more_assignments": 1} if act is batches.extend_batch else {}
    with pytest.raises(NotFound):
        act(
            requester_id=RequesterId(scene.stranger.pk),
            batch_id=scene.strangers_batch,
            actor_id=RequesterId(scene.stranger.pk),
            hit_id=scene.hit if hit == "of another batch" else HITId(ABSENT),
            **more,
        )
    assert scene.everything() == before


@pytest.mark.parametrize("who", ["a requester without a worker's role", "absent", "suspended", "the owner"])
def test_only_active_workers_accept_and_never_their_own(scene: Scene, who: str) -> None:
    Account.objects.filter(pk=scene.other_worker.pk).update(status="suspended")
    people = {
        "a requester without a worker's role": scene.stranger.pk,
        "absent": ABSENT,
        "suspended": scene.other_worker.pk,
        "the owner": scene.requester.pk,
    }
    before = scene.everything()
    with pytest.raises((errors.AccountNotActive, errors.OwnTask)):
        accepting.accept_hit(worker_id=WorkerId(people[who]), hit_id=scene.hit)
    assert scene.everything() == before


@pytest.mark.feature("W-32")
def test_skipping_what_is_not_there_is_refused(scene: Scene) -> None:
    before = scene.everything()
    with pytest.raises(NotFound):
        accepting.skip_hit(worker_id=WorkerId(scene.worker.pk), hit_id=HITId(ABSENT))
    assert scene.everything() == before


def test_an_end_in_the_past_and_nothing_to_extend_change_nothing(scene: Scene) -> None:
    before = scene.everything()
    by = {
        "requester_id": RequesterId(scene.requester.pk),
        "batch_id": scene.batch,
        "actor_id": RequesterId(scene.requester.pk),
    }
    with pytest.raises(errors.EndInThePast):
        batches.extend_batch(expires_at=timezone.now() - timedelta(seconds=1), **by)
    with pytest.raises(errors.NothingToExtend):
        batches.extend_batch(**by)
    assert scene.everything() == before
