"""Known answers in live work: kept out of sight, scored once, and what they do to scores."""

import io
from collections.abc import Callable, Mapping, Sequence

import pytest
from django.test import Client
from django.urls import reverse

from manyhands.accounts.models import Account
from manyhands.catalog import market
from manyhands.catalog import queries as catalog
from manyhands.catalog.search import Search
from manyhands.core import ids
from manyhands.core.errors import NotFound
from manyhands.core.ids import AccountId, AssignmentId, ProjectId, QualificationTypeId, RequesterId, WorkerId
from manyhands.qualifications import operations as qualifications
from manyhands.qualifications.models import Qualification, QualificationEvent
from manyhands.qualifications.requirements import Requirement
from manyhands.qualifications.states import Comparator, Guard, Route
from manyhands.quality import queries, submissions
from manyhands.quality.errors import NotATasksType, NotOwnSkill
from manyhands.quality.models import KnownAnswerResult, TaskSeries
from manyhands.quality.operations import known_answers, projects
from manyhands.work import errors
from manyhands.work.models import HIT, Batch, KnownAnswer
from manyhands.work.operations import batches, reviewing
from manyhands.work.operations.known_answers import set_known_answers
from manyhands.work.operations.projects import set_requirements
from manyhands.work.queries import worker as work_queries
from tests import factories

pytestmark = pytest.mark.usefixtures("database")

RIGHT, WRONG = [("meaning", "A thing!")], [("meaning", "a bird")]


def rows(known: int, plain: int = 0) -> list[dict[str, str]]:
    return [
        {"word": f"word {number}", "Known.meaning": "a thing|an object" if number < known else ""}
        for number in range(known + plain)
    ]


def work(
    worker: Account, group: factories.Published, answers: Sequence[Sequence[tuple[str, str]]]
) -> list[AssignmentId]:
    done = []
    for answer in answers:
        held = factories.accept(worker, group).assignment_id
        factories.submit(worker, held, answer)
        done.append(held)
    return done


def score_of(worker: Account, type_id: int) -> int | None:
    held = Qualification.objects.filter(worker_id=worker.pk, qualification_type_id=type_id, status="granted")
    return held.values_list("score", flat=True).first()


def make_type(requester: Account, name: str = "Careful reader", **terms: object) -> QualificationTypeId:
    return qualifications.create_qualification_type(
        requester_id=RequesterId(requester.pk), name=name, terms=qualifications.TypeTerms(**terms)
    )


def type_of_tasks(requester: Account, needed: int, pass_score: int | None = None) -> QualificationTypeId:
    return make_type(requester, "Bird words", route=Route.TASKS, tasks_needed=needed, pass_score=pass_score)


@pytest.mark.feature("C-32")
def test_known_answers_stay_out_of_everything_a_worker_gets(client: Callable[..., Client]) -> None:
    requester = factories.make_requester()
    group = factories.publish(requester, rows(1, 1))
    batch = Batch.objects.get(pk=group.batch_id)

    assert [hit.input for hit in HIT.objects.filter(batch=batch).order_by("id")] == [
        {"word": "word 0"},
        {"word": "word 1"},
    ]
    assert batch.columns == ["word"]
    assert batch.sample_rows[0] == {"word": "word 0"}
    assert list(KnownAnswer.objects.values_list("hit_id", "answers")) == [
        (group.hit_ids[0], {"meaning": [["a thing"], ["an object"]]})
    ]
    worker = factories.make_worker()
    held = factories.accept(worker, group)
    assert held.input == {"word": "word 0"}
    visitor = client(worker)
    page = visitor.get(f"/assignments/{ids.encode('assignment', held.assignment_id)}").content.decode()
    assert "an object" not in page
    assert "Known" not in page


def test_a_template_may_not_show_what_is_known() -> None:
    requester = factories.make_requester()
    html = '<p>${word} ${Known.meaning}</p><label>Meaning <input name="meaning" required></label>'
    with pytest.raises(errors.LayoutInvalid, match=r"Known\.meaning"):
        factories.publish(requester, rows(1), html=html)


def test_a_known_answer_of_a_field_that_is_not_there_is_named() -> None:
    requester = factories.make_requester()
    project_id = factories.make_project(requester)
    file = io.BytesIO(b"word,Known.colour\nowl,brown\n")
    uploaded = batches.upload_rows(
        requester_id=RequesterId(requester.pk), project_id=project_id, name="x", file=file
    )
    assert uploaded.batch_id is None
    assert [(each.row, each.column) for each in uploaded.report.problems] == [(1, "Known.colour")]


