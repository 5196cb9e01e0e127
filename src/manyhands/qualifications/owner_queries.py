"""What the pages of those who own qualifications read: types to ask for, and how many workers meet them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from manyhands.core import db, sql
from manyhands.core.ids import QualificationRequestId, QualificationTypeId, RequesterId, WorkerId
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


def types_to_ask(requester_id: RequesterId | None, *, also: Sequence[int] = ()) -> list[TypeToAsk]:
    """Active types: the requester's own, then the platform's, then the computed ones; and ``also`` these."""
    return db.many(TypeToAsk, _TO_ASK, requester_id=requester_id, also=list(also), limit=TYPES_MAX)


# One request is one attempt at a test; those a person has still to grade, and those under way, count for nothing.
_FIGURES = """
       (SELECT count(*) FROM qualification
         WHERE qualification.qualification_type_id = kind.id AND qualification.status = 'granted'
           AND (qualification.expires_at IS NULL OR qualification.expires_at > now())),
       coalesce(asked.waiting, 0), coalesce(asked.passed, 0), coalesce(asked.failed, 0)
  FROM qualification_type AS kind
  LEFT JOIN LATERAL (
       SELECT count(*) FILTER (WHERE request.status = 'pending') AS waiting,
              count(*) FILTER (WHERE request.status = 'granted' AND request.test_id IS NOT NULL) AS passed,
              count(*) FILTER (WHERE request.status = 'failed') AS failed
         FROM qualification_request AS request
        WHERE request.qualification_type_id = kind.id) AS asked ON true
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """Holders now, requests that wait, and tests passed and failed."""

    holders: int
    waiting: int
    passed: int
    failed: int

    @property
    def tested(self) -> int:
        return self.passed + self.failed

    @property
    def pass_rate(self) -> float | None:
        return self.passed / self.tested if self.tested else None


@dataclass(frozen=True, slots=True)
class TypeRow:
    """A type in its owner's list."""

    id: QualificationTypeId
    name: str
    status: str
    route: str
    figures: Figures


_TYPES = (
    """
SELECT kind.id, kind.name, kind.status, kind.route,"""
    + _FIGURES
    + """
 WHERE kind.requester_id IS NOT DISTINCT FROM %(requester_id)s::bigint AND kind.status <> 'disposed'
 ORDER BY kind.route = 'system', kind.status, lower(kind.name), kind.id
 LIMIT %(limit)s
"""
)


def _type_row(type_id: int, name: str, status: str, route: str, *figures: int) -> TypeRow:
    return TypeRow(QualificationTypeId(type_id), name, status, route, Figures(*figures))


def types_of(requester_id: RequesterId | None) -> list[TypeRow]:
    """An owner's types that are not deleted, with their figures. One statement."""
    return db.many(_type_row, _TYPES, requester_id=requester_id, limit=TYPES_MAX)


@dataclass(frozen=True, slots=True)
class TypePage:
    """A type with its newest test and text. ``needed``: prerequisites as pairs of id and least score."""

    id: QualificationTypeId
    name: str
    description: str
    keywords: str
    status: str
    route: str
    score_kind: str
    auto_granted_score: int
    pass_score: int | None
    retry_delay_s: int | None
    validity_s: int | None
    tasks_needed: int | None
    training: str
    eligibility: dict[str, Any]
    graded_by_owner: bool
    test_version: int | None
    question_form: str
    answer_key: str
    test_duration_s: int | None
    agreement_version: int | None
    agreement: str
    needed: list[tuple[int, int | None]]
    figures: Figures


_TYPE_COLUMNS = """
SELECT kind.id, kind.name, kind.description, kind.keywords, kind.status, kind.route, kind.score_kind,
       kind.auto_granted_score, kind.pass_score, kind.retry_delay_s, kind.validity_s, kind.tasks_needed,
       kind.training, kind.eligibility, kind.graded_by_owner,
       test.version, coalesce(test.question_form, ''), coalesce(test.answer_key, ''), test.duration_s,
       agreement.version, coalesce(agreement.text, ''),
       (SELECT coalesce(jsonb_agg(jsonb_build_array(needed.needed_id, needed.score_min) ORDER BY needed.id), '[]')
          FROM qualification_prerequisite AS needed WHERE needed.qualification_type_id = kind.id),"""
_TYPE = (
    _TYPE_COLUMNS  # noqa: S608 -- constants only
    + _FIGURES
    + """
  LEFT JOIN LATERAL (SELECT * FROM qualification_test AS one WHERE one.qualification_type_id = kind.id
                      ORDER BY one.version DESC LIMIT 1) AS test ON true
  LEFT JOIN LATERAL (SELECT * FROM qualification_agreement AS one WHERE one.qualification_type_id = kind.id
                      ORDER BY one.version DESC LIMIT 1) AS agreement ON true
 WHERE kind.id = %(type_id)s
   AND kind.requester_id IS NOT DISTINCT FROM %(requester_id)s::bigint
   AND kind.status <> 'disposed'
"""
)


