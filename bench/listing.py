"""A worker's task list over HTTP, among 10,000 groups and 1,000,000 open tasks.

Against one read by primary key over HTTP through the same server: ``/health``, which reads one row. One
worker with qualifications, a history, skipped tasks and blocks asks on one connection, the two pages in turn.
"""

import http.client
import os
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from bench import support

GROUPS = 10_000
HITS_PER_GROUP = 100
REQUESTERS = 100
QUALIFICATIONS = 20
DONE = 500
ROUNDS = 300
WARM_UP = 20

MARKET = """
WITH made AS (
    INSERT INTO account (email, name, password, status, is_requester, language, time_zone)
    SELECT 'lab-' || n || '@bench.test', 'Lab ' || n, '!', 'active', true, 'en', 'UTC'
      FROM generate_series(1, %(requesters)s) AS n RETURNING id)
INSERT INTO requester (account_id, display_name) SELECT id, 'Lab ' || id FROM made;

INSERT INTO project (requester_id, name, title, description, keywords, sub_category_id, reward_minor,
                     assignment_duration_s, auto_approval_delay_s, lifetime_s, max_assignments)
SELECT account_id, 'Bench', 'Bench', 'A bench', '', (SELECT min(id) FROM sub_category), 5, 3600, 86400, 86400, 1
  FROM requester;
INSERT INTO layout (project_id, version, html) SELECT id, 1, %(html)s FROM project;

INSERT INTO hit_type (requester_id, sub_category_id, layout_id, title, description, keywords, reward_minor,
                      assignment_duration_s, auto_approval_delay_s, has_several_places, digest)
SELECT (SELECT min(account_id) FROM requester) + n %% %(requesters)s, sub.id, (SELECT min(id) FROM layout),
       'Label the sentiment of sentences, set ' || n,
       'Read a sentence and say whether its writer is pleased, displeased or neither. Set ' || n || '.',
       'text, sentiment, label, english', 1 + n %% 40, 3600, 86400, n %% 5 = 0, md5(n::text) || md5(n::text)
  FROM generate_series(1, %(groups)s) AS n
  JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS many FROM sub_category) AS sub
    ON sub.place = n %% sub.many;

INSERT INTO batch (requester_id, project_id, hit_type_id, layout_id, name, status, columns, row_count,
                   sample_rows, max_assignments, reward_minor, fee_minor, lifetime_s, expires_at)
SELECT requester_id, (SELECT min(id) FROM project), id, layout_id, 'bench', 'published', '["text"]', %(hits)s,
       '[]', 1, reward_minor, 1, 2592000, now() + interval '30 days' FROM hit_type;

INSERT INTO hit (hit_type_id, batch_id, input, max_assignments, available, fee_minor, expires_at)
SELECT batch.hit_type_id, batch.id, '{"text": "A sentence of usual length, as people write them."}',
       places, places, 1, batch.expires_at
  FROM batch JOIN (SELECT id, CASE WHEN has_several_places THEN 10 ELSE 1 END AS places FROM hit_type) AS kind
    ON kind.id = batch.hit_type_id, generate_series(1, %(hits)s);

INSERT INTO hit_type_open (hit_type_id, expires_minute, change, folded_at)
SELECT hit_type_id, date_trunc('minute', expires_at), %(hits)s, now() FROM batch;
-- As between two foldings: others have taken tasks and given them back.
INSERT INTO hit_type_open (hit_type_id, expires_minute, change)
SELECT hit_type_id, date_trunc('minute', expires_at), sign
  FROM (SELECT * FROM batch ORDER BY id LIMIT 1000) AS batch, (VALUES (-1), (1)) AS pair(sign);

INSERT INTO qualification_type (name, description)
SELECT 'Qualification ' || n, '' FROM generate_series(1, %(qualifications)s) AS n;
INSERT INTO qualification_requirement (hit_type_id, qualification_type_id, comparator, scores, actions_guarded)
SELECT hit_type.id, kind.id, 'GreaterThanOrEqualTo', '[50]',
       CASE hit_type.id %% 3 WHEN 0 THEN 'DiscoverPreviewAndAccept' ELSE 'Accept' END
  FROM hit_type JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM qualification_type) AS kind
    ON kind.place IN (1 + hit_type.id %% %(qualifications)s, 1 + hit_type.id / 7 %% %(qualifications)s)
 WHERE hit_type.id %% 10 < 3;
"""

