"""Downloads of a batch's results, streamed."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from manyhands.web.requester import gate
from manyhands.work.queries import results
from manyhands.work.queries.requester import Batch


@require_safe
@gate.requester_required
def results_csv(request: HttpRequest, batch: str) -> HttpResponse:
    """Every answer with MTurk's column names."""
    found = gate.batch_of(request, batch)
    lines = results.results_csv(requester_id=gate.me(request), batch_id=found.id)
    return download(lines, found, "results", "csv")


@require_safe
@gate.requester_required
def results_jsonl(request: HttpRequest, batch: str) -> HttpResponse:
    """Every answer as one JSON object a line."""
    found = gate.batch_of(request, batch)
    lines = results.results_jsonl(requester_id=gate.me(request), batch_id=found.id)
    return download(lines, found, "results", "jsonl")


def download(lines: Iterator[bytes], batch: Batch, what: str, kind: str) -> HttpResponse:
    """A file that begins at once, whatever its length."""
    types = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
    response = StreamingHttpResponse(lines, content_type=types[kind])
    name = slugify(batch.name) or "batch"
    response["Content-Disposition"] = f'attachment; filename="{name}-{what}.{kind}"'
    return response  # type: ignore[return-value]  # a response in all but its base class
