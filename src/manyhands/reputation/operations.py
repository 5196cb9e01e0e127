"""State changes of reputation: a rating given, ratings opened."""

from dataclasses import astuple, dataclass

from django.db import transaction
from django.utils.translation import gettext
from psycopg.errors import UniqueViolation

from manyhands.core import db, sql
from manyhands.core.errors import InvalidInput, NotFound
from manyhands.core.ids import AssignmentId, RequesterId, WorkerId
from manyhands.reputation.errors import AlreadyRated, NotDoneYet, RatingTimeOver
from manyhands.reputation.states import Side

RATE = sql.load("manyhands.reputation", "rate")
OPEN_DUE = sql.load("manyhands.reputation", "open_due")
REQUESTER_FACTS = sql.load("manyhands.reputation", "requester_facts")
WORKER_RATING = sql.load("manyhands.reputation", "worker_rating")

STARS_MIN, STARS_MAX = 1, 5
WORDS_MAX = 1_000
# Both sides may rate so long after the task was submitted; then what was said is opened.
RATE_WITHIN_DAYS = 14
PAGE = 1_000


@dataclass(frozen=True, slots=True)
class RequesterStars:
    """What a worker says of a requester, each from 1 to 5."""

    pay: int
    fairness: int
    communication: int
    speed: int


def rate_requester(
    *, worker_id: WorkerId, assignment_id: AssignmentId, stars: RequesterStars, words: str = ""
) -> None:
    """Rate the requester of a task one has done; sealed until both sides have rated or the time is over.

    (nothing) -> sealed | opened. One insert; the figures follow when it opens.
    Raises NotFound (not one's own), NotDoneYet, AlreadyRated, RatingTimeOver, InvalidInput.
    """
    _check({name: getattr(stars, name) for name in RequesterStars.__slots__}, words)
    pay, fairness, communication, speed = astuple(stars)
    _rate(
        side=Side.WORKER, worker_id=worker_id, requester_id=None, assignment_id=assignment_id, pay=pay,
        fairness=fairness, communication=communication, speed=speed, work=None, words=words,
    )  # fmt: skip


def rate_work(*, requester_id: RequesterId, assignment_id: AssignmentId, stars: int, words: str = "") -> None:
    """Rate the work of a task handed in; sealed until both sides have rated or the time is over.

    (nothing) -> sealed | opened. Raises NotFound (another's), NotDoneYet, AlreadyRated, RatingTimeOver, InvalidInput.
    """
    _check({"work": stars}, words)
    _rate(
        side=Side.REQUESTER, worker_id=None, requester_id=requester_id, assignment_id=assignment_id, pay=None,
        fairness=None, communication=None, speed=None, work=stars, words=words,
    )  # fmt: skip


def _check(stars: dict[str, int], words: str) -> None:
    found = {
        name: gettext("From %(least)s to %(most)s.") % {"least": STARS_MIN, "most": STARS_MAX}
        for name, value in stars.items()
        if not STARS_MIN <= value <= STARS_MAX
    }
    if len(words) > WORDS_MAX:
        found["words"] = gettext("At most %(count)s characters.") % {"count": WORDS_MAX}
    if found:
        raise InvalidInput(found)


@dataclass(frozen=True, slots=True)
class _Rated:
    is_done: bool
    in_time: bool
    rating_id: int | None


def _rate(*, side: Side, words: str, **given: int | None) -> None:
    clean = words.replace("\0", "").replace("\r\n", "\n").strip()
    try:
        with transaction.atomic():
            rated = db.one_or_none(
                _Rated, RATE, side=side.value, words=clean, within_days=RATE_WITHIN_DAYS, **given
            )
    except UniqueViolation:
        raise AlreadyRated from None
    if rated is None:
        raise NotFound
    if not rated.is_done:
        raise NotDoneYet
    if not rated.in_time:
        raise RatingTimeOver(days=RATE_WITHIN_DAYS)
    open_due(assignment_id=given["assignment_id"])


def open_due(*, assignment_id: int | None = None) -> int:
    """Open ratings whose other side has spoken, or whose time is over; how many. Of one assignment, or all.

    sealed -> opened. Pages of a thousand with SKIP LOCKED; the figures of those concerned are counted anew in
    the same transaction. May run at any time, several at once.
    """
    opened = 0
    while True:
        with transaction.atomic():
            rows = db.many(_Parties, OPEN_DUE, limit=PAGE, assignment_id=assignment_id)
            requesters = sorted({row.requester_id for row in rows if row.side == Side.WORKER})
            workers = sorted({row.worker_id for row in rows if row.side == Side.REQUESTER})
            if requesters:
                db.run(REQUESTER_FACTS, requester_ids=requesters)
            if workers:
                db.run(WORKER_RATING, worker_ids=workers)
        opened += len(rows)
        if len(rows) < PAGE:
            return opened


@dataclass(frozen=True, slots=True)
class _Parties:
    side: str
    worker_id: int
    requester_id: int
