"""What the worker's pages read of qualifications. One statement each, with a limit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from manyhands.core import db
from manyhands.core.ids import QualificationRequestId, QualificationTypeId, WorkerId
from manyhands.qualifications.profile_questions import ASKED_AGAIN_DAYS, CONSENT_VERSION
from manyhands.qualifications.states import RequestStatus

HELD_MAX = 500
HISTORY_PAGE = 50
OUTCOMES_MAX = 50


@dataclass(frozen=True, slots=True)
class Held:
    """A qualification a worker holds now. ``shows_share``: its score is of 100."""

    qualification_type_id: QualificationTypeId
    name: str
    requester_name: str
    route: str
    score: int
    shows_share: bool
    granted_at: datetime
    expires_at: datetime | None

    @property
    def is_premium(self) -> bool:
        return self.route == "profile"


_HELD = """
SELECT kind.id, kind.name, coalesce(requester.display_name, ''), kind.route, qualification.score,
       kind.score_kind = 'percent', qualification.granted_at, qualification.expires_at
  FROM qualification
  JOIN qualification_type AS kind ON kind.id = qualification.qualification_type_id
  LEFT JOIN requester ON requester.account_id = kind.requester_id
 WHERE qualification.worker_id = %(worker_id)s
   AND qualification.status = 'granted'
   AND (qualification.expires_at IS NULL OR qualification.expires_at > now())
 ORDER BY kind.name, kind.id
 LIMIT %(limit)s
"""


def held(*, worker_id: WorkerId) -> list[Held]:
    """What the worker holds, by name."""
    return db.many(Held, _HELD, worker_id=worker_id, limit=HELD_MAX)


@dataclass(frozen=True, slots=True)
class Changed:
    """One change of a score, with why and from what."""

    event_id: int
    qualification_type_id: QualificationTypeId
    name: str
    score_before: int | None
    score_after: int | None
    reason: str
    inputs: Mapping[str, Any]
    words: str
    at: datetime


_HISTORY = """
SELECT event.id, kind.id, kind.name, event.score_before, event.score_after, event.reason, event.inputs,
       event.words, event.at
  FROM qualification_event AS event
  JOIN qualification_type AS kind ON kind.id = event.qualification_type_id
 WHERE event.worker_id = %(worker_id)s
   AND event.id < %(before)s
   AND (%(type_id)s::bigint IS NULL OR kind.id = %(type_id)s)
 ORDER BY event.id DESC
 LIMIT %(limit)s
"""


def history(
    *, worker_id: WorkerId, before: int, qualification_type_id: QualificationTypeId | None = None
) -> list[Changed]:
    """Every change of the worker's scores, the newest first; of one type when it is given."""
    return db.many(
        Changed, _HISTORY, worker_id=worker_id, before=before, type_id=qualification_type_id,
        limit=HISTORY_PAGE,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ended:
    """A request that was decided or ran out."""

    qualification_type_id: QualificationTypeId
    name: str
    status: str
    requested_at: datetime
    decided_at: datetime | None
    score: int | None
    pass_score: int | None
    words: str


_ENDED = """
SELECT kind.id, kind.name, request.status, request.requested_at, request.decided_at, request.score,
       kind.pass_score, request.words
  FROM qualification_request AS request
  JOIN qualification_type AS kind ON kind.id = request.qualification_type_id
 WHERE request.worker_id = %(worker_id)s
   AND request.status IN ('granted', 'refused', 'failed', 'lapsed')
 ORDER BY request.id DESC
 LIMIT %(limit)s
"""


def ended(*, worker_id: WorkerId) -> list[Ended]:
    """How the worker's latest requests ended."""
    return db.many(Ended, _ENDED, worker_id=worker_id, limit=OUTCOMES_MAX)


@dataclass(frozen=True, slots=True)
class About:
    """The texts of a type: what is read before it is asked for."""

    training: str
    agreement: str


_ABOUT = """
SELECT kind.training,
       coalesce((SELECT text FROM qualification_agreement AS agreement
                  WHERE agreement.qualification_type_id = kind.id ORDER BY version DESC LIMIT 1), '')
  FROM qualification_type AS kind
 WHERE kind.id = %(type_id)s
"""


def about(*, qualification_type_id: QualificationTypeId) -> About:
    """The training and the newest agreement of a type that is there."""
    return db.one(About, _ABOUT, type_id=qualification_type_id)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A test under way or over, for its worker. ``answer``: what was typed, while it is taken."""

    request_id: QualificationRequestId
    qualification_type_id: QualificationTypeId
    name: str
    requester_name: str
    status: str
    test_id: int
    begun_at: datetime
    deadline_at: datetime
    submitted_at: datetime | None
    now: datetime
    answer: Sequence[Sequence[str]] | None
    score: int | None
    pass_score: int | None
    words: str

    @property
    def is_open(self) -> bool:
        return self.status == RequestStatus.TAKING and self.deadline_at > self.now

    @property
    def outcome(self) -> str:
        """The status; an attempt whose time is over has lapsed, whether or not a sweep has met it."""
        over = self.status == RequestStatus.TAKING and not self.is_open
        return RequestStatus.LAPSED.value if over else self.status

    @property
    def left_s(self) -> int:
        return max(0, int((self.deadline_at - self.now).total_seconds()))


_ATTEMPT = """
SELECT request.id, kind.id, kind.name, coalesce(requester.display_name, ''), request.status, request.test_id,
       request.requested_at, request.deadline_at, request.submitted_at, now(),
       CASE WHEN request.status = 'taking' THEN request.answer END, request.score, kind.pass_score,
       request.words
  FROM qualification_request AS request
  JOIN qualification_type AS kind ON kind.id = request.qualification_type_id
  LEFT JOIN requester ON requester.account_id = kind.requester_id
 WHERE request.id = %(request_id)s
   AND request.worker_id = %(worker_id)s
   AND request.test_id IS NOT NULL
"""


def attempt(*, worker_id: WorkerId, request_id: QualificationRequestId) -> Attempt | None:
    """The worker's own attempt at a test; None when it is not theirs."""
    return db.one_or_none(Attempt, _ATTEMPT, worker_id=worker_id, request_id=request_id)


# Profile answers --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """What a worker told about themself: question to options, and which questions are due again."""

    country: str
    consents: bool
    answers: Mapping[str, Sequence[str]]
    due: frozenset[str]


_TOLD = """
SELECT coalesce((SELECT country FROM account_profile WHERE account_id = %(worker_id)s), ''),
       EXISTS (SELECT FROM profile_consent
                WHERE worker_id = %(worker_id)s AND revoked_at IS NULL AND version = %(version)s),
       (SELECT coalesce(jsonb_agg(jsonb_build_array(question, option, extract(epoch FROM now() - answered_at))),
                        '[]')
          FROM profile_answer
         WHERE worker_id = %(worker_id)s)
"""


def told(*, worker_id: WorkerId) -> Told:
    """The worker's own profile answers; an answer of a year ago is due again."""
    return db.one(_told, _TOLD, worker_id=worker_id, version=CONSENT_VERSION)


def _told(country: str, consents: bool, rows: Sequence[tuple[str, str, float]]) -> Told:
    answers: dict[str, list[str]] = {}
    again_s = timedelta(days=ASKED_AGAIN_DAYS).total_seconds()
    for question, option, _ in rows:
        answers.setdefault(question, []).append(option)
    due = frozenset(question for question, _, age_s in rows if float(age_s) >= again_s)
    return Told(country, consents, answers, due)