@pytest.mark.feature("C-31", "C-32")
def test_what_is_handed_in_of_known_tasks_is_scored_once() -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    group = factories.publish(requester, rows(2, 1))
    done = work(worker, group, [RIGHT, WRONG, RIGHT])

    assert submissions.read() == 2
    assert submissions.read() == 0

    assert list(
        KnownAnswerResult.objects.order_by("assignment_id").values_list("assignment_id", "right", "asked")
    ) == [(done[0], 1, 1), (done[1], 0, 1)]
    found = queries.evidence(requester_id=RequesterId(requester.pk), assignment_ids=done)
    seen = [(each.right, each.asked, each.worker_right, each.worker_asked) for each in found.values()]
    assert sorted(seen, key=str) == [(0, 1, 1, 2), (1, 1, 1, 2), (None, None, 1, 2)]
    assert found[done[2]].asked is None
    stranger = factories.make_requester()
    assert queries.evidence(requester_id=RequesterId(stranger.pk), assignment_ids=done) == {}


def test_a_corrected_answer_is_not_scored_again() -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    group = factories.publish(requester, rows(1))
    (done,) = work(worker, group, [WRONG])
    submissions.read()
    reviewing.send_back(
        requester_id=RequesterId(requester.pk), assignment_id=done, actor_id=AccountId(requester.pk),
        words="Look again.",
    )  # fmt: skip
    factories.submit(worker, done, RIGHT)

    submissions.read()

    assert list(KnownAnswerResult.objects.values_list("right", "asked")) == [(0, 1)]


@pytest.mark.parametrize(
    ("answer", "known", "expected"),
    [
        ([("a", " A  Thing. ")], {"a": [["a thing"]]}, (1, 1)),
        ([("a", "x"), ("b", "y")], {"a": [["x"]], "b": [["z"]]}, (1, 2)),
        ([("a", "dog"), ("a", "cat")], {"a": [["cat", "dog"]]}, (1, 1)),
        ([("a", "dog")], {"a": [["cat", "dog"]]}, (0, 1)),
        ([], {"a": [["cat"]]}, (0, 1)),
    ],
)
def test_answers_are_compared_as_people_mean_them(
    answer: list[tuple[str, str]], known: Mapping[str, list[list[str]]], expected: tuple[int, int]
) -> None:
    assert known_answers.met(answer, known) == expected


@pytest.mark.feature("C-18", "C-31", "C-32")
def test_known_answers_move_the_project_s_skill_by_its_rule_once_each() -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    group = factories.publish(requester, rows(4))
    type_id = make_type(requester)
    me = RequesterId(requester.pk)
    projects.set_score_rule(
        requester_id=me, project_id=group.project_id, rule=projects.Rule(type_id, right_by=2, wrong_by=5)
    )
    qualifications.grant_qualification(
        requester_id=me, worker_id=WorkerId(worker.pk), qualification_type_id=type_id, score=60
    )
    work(worker, group, [RIGHT, WRONG, RIGHT])

    submissions.read()
    submissions.read()
    known_answers.apply(worker_id=WorkerId(worker.pk))

    assert score_of(worker, type_id) == 60 + 2 - 5 + 2
    moves = QualificationEvent.objects.filter(worker_id=worker.pk, reason="known-answer").order_by("id")
    assert [(each.score_before, each.score_after, each.inputs) for each in moves] == [
        (60, 62, {"right": 1, "asked": 1, "by": 2}),
        (62, 57, {"right": 0, "asked": 1, "by": -5}),
        (57, 59, {"right": 1, "asked": 1, "by": 2}),
    ]
    assert queries.score_rules(qualification_type_id=type_id) == [
        queries.PublishedRule("Explain words", 2, 5, None)
    ]


def test_who_does_not_hold_the_skill_is_given_it_only_by_a_rule_that_says_where_it_begins() -> None:
    requester = factories.make_requester()
    group = factories.publish(requester, rows(2), max_assignments=2)
    type_id = make_type(requester)
    me = RequesterId(requester.pk)
    first, second = factories.make_worker(), factories.make_worker()

    projects.set_score_rule(requester_id=me, project_id=group.project_id, rule=projects.Rule(type_id))
    work(first, group, [RIGHT])
    submissions.read()
    assert score_of(first, type_id) is None

    projects.set_score_rule(
        requester_id=me, project_id=group.project_id, rule=projects.Rule(type_id, starts_at=50)
    )
    work(second, group, [RIGHT])
    submissions.read()
    assert score_of(second, type_id) == 51


