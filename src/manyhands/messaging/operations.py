"""State changes of messages between people."""

from manyhands.core import db
from manyhands.core.errors import NotFound
from manyhands.core.ids import AssignmentId, WorkerId
from manyhands.messaging.errors import NothingSaid, TooLong, TooManyMessages
from manyhands.messaging.models import TaskFeedback

FEEDBACK_CHARACTERS_MAX = 2_000
FEEDBACK_PER_ASSIGNMENT_MAX = 5

_SEND = """
INSERT INTO task_feedback (assignment_id, batch_id, requester_id, worker_id, words, sent_at)
SELECT assignment.id, assignment.batch_id, assignment.requester_id, assignment.worker_id, %(words)s, now()
  FROM assignment
 WHERE assignment.id = %(assignment_id)s
   AND assignment.worker_id = %(worker_id)s
"""


def send_task_feedback(*, worker_id: WorkerId, assignment_id: AssignmentId, words: str) -> None:
    """Tell the requester something about a task the worker has or had.

    (nothing) -> sent. One count and one INSERT.
    Raises NothingSaid, TooLong, TooManyMessages, NotFound (another's assignment, or none).
    """
    text = words.replace("\0", "").strip()
    if not text:
        raise NothingSaid
    if len(text) > FEEDBACK_CHARACTERS_MAX:
        raise TooLong
    if TaskFeedback.objects.filter(assignment_id=assignment_id).count() >= FEEDBACK_PER_ASSIGNMENT_MAX:
        raise TooManyMessages
    if not db.run(_SEND, worker_id=worker_id, assignment_id=assignment_id, words=text):
        raise NotFound
