"""What requesters read of workers' feedback."""

from dataclasses import dataclass
from datetime import datetime

from manyhands.core import db
from manyhands.core.ids import AssignmentId, BatchId, HITId, RequesterId, WorkerId


@dataclass(frozen=True, slots=True)
class Feedback:
    """One message of a worker about one task of a batch."""

    id: int
    assignment_id: AssignmentId
    hit_id: HITId
    worker_id: WorkerId
    words: str
    sent_at: datetime


_OF_BATCH = """
SELECT task_feedback.id, task_feedback.assignment_id, assignment.hit_id, task_feedback.worker_id,
       task_feedback.words, task_feedback.sent_at
  FROM task_feedback
  JOIN assignment ON assignment.id = task_feedback.assignment_id
 WHERE task_feedback.batch_id = %(batch_id)s
   AND task_feedback.requester_id = %(requester_id)s
 ORDER BY task_feedback.id DESC
 LIMIT %(limit)s
"""


def feedback_on_batch(*, requester_id: RequesterId, batch_id: BatchId, limit: int = 50) -> list[Feedback]:
    """What workers said about the tasks of this batch, newest first; nothing of another requester's."""
    return db.many(Feedback, _OF_BATCH, requester_id=requester_id, batch_id=batch_id, limit=limit)
