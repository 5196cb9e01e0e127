"""How figures and answers are put before a requester: words and order, no rules, no database."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from manyhands.core import ids, tokens
from manyhands.quality.queries import Evidence
from manyhands.questions.checking import by_field
from manyhands.web.signals import sentences
from manyhands.work.layout.crowd import ANSWER as CROWD_ANSWER
from manyhands.work.layout.crowd import expanded
from manyhands.work.layout.fields import LayoutField, fields
from manyhands.work.layout.template import placeholders
from manyhands.work.queries import requester as queries
from manyhands.work.queries.files import AnswerFile

PREVIEW_S = 3_600


def parts(counts: queries.Counts) -> list[tuple[str, int, str]]:
    """The stacked bar of a batch: label, count, class of the part. What is open is the rest."""
    return [
        (gettext("Approved"), counts.approved, "part-1"),
        (gettext("To review"), counts.submitted, "part-2"),
        (gettext("In work"), counts.in_work, "part-3"),
        (gettext("Rejected"), counts.rejected, "part-bad"),
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """A field with its values, as a person reads them. ``notes`` are the raw values behind labels; ``file``
    is what was handed in for it instead."""

    name: str
    label: str
    values: list[str]
    notes: list[str] = field(default_factory=list)
    file: AnswerFile | None = None

    @property
    def is_long(self) -> bool:
        return any(len(value) > 60 or "\n" in value for value in self.values)


@lru_cache(maxsize=256)
def layout_fields(html: str) -> tuple[LayoutField, ...]:
    """The fields of a layout, kept: layouts are immutable and read for every page of review."""
    return fields(html)


def answer_lines(
    answer: Iterable[Sequence[str]],
    known: Iterable[LayoutField],
    files: Mapping[str, AnswerFile] | None = None,
) -> list[Line]:
    """An answer by field in the order of the layout; fields it does not know come after it.

    A choice is shown by its label with the value beside it; a field left empty is shown as such.
    """
    given = by_field(expanded(answer))
    lines = []
    for each in known:
        if each.name == CROWD_ANSWER and each.name not in given:
            continue
        values = given.pop(each.name, [])
        if not values and "${" in each.name:
            continue
        names = {option.value: option.label for option in each.options}
        shown = [names.get(value) or value for value in values if value != ""]
        notes = [value for value in values if names.get(value) and names[value] != value]
        label = each.label if each.label and len(each.label) <= 60 else each.name
        lines.append(Line(each.name, label, shown, notes))
    lines += [Line(name, name, [value for value in values if value]) for name, values in given.items()]
    return [_with_file(line, (files or {}).get(line.name)) for line in lines]


def _with_file(line: Line, file: AnswerFile | None) -> Line:
    return line if file is None or line.values != [file.key] else replace(line, values=[], file=file)


def input_lines(row: Mapping[str, str], columns: Sequence[str]) -> list[Line]:
    """A row of input in the order of the file's columns; the database keeps another."""
    return [Line(name, name, [row[name]] if row[name] else []) for name in columns if name in row]


@dataclass(frozen=True, slots=True)
class Decision:
    """A submission ready to be shown: who, what was asked, what was answered."""

    row: queries.AssignmentRow
    public_id: str
    worker: str
    hit: str
    url: str
    answer: list[Line]
    input: list[Line]
    evidence: Evidence | None
    signals: list[str]


def decision(
    row: queries.AssignmentRow,
    batch: queries.Batch,
    batch_public_id: str,
    evidence: Evidence | None = None,
    files: Mapping[str, AnswerFile] | None = None,
) -> Decision:
    """One line of the review table."""
    public_id = ids.encode("assignment", row.id)
    return Decision(
        row=row,
        public_id=public_id,
        worker=ids.encode_account(row.worker_id),
        hit=ids.encode("hit", row.hit_id),
        url=reverse("review_assignment", args=[batch_public_id, public_id]),
        answer=answer_lines(row.answer, layout_fields(batch.html), files),
        input=input_lines(row.input, batch.columns),
        evidence=evidence,
        signals=sentences(evidence.signals) if evidence else [],
    )


def preview(requester_id: int, html: str, rows: list[dict[str, str]]) -> dict[str, Any]:
    """What the live preview needs: where to post, the permission to, the HTML, and rows to step through."""
    return {
        "url": f"{settings.CONTENT_ORIGIN}/preview",
        "token": tokens.make("try", requester_id, 0, good_for_s=PREVIEW_S),
        "html": html,
        "row": json.dumps(rows[0] if rows else {}),
        "rows": rows,
        "count": len(rows),
    }


def example_rows(html: str) -> list[dict[str, str]]:
    """A row made of the placeholders' own names, for as long as there is no file."""
    return [{name: gettext("(your %(column)s)") % {"column": name} for name in placeholders(html)}]
