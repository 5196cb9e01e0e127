"""What the pages of reports read. One statement each."""

from dataclasses import dataclass
from datetime import datetime

from manyhands.core import db
from manyhands.core.ids import AccountId, AssignmentId, HITTypeId

PAGE = 50


@dataclass(frozen=True, slots=True)
class ReportedGroup:
    """The group a report is about, as its form names it."""

    hit_type_id: HITTypeId
    title: str
    requester_name: str


_GROUP = """
SELECT hit_type.id, hit_type.title, requester.display_name
  FROM hit_type
  JOIN requester ON requester.account_id = hit_type.requester_id
 WHERE hit_type.id = %(hit_type_id)s
"""


def reported_group(*, hit_type_id: HITTypeId) -> ReportedGroup | None:
    return db.one_or_none(ReportedGroup, _GROUP, hit_type_id=hit_type_id)


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report as operators see it. ``of_group_count``: how many reports this group has in all."""

    report_id: int
    hit_type_id: HITTypeId
    title: str
    requester_id: AccountId
    requester_name: str
    reporter_id: AccountId
    reporter_name: str
    assignment_id: AssignmentId | None
    reason: str
    words: str
    status: str
    reported_at: datetime
    closed_at: datetime | None
    closed_by_name: str | None
    outcome: str
    of_group_count: int


_LINES = """
SELECT task_report.id, hit_type.id, hit_type.title, hit_type.requester_id, requester.display_name,
       task_report.reporter_id, reporter.name, task_report.assignment_id, task_report.reason,
       task_report.words, task_report.status, task_report.reported_at, task_report.closed_at,
       closer.name, task_report.outcome,
       (SELECT count(*) FROM task_report AS other WHERE other.hit_type_id = hit_type.id)
  FROM task_report
  JOIN hit_type ON hit_type.id = task_report.hit_type_id
  JOIN requester ON requester.account_id = hit_type.requester_id
  JOIN account AS reporter ON reporter.id = task_report.reporter_id
  LEFT JOIN account AS closer ON closer.id = task_report.closed_by_id
 WHERE task_report.status = %(status)s
 ORDER BY CASE WHEN %(status)s = 'open' THEN task_report.id ELSE -task_report.id END
 LIMIT %(limit)s
"""


def reports(*, status: str) -> list[ReportLine]:
    """Open reports, the oldest first; closed ones, the newest first. At most PAGE."""
    return db.many(ReportLine, _LINES, status=status, limit=PAGE)


def open_count() -> int:
    """How many reports nobody has closed."""
    return db.one(int, "SELECT count(*) FROM task_report WHERE status = 'open'")
