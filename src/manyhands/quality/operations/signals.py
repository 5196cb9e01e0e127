"""Signals of what was handed in are measured and kept; nothing is decided by them."""

from functools import lru_cache

from manyhands.core import db, sql
from manyhands.quality import signals
from manyhands.work.layout.fields import LayoutField, fields
from manyhands.work.queries import content

_SUBMISSIONS = sql.load("manyhands.quality", "signal_submissions")
_KEEP = sql.load("manyhands.quality", "keep_signals")

RECENT = 20
SAMPLES_MAX = 500


@lru_cache(maxsize=256)
def _fields_of(layout_id: int) -> tuple[LayoutField, ...]:
    """The fields of a layout, which never changes."""
    return fields(content.layout_html(layout_id=layout_id) or "")


def note_span(*, after: int, up_to: int) -> int:
    """Measure what these events handed in for the first time; how many signals. In the cursor's transaction."""
    found = db.many(
        signals.Submission, _SUBMISSIONS, after=after, up_to=up_to, recent=RECENT, samples=SAMPLES_MAX
    )
    noted = [
        (each.assignment_id, signal)
        for each in found
        for signal in signals.of(each, _fields_of(each.layout_id) if each.layout_id else ())
    ]
    if noted:
        db.run(
            _KEEP,
            assignment_ids=[assignment_id for assignment_id, _ in noted],
            kinds=[signal.kind.value for _, signal in noted],
            names=[signal.name for _, signal in noted],
            measured=[float(signal.value) for _, signal in noted],
            expectations=[
                None if signal.expectation is None else float(signal.expectation) for _, signal in noted
            ],
        )
    return len(noted)
