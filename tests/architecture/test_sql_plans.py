"""Every hot statement uses the indexes its header promises, with known and with unknown parameters.

A statement prepared on a connection is soon planned without its parameters, so both plans are asked for.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Any, cast

import psycopg
import pytest

from manyhands.core import sql
from tests import factories
from tests.conftest import Database

PACKAGE = "manyhands.work"
PARAMETER = re.compile(r"%\((\w+)\)s")
INDEX = re.compile(r"^-- Index: (.*)$", re.MULTILINE)
NAME = re.compile(r"\b(?:hit|assignment)_\w+\b")

# A group of 20,000 open HITs, a busy worker who has done 5,000 of them, and many others.
SEED = """
INSERT INTO hit (hit_type_id, batch_id, input, max_assignments, available, pending, submitted, approved, status,
                 fee_minor, expires_at)
SELECT %(hit_type_id)s + n %% 2, %(batch_id)s + n %% 3, '{"word": "w"}', 2,
       CASE WHEN n %% 4 = 0 THEN 0 ELSE 1 END, 0, 0, CASE WHEN n %% 4 = 0 THEN 2 ELSE 1 END,
       CASE WHEN n %% 4 = 0 THEN 'reviewable' ELSE 'assignable' END, 1, now() + (n || ' seconds')::interval
  FROM generate_series(1, 20000) AS n;
INSERT INTO assignment (hit_id, worker_id, hit_type_id, batch_id, requester_id, status, reward_minor, fee_minor,
                        deadline_at, answer, submitted_at, auto_approve_at, rejection_reason, feedback, release_due_at)
SELECT hit.id, CASE WHEN hit.id %% 4 = 0 THEN %(worker_id)s ELSE %(worker_id)s + 1000 + hit.id %% 300 END,
       hit.hit_type_id, hit.batch_id, %(requester_id)s,
       (ARRAY['approved', 'approved', 'approved', 'approved', 'approved', 'approved', 'submitted', 'accepted',
              'rejected', 'correction'])[1 + (hit.id / 4) %% 10],
       5, 1, now() + (hit.id || ' minutes')::interval, '[]', now(),
       now() + (hit.id || ' minutes')::interval, 'other', 'No.',
       CASE WHEN (hit.id / 4) %% 10 = 8 THEN now() + (hit.id || ' minutes')::interval END
  FROM hit
 WHERE NOT EXISTS (SELECT FROM assignment AS held WHERE held.hit_id = hit.id);
INSERT INTO hit_type_open (hit_type_id, expires_minute, change)
SELECT %(hit_type_id)s + n %% 50, date_trunc('minute', now()) + (n || ' minutes')::interval, 1
  FROM generate_series(1, 3000) AS n
"""


@dataclass(frozen=True)
class Seeded:
    link: psycopg.Connection[tuple[Any, ...]]
    params: dict[str, Any]


@pytest.fixture
def seeded(database: Database) -> Iterator[Seeded]:
    requester = factories.make_requester()
    group = factories.publish(requester, 3)
    worker = factories.make_worker()
    held = factories.accept(worker, group)
    link = database.connect()
    ids = {
        "hit_type_id": group.hit_type_id,
        "batch_id": group.batch_id,
        "worker_id": worker.pk,
        "requester_id": requester.pk,
    }
    with link.transaction():
        link.execute("SET LOCAL session_replication_role = replica")
        for statement in SEED.split(";"):
            link.execute(cast("Any", statement), ids)
    link.execute("ANALYZE")
    yield Seeded(
        link,
        ids
        | {
            "daily_max": 3_800,
            "at_once_max": 25,
            "hit_id": group.hit_ids[1],
            "assignment_id": held.assignment_id,
            "assignment_ids": [held.assignment_id],
            "from_status": "submitted",
            "since": "2026-01-01",
            "actor_id": requester.pk,
            "feedback": "",
            "words": "No.",
            "reason": "other",
            "appeal_window_s": 3_600,
            "grace_s": 30,
            "page": 100,
            "answer": "[]",
            "received_at": "2026-01-01",
            "more": 1,
            "expires_at": None,
            "reservation_key": "reserve:batch:1:1",
            "before": 2**62,
            "status": "",
            "limit": 50,
            "zone": "UTC",
            "kind": "html",
            "content": "<HTMLQuestion/>",
            "digest": "",
            "layout_id": None,
            "annotation": "",
            "max_assignments": 1,
            "lifetime_s": 3_600,
            "policies": "{}",
            "operation": "create",
            "token": "t",
            "amount_minor": 10,
            "to_status": "reviewing",
        },
    )
    link.execute("ANALYZE")


def statements() -> list[str]:
    """The names of all statements that promise an index."""
    files = resources.files(PACKAGE).joinpath("sql").iterdir()
    return sorted(
        file.name.removesuffix(".sql")
        for file in files
        if file.name.endswith(".sql") and promised(file.read_text(encoding="utf-8"))
    )


def promised(text: str) -> list[list[str]]:
    """What the header names: ``a; b or c`` is a, and one of b and c."""
    found = INDEX.search(text)
    clauses = re.sub(r"\(.*?\)|WHERE[^;]*", "", found[1]).split(";") if found else []
    return [names for names in map(NAME.findall, clauses) if names]


def known(seeded: Seeded, statement: str) -> str:
    rows = seeded.link.execute(cast("Any", "EXPLAIN " + statement), seeded.params).fetchall()
    return "\n".join(str(row[0]) for row in rows)


def unknown(seeded: Seeded, statement: str) -> str:
    order: dict[str, int] = {}
    text = PARAMETER.sub(lambda found: f"${order.setdefault(found[1], len(order) + 1)}", statement)
    rows = seeded.link.execute(cast("Any", "EXPLAIN (GENERIC_PLAN) " + text.replace("%%", "%"))).fetchall()
    return "\n".join(str(row[0]) for row in rows)


@pytest.mark.slow
def test_every_statement_uses_the_indexes_its_header_names(seeded: Seeded) -> None:
    broken = []
    assert len(statements()) > 10
    for name in statements():
        text = resources.files(PACKAGE).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
        whole = sql.load(PACKAGE, name)
        given = set(PARAMETER.findall(whole)) <= set(seeded.params)
        for plan_of in (known, unknown) if given else (unknown,):
            plan = plan_of(seeded, whole)
            missing = [
                either
                for either in promised(text)
                if not any(re.search(rf"\b{index}\b", plan) for index in either)
            ]
            scans = re.findall(r"Seq Scan on (?:hit|assignment)\b.*", plan)
            if missing or scans:
                broken.append(
                    f"{name}, parameters {plan_of.__name__}: misses {missing}, scans {scans}\n{plan}"
                )
    assert not broken, "\n\n".join(broken)
