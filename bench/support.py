"""What the measures stand on: a server of their own, a market of any size made by SQL, medians."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

HTML = '<p>${text}</p><label>Label <input name="label" required></label>'
FAR = "now() + interval '30 days'"


@contextmanager
def installation() -> Iterator[Path]:
    """A home of its own with a running, migrated database (fsync on) and Django set up on it."""
    with tempfile.TemporaryDirectory(prefix="manyhands-bench-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o755)
        os.environ["MANYHANDS_HOME"] = str(home)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "manyhands.config.settings")
        os.environ.pop("DATABASE_URL", None)
        from manyhands.server import postgres

        postgres.start(home, bound_to_caller=True)
        try:
            import django
            from django.core.management import call_command

            django.setup()
            call_command("migrate", verbosity=0, skip_checks=True)
            call_command("createcachetable", verbosity=0)
            yield home
        finally:
            from django.db import connections

            connections.close_all()
            postgres.stop(home)


def connect(home: Path) -> "psycopg.Connection[Any]":
    from manyhands.server import postgres

    return psycopg.connect(postgres.dsn(home, postgres.DATABASE), autocommit=True)


def people(db: "psycopg.Connection[Any]", count: int, *, auto_accept: bool = True) -> list[int]:
    """So many workers, by id."""
    rows = db.execute(
        """WITH made AS (
               INSERT INTO account (email, name, password, status, is_worker, language, time_zone)
               SELECT 'bench-' || gen_random_uuid() || '@bench.test', 'Bench', '!', 'active', true, 'en', 'UTC'
                 FROM generate_series(1, %s) RETURNING id)
           INSERT INTO worker (account_id, auto_accept_next, accepted_day_count)
           SELECT id, %s, 0 FROM made RETURNING account_id""",
        (count, auto_accept),
    ).fetchall()
    return [row[0] for row in rows]


def requester(db: "psycopg.Connection[Any]", *, deposit_minor: int = 10**12) -> int:
    """A requester with money."""
    from manyhands.core.ids import RequesterId
    from manyhands.ledger.operations import deposit

    row = db.execute(
        """WITH made AS (
               INSERT INTO account (email, name, password, status, is_requester, language, time_zone)
               VALUES ('lab-' || gen_random_uuid() || '@bench.test', 'Lab', '!', 'active', true, 'en', 'UTC')
               RETURNING id)
           INSERT INTO requester (account_id, display_name) SELECT id, 'Lab' FROM made RETURNING account_id"""
    ).fetchone()
    assert row is not None
    deposit(requester_id=RequesterId(row[0]), amount_minor=deposit_minor, reference=f"bench-{row[0]}")
    return int(row[0])


def group(
    db: "psycopg.Connection[Any]", requester_id: int, *, hits: int, places: int = 1, title: str = "Bench"
) -> int:
    """A published group of so many open HITs, its money reserved; returns the HIT type's id."""
    row = db.execute(
        """WITH p AS (
               INSERT INTO project (requester_id, name, title, description, keywords, sub_category_id,
                   reward_minor, assignment_duration_s, auto_approval_delay_s, lifetime_s, max_assignments)
               SELECT %(r)s, %(title)s, %(title)s, 'A bench', 'bench', (SELECT min(id) FROM sub_category),
                      5, 3600, 2592000, 2592000, %(places)s RETURNING id),
           l AS (INSERT INTO layout (project_id, version, html) SELECT id, 1, %(html)s FROM p RETURNING id),
           t AS (
               INSERT INTO hit_type (requester_id, sub_category_id, layout_id, title, description, keywords,
                   reward_minor, assignment_duration_s, auto_approval_delay_s, has_several_places, digest)
               SELECT %(r)s, (SELECT min(id) FROM sub_category), id, %(title)s, 'A bench', 'bench',
                      5, 3600, 2592000, %(places)s > 1, md5(random()::text) || md5(random()::text)
                 FROM l RETURNING id, layout_id),
           b AS (
               INSERT INTO batch (requester_id, project_id, hit_type_id, layout_id, name, status, columns,
                   row_count, sample_rows, max_assignments, reward_minor, fee_minor, lifetime_s, expires_at)
               SELECT %(r)s, p.id, t.id, t.layout_id, 'bench', 'published', '["text"]', %(hits)s, '[]',
                      %(places)s, 5, 1, 2592000, now() + interval '30 days'
                 FROM p, t RETURNING id, hit_type_id),
           h AS (
               INSERT INTO hit (hit_type_id, batch_id, position, input, max_assignments, available,
                                fee_minor, expires_at)
               SELECT b.hit_type_id, b.id, nextval('hit_position'),
                      jsonb_build_object('text', 'Item ' || n || ' of the bench, a sentence of usual length.'),
                      %(places)s, %(places)s, 1, now() + interval '30 days'
                 FROM b, generate_series(1, %(hits)s) AS n),
           o AS (
               INSERT INTO hit_type_open (hit_type_id, expires_minute, change)
               SELECT hit_type_id, date_trunc('minute', now() + interval '30 days'), %(hits)s FROM b)
           SELECT hit_type_id, id FROM b""",
        {"r": requester_id, "hits": hits, "places": places, "html": HTML, "title": title},
    ).fetchone()
    assert row is not None
    from manyhands.ledger.accounts import AccountKind, account_id
    from manyhands.ledger.operations import transfer

    transfer(
        debit_account=account_id(requester_id, AccountKind.REQUESTER_AVAILABLE),
        credit_account=account_id(requester_id, AccountKind.REQUESTER_RESERVED),
        amount_minor=hits * places * 6,
        idempotency_key=f"reserve:batch:{row[1]}",
        purpose="reserve",
        batch_id=row[1],
    )
    return int(row[0])


