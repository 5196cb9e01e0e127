"""Assessments: training, questions with a threshold, a text an editor grades; and texts of work proofread."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from manyhands.accounts.errors import OperatorsOnly
from manyhands.accounts.models import Account, AccountProfile, AuditEntry
from manyhands.core import ids
from manyhands.core.errors import InvalidInput, NotFound
from manyhands.core.ids import AccountId, AssignmentId, QualificationTypeId, RequesterId, WorkerId
from manyhands.ledger.check import first_difference
from manyhands.proofreading import operations as proofreading
from manyhands.proofreading.errors import AlreadyProofread, NotToProofread
from manyhands.proofreading.models import ProofreadSubmission
from manyhands.qualifications import errors, scores
from manyhands.qualifications.models import (
    AssessmentStage,
    AssessmentStep,
    Qualification,
    QualificationEvent,
    QualificationRequest,
)
from manyhands.qualifications.operations import (
    TypeTerms,
    create_qualification_type,
    dispose_qualification_type,
)
from manyhands.qualifications.operations.assessing import (
    answer_questions,
    begin_assessment,
    finish_reading,
    hand_in_text,
)
from manyhands.qualifications.operations.editing import grade_text, return_text
from manyhands.qualifications.operations.stages import StageTerms, set_stages
from manyhands.qualifications.states import ChangeReason, Grade, Route, StageKind
from manyhands.questions.answer_key import parse_answer_key
from manyhands.questions.parsing import parse_test
from manyhands.work.errors import NotQualified
from manyhands.work.models import Assignment, HITType, QualificationRequirement
from tests import factories
from tests.conftest import Database

QUESTIONS = "\n\n".join(
    f"Sentence {number}: She ___ a book.\n* reads\n- read to\n- reading" for number in range(1, 11)
)
STAGES = [
    StageTerms(StageKind.TRAINING, "How we write", text="Short sentences. No adverbs."),
    StageTerms(StageKind.QUESTIONS, "English", questions=QUESTIONS, pass_percent=80),
    StageTerms(
        StageKind.WRITING, "A text", text="Keep to the rules.", topic="Your town", words_min=5, words_max=50
    ),
]
TEXT = "My town lies by the sea and sleeps."


@pytest.fixture
def editor(database: Database) -> Account:
    return factories.make_account(is_reviewer=True, name="Eda Editor")


@pytest.fixture
def operator(database: Database) -> Account:
    return factories.make_account(is_operator=True)


@pytest.fixture
def worker(database: Database) -> Account:
    return factories.make_worker(name="Ana")


Make = Callable[..., QualificationTypeId]


@pytest.fixture
def make(operator: Account) -> Make:
    def made(
        name: str = "English writing", stages: list[StageTerms] | None = None, **terms: object
    ) -> QualificationTypeId:
        type_id = create_qualification_type(
            requester_id=None,
            name=name,
            terms=TypeTerms(route=Route.ASSESSMENT, **terms),  # type: ignore[arg-type]
        )
        set_stages(actor_id=AccountId(operator.pk), qualification_type_id=type_id, stages=stages or STAGES)
        return type_id

    return made


def answers(type_id: QualificationTypeId, right: int) -> list[tuple[str, str]]:
    """All ten questions answered, so many of them right."""
    stage = AssessmentStage.objects.filter(qualification_type_id=type_id, kind="questions").get()
    form = parse_test(stage.question_form)
    key = parse_answer_key(stage.answer_key, form)
    pairs = []
    for place, question in enumerate(form.questions):
        choices = [each.identifier for each in question.answer.choices]  # type: ignore[union-attr]
        best = max(choices, key=lambda choice: key.score({question.identifier: {choice}}))
        other = next(choice for choice in choices if choice != best)
        pairs.append((question.identifier, best if place < right else other))
    return pairs


def through_questions(worker: Account, type_id: QualificationTypeId, right: int = 10) -> QualificationRequest:
    me = WorkerId(worker.pk)
    begun = begin_assessment(worker_id=me, qualification_type_id=type_id)
    finish_reading(worker_id=me, request_id=begun.request_id, ordinal=1)
    answer_questions(worker_id=me, request_id=begun.request_id, ordinal=2, answer=answers(type_id, right))
    return QualificationRequest.objects.get(pk=begun.request_id)


def written(worker: Account, type_id: QualificationTypeId, right: int = 10) -> QualificationRequest:
    attempt = through_questions(worker, type_id, right)
    hand_in_text(worker_id=WorkerId(worker.pk), request_id=attempt.pk, ordinal=3, text=TEXT)
    attempt.refresh_from_db()
    return attempt


@pytest.mark.feature("C-02", "C-10", "C-14", "C-16", "C-17")
def test_stage_by_stage_to_the_tasks_of_the_sector(worker: Account, editor: Account, make: Make) -> None:
    type_id, me = make(pass_score=80), WorkerId(worker.pk)
    group = factories.publish(factories.make_requester(), 2)
    QualificationRequirement.objects.create(
        hit_type=HITType.objects.get(pk=group.hit_type_id), qualification_type_id=type_id,
        comparator="GreaterThanOrEqualTo", scores=[85],
    )  # fmt: skip
    begun = begin_assessment(worker_id=me, qualification_type_id=type_id)
    assert begin_assessment(worker_id=me, qualification_type_id=type_id).request_id == begun.request_id
    # Nothing is asked before the training, and no stage is passed over.
    with pytest.raises(errors.StageNotOpen):
        answer_questions(worker_id=me, request_id=begun.request_id, ordinal=2, answer=answers(type_id, 10))
    finish_reading(worker_id=me, request_id=begun.request_id, ordinal=1)
    with pytest.raises(errors.StageNotOpen):
        hand_in_text(worker_id=me, request_id=begun.request_id, ordinal=3, text=TEXT)
    with pytest.raises(errors.AnswersMissing):
        answer_questions(
            worker_id=me, request_id=begun.request_id, ordinal=2, answer=answers(type_id, 10)[:9]
        )
    answer_questions(worker_id=me, request_id=begun.request_id, ordinal=2, answer=answers(type_id, 9))
    with pytest.raises(errors.TextTooShort):
        hand_in_text(worker_id=me, request_id=begun.request_id, ordinal=3, text="Too short.")
    handed_in = hand_in_text(worker_id=me, request_id=begun.request_id, ordinal=3, text=TEXT)
    assert handed_in.status == "pending"
    with pytest.raises(NotQualified):
        factories.accept(worker, group)

    graded = grade_text(
        editor_id=AccountId(editor.pk), request_id=begun.request_id, grade=Grade.SATISFACTORY,
        corrected="My town lies by the sea, and sleeps.", words="A comma.",
    )  # fmt: skip

    assert (graded.status, graded.score) == ("granted", 90)
    assert factories.accept(worker, group)
    told = QualificationEvent.objects.get()
    assert (told.reason, told.score_after, told.inputs) == ("assessment", 90, {"score": 90, "stages": 3})
    # Only while the percentage is within the range asked for.
    scores.move_score(
        worker_id=me, qualification_type_id=type_id, by=-6, why=scores.Change(ChangeReason.EDITOR_GRADE, {})
    )
    with pytest.raises(NotQualified):
        factories.accept(worker, group)


@pytest.mark.feature("C-15")
@pytest.mark.parametrize(("right", "status"), [(8, "taking"), (7, "failed")])
def test_below_the_percentage_it_is_failed_and_the_percentage_itself_passes(
    worker: Account, make: Make, right: int, status: str
) -> None:
    attempt = through_questions(worker, make(), right)
    assert attempt.status == status
    assert AssessmentStep.objects.get(stage__kind="questions").score == right * 10
    assert not Qualification.objects.exists()


@pytest.mark.feature("C-16", "C-20", "C-21")
@pytest.mark.parametrize(
    ("grade", "status", "score"),
    [
        ("extremely-satisfied", "granted", 100),
        ("satisfactory", "granted", 90),
        ("unsatisfactory", "failed", None),
    ],
)
def test_the_editors_grade_decides_the_text(
    worker: Account, editor: Account, make: Make, grade: str, status: str, score: int | None
) -> None:
    attempt = written(worker, make(), right=9)
    done = grade_text(
        editor_id=AccountId(editor.pk),
        request_id=attempt.pk,
        grade=Grade(grade),
        words="See the corrections.",
    )
    assert (done.status, done.score) == (status, score)
    with pytest.raises(errors.NothingToGrade):
        grade_text(editor_id=AccountId(editor.pk), request_id=attempt.pk, grade=Grade.SATISFACTORY)
    assert AuditEntry.objects.filter(act="assessment.grade").count() == 1


def test_a_text_sent_back_is_corrected_and_handed_in_once_more(
    worker: Account, editor: Account, make: Make
) -> None:
    attempt = written(worker, make())
    with pytest.raises(errors.WordsForWorkerNeeded):
        return_text(editor_id=AccountId(editor.pk), request_id=attempt.pk, words=" ")
    return_text(editor_id=AccountId(editor.pk), request_id=attempt.pk, words="Name the town.")
    hand_in_text(
        worker_id=WorkerId(worker.pk),
        request_id=attempt.pk,
        ordinal=3,
        text="Bergen lies by the sea and sleeps.",
    )
    step = AssessmentStep.objects.get(stage__kind="writing")
    assert (step.returned_count, step.answer) == (1, "Bergen lies by the sea and sleeps.")
    assert (
        grade_text(editor_id=AccountId(editor.pk), request_id=attempt.pk, grade=Grade.SATISFACTORY).status
        == "granted"
    )


def test_only_editors_grade_and_never_their_own_text(worker: Account, editor: Account, make: Make) -> None:
    attempt = written(worker, make())
    with pytest.raises(errors.EditorsOnly):
        grade_text(editor_id=AccountId(worker.pk), request_id=attempt.pk, grade=Grade.SATISFACTORY)
    Account.objects.filter(pk=worker.pk).update(is_reviewer=True)
    with pytest.raises(errors.OwnText):
        grade_text(editor_id=AccountId(worker.pk), request_id=attempt.pk, grade=Grade.SATISFACTORY)
    assert QualificationRequest.objects.get().status == "pending"


@pytest.mark.feature("C-07", "C-08", "C-26")
def test_the_list_differs_by_place_and_shows_the_exact_repeat_date(
    client: Callable[..., Client], worker: Account, make: Make
) -> None:
    make("For Germany", eligibility={"countries": ["DE"]})
    type_id = make("For all", retry_delay_s=86_400)
    other = factories.make_worker()
    for person, country in ((worker, "DE"), (other, "JP")):
        AccountProfile.objects.create(account=person, profile_name=person.name, country=country)
    hers, theirs = client(worker), client(other)
    assert "For Germany" in hers.get("/assessments").content.decode()
    assert "For Germany" not in theirs.get("/assessments").content.decode()

    through_questions(worker, type_id, right=1)
    page = hers.get("/assessments").content.decode()
    assert "This may be repeated from" in page
    with pytest.raises(errors.MayBeRepeatedFrom) as refused:
        begin_assessment(worker_id=WorkerId(worker.pk), qualification_type_id=type_id)
    assert refused.value.at - timezone.now() > timedelta(hours=23)


@pytest.mark.feature("C-06", "C-07")
def test_a_worker_goes_through_it_by_its_pages(
    client: Callable[..., Client], worker: Account, editor: Account, make: Make
) -> None:
    type_id = make()
    public = ids.encode("qualification_type", type_id)
    browser, desk = client(worker), client(editor)
    address = f"/assessments/{public}"
    page = browser.get(address).content.decode()
    assert "Short sentences" not in page
    assert "reads" not in page  # no question before it begins
    page = browser.post(f"{address}/begin", follow=True).content.decode()
    assert "Short sentences. No adverbs." in page
    page = browser.post(f"{address}/stage", {"ordinal": 1, "kind": "training"}, follow=True).content.decode()
    assert "Sentence 10" in page
    assert "AnswerKey" not in page
    refused = browser.post(f"{address}/stage", {"ordinal": 2, "kind": "questions"})
    assert refused.status_code == 422
    page = browser.post(
        f"{address}/stage", {"ordinal": 2, "kind": "questions", **dict(answers(type_id, 10))}, follow=True
    ).content.decode()
    assert "Your town" in page
    short = browser.post(f"{address}/stage", {"ordinal": 3, "kind": "writing", "text": "<b>Short</b>"})
    assert short.status_code == 422
    assert "&lt;b&gt;Short&lt;/b&gt;" in short.content.decode()
    page = browser.post(
        f"{address}/stage", {"ordinal": 3, "kind": "writing", "text": TEXT}, follow=True
    ).content.decode()
    assert "with an editor" in page

    assert client(worker).get("/editor").status_code == 404
    waiting = desk.get("/editor").content.decode()
    assert "Your town" in waiting
    assert "Ana" not in waiting
    number = QualificationRequest.objects.get().pk
    refused = desk.post(f"/editor/texts/{number}", {"do": "grade", "grade": "unsatisfactory"})
    assert refused.status_code != 302
    desk.post(
        f"/editor/texts/{number}", {"do": "grade", "grade": "extremely-satisfied", "corrected": TEXT + "!"}
    )
    page = browser.get(address).content.decode()
    assert "extremely satisfied" in page
    assert f"{TEXT}!" in page


def test_operators_set_stages_and_every_bad_field_is_named(
    client: Callable[..., Client], operator: Account, worker: Account, make: Make
) -> None:
    type_id = make()
    with pytest.raises(OperatorsOnly):
        set_stages(actor_id=AccountId(worker.pk), qualification_type_id=type_id, stages=STAGES)
    with pytest.raises(InvalidInput) as refused:
        set_stages(
            actor_id=AccountId(operator.pk), qualification_type_id=type_id,
            stages=[
                StageTerms(StageKind.QUESTIONS, "Q", questions="Which?\n- one", pass_percent=101),
                StageTerms(StageKind.WRITING, "W", words_min=9, words_max=3),
            ],
        )  # fmt: skip
    assert set(refused.value.errors) == {
        "stages.0.pass_percent", "stages.0.questions", "stages.1.topic", "stages.1.words_min",
    }  # fmt: skip
    assert AssessmentStage.objects.filter(qualification_type_id=type_id).count() == 3
    browser = client(operator)
    public = ids.encode("qualification_type", type_id)
    page = browser.get(f"/staff/assessments/{public}").content.decode()
    assert "* reads" in page
    kept = {
        "kind-0": "training", "title-0": "Read", "text-0": "Now.", "kind-1": "questions", "title-1": "Ask",
        "questions-1": "Which?\n* this\n- that", "pass_percent-1": "50",
    }  # fmt: skip
    assert browser.post(f"/staff/assessments/{public}", kept).status_code == 302
    assert AssessmentStage.objects.filter(qualification_type_id=type_id, version=2).count() == 2
    made = browser.post("/staff/assessments", {"name": "Japanese", "pass_score": "70", "retry_days": "30"})
    assert made.status_code == 302
    assert browser.post("/staff/assessments", {"name": "Japanese"}).status_code == 422
    entry = AuditEntry.objects.get(act="qualification_type.create")
    assert entry.actor_id == operator.pk
    often = browser.post("/staff/assessments", {"name": "Korean", "retry_days": "9999"})
    assert often.status_code == 422
    assert often.context["problems"]["retry_delay_s"] in often.content.decode()


def test_an_error_stands_at_its_own_stage_when_one_before_it_was_left_empty(
    client: Callable[..., Client], operator: Account, make: Make
) -> None:
    public = ids.encode("qualification_type", make())
    given = {
        "title-1": "Read",
        "text-1": "Now.",
        "kind-1": "training",
        "kind-3": "questions",
        "questions-3": "Which?",
    }
    answer = client(operator).post(f"/staff/assessments/{public}", given)
    assert answer.status_code == 422
    _, stage, problems = answer.context["stages"][1]
    assert stage["questions"] == "Which?"
    assert problems["title"]
    assert problems["questions"]
    assert not any(answer.context["stages"][0][2].values())


def test_a_deleted_assessment_is_not_there_to_be_set(
    client: Callable[..., Client], operator: Account, make: Make
) -> None:
    type_id = make()
    dispose_qualification_type(qualification_type_id=type_id, requester_id=None)
    public = ids.encode("qualification_type", type_id)
    assert client(operator).get(f"/staff/assessments/{public}").status_code == 404


# Texts of work -------------------------------------------------------------------------------


@pytest.fixture
def skilled(worker: Account) -> QualificationTypeId:
    type_id = create_qualification_type(requester_id=None, name="Proofread English")
    scores.set_score(
        worker_id=WorkerId(worker.pk), qualification_type_id=type_id, score=90,
        why=scores.Change(ChangeReason.GRANTED, {}),
    )  # fmt: skip
    return type_id


def submission(worker: Account, skill: QualificationTypeId) -> tuple[Account, AssignmentId]:
    requester = factories.make_requester()
    group = factories.publish(requester, 1)
    proofreading.set_proofreading(
        requester_id=RequesterId(requester.pk), project_id=group.project_id, is_on=True, skill=skill
    )
    number = factories.accept(worker, group).assignment_id
    factories.submit(worker, number, (("meaning", "a thing of beuty"),))
    return requester, number


@pytest.mark.feature("C-19", "C-18", "C-20")
def test_an_editor_corrects_a_submission_and_its_grade_pays_and_moves_the_score(
    worker: Account, editor: Account, skilled: QualificationTypeId, client: Callable[..., Client]
) -> None:
    requester, number = submission(worker, skilled)
    desk = client(editor)
    assert "Explain words" in desk.get("/editor").content.decode()
    address = f"/editor/submissions/{ids.encode('assignment', number)}"
    assert "a thing of beuty" in desk.get(address).content.decode()
    answer = desk.post(
        address,
        {"do": "grade", "grade": "extremely-satisfied", "field-0": "a thing of beauty", "words": "Spelling."},
    )
    assert answer.status_code == 302
    assert Assignment.objects.get().status == "approved"
    assert Assignment.objects.get().answer == [["meaning", "a thing of beuty"]]
    assert ProofreadSubmission.objects.get().corrected == [["meaning", "a thing of beauty"]]
    assert Qualification.objects.get().score == 94
    assert first_difference() is None
    hers = client(worker).get(f"/assignments/{ids.encode('assignment', number)}").content.decode()
    assert "a thing of beauty" in hers
    batch = ids.encode("batch", Assignment.objects.get().batch_id)
    page = client(requester).get(f"/requester/batches/{batch}/assignments/{ids.encode('assignment', number)}")
    assert "a thing of beauty" in page.content.decode()
    with pytest.raises(NotToProofread):
        proofreading.proofread(editor_id=AccountId(editor.pk), assignment_id=number, grade=Grade.SATISFACTORY)


@pytest.mark.feature("C-19")
def test_an_editor_sends_a_submission_back_and_it_comes_again(
    worker: Account, editor: Account, skilled: QualificationTypeId
) -> None:
    _, number = submission(worker, skilled)
    proofreading.send_back(editor_id=AccountId(editor.pk), assignment_id=number, words="Spelling, please.")
    assert Assignment.objects.get().status == "correction"
    factories.submit(worker, number, (("meaning", "a thing of beauty"),))
    done = proofreading.proofread(
        editor_id=AccountId(editor.pk), assignment_id=number, grade=Grade.SATISFACTORY
    )
    assert (done.is_approved, done.score) == (True, 90)


@pytest.mark.feature("C-20", "C-21", "C-22", "C-23")
def test_grades_move_the_percentage_over_and_under_a_level(
    worker: Account, editor: Account, skilled: QualificationTypeId
) -> None:
    better = factories.publish(factories.make_requester(), 1, reward_minor=100)
    QualificationRequirement.objects.create(
        hit_type=HITType.objects.get(pk=better.hit_type_id), qualification_type_id=skilled,
        comparator="GreaterThanOrEqualTo", scores=[92],
    )  # fmt: skip

    def graded(grade: Grade) -> int | None:
        _, number = submission(worker, skilled)
        return proofreading.proofread(
            editor_id=AccountId(editor.pk), assignment_id=number, grade=grade, words="Read the rules."
        ).score

    assert graded(Grade.SATISFACTORY) == 90
    with pytest.raises(NotQualified):
        factories.accept(worker, better)
    assert graded(Grade.EXTREMELY_SATISFIED) == 94
    held = factories.accept(worker, better)
    assert held
    assert [graded(Grade.UNSATISFACTORY) for _ in range(2)] == [86, 78]
    with pytest.raises(NotQualified):
        factories.accept(worker, better)


def test_an_unsatisfactory_submission_stays_for_its_requester_and_nothing_foreign_is_graded(
    worker: Account, editor: Account, skilled: QualificationTypeId
) -> None:
    requester, number = submission(worker, skilled)
    me = AccountId(editor.pk)
    with pytest.raises(errors.WordsForWorkerNeeded):
        proofreading.proofread(editor_id=me, assignment_id=number, grade=Grade.UNSATISFACTORY)
    with pytest.raises(errors.EditorsOnly):
        proofreading.proofread(editor_id=AccountId(worker.pk), assignment_id=number, grade=Grade.SATISFACTORY)
    done = proofreading.proofread(
        editor_id=me, assignment_id=number, grade=Grade.UNSATISFACTORY, words="Not a sentence."
    )
    assert not done.is_approved
    assert Assignment.objects.get().status == "submitted"
    with pytest.raises(AlreadyProofread):
        proofreading.proofread(editor_id=me, assignment_id=number, grade=Grade.SATISFACTORY)
    assert Qualification.objects.get().score == 82
    # A project without proofreading has no editor.
    group = factories.publish(requester, 1)
    other = factories.accept(worker, group).assignment_id
    factories.submit(worker, other)
    with pytest.raises(NotFound):
        proofreading.proofread(editor_id=me, assignment_id=other, grade=Grade.SATISFACTORY)
