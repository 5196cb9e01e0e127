"""Feedback on tasks becomes threads; what was decided before notices existed is not told."""

from django.db import migrations

INTO_THREADS = """
INSERT INTO thread (account_id, requester_id, hit_type_id, assignment_id, batch_id, subject, created_at)
SELECT task_feedback.worker_id, task_feedback.requester_id, assignment.hit_type_id, assignment.id,
       task_feedback.batch_id, hit_type.title, min(task_feedback.sent_at)
  FROM task_feedback
  JOIN assignment ON assignment.id = task_feedback.assignment_id
  JOIN hit_type ON hit_type.id = assignment.hit_type_id
 GROUP BY task_feedback.worker_id, task_feedback.requester_id, assignment.id, task_feedback.batch_id,
          hit_type.title;

INSERT INTO thread_message (thread_id, author_id, side, author_name, words, sent_at)
SELECT thread.id, task_feedback.worker_id, 'worker', account.name, task_feedback.words, task_feedback.sent_at
  FROM task_feedback
  JOIN thread ON thread.assignment_id = task_feedback.assignment_id
  JOIN account ON account.id = task_feedback.worker_id
 ORDER BY task_feedback.id;

INSERT INTO notice (account_id, side, kind, thread_id, at, read_at)
SELECT entry.account_id, entry.side, 'message', thread.id, last.at, CASE entry.side WHEN 'worker' THEN last.at END
  FROM thread
  JOIN LATERAL (SELECT max(sent_at) AS at FROM thread_message WHERE thread_id = thread.id) AS last ON true
 CROSS JOIN LATERAL (VALUES (thread.account_id, 'worker'), (thread.requester_id, 'requester'))
            AS entry (account_id, side);

INSERT INTO event_cursor (name, done_to, seen_to, seen_xid)
SELECT 'decisions', max(id), max(id), 0 FROM assignment_event HAVING max(id) IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0004_threads_and_notices")]
    operations = [
        migrations.RunSQL(INTO_THREADS, migrations.RunSQL.noop),
        migrations.DeleteModel(name="TaskFeedback"),
    ]
