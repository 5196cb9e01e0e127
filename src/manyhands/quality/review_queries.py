"""What the API reads of review policies: which a HIT has, and what they found and did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from manyhands.core import db
from manyhands.core.ids import HITId


@dataclass(frozen=True, slots=True)
class Line:
    """An action, or where ``of`` is set a result of that action."""

    id: int
    level: str
    of: int | None
    name: str
    assignment_id: int | None
    question: str
    text: str
    is_done: bool
    error_code: str
    at: datetime


_LINES = """
SELECT id, level, of_id, name, assignment_id, question, text, is_done, error_code, at
  FROM policy_line
 WHERE hit_id = %(hit_id)s
   AND id > %(after)s
   AND level = ANY(%(levels)s)
   AND CASE WHEN of_id IS NULL THEN %(actions)s ELSE %(results)s END
 ORDER BY id
 LIMIT %(limit)s
"""
_NAMES = "SELECT level, policy ->> 'PolicyName' FROM hit_review_policy WHERE hit_id = %(hit_id)s"


def policy_names(hit_id: HITId) -> dict[str, str]:
    """Level to the name of its policy; the caller has seen whose HIT it is."""
    return dict(db.many(lambda level, name: (level, name), _NAMES, hit_id=hit_id))


def lines(
    *, hit_id: HITId, levels: Sequence[str], actions: bool, results: bool, after: int = 0, limit: int
) -> list[Line]:
    """Lines of the reports in the order they came about; the caller has seen whose HIT it is. One statement."""
    return db.many(
        Line, _LINES, hit_id=hit_id, levels=list(levels), actions=actions, results=results, after=after, limit=limit
    )  # fmt: skip
