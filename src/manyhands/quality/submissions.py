"""What was handed in is read from the history of assignments, in pages, each event once, seconds behind.

The cursor and what is found are one transaction: killed at any moment, a run loses nothing and measures
nothing twice (see core/following.py).
"""

from manyhands.core.following import Cursor, Span
from manyhands.quality.operations import known_answers, reviews, signals

PAGE = 1_000
# How long one run waits for transactions under way before it leaves the rest to the next run.
PATIENCE_S = 2.0

_CURSOR = Cursor("submission_cursor", "id", 1, events="assignment_event")


def read(*, page: int = PAGE, patience_s: float = PATIENCE_S) -> int:
    """Measure every submission not measured yet; how many had known answers. Then what follows from it.

    Scores move by known answers, and review policies judge.
    """
    found = _CURSOR.follow(_read_span, page=page, patience_s=patience_s)
    while known_answers.apply_due() == known_answers.WORKERS_AT_ONCE:
        pass
    reviews.carry_out_due()
    return found


def _read_span(span: Span) -> int:
    found = known_answers.score_span(after=span.after, up_to=span.up_to)
    signals.note_span(after=span.after, up_to=span.up_to)
    reviews.note_span(after=span.after, up_to=span.up_to)
    return found
