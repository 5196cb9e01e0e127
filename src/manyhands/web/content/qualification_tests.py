"""A qualification test in its frame: an owner's questions are shown to who has begun it, and to nobody else.

The answer key stays with the operation that grades. What is shown is the version the attempt began with.
"""

from collections.abc import Mapping
from datetime import datetime
from html import escape
from typing import Any

from django.utils.translation import get_language, gettext

from manyhands.core import ids, tokens
from manyhands.core.errors import NotFound, Refusal
from manyhands.core.ids import QualificationRequestId, WorkerId
from manyhands.qualifications import errors, queries
from manyhands.qualifications.forms import form_of
from manyhands.qualifications.operations import testing
from manyhands.qualifications.queries import Attempt
from manyhands.qualifications.states import RequestStatus
from manyhands.questions.checking import by_field, check_answers
from manyhands.questions.rendering import render_form
from manyhands.web.content import body, pages, responses
from manyhands.web.content.document import script_json
from manyhands.web.content.responses import Response
from manyhands.web.content.static import versioned
from manyhands.web.content.tasks import Answer

_REFUSALS: dict[type[Refusal], tuple[int, str]] = {
    errors.TestOver: (410, "expired"),
    errors.TestHandedIn: (409, "already-submitted"),
    errors.AnswersTooLarge: (413, "too-large"),
}


def show(*, token: str) -> Response:
    """The test, with what was typed before; one statement."""
    held = _held(token)
    attempt = None if held is None else queries.attempt(worker_id=held[1], request_id=held[0])
    if attempt is None:
        return responses.no_such_link()
    if not attempt.is_open:
        return _refused(_why_closed(attempt), attempt.request_id)
    return responses.document(_document(attempt, token, answer=attempt.answer or ()))


def submit(*, token: str, pairs: body.Pairs, received_at: datetime) -> Response:
    """Hand the test in; an answer that is short of something comes back as it was, marked."""
    held = _held(token)
    if held is None:
        return responses.no_such_link()
    request_id, worker_id = held
    answer = body.answer(pairs)
    try:
        outcome = testing.submit_test(
            worker_id=worker_id, request_id=request_id, answer=answer, received_at=received_at
        )
    except NotFound:
        return responses.no_such_link()
    except errors.AnswersMissing as missing:
        attempt = queries.attempt(worker_id=worker_id, request_id=request_id)
        if attempt is None or not attempt.is_open:
            return _refused(errors.TestOver(), request_id)
        document = _document(attempt, token, answer=answer, problems=missing.problems)
        return responses.document(document, status=422)
    except Refusal as refusal:
        return _refused(refusal, request_id)
    return responses.document(_handed_in(request_id, outcome.status))


def _held(token: str) -> tuple[QualificationRequestId, WorkerId] | None:
    named = tokens.read("test", token)
    return None if named is None else (QualificationRequestId(named[0]), WorkerId(named[1]))


def _why_closed(attempt: Attempt) -> Refusal:
    return errors.TestOver() if attempt.outcome == RequestStatus.LAPSED else errors.TestHandedIn()


def _refused(refusal: Refusal, request_id: QualificationRequestId) -> Response:
    status, code = _REFUSALS.get(type(refusal), (409, "refused"))
    return responses.problem(
        status,
        code,
        str(refusal),
        gettext("Nothing was changed."),
        ids.encode("qualification_request", request_id),
    )


def _handed_in(request_id: QualificationRequestId, status: RequestStatus) -> bytes:
    sentence = {
        RequestStatus.GRANTED: gettext("You passed. The page around shows your score."),
        RequestStatus.PENDING: gettext("Its owner grades it. You will be told."),
    }.get(status, gettext("You did not pass. The page around shows your score."))
    title = gettext("Your answer was submitted.")
    facts: dict[str, Any] = {
        "assignmentId": ids.encode("qualification_request", request_id),
        "next": None,
        "autoAccept": False,
        "reason": None,
        "message": title,
    }
    return pages.page(title, sentence, {"mode": "page", "submitted": facts})


def _document(
    attempt: Attempt, token: str, *, answer: Answer, problems: Mapping[str, str] | None = None
) -> bytes:
    form = form_of(attempt.test_id)
    fields = render_form(form, check_answers(form, by_field(answer)).by_question if answer else {}, problems)
    data: dict[str, Any] = {
        "mode": "work",
        "assignmentId": ids.encode("qualification_request", attempt.request_id),
        "texts": pages.texts(),
        "required": [],
    }
    title, action = escape(attempt.name), escape(f"/q/{token}?lang={get_language()}")
    return (
        f'<!doctype html><html lang="{escape(get_language() or "en")}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{title}</title>"
        f'<link rel="stylesheet" href="{versioned("frame.css")}">'
        f'<script type="application/json" id="manyhands-data">{script_json(data)}</script>'
        f'<script src="{versioned("frame.js")}" defer></script></head>'
        f'<body data-color-scheme="light dark"><form class="mh-form" method="post" action="{action}"'
        ' enctype="application/x-www-form-urlencoded" accept-charset="utf-8">'
        f'<input type="hidden" name="manyhandsToken" value="{escape(token)}">'
        f"<h1>{title}</h1>{fields}"
        f'<p class="mh-actions" data-supplied><button type="submit">{escape(pages.texts()["submit"])}</button></p>'
        "</form></body></html>"
    ).encode("utf-8", "replace")
