"""What a HIT of the API asks: the XML as it was given, or a HIT layout filled with its parameters."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.utils.translation import gettext

from manyhands.core import db
from manyhands.core.errors import InvalidInput, NotFound
from manyhands.core.ids import LayoutId, RequesterId
from manyhands.questions.forms import ExternalQuestion, HTMLQuestion, QuestionForm
from manyhands.questions.parsing import parse_question
from manyhands.questions.writing import html_question
from manyhands.work.errors import QuestionTooLarge
from manyhands.work.layout.template import PLACEHOLDER
from manyhands.work.models import Question

QUESTION_BYTES_MAX = 65_535
_KINDS: dict[type, Question.Kind] = {
    HTMLQuestion: Question.Kind.HTML,
    ExternalQuestion: Question.Kind.EXTERNAL,
    QuestionForm: Question.Kind.FORM,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question ready to be kept. ``layout_id`` is the HIT layout it was made from."""

    kind: str
    content: str
    layout_id: LayoutId | None = None

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content.encode()).hexdigest()


def question_of_xml(xml: str) -> Asked:
    """A question as the API gives it. Raises QuestionInvalid, QuestionTooLarge."""
    if len(xml.encode()) > QUESTION_BYTES_MAX:
        raise QuestionTooLarge
    return Asked(_kind_of(xml), xml)


@lru_cache(maxsize=256)
def _kind_of(xml: str) -> str:
    """Clients send one question many times over."""
    return _KINDS[type(parse_question(xml, allow_http=settings.HTTP_QUESTIONS_ALLOWED))]


def question_of_layout(
    *, requester_id: RequesterId, layout_id: LayoutId, parameters: Mapping[str, str]
) -> Asked:
    """A HIT layout filled with its parameters, which must be its placeholders exactly. One statement.

    The values are the requester's own HTML and enter as they are (MTurk API, HITLayoutParameter).
    Raises NotFound, InvalidInput, QuestionTooLarge.
    """
    html = db.one_or_none(str, _LAYOUT, requester_id=requester_id, layout_id=layout_id)
    if html is None:
        raise NotFound
    wanted = set(PLACEHOLDER.findall(html))
    if wanted != set(parameters):
        raise InvalidInput(
            {
                "layout_parameters": gettext("The layout asks for exactly these: %(names)s.")
                % {"names": ", ".join(sorted(wanted)) or "-"}
            }
        )
    content = html_question(PLACEHOLDER.sub(lambda hole: parameters[hole[1]], html))
    if len(content.encode()) > QUESTION_BYTES_MAX:
        raise QuestionTooLarge
    return Asked(Question.Kind.HTML, content, layout_id)


_LAYOUT = """
SELECT layout.html
  FROM layout
  JOIN project ON project.id = layout.project_id
 WHERE layout.id = %(layout_id)s AND project.requester_id = %(requester_id)s
"""