@pytest.mark.feature("C-22")
def test_a_score_that_rises_over_a_level_opens_groups_and_one_that_falls_closes_them() -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    me = RequesterId(requester.pk)
    type_id = make_type(requester)
    learning = factories.publish(requester, rows(2))
    projects.set_score_rule(
        requester_id=me, project_id=learning.project_id, rule=projects.Rule(type_id, right_by=1, wrong_by=3)
    )
    harder = factories.make_project(requester, title="Explain hard words")
    asked = Requirement(
        type_id, Comparator.GREATER_THAN_OR_EQUAL_TO, (80,), Guard.DISCOVER_PREVIEW_AND_ACCEPT
    )
    set_requirements(requester_id=me, project_id=harder, asked=[asked])
    group = factories.publish(requester, 2, project_id=harder)
    market.forget()
    qualifications.grant_qualification(
        requester_id=me, worker_id=WorkerId(worker.pk), qualification_type_id=type_id, score=79
    )

    def listed() -> list[str]:
        found = catalog.listing(worker_id=WorkerId(worker.pk), search=Search(unqualified=True))
        return [each.title for each in found.groups]

    assert "Explain hard words" not in listed()
    work(worker, learning, [RIGHT])
    submissions.read()
    assert "Explain hard words" in listed()
    assert factories.accept(worker, group).hit_id == group.hit_ids[0]

    work(worker, learning, [WRONG])
    submissions.read()
    assert "Explain hard words" not in listed()
    with pytest.raises(errors.NotQualified):
        factories.accept(worker, group)


def test_a_skill_must_be_one_s_own() -> None:
    requester, other = factories.make_requester(), factories.make_requester()
    project_id = factories.make_project(requester)
    theirs = make_type(other)
    me = RequesterId(requester.pk)
    with pytest.raises(NotOwnSkill):
        projects.set_score_rule(requester_id=me, project_id=project_id, rule=projects.Rule(theirs))
    with pytest.raises(NotATasksType):
        projects.set_tasks_type(requester_id=me, project_id=project_id, qualification_type_id=theirs)


def publish_tasks(
    requester: Account, needed: int, hits: int, *, pass_score: int | None = None, reward_minor: int = 5
) -> tuple[QualificationTypeId, factories.Published]:
    type_id = type_of_tasks(requester, needed, pass_score)
    project_id = factories.make_project(requester, title="Words of birds")
    projects.set_tasks_type(
        requester_id=RequesterId(requester.pk), project_id=project_id, qualification_type_id=type_id
    )
    group = factories.publish(
        requester, rows(hits), project_id=project_id, max_assignments=3, reward_minor=reward_minor
    )
    return type_id, group


@pytest.mark.feature("W-50", "W-58", "W-60", "W-61")
def test_seventeen_of_twenty_right_is_a_score_of_85_and_only_after_all_twenty() -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    type_id, group = publish_tasks(requester, needed=20, hits=20, pass_score=80)

    work(worker, group, [RIGHT] * 17 + [WRONG] * 2)
    submissions.read()
    assert score_of(worker, type_id) is None
    half = queries.progress(worker_id=WorkerId(worker.pk))[type_id]
    assert (half.done, half.needed, half.score) == (19, 20, None)

    work(worker, group, [WRONG])
    submissions.read()
    submissions.read()

    assert score_of(worker, type_id) == 85
    done = queries.progress(worker_id=WorkerId(worker.pk))[type_id]
    assert done == queries.Progress(type_id, "Bird words", 20, 20, 85, True)
    event = QualificationEvent.objects.get(worker_id=worker.pk)
    assert (event.reason, event.score_after) == ("tasks", 85)
    assert event.inputs == {"right": 17, "asked": 20, "tasks": 20}


@pytest.mark.feature("W-58")
def test_below_the_score_to_pass_there_is_a_score_but_no_qualification() -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    type_id, group = publish_tasks(requester, needed=2, hits=3, pass_score=80)

    work(worker, group, [RIGHT, WRONG])
    submissions.read()
    assert score_of(worker, type_id) is None
    assert queries.progress(worker_id=WorkerId(worker.pk))[type_id].score == 50

    # The series is over: one more right answer does not mend it.
    work(worker, group, [RIGHT])
    submissions.read()
    assert score_of(worker, type_id) is None
    assert TaskSeries.objects.get(worker_id=worker.pk).is_passed is False


