"""News that no event tells: changed qualifications, and once a day the new tasks a worker may take."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction

from manyhands.core import db, sql
from manyhands.core.ids import AccountId, QualificationTypeId, WorkerId
from manyhands.messaging.notices import PAGE, tell
from manyhands.messaging.states import NoticeKind, Side

CHANGED_QUALIFICATIONS = sql.load("manyhands.messaging", "changed_qualifications")
ENDED_REQUESTS = sql.load("manyhands.messaging", "ended_requests")
NEW_TASKS_FOR = sql.load("manyhands.messaging", "new_tasks_for")

_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('manyhands.messaging.news'))"
# A digest of more new groups than this says as much.
GROUPS_MAX = 300


@dataclass(frozen=True, slots=True)
class _Changed:
    worker_id: AccountId
    name: str
    requester: str
    score: int
    outcome: str


def tell_qualifications() -> int:
    """Tell workers of qualifications given, changed or taken; how many. Marks and notices are one transaction."""
    told = 0
    while True:
        with transaction.atomic():
            db.run(_ONE_AT_A_TIME)
            changed = db.many(_Changed, CHANGED_QUALIFICATIONS, page=PAGE)
            if not changed:
                return told
            told += tell(
                NoticeKind.QUALIFICATION,
                [each.worker_id for each in changed],
                [_facts(each) for each in changed],
                side=Side.WORKER,
            )


_AS_IT_IS = """
INSERT INTO qualification_told (qualification_id, score, status)
SELECT id, score, status
  FROM qualification
 WHERE worker_id = %(worker_id)s AND qualification_type_id = %(qualification_type_id)s
    ON CONFLICT (qualification_id) DO UPDATE SET score = excluded.score, status = excluded.status
"""


def keep_quiet(*, worker_id: WorkerId, qualification_type_id: QualificationTypeId) -> None:
    """Do not tell a worker of a change made before in this transaction: it counts as told. One statement."""
    db.run(_AS_IT_IS, worker_id=worker_id, qualification_type_id=qualification_type_id)


def _facts(changed: _Changed) -> dict[str, str | int | None]:
    return {
        "name": changed.name,
        "requester": changed.requester,
        "outcome": changed.outcome,
        "score": None if changed.outcome == "revoked" else changed.score,
    }


@dataclass(frozen=True, slots=True)
class _Ended:
    worker_id: AccountId
    name: str
    requester: str
    outcome: str
    score: int | None
    pass_score: int | None
    words: str


def tell_requests() -> int:
    """Tell workers of requests refused, tests failed and tests not handed in; how many. Each is told once."""
    told = 0
    while True:
        with transaction.atomic():
            db.run(_ONE_AT_A_TIME)
            ended = db.many(_Ended, ENDED_REQUESTS, page=PAGE)
            if not ended:
                return told
            told += tell(
                NoticeKind.QUALIFICATION,
                [each.worker_id for each in ended],
                [
                    {
                        "name": each.name, "requester": each.requester, "outcome": each.outcome,
                        "score": each.score, "pass_score": each.pass_score, "words": each.words,
                    }
                    for each in ended
                ],
                side=Side.WORKER,
            )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _NewTasks:
    worker_id: AccountId
    count: int
    title: str


def tell_new_tasks(*, day: str = "") -> int:
    """Tell every worker how many groups of the last day they can work on; how many were told.

    Once per worker and ``day`` (today, if left out), however often it runs. Workers in pages of a thousand.
    """
    source = f"news:{day or datetime.now(UTC).date().isoformat()}"
    told, after = 0, 0
    while True:
        page = db.many(_NewTasks, NEW_TASKS_FOR, after=after, page=PAGE, groups_max=GROUPS_MAX)
        if not page:
            return told
        after = page[-1].worker_id
        some = [each for each in page if each.count]
        told += tell(
            NoticeKind.NEW_TASKS,
            [each.worker_id for each in some],
            [{"count": each.count, "title": each.title if each.count == 1 else ""} for each in some],
            sources=[source] * len(some),
            side=Side.WORKER,
        )
