"""What the API reads of qualifications: types, who holds them, and requests that wait, page by page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from manyhands.core import db
from manyhands.core.ids import QualificationRequestId, QualificationTypeId, RequesterId, WorkerId
from manyhands.qualifications.forms import answer_xml
from manyhands.qualifications.states import REQUESTABLE, is_requestable
from manyhands.questions.errors import NoAnswers

# Above every number of a row: where a list that begins with the newest starts.
BEYOND_ALL = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Type:
    """A type with its newest test; ``test_duration_s`` None: it has none."""

    id: QualificationTypeId
    requester_id: RequesterId | None
    name: str
    description: str
    keywords: str
    status: str
    route: str
    graded_by_owner: bool
    auto_granted_score: int
    retry_delay_s: int | None
    created_at: datetime
    question_form: str
    answer_key: str
    test_duration_s: int | None

    @property
    def is_requestable(self) -> bool:
        """Whether a worker can ask for it; those that are only given to people are not."""
        return is_requestable(self.route, graded_by_owner=self.graded_by_owner)


_TYPE = """
SELECT kind.id, kind.requester_id, kind.name, kind.description, kind.keywords, kind.status, kind.route,
       kind.graded_by_owner, kind.auto_granted_score, kind.retry_delay_s, kind.created_at,
       coalesce(test.question_form, ''), coalesce(test.answer_key, ''), test.duration_s
  FROM qualification_type AS kind
  LEFT JOIN LATERAL (SELECT * FROM qualification_test AS one WHERE one.qualification_type_id = kind.id
                      ORDER BY one.version DESC LIMIT 1) AS test ON true
"""
_ONE_TYPE = _TYPE + " WHERE kind.id = %(type_id)s"
# Of others only what is offered now is listed; a text is looked for as it stands, in any case of letters.
_TYPES = (
    _TYPE
    + """
 WHERE kind.id < %(before)s
   AND kind.status <> 'disposed'
   AND (kind.requester_id = %(requester_id)s OR (NOT %(own_only)s AND kind.status = 'active'))
   AND (NOT %(requestable_only)s OR kind.route = ANY(%(requestable)s)
        OR (kind.route = 'grant' AND kind.graded_by_owner))
   AND (%(text)s = '' OR position(lower(%(text)s) IN
                                  lower(concat_ws(chr(10), kind.name, kind.description, kind.keywords))) > 0)
 ORDER BY kind.id DESC
 LIMIT %(limit)s
"""
)


def type_of_any(type_id: QualificationTypeId) -> Type | None:
    """A type of anybody, also a deleted one. One statement."""
    return db.one_or_none(Type, _ONE_TYPE, type_id=type_id)


def types(
    *,
    requester_id: RequesterId,
    own_only: bool,
    requestable_only: bool,
    text: str = "",
    before: int = BEYOND_ALL,
    limit: int,
) -> list[Type]:
    """Types that are not deleted, newest first, the platform's own last. One statement."""
    return db.many(
        Type, _TYPES, requester_id=requester_id, own_only=own_only, requestable_only=requestable_only,
        requestable=[route.value for route in REQUESTABLE], text=text, before=before, limit=limit,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Held:
    """A worker's score; a score that has run out counts as revoked."""

    id: int
    worker_id: WorkerId
    score: int
    granted_at: datetime
    is_granted: bool


_HELD = """
SELECT held.id, held.worker_id, held.score, held.granted_at, status.is_granted
  FROM qualification AS held
 CROSS JOIN LATERAL (SELECT held.status = 'granted' AND (held.expires_at IS NULL OR held.expires_at > now())
                         AS is_granted) AS status
 WHERE held.qualification_type_id = %(type_id)s
"""
_ONE_HELD = _HELD + " AND held.worker_id = %(worker_id)s"
_PAGE_HELD = _HELD + (
    " AND status.is_granted = %(is_granted)s AND held.id > %(after)s ORDER BY held.id LIMIT %(limit)s"
)


def held(*, type_id: QualificationTypeId, worker_id: WorkerId) -> Held | None:
    """What this worker was given, also when it was taken away; the caller has seen that the type is its owner's."""
    return db.one_or_none(Held, _ONE_HELD, type_id=type_id, worker_id=worker_id)


def holders(*, type_id: QualificationTypeId, is_granted: bool, after: int = 0, limit: int) -> list[Held]:
    """Who holds the type, or no longer does; the caller has seen that it is the owner's. One statement."""
    return db.many(Held, _PAGE_HELD, type_id=type_id, is_granted=is_granted, after=after, limit=limit)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that waits for its owner, with the test that was taken and the answers as XML."""

    id: QualificationRequestId
    qualification_type_id: QualificationTypeId
    worker_id: WorkerId
    test: str | None
    answer: str | None
    submitted_at: datetime


_WAITING = """
SELECT request.id, request.qualification_type_id, request.worker_id, request.test_id, test.question_form,
       request.answer, coalesce(request.submitted_at, request.requested_at)
  FROM qualification_request AS request
  JOIN qualification_type AS kind ON kind.id = request.qualification_type_id
  LEFT JOIN qualification_test AS test ON test.id = request.test_id
 WHERE kind.requester_id = %(requester_id)s
   AND request.status = 'pending'
   AND (%(type_id)s::bigint IS NULL OR kind.id = %(type_id)s::bigint)
   AND request.id > %(after)s
 ORDER BY request.id
 LIMIT %(limit)s
"""


def waiting_requests(
    *, requester_id: RequesterId, type_id: QualificationTypeId | None = None, after: int = 0, limit: int
) -> list[Waiting]:
    """Requests for the requester's types that wait, the oldest first. One statement, and one a new test."""
    return db.many(_waiting, _WAITING, requester_id=requester_id, type_id=type_id, after=after, limit=limit)


def _waiting(
    request_id: int, type_id: int, worker_id: int, test_id: int | None, test: str | None, answer: Any,
    submitted_at: datetime,
) -> Waiting:  # fmt: skip
    return Waiting(
        QualificationRequestId(request_id), QualificationTypeId(type_id), WorkerId(worker_id), test,
        None if test_id is None else _answer(test_id, answer), submitted_at,
    )  # fmt: skip


def _answer(test_id: int, answer: Any) -> str | None:
    try:
        return answer_xml(test_id, answer or ())
    except NoAnswers:
        return None
