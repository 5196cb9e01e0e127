"""A worker's standing: approval rates, what a rejection did to them, and the nightly count behind old shares."""

from dataclasses import dataclass
from datetime import datetime

from manyhands.core import db
from manyhands.core.ids import AssignmentId, WorkerId

REJECTIONS_MAX = 20


@dataclass(frozen=True, slots=True)
class Rate:
    """Decisions of a period: approved of decided; ``percent`` is None when there are none (W-37)."""

    approved: int
    rejected: int

    @property
    def decided(self) -> int:
        return self.approved + self.rejected

    @property
    def percent(self) -> float | None:
        return 100 * self.approved / self.decided if self.decided else None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a worker stands. ``rating``: requesters' opened ratings, 0 to 100, None without any."""

    lifetime: Rate
    last_30_days: Rate
    last_7_days: Rate
    rating: int | None
    rater_count: int
    requirement_percent: int
    closed_group_count: int


_STANDING = """
SELECT coalesce(standing.approved, 0), coalesce(standing.rejected, 0),
       recent.approved_30, recent.rejected_30, recent.approved_7, recent.rejected_7,
       standing.rating, coalesce(standing.rater_count, 0), held.score,
       (SELECT count(DISTINCT requirement.hit_type_id)
          FROM qualification_requirement AS requirement
          JOIN hit_type_open ON hit_type_open.hit_type_id = requirement.hit_type_id
           AND hit_type_open.expires_minute > now()
         WHERE requirement.qualification_type_id = -2
           AND NOT requirement_met(requirement.comparator, requirement.scores, held.score, NULL))
  FROM (SELECT count(*) FILTER (WHERE status = 'approved' AND decided_at > now() - interval '30 days') AS approved_30,
               count(*) FILTER (WHERE status = 'rejected' AND decided_at > now() - interval '30 days') AS rejected_30,
               count(*) FILTER (WHERE status = 'approved' AND decided_at > now() - interval '7 days') AS approved_7,
               count(*) FILTER (WHERE status = 'rejected' AND decided_at > now() - interval '7 days') AS rejected_7
          FROM assignment
         WHERE worker_id = %(worker_id)s) AS recent
  LEFT JOIN worker_standing AS standing ON standing.worker_id = %(worker_id)s
  LEFT JOIN held_qualification AS held ON held.worker_id = %(worker_id)s AND held.qualification_type_id = -2
"""


def standing(*, worker_id: WorkerId) -> Standing:
    """Rates of three periods, the rating, and how many open groups ask for a better approval rate. One statement."""

    def row(*figures: int) -> Standing:
        approved, rejected, approved_30, rejected_30, approved_7, rejected_7, *rest = figures
        rating, raters, percent, closed = rest
        return Standing(
            Rate(approved, rejected), Rate(approved_30, rejected_30), Rate(approved_7, rejected_7), rating, raters,
            100 if percent is None else percent, closed,
        )  # fmt: skip

    return db.one(row, _STANDING, worker_id=worker_id)


@dataclass(frozen=True, slots=True)
class Lowered:
    """A rejection, and the approval rate just before and just after it, in percent (M-144)."""

    assignment_id: AssignmentId
    title: str
    requester_name: str
    at: datetime
    before: float | None
    after: float


_LOWERED = """
WITH decided AS (
    SELECT assignment.id, assignment.hit_type_id, assignment.requester_id, assignment.decided_at, assignment.status,
           count(*) FILTER (WHERE assignment.status = 'approved') OVER earlier AS approved,
           count(*) OVER earlier AS before
      FROM assignment
     WHERE assignment.worker_id = %(worker_id)s
       AND assignment.status IN ('approved', 'rejected')
    WINDOW earlier AS (ORDER BY assignment.decided_at, assignment.id
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
SELECT decided.id, hit_type.title, requester.display_name, decided.decided_at,
       CASE WHEN decided.before > 0 THEN 100.0::double precision * decided.approved / decided.before END,
       100.0::double precision * decided.approved / (decided.before + 1)
  FROM decided
  JOIN hit_type ON hit_type.id = decided.hit_type_id
  JOIN requester ON requester.account_id = decided.requester_id
 WHERE decided.status = 'rejected'
   AND (%(assignment_id)s::bigint IS NULL OR decided.id = %(assignment_id)s)
 ORDER BY decided.decided_at DESC, decided.id DESC
 LIMIT %(limit)s
"""


def rejections(*, worker_id: WorkerId, assignment_id: AssignmentId | None = None) -> list[Lowered]:
    """The latest rejections with what each did to the approval rate, the newest first; or that of one task."""
    return db.many(Lowered, _LOWERED, worker_id=worker_id, assignment_id=assignment_id, limit=REJECTIONS_MAX)


_RECOUNT = """
WITH counted AS (
    SELECT assignment.worker_id, count(*) FILTER (WHERE assignment.submitted_at IS NOT NULL) AS submitted,
           count(*) FILTER (WHERE assignment.status = 'returned') AS returned,
           count(*) FILTER (WHERE assignment.status = 'abandoned') AS abandoned
      FROM assignment
     GROUP BY assignment.worker_id
)
INSERT INTO worker_standing (worker_id, submitted, returned, abandoned)
SELECT counted.worker_id, counted.submitted, counted.returned, counted.abandoned
  FROM counted
 ORDER BY counted.worker_id
    ON CONFLICT (worker_id) DO UPDATE
   SET submitted = excluded.submitted,
       returned = excluded.returned,
       abandoned = excluded.abandoned
 WHERE (worker_standing.submitted, worker_standing.returned, worker_standing.abandoned)
       <> (excluded.submitted, excluded.returned, excluded.abandoned)
"""


def recount() -> int:
    """Count anew what only old requirements ask for; how many standings changed. Run nightly."""
    return db.run(_RECOUNT)
