"""How a worker stands to qualification types: one look, by which lists are made and operations decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from manyhands.core import db, sql
from manyhands.core.errors import Refusal
from manyhands.core.ids import QualificationTypeId, WorkerId
from manyhands.qualifications import errors
from manyhands.qualifications.eligibility import Eligibility
from manyhands.qualifications.states import RequestStatus, Route, TypeStatus

WAYS = sql.load("manyhands.qualifications", "ways")

_NOT_ASKED_FOR: Mapping[str, type[errors.CannotBeRequested]] = {
    Route.GRANT: errors.CannotBeRequested,
    Route.SYSTEM: errors.GrantedAutomatically,
    Route.TASKS: errors.EarnedByTasks,
    Route.PROFILE: errors.FromProfileAnswers,
}


class Step(NamedTuple):
    """A qualification that must be held first; ``score_min`` None: any score does."""

    qualification_type_id: int
    name: str
    score_min: int | None
    score: int | None
    is_there: bool

    @property
    def is_done(self) -> bool:
        return self.score is not None and (self.score_min is None or self.score >= self.score_min)


@dataclass(frozen=True, slots=True)
class Way:
    """The row of ``ways.sql``.

    ``score``: the one held. ``request_*``: the attempt or wish that is open. ``tried_at``: the end of the
    last attempt that came to nothing, or to a qualification that was taken away since.
    """

    qualification_type_id: QualificationTypeId
    name: str
    description: str
    route: str
    status: str
    requester_id: int | None
    requester_name: str
    auto_granted_score: int
    pass_score: int | None
    retry_delay_s: int | None
    validity_s: int | None
    tasks_needed: int | None
    graded_by_owner: bool
    score_kind: str
    eligibility: Mapping[str, Any]
    is_account_active: bool
    now: datetime
    score: int | None
    request_id: int | None
    request_status: str | None
    deadline_at: datetime | None
    tried_at: datetime | None
    unmet: Sequence[str]
    prerequisites: Sequence[Sequence[Any]]
    needed_names: Mapping[str, str]
    test_id: int | None
    test_duration_s: int | None
    agreement_id: int | None

    @property
    def steps(self) -> list[Step]:
        """What must be held first, in the order it was named."""
        return [Step(*each) for each in self.prerequisites]

    @property
    def is_taking(self) -> bool:
        """Whether a test is under way and its time is not over."""
        return self.request_status == RequestStatus.TAKING

    @property
    def is_pending(self) -> bool:
        return self.request_status == RequestStatus.PENDING

    @property
    def is_decided_by_owner(self) -> bool:
        """Whether asking leaves a request that waits for the owner, without a test."""
        return self.route == Route.GRANT and self.graded_by_owner

    @property
    def repeat_at(self) -> datetime | None:
        """From when it may be repeated; None when it was not tried, or cannot be repeated."""
        if self.tried_at is None or self.retry_delay_s is None:
            return None
        return self.tried_at + timedelta(seconds=self.retry_delay_s)

    @property
    def conditions(self) -> list[str]:
        """The conditions on the worker that are not met, in words."""
        names = {int(number): name for number, name in self.needed_names.items()}
        return Eligibility.from_json(self.eligibility).sentences(self.unmet, names)

    def why_not(self) -> Refusal | None:
        """What keeps this worker from asking for it now; None when nothing does."""
        if not self.is_account_active:
            return errors.AccountNotActive()
        if self.route in _NOT_ASKED_FOR and not self.is_decided_by_owner:
            return _NOT_ASKED_FOR[self.route]()
        if self.status != TypeStatus.ACTIVE:
            return errors.QualificationNotOffered()
        if self.score is not None:
            return errors.AlreadyHeld()
        if self.is_pending:
            return errors.AlreadyPending()
        return self._waiting() or self._lacking()

    def _waiting(self) -> Refusal | None:
        if self.tried_at is None:
            return None
        if self.repeat_at is None:
            return errors.OnceOnly()
        return errors.MayBeRepeatedFrom(self.repeat_at) if self.now < self.repeat_at else None

    def _lacking(self) -> Refusal | None:
        if self.unmet:
            return errors.NotEligible(conditions=" ".join(self.conditions))
        for step in self.steps:
            if not step.is_done:
                if step.score_min is None:
                    return errors.PrerequisiteMissing(name=step.name)
                return errors.PrerequisiteTooLow(name=step.name, score=step.score_min)
        return None


def way(*, worker_id: WorkerId, qualification_type_id: QualificationTypeId) -> Way | None:
    """How the worker stands to one type; None when there is no such type. One statement."""
    return db.one_or_none(Way, WAYS, worker_id=worker_id, type_id=qualification_type_id)


def ways(*, worker_id: WorkerId) -> list[Way]:
    """How the worker stands to every active type that workers can come by. One statement."""
    return db.many(Way, WAYS, worker_id=worker_id, type_id=None)