def test_rows_of_qualification_tasks_without_a_known_answer_are_refused_by_number() -> None:
    requester = factories.make_requester()
    type_id = type_of_tasks(requester, 2)
    project_id = factories.make_project(requester)
    me = RequesterId(requester.pk)
    projects.set_tasks_type(requester_id=me, project_id=project_id, qualification_type_id=type_id)

    with pytest.raises(errors.KnownAnswersMissing, match=r"4, 5\.$"):
        factories.publish(requester, rows(2, 2), project_id=project_id)

    batch = Batch.objects.get()
    assert (batch.status, HIT.objects.count(), KnownAnswer.objects.count()) == ("draft", 0, 0)
    assert "4, 5" in batch.failure


@pytest.mark.feature("W-56", "W-59", "W-61", "W-62")
def test_qualification_tasks_are_marked_and_found_by_name_and_by_what_they_are(
    client: Callable[..., Client],
) -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    publish_tasks(requester, needed=4, hits=4)
    ordinary = factories.publish(requester, 2, title="Explain words")
    market.forget()

    def found(text: str) -> list[str]:
        groups = catalog.listing(worker_id=WorkerId(worker.pk), search=Search(text=text)).groups
        return [each.title for each in groups]

    for text in ("Bird words", "test", "qualification", "тест", "квалификация", "テスト", "資格"):
        assert found(text) == ["Words of birds"], text
    assert ordinary.hit_type_id

    visitor = client(worker)
    page = visitor.get("/tasks").content.decode()
    assert page.count("Qualification tasks for Bird words") == 1
    assert "0 of 4 submitted" in page


@pytest.mark.feature("W-61")
def test_progress_shows_in_the_list_and_on_the_task(client: Callable[..., Client]) -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    _, group = publish_tasks(requester, needed=4, hits=4)
    market.forget()
    work(worker, group, [RIGHT, RIGHT])
    held = factories.accept(worker, group).assignment_id

    visitor = client(worker)
    assert "2 of 4 submitted" in visitor.get("/tasks").content.decode()
    page = visitor.get(f"/assignments/{ids.encode('assignment', held)}").content.decode()
    assert "Bird words: 2 of 4" in page


@pytest.mark.feature("W-77")
def test_qualification_tasks_pay_like_any_other() -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    _, group = publish_tasks(requester, needed=1, hits=1, reward_minor=30)
    (done,) = work(worker, group, [RIGHT])
    reviewing.approve(
        requester_id=RequesterId(requester.pk), actor_id=AccountId(requester.pk), assignment_ids=[done]
    )
    assert (
        work_queries.earnings(worker_id=WorkerId(worker.pk), today=factories.timezone.now()).approved_minor
        == 30
    )


def test_tasks_of_a_qualification_are_a_group_of_their_own() -> None:
    requester = factories.make_requester()
    project_id = factories.make_project(requester)
    plain = factories.publish(requester, rows(1), project_id=project_id)
    type_id = type_of_tasks(requester, 1)
    projects.set_tasks_type(
        requester_id=RequesterId(requester.pk), project_id=project_id, qualification_type_id=type_id
    )
    tasks = factories.publish(requester, rows(1), project_id=project_id)
    assert tasks.hit_type_id != plain.hit_type_id


# Known answers said later ----------------------------------------------------------------------


def say(requester: Account, group: factories.Published, text: str) -> object:
    return set_known_answers(
        requester_id=RequesterId(requester.pk),
        batch_id=group.batch_id,
        file=io.BytesIO(text.encode()),
        actor_id=AccountId(requester.pk),
    )


@pytest.mark.feature("C-32")
def test_what_is_right_can_be_said_of_tasks_already_published(client: Callable[..., Client]) -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    group = factories.publish(requester, 2)
    hit = ids.encode("hit", group.hit_ids[0])
    visitor = client(requester)
    file = io.BytesIO(f"HITId,Known.meaning\n{hit},a thing\n".encode())
    file.name = "known.csv"

    url = f"/requester/batches/{ids.encode('batch', group.batch_id)}/known"
    assert visitor.post(url, {"file": file}).status_code == 302

    work(worker, group, [RIGHT, RIGHT])
    assert submissions.read() == 1
    page = visitor.get(url).content.decode()
    assert hit in page
    assert "1 of 1" in page


