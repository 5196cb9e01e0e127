"""External questions: a task that runs on its requester's own server (MTurk API, 4.1 and 4.2).

Its page gets the assignment in its address and hands the answer in at the content origin. It keeps its own
origin inside the frame, so that experiments have their cookies; the site stays another origin to it.
"""

from functools import lru_cache
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpResponse

from manyhands.core.ids import AssignmentId, HITId, WorkerId
from manyhands.questions.forms import ExternalQuestion
from manyhands.questions.parsing import parse_question
from manyhands.web.frames import parameters
from manyhands.work.models import Question
from manyhands.work.queries import content as queries

SANDBOX = (
    "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-modals"
    " allow-downloads"
)


@lru_cache(maxsize=1_024)
def external_question(question_id: int | None) -> ExternalQuestion | None:
    """The external question of this id, None when it is of another kind; questions never change."""
    found = None if question_id is None else queries.question(question_id=question_id)
    if found is None or found.kind != Question.Kind.EXTERNAL:
        return None
    question = parse_question(found.content, allow_http=True)
    return question if isinstance(question, ExternalQuestion) else None


def address(
    question: ExternalQuestion,
    *,
    hit_id: HITId,
    assignment_id: AssignmentId | None = None,
    worker_id: WorkerId | None = None,
) -> str:
    """Where the frame goes; without an assignment it is a preview, and tells nothing of the worker."""
    named = parameters(hit_id=hit_id, assignment_id=assignment_id, worker_id=worker_id)
    parts = urlsplit(question.url)
    query = f"{parts.query}&{urlencode(named)}" if parts.query else urlencode(named)
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, parts.fragment))


def framed(response: HttpResponse, question: ExternalQuestion) -> HttpResponse:
    """Let this one page show the question's server in a frame; studies move between their own hosts."""
    parts = urlsplit(question.url)
    sources = [settings.CONTENT_ORIGIN, "https:"]
    if parts.scheme == "http":
        sources.append(f"http://{parts.netloc}")
    response._csp_update = {"frame-src": sources}  # type: ignore[attr-defined]
    return response
