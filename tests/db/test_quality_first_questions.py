"""A job that begins with questions: they come first, they open the work, and they close the project."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from manyhands.accounts.models import Account
from manyhands.catalog import market
from manyhands.catalog import queries as catalog
from manyhands.catalog.search import Search
from manyhands.core import ids, tokens
from manyhands.core.errors import InvalidInput, NotFound
from manyhands.core.ids import AccountId, ProjectId, RequesterId, WorkerId
from manyhands.ledger.check import first_difference
from manyhands.ledger.queries import balance_of
from manyhands.qualifications.models import QualificationEvent
from manyhands.quality import submissions
from manyhands.quality.models import FirstQuestions
from manyhands.quality.operations import projects
from manyhands.web.content import submitting as content
from manyhands.web.content.body import Form
from manyhands.work import errors
from manyhands.work.models import HIT, Assignment, Batch
from manyhands.work.operations import accepting, batches
from manyhands.work.queries import worker as work_queries
from tests import factories

pytestmark = pytest.mark.usefixtures("database")

RIGHT, WRONG = [("meaning", "a thing")], [("meaning", "a bird")]


def job(
    requester: Account, *, questions: int = 3, right_needed: int = 2, places: int = 5, work: int = 4
) -> factories.Published:
    """A group whose file has plain rows first, then as many known ones as are asked and one more."""
    project_id = factories.make_project(requester, title="Words of birds")
    projects.set_first_questions(
        requester_id=RequesterId(requester.pk),
        project_id=project_id,
        asked=projects.Questions(questions, right_needed, places),
    )
    rows = [{"word": f"work {number}", "Known.meaning": ""} for number in range(work)]
    rows += [{"word": f"known {number}", "Known.meaning": "a thing"} for number in range(questions + 1)]
    group = factories.publish(requester, rows, project_id=project_id)
    market.forget()
    return group


def next_word(worker: Account, group: factories.Published, answer: list[tuple[str, str]]) -> str:
    held = factories.accept(worker, group)
    factories.submit(worker, held.assignment_id, answer)
    return held.input["word"]


def listed(worker: Account) -> list[str]:
    found = catalog.listing(worker_id=WorkerId(worker.pk), search=Search(unqualified=True))
    return [each.title for each in found.groups]


@pytest.mark.feature("C-27")
def test_the_questions_come_before_the_work_and_open_it() -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    group = job(requester)

    words = [next_word(worker, group, answer) for answer in (RIGHT, WRONG, RIGHT)]
    assert words == ["known 0", "known 1", "known 2"]
    with pytest.raises(errors.FirstQuestionsOpen):
        factories.accept(worker, group)
    with pytest.raises(errors.FirstQuestionsOpen):
        factories.accept(worker, group, group.hit_ids[-1])

    submissions.read()

    assert [next_word(worker, group, RIGHT) for _ in range(5)] == [
        "work 0", "work 1", "work 2", "work 3", "known 3",
    ]  # fmt: skip
    with pytest.raises(errors.NoAssignableHIT):
        factories.accept(worker, group)
    event = QualificationEvent.objects.get(worker_id=worker.pk)
    assert (event.reason, event.score_after) == ("in-job", 67)
    assert event.inputs == {"right": 2, "asked": 3, "needed": 2}


@pytest.mark.feature("C-28")
def test_who_fails_the_questions_no_longer_sees_the_project() -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    group = job(requester)
    assert listed(worker) == ["Words of birds"]
    for answer in (RIGHT, WRONG, WRONG):
        next_word(worker, group, answer)

    submissions.read()

    assert listed(worker) == []
    with pytest.raises(errors.NotQualified):
        factories.accept(worker, group)
    # Nor what the project publishes later, on other terms.
    later = factories.publish(
        requester,
        [{"word": f"new {number}", "Known.meaning": "a thing"} for number in range(4)],
        project_id=group.project_id,
        reward_minor=9,
    )
    market.forget()
    assert later.hit_type_id != group.hit_type_id
    assert listed(worker) == []
    assert listed(factories.make_worker()) == ["Words of birds", "Words of birds"]


@pytest.mark.feature("C-27")
def test_the_last_question_is_scored_at_once_and_the_work_follows_in_the_same_answer() -> None:
    requester = factories.make_requester()
    worker = factories.make_worker(auto_accept_next=True)
    group = job(requester, questions=2, right_needed=2)
    held = factories.accept(worker, group)
    second = factories.submit(worker, held.assignment_id, RIGHT).next
    assert second is not None
    token = tokens.make("assignment", second.assignment_id, worker.pk, good_for_s=60)

    response = content.submit(token=token, form=Form(RIGHT), received_at=timezone.now())

    assert b"work 0" in response.body


def answer_both(worker: Account, group: factories.Published) -> None:
    """The questions of a job with two, not scored yet."""
    for _ in range(2):
        next_word(worker, group, RIGHT)
    with pytest.raises(errors.FirstQuestionsOpen):
        factories.accept(worker, group)


def test_a_tool_that_asks_for_the_next_task_is_scored_first_as_the_page_is(
    client: Callable[..., Client],
) -> None:
    worker = factories.make_worker()
    group = job(factories.make_requester(), questions=2)
    answer_both(worker, group)
    address = f"/projects/{ids.encode('hit_type', group.hit_type_id)}/tasks/accept_random?format=json"
    taken = client(worker).get(address)
    assert taken.status_code == 302
    assert Assignment.objects.get(worker_id=worker.pk, status="accepted").hit.input["word"] == "work 0"


def test_who_passed_the_questions_when_no_work_is_left_hears_that_the_group_is_finished(
    client: Callable[..., Client],
) -> None:
    first, second = factories.make_worker(), factories.make_worker()
    group = job(factories.make_requester(), questions=2, work=0)
    answer_both(first, group)
    submissions.read()
    next_word(first, group, RIGHT)
    answer_both(second, group)
    public = ids.encode("hit_type", group.hit_type_id)
    answer = client(second).post(f"/projects/{public}/tasks/accept_random")
    assert (answer.status_code, "finished" in answer["Location"]) == (302, True)


def test_two_people_may_be_asked_at_once_and_a_place_given_back_stays_a_first_question() -> None:
    requester = factories.make_requester()
    group = job(requester, questions=2, right_needed=1, places=1)
    first, second = factories.make_worker(), factories.make_worker()
    held = factories.accept(first, group)
    accepting.return_assignment(worker_id=WorkerId(first.pk), assignment_id=held.assignment_id)

    words = {next_word(second, group, RIGHT) for _ in range(2)}

    assert words == {"known 0", "known 1"}
    with pytest.raises(errors.FirstQuestionsOpen):
        factories.accept(first, group)
    extended = batches.extend_batch(
        requester_id=RequesterId(requester.pk),
        batch_id=group.batch_id,
        actor_id=AccountId(requester.pk),
        more_assignments=1,
    )
    assert extended.hit_count == 7
    assert factories.accept(first, group).input["word"].startswith("known")
    assert first_difference() is None


def test_the_price_counts_the_places_of_the_questions() -> None:
    requester = factories.make_requester()
    before = balance_of(RequesterId(requester.pk)).available_minor
    group = job(requester, questions=3, places=5, work=4)
    batch = Batch.objects.get(pk=group.batch_id)

    # Four rows of work, one known row more, and three questions of five places each.
    assert batches.price_of(batch).assignments == 4 + 1 + 3 * 5
    spent = before - balance_of(RequesterId(requester.pk)).available_minor
    assert spent == 20 * (batch.reward_minor + batch.fee_minor)
    assert sum(HIT.objects.filter(batch=batch).values_list("available", flat=True)) == 20
    assert first_difference() is None


def test_a_file_with_fewer_known_rows_than_questions_is_refused_whole() -> None:
    requester = factories.make_requester()
    project_id = factories.make_project(requester)
    me = RequesterId(requester.pk)
    projects.set_first_questions(requester_id=me, project_id=project_id, asked=projects.Questions(3, 2, 1))
    with pytest.raises(errors.TooFewQuestions):
        factories.publish(requester, [{"word": "a", "Known.meaning": "b"}], project_id=project_id)
    assert not HIT.objects.exists()


@pytest.mark.feature("C-27")
def test_the_preview_shows_what_the_worker_would_get() -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    group = job(requester, questions=1, right_needed=1)
    me = WorkerId(worker.pk)

    def shown() -> str:
        preview = work_queries.preview(worker_id=me, hit_type_id=group.hit_type_id)
        assert preview is not None
        assert preview.hit_id is not None
        return str(HIT.objects.get(pk=preview.hit_id).input["word"])

    assert shown() == "known 0"
    next_word(worker, group, RIGHT)
    submissions.read()
    assert shown() == "work 0"


def test_the_project_s_page_sets_and_unsets_the_questions(client: Callable[..., Client]) -> None:
    requester = factories.make_requester()
    project_id = factories.make_project(requester)
    url = f"/requester/projects/{ids.encode('project', project_id)}/quality"
    sent = {"skill": "", "right_by": 1, "wrong_by": 3, "starts_at": "", "tasks": "",
            "questions": 4, "right_needed": 3, "places": 50}  # fmt: skip
    visitor = client(requester)

    assert visitor.post(url, sent).status_code == 302
    made = FirstQuestions.objects.get(project_id=project_id)
    assert (made.questions, made.right_needed, made.project.first_places) == (4, 3, 50)
    assert visitor.post(url, sent | {"right_needed": 5}).status_code == 422
    assert visitor.post(url, sent | {"questions": ""}).status_code == 302
    made.project.refresh_from_db()
    assert (made.project.first_questions, made.project.requirements) == (0, [])
    with pytest.raises(NotFound):
        projects.set_first_questions(
            requester_id=RequesterId(factories.make_requester().pk),
            project_id=ProjectId(project_id),
            asked=None,
        )
    with pytest.raises(InvalidInput):
        projects.set_first_questions(
            requester_id=RequesterId(requester.pk),
            project_id=ProjectId(project_id),
            asked=projects.Questions(0, 1, 1),
        )
