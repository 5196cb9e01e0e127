"""Rows of a request to a published batch: everything or nothing, here for few rows, by a job for many."""

import csv
import hashlib
import io
import tempfile
from dataclasses import dataclass
from typing import BinaryIO

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from manyhands.core import ids, money
from manyhands.core.errors import Refusal
from manyhands.core.ids import BatchId
from manyhands.mturk import once
from manyhands.web.api import problems, repeating
from manyhands.web.api.access import Request
from manyhands.web.api.problems import Problem
from manyhands.web.api.schemas import ROWS_MAX, NewBatch, NewTerms, PublishedBatch
from manyhands.work import jobs
from manyhands.work.operations import batches
from manyhands.work.queries import requester as queries

JSON_BYTES_MAX = 32 * 1024 * 1024
PIECE_BYTES = 64 * 1024
# More are published by a job, and the response is 202.
ROWS_AT_ONCE = 2_000


@dataclass(slots=True)
class Sent:
    """The rows as a CSV with their terms. ``rows_above``: rows of the CSV the client did not send."""

    file: BinaryIO
    digest: bytes
    terms: NewTerms
    rows_above: int = 0


@dataclass(slots=True)
class _Made:
    """A draft whose publishing was started by this request, and not by an earlier one."""

    batch_id: BatchId | None = None
    rows: int = 0


def read(request: HttpRequest, query: NewTerms) -> Sent:
    """Take the body in, flat in memory for CSV. Raises Problem, pydantic.ValidationError."""
    if request.content_type == "text/csv":
        file: BinaryIO = tempfile.SpooledTemporaryFile(max_size=1024 * 1024)  # type: ignore[assignment]  # noqa: SIM115
        try:
            return Sent(file, _copied(request, file, settings.CSV_BYTES_MAX), query)
        except Problem:
            file.close()
            raise
    if request.content_type != "application/json":
        raise Problem(415, "UnsupportedMediaType", "Send application/json or text/csv.")
    body = io.BytesIO()
    sent = _copied(request, body, JSON_BYTES_MAX)
    new = NewBatch.model_validate_json(body.getvalue())
    return Sent(_csv_of(new.rows), sent, new, rows_above=1)


def publish(request: Request, project: queries.Project, sent: Sent) -> HttpResponse:
    """Upload, price, and start in one transaction with the kept response; then publish what is new.

    Raises Problem, Refusal; then nothing is kept and nothing is counted against the key.
    """
    made = _Made()

    def deed() -> tuple[int, PublishedBatch]:
        return _start(request, project, sent, made)

    response = repeating.once_only(request, deed, sent=repeating.digest(request, sent.digest))
    if made.batch_id is None:
        return response
    if made.rows > ROWS_AT_ONCE:
        jobs.publish_batch.defer(batch_id=made.batch_id, actor_id=request.auth.account_id)
        return response
    try:
        batches.publish(batch_id=made.batch_id, actor_id=request.auth.account_id)
    except Refusal:
        _undo(request, made.batch_id)
        raise
    return response


def _start(request: Request, project: queries.Project, sent: Sent, made: _Made) -> tuple[int, PublishedBatch]:
    caller, terms = request.auth, sent.terms
    reward_minor: int = project.reward_minor
    if terms.reward is not None:
        reward_minor = money.parse(terms.reward, field="reward", minimum_minor=0)
    uploaded = batches.upload_rows(
        requester_id=caller.requester_id,
        project_id=project.id,
        name=terms.name or project.name,
        file=sent.file,
        max_rows=ROWS_MAX,
    )
    if uploaded.batch_id is None:
        raise problems.of_report(uploaded.report, rows_above=sent.rows_above)
    price = batches.price_batch(
        requester_id=caller.requester_id,
        batch_id=uploaded.batch_id,
        reward_minor=reward_minor,
        max_assignments=project.max_assignments if terms.assignments is None else terms.assignments,
        lifetime_s=project.lifetime_s if terms.lifetime_s is None else terms.lifetime_s,
    )
    batches.start_publishing(
        requester_id=caller.requester_id, batch_id=uploaded.batch_id, charged_key_id=caller.key_id
    )
    rows = uploaded.report.row_count
    made.batch_id, made.rows = uploaded.batch_id, rows
    return 201 if rows <= ROWS_AT_ONCE else 202, PublishedBatch(
        id=ids.encode("batch", uploaded.batch_id), rows=rows, assignments=price.assignments,
        reward=money.plain(price.reward_minor), reward_total=money.plain(price.reward_total_minor),
        fee_total=money.plain(price.fee_total_minor), total=money.plain(price.total_minor),
    )  # fmt: skip


def _undo(request: Request, batch_id: BatchId) -> None:
    """Leave nothing of a batch whose publishing was refused, so that the request can be sent again."""
    batches.discard_batch(requester_id=request.auth.requester_id, batch_id=batch_id)
    mark = repeating.mark_of(request)
    if mark is not None:
        once.forget(key_id=request.auth.key_id, invocation=mark)


def _copied(request: HttpRequest, file: BinaryIO, bytes_max: int) -> bytes:
    """Copy the body into a file, rewound; its digest."""
    digest, left = hashlib.sha256(), bytes_max
    while piece := request.read(PIECE_BYTES):
        left -= len(piece)
        if left < 0:
            raise Problem(413, "TooLarge", f"The body has at most {bytes_max // 1024**2} MB.")
        digest.update(piece)
        file.write(piece)
    file.seek(0)
    return digest.digest()


def _csv_of(rows: list[dict[str, str]]) -> BinaryIO:
    """The rows as the CSV that uploading checks; its row 1 are the names of the fields."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    file: BinaryIO = tempfile.SpooledTemporaryFile(max_size=1024 * 1024)  # type: ignore[assignment]  # noqa: SIM115
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.DictWriter(text, columns, restval="", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    text.detach()
    file.seek(0)
    return file