def settle(db: "psycopg.Connection[Any]") -> None:
    """Statistics and visibility as after a quiet hour, so that runs start alike."""
    db.execute("VACUUM (ANALYZE)")
    db.execute("CHECKPOINT")


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median_seconds(work: Callable[[], object], *, times: int) -> float:
    return statistics.median(seconds(work) for _ in range(times))


def pgbench(
    home: Path, script: str, *, clients: int, run_s: int, variables: dict[str, int] | None = None
) -> float:
    """Transactions per second of a script, prepared, over the socket."""
    from manyhands.config.database import socket_folder
    from manyhands.server import postgres

    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        defines = [f"--define={name}={value}" for name, value in (variables or {}).items()]
        done = subprocess.run(
            [str(postgres.binary("pgbench")), "--no-vacuum", "--protocol=prepared", f"--client={clients}",
             "--jobs=2", f"--time={run_s}", f"--file={file.name}", *defines,
             "-h", str(socket_folder(home)), "-U", postgres.SUPERUSER, postgres.DATABASE],
            check=False, capture_output=True, text=True,
        )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    line = next(line for line in done.stdout.splitlines() if line.startswith("tps"))
    return float(line.split("=")[1].split()[0])


def psql(home: Path, script: str) -> float:
    """Run statements in psql; the seconds they took by its own clock, its start not counted."""
    from manyhands.config.database import socket_folder
    from manyhands.server import postgres

    done = subprocess.run(
        [str(postgres.binary("psql")), "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--file=-",
         "-h", str(socket_folder(home)), "-U", postgres.SUPERUSER, postgres.DATABASE],
        check=False, capture_output=True, text=True, input="\\timing on\n" + script,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    times = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("Time: ")]
    return sum(float(milliseconds) for milliseconds in times) / 1000


def forget_peak() -> None:
    """Start this process's peak of memory anew from what it holds now (Linux)."""
    Path("/proc/self/clear_refs").write_text("5")


def memory_mb(which: str = "VmRSS") -> float:
    """Resident memory of this process in MB: now, or with ``VmHWM`` its peak."""
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith(which + ":"))
    return int(line.split()[1]) / 1024


def peak_growth_mb(call: str) -> float:
    """By how much memory grows at most, in MB, while a process of its own does the call.

    ``call`` is Python, "publish.publish(1, 2)": its module is one of ``bench``. A process that has done
    other work would show nothing: what it freed before serves again.
    """
    module = call.split(".", maxsplit=1)[0]
    script = (
        f"import os, django; django.setup(); from bench import support, {module}\n"
        f"from django.db import connection; connection.ensure_connection()\n"
        f"before = support.memory_mb(); support.forget_peak(); {call}\n"
        f"print(support.memory_mb('VmHWM') - before)"
    )
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return float(done.stdout)


def report(name: str, ratio: float, **parts: Any) -> None:
    """The one JSON line that closes a measure."""
    rounded = {key: round(value, 4) if isinstance(value, float) else value for key, value in parts.items()}
    print(json.dumps({"bench": name, "ratio": round(ratio, 3), **rounded}), flush=True)


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def history(db: "psycopg.Connection[Any]", hit_type_id: int, worker_ids: list[int], *, hits: int) -> None:
    """Submitted work in a group: its first open HITs, one place each, shared out among the workers."""
    db.execute(
        """WITH chosen AS (
               SELECT hit.id, hit.batch_id, hit.position, hit.fee_minor, hit_type.requester_id, hit_type.reward_minor,
                      (%(workers)s::bigint[])[1 + row_number() OVER (ORDER BY hit.position) %% %(n)s] AS worker_id
                 FROM hit JOIN hit_type ON hit_type.id = hit.hit_type_id
                WHERE hit.hit_type_id = %(t)s AND hit.is_open ORDER BY hit.position LIMIT %(hits)s),
           moved AS (
               UPDATE hit SET available = available - 1, submitted = submitted + 1,
                      status = CASE WHEN available = 1 THEN 'reviewable' ELSE status END
                 FROM chosen WHERE hit.id = chosen.id RETURNING hit.id, hit.is_open, hit.expires_at),
           closed AS (
               INSERT INTO hit_type_open (hit_type_id, expires_minute, change)
               SELECT %(t)s, date_trunc('minute', expires_at), -count(*) FROM moved WHERE NOT is_open GROUP BY 2),
           made AS (
               INSERT INTO assignment (hit_id, worker_id, hit_type_id, batch_id, requester_id, status, reward_minor,
                   fee_minor, accepted_at, deadline_at, answer, submitted_at, auto_approve_at)
               SELECT id, worker_id, %(t)s, batch_id, requester_id, 'submitted', reward_minor, fee_minor,
                      now(), now() + interval '1 hour', '[["label", "yes"]]', now(), now() + interval '30 days'
                 FROM chosen RETURNING id, worker_id),
           events AS (
               INSERT INTO assignment_event (assignment_id, from_status, to_status, actor_id)
               SELECT id, '', 'accepted', worker_id FROM made UNION ALL
               SELECT id, 'accepted', 'submitted', worker_id FROM made)
           INSERT INTO worker_progress (worker_id, hit_type_id, position)
           SELECT worker_id, %(t)s, max(position) FROM chosen GROUP BY worker_id
               ON CONFLICT (worker_id, hit_type_id) DO UPDATE SET position = excluded.position""",
        {"t": hit_type_id, "workers": worker_ids, "n": len(worker_ids), "hits": hits},
    )


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
