"""The results of 1,000,000 answers as CSV, against psql's COPY of the same columns to a file.

Ours is MTurk's results file: keyed public ids, times in words, the worker's approval rates. psql writes the
columns as they are stored. Both write to the same folder, in turn.
"""

import statistics
import tempfile
from pathlib import Path
from typing import Any

import psycopg

from bench import support

HITS = 100_000
PLACES = 10
FEW_HITS = 1_000
WORKERS = 1_000
ROUNDS = 3
GOAL = 3

ANSWERS = """
SET session_replication_role = replica;
INSERT INTO assignment (hit_id, worker_id, hit_type_id, batch_id, requester_id, status, reward_minor, fee_minor,
                        accepted_at, deadline_at, answer, submitted_at, auto_approve_at, decided_at)
SELECT hit.id, (%(workers)s::bigint[])[1 + (hit.id * 7 + place * 97) %% %(n)s], hit.hit_type_id, hit.batch_id,
       %(requester)s, CASE WHEN place < 8 THEN 'approved' ELSE 'submitted' END, 5, 1,
       now() - interval '2 hours', now() + interval '1 hour',
       jsonb_build_array(jsonb_build_array('label', (ARRAY['yes', 'no', 'unclear'])[1 + (hit.id + place) %% 3]),
                         jsonb_build_array('comment', 'Seen, and "said" as much by number ' || place)),
       now() - interval '1 hour', now() + interval '1 day', CASE WHEN place < 8 THEN now() END
  FROM hit, generate_series(0, %(places)s - 1) AS place
 WHERE hit.hit_type_id = %(hit_type)s ORDER BY hit.id;
UPDATE hit SET available = 0, submitted = 2, approved = 8, status = 'reviewable' WHERE hit_type_id = %(hit_type)s;
SET session_replication_role = origin;
"""

SAME_COLUMNS = """
SELECT assignment.hit_id, assignment.hit_type_id, hit_type.title, hit_type.description, hit_type.keywords,
       hit_type.reward_minor, batch.published_at, hit.max_assignments, assignment.batch_id,
       hit_type.assignment_duration_s, hit_type.auto_approval_delay_s, hit.expires_at, batch.lifetime_s,
       assignment.id, assignment.worker_id, assignment.status, assignment.accepted_at, assignment.submitted_at,
       assignment.auto_approve_at, assignment.decided_at, assignment.feedback,
       extract(epoch FROM assignment.submitted_at - assignment.accepted_at), hit.input ->> 'text',
       assignment.answer -> 0 ->> 1, assignment.answer -> 1 ->> 1
  FROM assignment
  JOIN hit ON hit.id = assignment.hit_id
  JOIN hit_type ON hit_type.id = assignment.hit_type_id
  JOIN batch ON batch.id = assignment.batch_id
 WHERE assignment.batch_id = {batch_id} AND assignment.status IN ('submitted', 'approved', 'rejected')
 ORDER BY assignment.id
"""


def answered(db: "psycopg.Connection[Any]", requester_id: int, workers: list[int], hits: int) -> int:
    """A batch with ten answers to each of so many tasks; returns its id."""
    hit_type_id = support.group(db, requester_id, hits=hits, places=PLACES)
    with psycopg.ClientCursor(db) as cursor:
        cursor.execute(
            ANSWERS,
            {
                "workers": workers, "n": len(workers), "requester": requester_id, "places": PLACES,
                "hit_type": hit_type_id,
            },
        )  # fmt: skip
    row = db.execute("SELECT id FROM batch WHERE hit_type_id = %s", (hit_type_id,)).fetchone()
    assert row is not None
    return int(row[0])


def export(requester_id: int, batch_id: int, path: str) -> None:
    from manyhands.core.ids import BatchId, RequesterId
    from manyhands.work.queries import results

    with Path(path).open("wb") as out:
        out.writelines(
            results.results_csv(requester_id=RequesterId(requester_id), batch_id=BatchId(batch_id))
        )


def main() -> None:
    with support.installation() as home, support.connect(home) as db, tempfile.TemporaryDirectory() as folder:
        support.say(f"Making {HITS * PLACES:,} answers ...")
        requester_id, workers = support.requester(db), support.people(db, WORKERS)
        few = answered(db, requester_id, workers, FEW_HITS)
        many = answered(db, requester_id, workers, HITS)
        support.settle(db)
        ours_path, theirs_path = f"{folder}/ours.csv", f"{folder}/theirs.csv"
        statement = " ".join(SAME_COLUMNS.format(batch_id=many).split())
        copy = f"\\copy ({statement}) TO '{theirs_path}' (FORMAT csv)\n"
        few_mb = support.peak_growth_mb(f"export.export({requester_id}, {few}, {ours_path!r})")
        many_mb = support.peak_growth_mb(f"export.export({requester_id}, {many}, {ours_path!r})")
        support.say(f"Exporting, {ROUNDS} times each side in turn ...")
        ours, theirs = [], []
        for _ in range(ROUNDS):
            theirs.append(support.psql(home, copy))
            ours.append(support.seconds(lambda: export(requester_id, many, ours_path)))
        with Path(ours_path).open("rb") as file:
            lines = sum(1 for _ in file) - 1
        assert lines == HITS * PLACES, lines
        ours_s, theirs_s = statistics.median(ours), statistics.median(theirs)
        support.report(
            "export", ours_s / theirs_s, goal=GOAL, export_s=ours_s, copy_s=theirs_s, answers=lines,
            answers_per_s=lines / ours_s, file_mb=Path(ours_path).stat().st_size / 2**20,
            copied_mb=Path(theirs_path).stat().st_size / 2**20, memory_growth_mb=many_mb,
            memory_growth_at_10_000_answers_mb=few_mb,
        )  # fmt: skip


if __name__ == "__main__":
    main()
