"""Aggregated answers: one per task, least certain first, and as files."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from manyhands.core import ids
from manyhands.core.ids import RequesterId
from manyhands.quality.operations import Aggregated, Item, aggregate_field
from manyhands.web.requester import gate, present
from manyhands.web.requester.results_views import download
from manyhands.work.queries import requester as queries
from manyhands.work.queries import results

ITEMS_SHOWN = 50
WORKERS_SHOWN = 100
FILE_PAGE = 500
_CLOSED = frozenset({"radio", "checkbox", "select"})
_METHODS = {"dawid-skene": "Dawid-Skene", "majority": "Majority vote", "medoid": "Medoid"}


@dataclass(frozen=True, slots=True)
class Choice:
    """A field that can be aggregated."""

    name: str
    label: str
    is_closed: bool
    place: int | None
    options: dict[str, str]


def _choices(requester_id: RequesterId, batch: queries.Batch) -> list[Choice]:
    """The fields answered so far, those with choices first."""
    known = {each.name: each for each in present.layout_fields(batch.html)}
    found = results.fields_of(requester_id=requester_id, batch_id=batch.id)
    choices = []
    # Files are looked at one by one: two of them are never the same answer.
    for name in (name for name in found.names if name not in found.of_files):
        each = known.get(name)
        options = {option.value: option.label for option in each.options} if each else {}
        closed = each is not None and each.type in _CLOSED
        label = each.label if each and each.label and len(each.label) <= 60 else name
        choices.append(Choice(name, label, closed, found.places.get(name), options))
    return sorted(choices, key=lambda choice: not choice.is_closed)


def _aggregate(requester_id: RequesterId, batch: queries.Batch, choice: Choice) -> Aggregated:
    return aggregate_field(
        requester_id=requester_id,
        batch_id=batch.id,
        field=choice.name,
        closed=choice.is_closed,
        place=choice.place,
    )


@require_safe
@gate.requester_required
def answers(request: HttpRequest, batch: str) -> HttpResponse:
    """One answer per task for the chosen field, least certain first, with what is known of the workers."""
    found = gate.batch_of(request, batch)
    choices = _choices(gate.me(request), found)
    page: dict[str, Any] = {"batch": found, "public_id": batch, "choices": choices, "section": "requester"}
    if not choices:
        return render(request, "requester/answers.html", page)
    wanted = request.GET.get("field", choices[0].name)
    choice = next((choice for choice in choices if choice.name == wanted), None)
    offset = request.GET.get("from", "0")
    if choice is None or not offset.isdigit():
        raise Http404
    start = int(offset)
    whole = _aggregate(gate.me(request), found, choice)
    shown = whole.items[start : start + ITEMS_SHOWN]
    page |= {
        "choice": choice,
        "whole": whole,
        "method": _METHODS[whole.method],
        "lines": _lines(found, choice, shown),
        "workers": [(ids.encode_account(one.worker_id), one) for one in whole.workers[:WORKERS_SHOWN]],
        "first_number": start + 1,
        "last_number": start + len(shown),
        "newer_url": f"?field={choice.name}&from={max(0, start - ITEMS_SHOWN)}" if start else "",
        "older_url": f"?field={choice.name}&from={start + ITEMS_SHOWN}"
        if start + ITEMS_SHOWN < len(whole.items)
        else "",
    }
    return render(request, "requester/answers.html", page)


def _lines(batch: queries.Batch, choice: Choice, items: list[Item]) -> list[dict[str, Any]]:
    rows = queries.inputs(batch_id=batch.id, hit_ids=[item.hit_id for item in items])
    return [
        {
            "item": item,
            "hit": ids.encode("hit", item.hit_id),
            "input": present.input_lines(rows.get(item.hit_id, {}), batch.columns),
            "answer": _worded(choice, item.answer),
            "majority": _worded(choice, item.majority),
        }
        for item in items
    ]


def _worded(choice: Choice, value: str) -> str:
    """The labels of the options chosen, or the text itself."""
    if not choice.is_closed:
        return value
    return ", ".join(choice.options.get(part) or part for part in value.split(results.JOINT))


@require_safe
@gate.requester_required
def answers_csv(request: HttpRequest, batch: str) -> HttpResponse:
    """One row per task and field: the input, the answer, how sure it is."""
    found = gate.batch_of(request, batch)
    return download(_csv_lines(gate.me(request), found), found, "answers", "csv")


@require_safe
@gate.requester_required
def answers_jsonl(request: HttpRequest, batch: str) -> HttpResponse:
    """The same as JSON lines."""
    found = gate.batch_of(request, batch)
    return download(_json_lines(gate.me(request), found), found, "answers", "jsonl")


def _records(requester_id: RequesterId, batch: queries.Batch) -> Iterator[list[dict[str, Any]]]:
    """Pages of records, field by field."""
    for choice in _choices(requester_id, batch):
        whole = _aggregate(requester_id, batch, choice)
        for start in range(0, len(whole.items), FILE_PAGE):
            items = whole.items[start : start + FILE_PAGE]
            rows = queries.inputs(batch_id=batch.id, hit_ids=[item.hit_id for item in items])
            yield [
                {
                    "hit_id": ids.encode("hit", item.hit_id),
                    "input": rows.get(item.hit_id, {}),
                    "field": choice.name,
                    "answer": item.answer,
                    "confidence": round(item.confidence, 6),
                    "method": whole.method,
                    "majority": item.majority,
                    "agreement": round(item.agreement, 6),
                    "answers": item.answers,
                }
                for item in items
            ]


def _csv_lines(requester_id: RequesterId, batch: queries.Batch) -> Iterator[bytes]:
    heading = ["HITId", *(f"Input.{column}" for column in batch.columns), "Field", "Answer", "Confidence",
               "Method", "MajorityVote", "Agreement", "Answers"]  # fmt: skip
    yield _csv_text([heading])
    for page in _records(requester_id, batch):
        yield _csv_text(
            [
                [
                    record["hit_id"], *(record["input"].get(column, "") for column in batch.columns),
                    record["field"], record["answer"], record["confidence"], record["method"],
                    record["majority"], record["agreement"], record["answers"],
                ]
                for record in page
            ]
        )  # fmt: skip


def _csv_text(rows: list[list[Any]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _json_lines(requester_id: RequesterId, batch: queries.Batch) -> Iterator[bytes]:
    for page in _records(requester_id, batch):
        yield b"".join(orjson.dumps(record) + b"\n" for record in page)
