"""Qualifications for tests: types by their ways, and a test of four questions with its key."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from manyhands.accounts.models import Account, AccountProfile
from manyhands.core.ids import QualificationTypeId, RequesterId, WorkerId
from manyhands.qualifications import operations
from manyhands.qualifications.forms import form_of
from manyhands.qualifications.models import QualificationRequest, QualificationTest
from manyhands.qualifications.operations import TypeTerms
from manyhands.qualifications.states import Route
from manyhands.questions import builder
from manyhands.questions.controls import field_names

QUESTIONS = 4


def written_test(questions: int = QUESTIONS, *, words: bool = False) -> tuple[str, str]:
    """A question form of so many questions, each right by its first option, and its key."""
    asked = [
        builder.TestQuestion(
            builder.TestQuestionKind.SINGLE_CHOICE,
            f"Which word is right in sentence {number}?",
            (builder.TestOption("Right", right=True), builder.TestOption("Wrong")),
        )
        for number in range(1, questions + 1)
    ]
    if words:
        asked.append(builder.TestQuestion(builder.TestQuestionKind.FREE_TEXT, "Why do you want it?"))
    spec = builder.TestSpec("English", ("Read each sentence.",), tuple(asked))
    return builder.to_question_form(spec), builder.to_answer_key(spec) or ""


def make_type(
    name: str = "Fluent in English", *, requester: Account | None = None, **terms: Any
) -> QualificationTypeId:
    """A type, the platform's own unless a requester is given."""
    owner = None if requester is None else RequesterId(requester.pk)
    return operations.create_qualification_type(requester_id=owner, name=name, terms=TypeTerms(**terms))


def make_test(
    name: str = "Fluent in English", *, requester: Account | None = None, **terms: Any
) -> QualificationTypeId:
    """A type with a test of four questions, graded by its key; it passes at 75."""
    form, key = written_test(words=bool(terms.get("graded_by_owner")))
    given = {"route": Route.TEST, "pass_score": 75, "test": (form, key, 600)} | terms
    return make_type(name, requester=requester, **given)


def answer(request_id: int, right: int) -> list[tuple[str, str]]:
    """Pairs that answer a test with so many right."""
    test = QualificationTest.objects.get(pk=QualificationRequest.objects.get(pk=request_id).test_id)
    form = form_of(test.pk)
    names = field_names(form)
    pairs: list[tuple[str, str]] = []
    for number, question in enumerate(form.questions):
        options = getattr(question.answer, "choices", ())
        chosen = options[0 if number < right else 1].identifier if options else "Because I read a lot."
        pairs.append((names[question.identifier].answer, chosen))
    return pairs


def worker(account: Account) -> WorkerId:
    return WorkerId(account.pk)


def give(account: Account, type_id: int, score: int = 80) -> None:
    """The owner grants it."""
    kind = operations.types.QualificationType.objects.get(pk=type_id)
    operations.grant_qualification(
        qualification_type_id=QualificationTypeId(type_id),
        requester_id=None if kind.requester_id is None else RequesterId(kind.requester_id),
        worker_id=worker(account),
        score=score,
    )


def tell(account: Account, **profile: Any) -> None:
    """Fill in a profile: country, birth_date, languages, skills."""
    kept: Mapping[str, Any] = {"profile_name": account.name, "country": "", "languages": []} | profile
    AccountProfile.objects.update_or_create(account=account, defaults=dict(kept))


def years_ago(years: int) -> date:
    today = datetime.now(UTC).date()
    return today.replace(year=today.year - years, day=min(today.day, 28))
