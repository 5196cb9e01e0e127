"""cycles: submit-and-next over HTTP with 16 workers, against pgbench running the same statement.

The HTTP side posts the form of the task in hand to the content origin; the response is the next task's
document, ready to work on. pgbench sends the very statement behind it, prepared, over the socket, with
as many clients. Same database, same run, interleaved; fsync on.
"""

import re
import statistics
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import load, support

WORKERS = 16
HITS = 300_000
ROUND_S = 6
ROUNDS = 3
GOAL = 0.5


def pgbench_script(first_worker: int) -> str:
    """The statement of submit_and_next, each client a worker, each cycle the task the last one gave."""
    from manyhands.core import sql

    statement = re.sub(r"--.*", "", sql.load("manyhands.work", "submit_and_next"))
    for name, value in {
        "%(received_at)s": "now()",
        "%(answer)s": '\'[["label", "yes"]]\'',
        "%(reported)s": "NULL",
        "%(worker_id)s": ":worker",
        "%(assignment_id)s": ":next_id",
        "%(daily_max)s": "1000000",
        "%(at_once_max)s": "26",
        "%%": "%",
    }.items():
        statement = statement.replace(name, value)
    return (
        f"\\set worker {first_worker} + :client_id\n"
        "\\if :next_id = 0\n"
        "SELECT id AS next_id FROM assignment WHERE worker_id = :worker AND status = 'accepted' \\gset\n"
        f"\\else\n{statement.rstrip().rstrip(';')} \\gset\n\\endif\n"
    )


@contextmanager
def content_server(port: int) -> Iterator[None]:
    """The content origin as the product starts it."""
    import os
    import time

    from manyhands.server import programs

    (program,) = programs.content(host="127.0.0.1", port=port)
    environment = os.environ | dict(program.environment) | {"MANYHANDS_DAILY_LIMIT": "1000000"}
    process = subprocess.Popen(program.command, env=environment, start_new_session=True)
    try:
        for _ in range(100):
            try:
                load.run("127.0.0.1", port, [lambda body: None if body else load.get(b"/health")], run_s=0.2)
                break
            except (OSError, SystemExit):
                time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait(20)


_NEXT = re.compile(rb'action="(/a/[^"]+)"')
_LAYOUT = re.compile(rb'name="manyhandsLayout" value="([^"]+)"')


def worker_chain(assignment_id: int, worker_id: int) -> load.Chain:
    """Open the task in hand once, then submit and take the next, for ever."""
    from manyhands.core import tokens

    token = tokens.make("assignment", assignment_id, worker_id, good_for_s=3600)

    def chain(body: bytes) -> bytes:
        if not body:
            return load.get(b"/a/" + token.encode())
        action = _NEXT.search(body)
        layout = _LAYOUT.search(body)
        if action is None or layout is None:
            raise SystemExit(f"no next task: {body[-600:]!r}")
        return load.post(action[1], b"manyhandsLayout=" + layout[1] + b"&label=yes")

    return chain


def accept_for(workers: list[int], hit_type_id: int) -> dict[int, int]:
    from manyhands.core.ids import HITTypeId, WorkerId
    from manyhands.work.operations.accepting import accept_next

    return {
        worker: accept_next(worker_id=WorkerId(worker), hit_type_id=HITTypeId(hit_type_id)).assignment_id
        for worker in workers
    }


def held_by(home: Path, workers: list[int]) -> dict[int, int]:
    with support.connect(home) as db:
        rows = db.execute(
            "SELECT worker_id, id FROM assignment WHERE worker_id = ANY(%s) AND status = 'accepted'",
            (workers,),
        ).fetchall()
    return dict(rows)


def main() -> None:
    with support.installation() as home, support.connect(home) as db:
        support.say(f"making {HITS:,} open tasks")
        requester = support.requester(db)
        support.history(db, support.group(db, requester, hits=60_000), support.people(db, 200), hits=50_000)
        hit_type = support.group(db, requester, hits=HITS)
        by_http, by_pgbench = support.people(db, WORKERS), support.people(db, WORKERS)
        accept_for([*by_http, *by_pgbench], hit_type)
        support.settle(db)
        script = pgbench_script(by_pgbench[0])
        port = support.free_port()
        http: list[float] = []
        bare: list[float] = []
        with content_server(port):
            for round_ in range(ROUNDS):
                held = held_by(home, by_http)
                chains = [worker_chain(held[worker], worker) for worker in by_http]
                http.append(load.run("127.0.0.1", port, chains, run_s=ROUND_S))
                # A response under way when the clock stopped has still been submitted.
                bare.append(
                    support.pgbench(home, script, clients=WORKERS, run_s=ROUND_S, variables={"next_id": 0})
                )
                support.say(f"round {round_ + 1}: HTTP {http[-1]:.0f}/s, pgbench {bare[-1]:.0f}/s")
        ratios = [a / b for a, b in zip(http, bare, strict=True)]
        support.report(
            "cycles",
            statistics.median(ratios),
            http_per_s=statistics.median(http),
            pgbench_per_s=statistics.median(bare),
            workers=WORKERS,
            rounds=ROUNDS,
            goal=GOAL,
        )


if __name__ == "__main__":
    main()
