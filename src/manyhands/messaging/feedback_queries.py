"""What requesters read of workers' feedback on a batch: what workers wrote in the threads of its tasks."""

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
SELECT thread_message.id, thread.assignment_id, assignment.hit_id, thread.account_id,
       thread_message.words, thread_message.sent_at
  FROM thread
  JOIN thread_message ON thread_message.thread_id = thread.id AND thread_message.side = 'worker'
  JOIN assignment ON assignment.id = thread.assignment_id
 WHERE thread.batch_id = %(batch_id)s
   AND thread.requester_id = %(requester_id)s
 ORDER BY thread_message.id DESC
 LIMIT %(limit)s
"""


def feedback_on_batch(*, requester_id: RequesterId, batch_id: BatchId, limit: int = 50) -> list[Feedback]:
    """What workers said about the tasks of this batch, newest first; nothing of another requester's."""
    return db.many(Feedback, _OF_BATCH, requester_id=requester_id, batch_id=batch_id, limit=limit)
