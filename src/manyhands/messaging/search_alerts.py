"""Telling workers of new task groups that fit the searches they keep.

A match is a row, made in the transaction that tells: a group is told once per search, whatever runs twice
or is killed. Publications commit in any order, so each run looks an hour further back than it must.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from manyhands.catalog import queries, search_address
from manyhands.catalog.search import from_criteria
from manyhands.core import db
from manyhands.core.ids import AccountId, WorkerId
from manyhands.messaging import links, notices
from manyhands.messaging.states import NoticeKind

# A large publication is one transaction: its group is dated when that began.
LOOK_BACK_S = 3_600
SEARCHES_MAX = 5_000


@dataclass(frozen=True, slots=True)
class _Alert:
    search_id: int
    worker_id: WorkerId
    name: str
    criteria: dict[str, Any]
    since: datetime


_DUE = """
SELECT saved_search.id, saved_search.worker_id, saved_search.name, saved_search.criteria, saved_search.alerts_since
  FROM saved_search
  JOIN account ON account.id = saved_search.worker_id AND account.status = 'active'
 WHERE saved_search.alerts
   AND EXISTS (SELECT FROM hit_type
                WHERE hit_type.created_at > saved_search.alerts_since
                  AND hit_type.created_at > now() - make_interval(secs => %(look_back_s)s))
 ORDER BY saved_search.worker_id, saved_search.id
 LIMIT %(limit)s
"""

_MATCHED = """
INSERT INTO saved_search_match (saved_search_id, hit_type_id)
SELECT %(search_id)s, hit_type.id
  FROM hit_type
 WHERE hit_type.id = ANY(%(hit_type_ids)s)
   AND hit_type.created_at > %(since)s
   AND hit_type.created_at > now() - make_interval(secs => %(look_back_s)s)
 ORDER BY hit_type.id
    ON CONFLICT DO NOTHING
RETURNING hit_type_id
"""


def tell_new_groups() -> int:
    """Tell of every new group that fits a search with alerts; how many notices. A notice per search and run."""
    due = db.many(_Alert, _DUE, look_back_s=LOOK_BACK_S, limit=SEARCHES_MAX)
    by_worker: dict[WorkerId, list[_Alert]] = {}
    for alert in due:
        by_worker.setdefault(alert.worker_id, []).append(alert)
    return sum(_tell(worker_id, alerts) for worker_id, alerts in by_worker.items())


def _tell(worker_id: WorkerId, alerts: list[_Alert]) -> int:
    searches = [from_criteria(alert.criteria) for alert in alerts]
    told = 0
    found = queries.matches(worker_id=worker_id, searches=searches)
    for alert, search, hit_type_ids in zip(alerts, searches, found, strict=True):
        if not hit_type_ids:
            continue
        with transaction.atomic():
            new = db.many(
                int,
                _MATCHED,
                search_id=alert.search_id,
                hit_type_ids=hit_type_ids,
                since=alert.since,
                look_back_s=LOOK_BACK_S,
            )
            if new:
                path = f"{links.page('tasks')}?{search_address.query(search)}"
                told += notices.tell_one(
                    NoticeKind.NEW_TASKS,
                    AccountId(worker_id),
                    source=f"saved_search:{alert.search_id}:{min(new)}",
                    count=len(new),
                    search=alert.name,
                    path=path,
                )
    return told