PERSON = """
INSERT INTO qualification (worker_id, qualification_type_id, score, status)
SELECT %(worker)s, id, 40 + id %% 3 * 20, 'granted' FROM qualification_type WHERE id %% 2 = 0;
INSERT INTO hit_skip (worker_id, hit_id, hit_type_id, until)
SELECT %(worker)s, id, hit_type_id, now() + interval '1 hour' FROM hit ORDER BY id DESC LIMIT 50;
INSERT INTO worker_block (requester_id, worker_id, reason)
SELECT account_id, %(worker)s, 'bench' FROM requester ORDER BY account_id LIMIT 3;
INSERT INTO assignment (hit_id, worker_id, hit_type_id, batch_id, requester_id, status, reward_minor, fee_minor,
                        deadline_at, answer, submitted_at, auto_approve_at)
SELECT hit.id, %(worker)s, hit.hit_type_id, hit.batch_id, hit_type.requester_id, 'submitted', 5, 1,
       now() + interval '1 hour', '[["label", "yes"]]', now(), now() + interval '1 day'
  FROM hit JOIN hit_type ON hit_type.id = hit.hit_type_id
 WHERE hit_type.has_several_places ORDER BY hit.id LIMIT %(done)s;
UPDATE hit SET available = available - 1, submitted = submitted + 1
 WHERE id IN (SELECT hit_id FROM assignment WHERE worker_id = %(worker)s);
"""


def make_market(db: "psycopg.Connection[Any]") -> int:
    """10,000 groups with 100 open tasks each, and the worker who asks; returns the worker's id."""
    worker_id = support.people(db, 1)[0]
    with psycopg.ClientCursor(db) as cursor:
        cursor.execute(
            MARKET,
            {
                "requesters": REQUESTERS, "groups": GROUPS, "hits": HITS_PER_GROUP, "html": support.HTML,
                "qualifications": QUALIFICATIONS,
            },
        )  # fmt: skip
        cursor.execute(PERSON, {"worker": worker_id, "done": DONE})
    support.settle(db)
    return worker_id


def log_in(worker_id: int) -> str:
    """A session as the log-in makes it: the cookie to send."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from manyhands.accounts.models import Account

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(worker_id)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = Account.objects.get(pk=worker_id).get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


@contextmanager
def site(port: int) -> Iterator[None]:
    """The site as the product starts it, in one process."""
    from manyhands.server import programs
    from manyhands.server.readiness import answers

    program = programs.site(host="127.0.0.1", port=port, workers=1)
    process = subprocess.Popen(
        program.command, env=os.environ | dict(program.environment), start_new_session=True
    )
    try:
        deadline = time.monotonic() + 60
        while not answers("127.0.0.1", port):
            if time.monotonic() > deadline or process.poll() is not None:
                raise SystemExit("The site did not start.")
            time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait(20)


class Browser:
    """One connection that asks for pages, and how long each took."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path: str, cookie: str = "") -> tuple[float, bytes]:
        start = time.perf_counter()
        self._connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        response = self._connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise SystemExit(f"{path}: {response.status}\n{body[-2000:].decode(errors='replace')}")
        return time.perf_counter() - start, body


def main() -> None:
    with support.installation() as home:
        support.say(f"Making {GROUPS:,} groups and {GROUPS * HITS_PER_GROUP:,} open tasks ...")
        with support.connect(home) as db:
            worker_id = make_market(db)
        report(worker_id, support.free_port())


def report(worker_id: int, port: int) -> None:
    cookie = log_in(worker_id)
    pages = {
        "list": ("/tasks", cookie),
        "search": ("/tasks?q=set+77", cookie),
        "by_tasks": ("/tasks?sort=tasks&page=7", cookie),
        "health": ("/health", ""),
        "health_logged_in": ("/health", cookie),
    }
    taken: dict[str, list[float]] = {name: [] for name in pages}
    with site(port):
        browser = Browser(port)
        size = 0
        for round_ in range(WARM_UP + ROUNDS):
            for name, (path, sent) in pages.items():
                took, body = browser.get(path, sent)
                if round_ >= WARM_UP:
                    taken[name].append(took)
                if name == "list":
                    size = len(body)
    middle = {name: statistics.median(times) for name, times in taken.items()}
    support.report(
        "listing", middle["list"] / middle["health"], goal=10, groups=GROUPS, open_tasks=GROUPS * HITS_PER_GROUP,
        page_bytes=size, ratio_to_a_logged_in_read=middle["list"] / middle["health_logged_in"],
        **{f"{name}_ms": took * 1000 for name, took in middle.items()},
    )  # fmt: skip


if __name__ == "__main__":
    main()