def test_a_task_of_another_batch_is_refused_and_nothing_is_kept() -> None:
    requester = factories.make_requester()
    group, other = factories.publish(requester, 1), factories.publish(requester, 1, title="Other")
    mine, foreign = (ids.encode("hit", each.hit_ids[0]) for each in (group, other))

    report = say(requester, group, f"HITId,Known.meaning\n{mine},a thing\n{foreign},a thing\n")

    assert [(each.row, each.column) for each in report.problems] == [(3, "HITId")]  # type: ignore[attr-defined]
    assert not KnownAnswer.objects.exists()
    with pytest.raises(NotFound):
        say(factories.make_requester(), group, f"HITId,Known.meaning\n{mine},a thing\n")


# What people are shown -------------------------------------------------------------------------


@pytest.mark.feature("C-31")
def test_the_requester_reads_figures_at_each_submission(client: Callable[..., Client]) -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    group = factories.publish(requester, rows(2))
    done = work(worker, group, [RIGHT, WRONG])
    submissions.read()
    visitor = client(requester)
    batch = ids.encode("batch", group.batch_id)

    review = visitor.get(f"/requester/batches/{batch}/review").content.decode()
    one = visitor.get(f"/requester/batches/{batch}/assignments/{ids.encode('assignment', done[1])}")

    assert review.count("known answers in this project: 1 of 2") == 2
    assert "known answer: 1 of 1 right" in review
    assert "known answer: 0 of 1 right" in one.content.decode()
    assert "not a verdict" in one.content.decode()


@pytest.mark.feature("C-31")
def test_a_worker_reads_their_own_figure_in_steps_that_tell_no_task_apart(
    client: Callable[..., Client],
) -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    group = factories.publish(requester, rows(6))
    done = work(worker, group, [RIGHT, WRONG, RIGHT, RIGHT])
    submissions.read()
    me = WorkerId(worker.pk)
    assert queries.own_known(worker_id=me, assignment_id=done[0]) == queries.Own(0, 0)

    done += work(worker, group, [RIGHT, WRONG])
    submissions.read()
    assert queries.own_known(worker_id=me, assignment_id=done[0]) == queries.Own(4, 5)
    visitor = client(worker)
    page = visitor.get(f"/assignments/{ids.encode('assignment', done[5])}").content.decode()
    assert "You met 4 of 5." in page
    stranger = factories.make_worker()
    other = queries.own_known(worker_id=WorkerId(stranger.pk), assignment_id=done[0])
    assert other == queries.Own(0, 0)


def test_the_project_s_page_links_a_skill_and_refuses_what_is_not_there(
    client: Callable[..., Client],
) -> None:
    requester = factories.make_requester()
    project_id = factories.make_project(requester)
    type_id = make_type(requester)
    visitor = client(requester)
    url = f"/requester/projects/{ids.encode('project', project_id)}/quality"

    sent = {"skill": type_id, "right_by": 1, "wrong_by": 3, "starts_at": 50, "tasks": ""}
    assert visitor.post(url, sent).status_code == 302
    now = queries.project_quality(requester_id=RequesterId(requester.pk), project_id=ProjectId(project_id))
    assert now is not None
    assert (now.skill_id, now.right_by, now.wrong_by, now.starts_at) == (type_id, 1, 3, 50)

    assert visitor.post(url, sent | {"wrong_by": 101}).status_code == 422
    assert visitor.post(url, sent | {"tasks": type_id}).status_code == 422
    visitor = client(factories.make_requester())
    assert visitor.get(url).status_code == 404


@pytest.mark.feature("W-61", "C-18")
def test_the_qualification_s_page_tells_progress_and_the_rule(client: Callable[..., Client]) -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    type_id, group = publish_tasks(requester, needed=4, hits=4)
    work(worker, group, [RIGHT])
    skill = make_type(requester)
    projects.set_score_rule(
        requester_id=RequesterId(requester.pk),
        project_id=group.project_id,
        rule=projects.Rule(skill, right_by=2, wrong_by=7, starts_at=40),
    )
    visitor = client(worker)

    tasks = visitor.get(reverse("qualification_about", args=[type_id])).content.decode()
    rule = visitor.get(reverse("qualification_about", args=[skill])).content.decode()

    assert "1 of 4 submitted" in tasks
    assert "up by 2 for a task answered right, down by 7 for one answered wrong." in rule
    assert "Without the qualification it begins at 40." in rule
