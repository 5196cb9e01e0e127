"""Tests as forms and keys: read once per version, which never changes, and kept."""

from collections.abc import Sequence
from functools import lru_cache

from manyhands.qualifications.models import QualificationTest
from manyhands.questions.answer_key import AnswerKey, parse_answer_key
from manyhands.questions.answers import answers_to_xml
from manyhands.questions.checking import by_field, check_answers
from manyhands.questions.forms import QuestionForm
from manyhands.questions.parsing import parse_test

TESTS_KEPT = 128


@lru_cache(maxsize=TESTS_KEPT)
def form_of(test_id: int) -> QuestionForm:
    """The questions of a version of a test."""
    return parse_test(QualificationTest.objects.values_list("question_form", flat=True).get(pk=test_id))


@lru_cache(maxsize=TESTS_KEPT)
def key_of(test_id: int) -> AnswerKey | None:
    """How it is graded; None when a person grades it. Never leaves the server."""
    key = QualificationTest.objects.values_list("answer_key", flat=True).get(pk=test_id)
    return parse_answer_key(key, form_of(test_id)) if key.strip() else None


def answer_xml(test_id: int, answer: Sequence[Sequence[str]]) -> str:
    """What was handed in as QuestionFormAnswers. Raises NoAnswers when nothing was."""
    return answers_to_xml(check_answers(form_of(test_id), by_field(answer)).answers)
