"""Who holds a type: scores given, changed and taken one by one or by a file, and as a file."""

import csv
import io
from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from manyhands.core import ids
from manyhands.core.errors import NotFound, Refusal
from manyhands.core.ids import WorkerId
from manyhands.qualifications import owner_queries
from manyhands.qualifications.errors import ImportRefused
from manyhands.qualifications.operations import owning
from manyhands.qualifications.operations.importing import ScoreRow
from manyhands.qualifications.owner_queries import TypePage
from manyhands.web.qualifications.forms import GrantForm, ImportForm
from manyhands.web.qualifications.sides import Side
from manyhands.work import csv_input

PAGE = 50
PROBLEMS_SHOWN = 100
# MTurk's file of workers, in its column of a type.
WORKER_COLUMN = "Worker ID"


@require_http_methods(["GET", "HEAD", "POST"])
def holders(request: HttpRequest, side: Side, qualification: str) -> HttpResponse:
    """Holders with their scores; posted, one worker's score is given, changed or taken away."""
    kind = side.type_of(request, qualification)
    if request.method != "POST":
        worker = request.GET.get("worker", "")
        return _holders(request, side, kind, GrantForm(initial={"worker": worker}))
    is_revoking = request.POST.get("act") == "revoke"
    form = GrantForm(request.POST)
    if is_revoking:
        form.fields["score"].required = False
    if not form.is_valid():
        return _holders(request, side, kind, form, status=422)
    # An id that is none of ours is nobody's.
    worker_id = ids.decode_account(form.cleaned_data["worker"].strip()) or 0
    try:
        _change(request, side, kind, WorkerId(worker_id), form, is_revoking=is_revoking)
    except NotFound:
        form.add_error("worker", gettext("There is no worker with this id."))
        return _holders(request, side, kind, form, status=422)
    except Refusal as refusal:
        form.add_error("worker" if is_revoking else "score", str(refusal))
        return _holders(request, side, kind, form, status=422)
    return redirect(side.url("qualification_holders", qualification))


def _change(
    request: HttpRequest,
    side: Side,
    kind: TypePage,
    worker_id: WorkerId,
    form: GrantForm,
    *,
    is_revoking: bool,
) -> None:
    data, owner = form.cleaned_data, side.owner(request)
    named = {"worker": ids.encode_account(worker_id)}
    if is_revoking:
        owning.revoke(owner=owner, qualification_type_id=kind.id, worker_id=worker_id, words=data["words"])
        text = gettext("Taken away from %(worker)s, who can read why.") % named
    else:
        owning.grant(
            owner=owner, qualification_type_id=kind.id, worker_id=worker_id, score=data["score"],
            words=data["words"],
        )  # fmt: skip
        named["score"] = str(data["score"])
        text = gettext("%(worker)s now has the score %(score)s.") % named
    messages.success(request, text)


def _holders(
    request: HttpRequest, side: Side, kind: TypePage, form: GrantForm, *, status: int = 200
) -> HttpResponse:
    after = ids.decode_account(request.GET.get("after", "")) or 0
    wanted = request.GET.get("q", "").strip()
    only = WorkerId(ids.decode_account(wanted) or 0) if wanted else None
    rows = owner_queries.holders(kind.id, after=after, worker_id=only, limit=PAGE + 1)
    shown = [(ids.encode_account(row.worker_id), row) for row in rows[:PAGE]]
    page = side.context(
        kind, form=form, rows=shown, q=wanted[:60], is_first=not after,
        next_url=f"?after={shown[-1][0]}" if len(rows) > PAGE else "",
    )  # fmt: skip
    return render(request, "requester/qualifications/holders.html", dict(page), status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def import_file(request: HttpRequest, side: Side, qualification: str) -> HttpResponse:
    """Scores by a CSV of worker ids: ``score``, or MTurk's column ``UPDATE-<name>`` with ``Revoke``."""
    kind = side.type_of(request, qualification)
    form = ImportForm(request.POST or None, request.FILES or None)
    problems: list[tuple[int, str]] = []
    if form.is_valid():
        try:
            rows = _rows(form.cleaned_data["file"], kind)
            done = owning.import_scores(owner=side.owner(request), qualification_type_id=kind.id, rows=rows)
        except csv_input.BadCSV as refusal:
            form.add_error("file", str(refusal))
        except ImportRefused as refusal:
            form.add_error("file", str(refusal))
            problems = list(refusal.rows.items())
        else:
            text = gettext("%(granted)s scores are given, %(revoked)s are taken away.")
            messages.success(request, text % {"granted": done.granted, "revoked": done.revoked})
            return redirect(side.url("qualification_holders", qualification))
    page = side.context(
        kind, form=form, problems=problems[:PROBLEMS_SHOWN], problem_count=len(problems),
        update_column=_update_column(kind),
    )  # fmt: skip
    return render(
        request, "requester/qualifications/import.html", dict(page), status=422 if form.is_bound else 200
    )


def _update_column(kind: TypePage) -> str:
    return f"UPDATE-{kind.name}"


def _rows(file: io.BytesIO, kind: TypePage) -> list[ScoreRow]:
    """The rows of the file. Raises BadCSV, ImportRefused when it has no column of scores."""
    rows = []
    for row in csv_input.read(file, required_columns=[WORKER_COLUMN]):
        value = row.cells.get(_update_column(kind), row.cells.get("score", row.cells.get("Score")))
        if value is None:
            missing = gettext("There is no column “score” or “%(column)s”.")
            raise ImportRefused({1: missing % {"column": _update_column(kind)}})
        rows.append(ScoreRow(row.number, row.cells[WORKER_COLUMN], value))
    return rows


@require_safe
def scores_csv(request: HttpRequest, side: Side, qualification: str) -> HttpResponse:
    """Every holder with the columns of MTurk's file of workers, ready to be changed and imported."""
    kind = side.type_of(request, qualification)
    response = StreamingHttpResponse(_lines(kind), content_type="text/csv; charset=utf-8")
    name = slugify(kind.name) or "qualification"
    response["Content-Disposition"] = f'attachment; filename="{name}-scores.csv"'
    return response  # type: ignore[return-value]  # a response in all but its base class


def _lines(kind: TypePage) -> Iterator[bytes]:
    yield _line([WORKER_COLUMN, f"CURRENT-{kind.name}", _update_column(kind)])
    after = 0
    while page := owner_queries.holders(kind.id, after=after, limit=1_000):
        yield b"".join(_line([ids.encode_account(row.worker_id), row.score, ""]) for row in page)
        after = page[-1].worker_id


def _line(cells: list[str | int]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()
