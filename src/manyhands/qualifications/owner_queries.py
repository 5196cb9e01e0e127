"""What the pages of those who own qualifications read: types to ask for, and how many workers meet them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from manyhands.core import db, sql
from manyhands.core.ids import QualificationTypeId, RequesterId
from manyhands.qualifications.requirements import Requirement

FORECAST = sql.load("manyhands.qualifications", "forecast")
TYPES_MAX = 500


@dataclass(frozen=True, slots=True)
class Forecast:
    """Active workers who meet every requirement at this moment, of all who are active."""

    meeting: int
    active: int


def forecast(asked: Sequence[Requirement]) -> Forecast:
    """How many workers these requirements leave. One statement."""
    return db.one(Forecast, FORECAST, asked=json.dumps([each.as_json() for each in asked]))


@dataclass(frozen=True, slots=True)
class TypeToAsk:
    """A type that work may ask for."""

    id: QualificationTypeId
    name: str
    is_own: bool
    is_place: bool


_TO_ASK = """
SELECT id, name, requester_id IS NOT NULL, score_kind = 'locale'
  FROM qualification_type
 WHERE status = 'active'
   AND (requester_id = %(requester_id)s OR requester_id IS NULL OR id = ANY(%(also)s))
 ORDER BY requester_id IS NULL, id < 0, lower(name), id
 LIMIT %(limit)s
"""


def types_to_ask(requester_id: RequesterId, *, also: Sequence[int] = ()) -> list[TypeToAsk]:
    """Active types: the requester's own, then the platform's, then the computed ones; and ``also`` these."""
    return db.many(TypeToAsk, _TO_ASK, requester_id=requester_id, also=list(also), limit=TYPES_MAX)
