"""State changes of reports: making one, closing one."""

from django.db import transaction
from django.db.models.functions import Now
from psycopg.errors import UniqueViolation

from manyhands.accounts import audit
from manyhands.accounts.operators import require_operator
from manyhands.core import db
from manyhands.core.errors import NotFound
from manyhands.core.ids import AccountId, AssignmentId, HITTypeId, WorkerId
from manyhands.moderation.errors import (
    AlreadyReported,
    ReportClosed,
    ReportReasonNeeded,
    ReportTooLong,
    ReportWordsNeeded,
    TooManyReports,
)
from manyhands.moderation.models import Report
from manyhands.moderation.states import ReportReason, ReportStatus

CHARACTERS_MAX = 2_000
REPORTS_PER_DAY_MAX = 30

# An assignment counts only when it is the reporter's own and of this group.
_REPORT = """
INSERT INTO task_report (reporter_id, hit_type_id, assignment_id, reason, words)
SELECT %(worker_id)s, hit_type.id,
       (SELECT assignment.id FROM assignment
         WHERE assignment.id = %(assignment_id)s
           AND assignment.worker_id = %(worker_id)s
           AND assignment.hit_type_id = hit_type.id),
       %(reason)s, %(words)s
  FROM hit_type
 WHERE hit_type.id = %(hit_type_id)s
RETURNING id
"""

_TODAY = """
SELECT count(*) FROM task_report
 WHERE reporter_id = %(worker_id)s AND reported_at > now() - interval '1 day'
"""


def report_task(
    *,
    worker_id: WorkerId,
    hit_type_id: HITTypeId,
    reason: str,
    words: str,
    assignment_id: AssignmentId | None = None,
) -> int:
    """Tell the operators that something is wrong with the tasks of a group; the report's id.

    (nothing) -> open. Two statements. Raises NotFound (no such group), ReportReasonNeeded,
    ReportWordsNeeded (for 'other'), ReportTooLong, AlreadyReported, TooManyReports.
    """
    text = words.replace("\0", "").replace("\r\n", "\n").strip()
    if reason not in ReportReason.values:
        raise ReportReasonNeeded
    if reason == ReportReason.OTHER and not text:
        raise ReportWordsNeeded
    if len(text) > CHARACTERS_MAX:
        raise ReportTooLong
    if db.one(int, _TODAY, worker_id=worker_id) >= REPORTS_PER_DAY_MAX:
        raise TooManyReports
    try:
        with transaction.atomic():
            report_id = db.one_or_none(
                int, _REPORT, worker_id=worker_id, hit_type_id=hit_type_id, assignment_id=assignment_id,
                reason=reason, words=text,
            )  # fmt: skip
    except UniqueViolation:
        raise AlreadyReported from None
    if report_id is None:
        raise NotFound
    return report_id


def close_report(*, actor_id: AccountId, report_id: int, outcome: str) -> None:
    """Say what was done about a report. open -> closed, with an audit entry.

    Raises OperatorsOnly, NotFound, ReportWordsNeeded, ReportTooLong, ReportClosed.
    """
    text = outcome.replace("\0", "").strip()
    require_operator(actor_id)
    if not text:
        raise ReportWordsNeeded
    if len(text) > CHARACTERS_MAX:
        raise ReportTooLong
    with transaction.atomic():
        report = Report.objects.filter(pk=report_id)
        changed = report.filter(status=ReportStatus.OPEN).update(
            status=ReportStatus.CLOSED, closed_at=Now(), closed_by_id=actor_id, outcome=text
        )
        if not changed:
            raise ReportClosed if report.exists() else NotFound
        audit.record(actor_id=actor_id, act="report.close", subject=f"report:{report_id}", outcome=text)