def type_of(*, requester_id: RequesterId | None, type_id: QualificationTypeId) -> TypePage | None:
    """One type of this owner; None when absent, foreign or deleted. One statement."""
    return db.one_or_none(_type_page, _TYPE, requester_id=requester_id, type_id=type_id)


def _type_page(*row: Any) -> TypePage:
    *rest, needed, holders, waiting, passed, failed = row
    pairs = [tuple(pair) for pair in needed]
    return TypePage(*(*rest, pairs, Figures(holders, waiting, passed, failed)))


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an agreement's text, and how many accepted it."""

    version: int
    text: str
    created_at: datetime
    accepted_count: int


_VERSIONS = """
SELECT agreement.version, agreement.text, agreement.created_at,
       (SELECT count(*) FROM qualification_agreement_acceptance AS accepted WHERE accepted.agreement_id = agreement.id)
  FROM qualification_agreement AS agreement
 WHERE agreement.qualification_type_id = %(type_id)s
 ORDER BY agreement.version DESC
 LIMIT 50
"""


def agreement_versions(type_id: QualificationTypeId) -> list[Version]:
    """The texts of an agreement, newest first; the caller has seen that the type is the owner's."""
    return db.many(Version, _VERSIONS, type_id=type_id)


@dataclass(frozen=True, slots=True)
class Holder:
    """One worker's score now."""

    worker_id: WorkerId
    score: int
    granted_at: datetime
    expires_at: datetime | None


_HOLDERS = """
SELECT qualification.worker_id, qualification.score, qualification.granted_at, qualification.expires_at
  FROM qualification
 WHERE qualification.qualification_type_id = %(type_id)s
   AND qualification.status = 'granted'
   AND (qualification.expires_at IS NULL OR qualification.expires_at > now())
   AND qualification.worker_id > %(after)s
   AND (%(worker_id)s::bigint IS NULL OR qualification.worker_id = %(worker_id)s)
 ORDER BY qualification.worker_id
 LIMIT %(limit)s
"""


def holders(
    type_id: QualificationTypeId, *, after: int = 0, worker_id: WorkerId | None = None, limit: int = 50
) -> list[Holder]:
    """Who holds the type, in the order of their ids; the caller has seen that it is the owner's."""
    return db.many(Holder, _HOLDERS, type_id=type_id, after=after, worker_id=worker_id, limit=limit)


_WEEKS = """
SELECT date_trunc('week', coalesce(request.decided_at, request.submitted_at))::date AS week,
       count(*) FILTER (WHERE request.status = 'granted'), count(*)
  FROM qualification_request AS request
 WHERE request.qualification_type_id = %(type_id)s
   AND request.status IN ('granted', 'failed')
   AND request.test_id IS NOT NULL
   AND coalesce(request.decided_at, request.submitted_at) > now() - interval '26 weeks'
 GROUP BY week
 ORDER BY week
"""
_SCORES = """
SELECT least(9, greatest(0, qualification.score / 10)), count(*)
  FROM qualification
 WHERE qualification.qualification_type_id = %(type_id)s
   AND qualification.status = 'granted'
   AND (qualification.expires_at IS NULL OR qualification.expires_at > now())
 GROUP BY 1
"""


def pass_rates(type_id: QualificationTypeId) -> list[tuple[date, int, int]]:
    """Week, tests passed and tests decided, of half a year. One statement."""
    return db.many(lambda week, passed, tested: (week, passed, tested), _WEEKS, type_id=type_id)


def score_counts(type_id: QualificationTypeId) -> list[int]:
    """How many hold a score of 0 to 9, 10 to 19 and so on to 90 to 100. One statement."""
    counts = dict(db.many(lambda place, number: (place, number), _SCORES, type_id=type_id))
    return [counts.get(place, 0) for place in range(10)]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that its owner has to decide. ``answer``: pairs of field and value, for one with a test."""

    id: QualificationRequestId
    worker_id: WorkerId
    test_id: int | None
    answer: list[list[str]] | None
    score: int | None
    asked_at: datetime


_WAITING = """
SELECT request.id, request.worker_id, request.test_id, request.answer, request.score,
       coalesce(request.submitted_at, request.requested_at)
  FROM qualification_request AS request
 WHERE request.qualification_type_id = %(type_id)s
   AND request.status = 'pending'
   AND request.id > %(after)s
 ORDER BY request.id
 LIMIT %(limit)s
"""


def waiting(type_id: QualificationTypeId, *, after: int = 0, limit: int = 25) -> list[Waiting]:
    """Requests that wait, the oldest first; the caller has seen that the type is the owner's."""
    return db.many(Waiting, _WAITING, type_id=type_id, after=after, limit=limit)
