"""Which of 10,000 task groups with 3 requirements each one worker may do: one statement and arrays.

Against the same list of groups that ask for nothing, in the same run. Shows how it grows with groups,
requirements and qualifications held; the requirements differ in type, comparator and value, as hundreds of
requesters would write them.
"""

import itertools
import statistics
import time
from typing import Any

import psycopg

from bench import support

GROUPS, REQUIREMENTS, HELD = 10_000, 3, 20
TYPES = 500
ROUNDS = 15
GOAL = 6

# Groups, requirements each, qualifications held: one of them grows at a time.
GROWTH = [
    (1_000, 3, 20),
    (10_000, 3, 20),
    (10_000, 1, 20),
    (10_000, 10, 20),
    (10_000, 3, 2),
    (10_000, 3, 200),
]

MARKET = """
TRUNCATE qualification_requirement, hit_type_open, hit_type CASCADE;
INSERT INTO hit_type (requester_id, sub_category_id, title, description, keywords, reward_minor, assignment_duration_s,
                      auto_approval_delay_s, digest)
SELECT %(requester)s, (SELECT min(id) FROM sub_category), 'Group ' || n, 'A group', '', 5, 3600, 86400, md5(n::text)
  FROM generate_series(1, %(groups)s) AS n;
INSERT INTO hit_type_open (hit_type_id, expires_minute, change)
SELECT id, date_trunc('minute', now() + interval '1 day'), 100 FROM hit_type;
INSERT INTO qualification_requirement (hit_type_id, qualification_type_id, comparator, scores, actions_guarded)
SELECT hit_type.id, kind.id,
       (ARRAY['GreaterThanOrEqualTo', 'LessThan', 'NotEqualTo', 'In', 'DoesNotExist', 'Exists'])
           [1 + (hit_type.id + place) %% 6],
       CASE WHEN (hit_type.id + place) %% 6 IN (4, 5) THEN '[]'
            ELSE jsonb_build_array((hit_type.id * 7 + place) %% 100) END,
       (ARRAY['Accept', 'PreviewAndAccept', 'DiscoverPreviewAndAccept'])[1 + hit_type.id %% 3]
  FROM hit_type
 CROSS JOIN generate_series(1, %(requirements)s) AS place
  JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS number FROM qualification_type WHERE id > 0) AS kind
    ON kind.number = (hit_type.id * 13 + place * 31) %% %(types)s;
"""

PERSON = """
DELETE FROM qualification;
INSERT INTO qualification (worker_id, qualification_type_id, score, status)
SELECT %(worker)s, id, id %% 101, 'granted' FROM qualification_type WHERE id > 0 ORDER BY md5(id::text) LIMIT %(held)s;
"""


def main() -> None:
    with support.installation() as home, support.connect(home) as db:
        db.execute(
            "INSERT INTO qualification_type (name, description)"
            " SELECT 'Bench ' || n, '' FROM generate_series(1, %s) AS n",
            (TYPES,),
        )
        worker_id = support.people(db, 1)[0]
        requester_id = support.requester(db)
        growth = {}
        for groups, requirements, held in GROWTH:
            make(db, requester_id, worker_id, groups=groups, requirements=requirements, held=held)
            growth[f"{groups} groups, {requirements} each, {held} held"] = measured(worker_id)
        make(db, requester_id, worker_id, groups=GROUPS, requirements=0, held=HELD)
        nothing_asked = measured(worker_id)["ms"]
        asked = growth[f"{GROUPS} groups, {REQUIREMENTS} each, {HELD} held"]["ms"]
        support.report(
            "eligibility", ratio=round(asked / nothing_asked, 2), goal=GOAL, asked_ms=asked,
            nothing_asked_ms=nothing_asked, growth=growth,
        )  # fmt: skip


def make(
    db: "psycopg.Connection[Any]",
    requester_id: int,
    worker_id: int,
    *,
    groups: int,
    requirements: int,
    held: int,
) -> None:
    """So many groups with so many requirements, and a worker who holds so many qualifications."""
    with psycopg.ClientCursor(db) as cursor:
        cursor.execute(
            MARKET,
            {"requester": requester_id, "groups": groups, "requirements": requirements, "types": TYPES},
        )
        cursor.execute(PERSON, {"worker": worker_id, "held": held})
    support.settle(db)


def measured(worker_id: int) -> dict[str, float]:
    """Milliseconds of one look at the whole market: known to the process, and the first one of a process."""
    from manyhands.catalog import market
    from manyhands.core.ids import WorkerId

    def look() -> float:
        started = time.perf_counter()
        market.offered(WorkerId(worker_id))
        return (time.perf_counter() - started) * 1_000

    market.forget()
    look()  # the statements are prepared
    market.forget()
    first = look()
    times = [look() for _ in itertools.repeat(None, ROUNDS)]
    return {"ms": round(statistics.median(times), 2), "first_ms": round(first, 1)}


if __name__ == "__main__":
    main()
