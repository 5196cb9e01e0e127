"""Masters: given and taken each night by a published formula, from the work itself (product.md, decision 13).

The formula has a version; its weights and thresholds stand here and nowhere else, pages read them from here.
It is the same for everybody, nobody asks for it, and whoever lost it gains it again by the same figures.
"""

import json
from dataclasses import asdict, dataclass
from typing import Final

from django.db import transaction

from manyhands.core import db, sql
from manyhands.core.ids import QualificationTypeId, WorkerId
from manyhands.qualifications import scores, system_types
from manyhands.qualifications.errors import QualificationNotHeld
from manyhands.qualifications.states import ChangeReason
from manyhands.reputation.models import MastersRun

MERITS = sql.load("manyhands.reputation", "merits")
MERIT_OF = sql.load("manyhands.reputation", "merit_of")


@dataclass(frozen=True, slots=True)
class Formula:
    """Weights sum to 1; each part goes from 0 to 1 and is full at the figure named ``..._full``.

    ``approval_floor``: the share approved (its cautious estimate) that counts as nothing. ``gain_at`` and
    ``keep_at``: the score from 0 to 100 that gives Masters, and below which it is taken.
    """

    version: str
    approval_weight: float
    tenure_weight: float
    requesters_weight: float
    kinds_weight: float
    approval_floor: float
    tenure_days_full: int
    requesters_full: int
    kinds_full: int
    decided_min: int
    gain_at: int
    keep_at: int


FORMULA: Final = Formula(
    version="2026-1", approval_weight=0.55, tenure_weight=0.15, requesters_weight=0.15, kinds_weight=0.15,
    approval_floor=0.90, tenure_days_full=90, requesters_full=8, kinds_full=4, decided_min=200, gain_at=75,
    keep_at=65,
)  # fmt: skip

PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Merit:
    """One worker's figures and what the formula makes of them.

    ``approval_low``: the lower end of the 95 % interval of the share approved (Wilson 1927), so that few
    decisions promise little. The parts are from 0 to 1, ``score`` from 0 to 100.
    """

    worker_id: WorkerId
    approved: int
    rejected: int
    days: int
    requesters: int
    kinds: int
    may_hold: bool
    holds: bool
    approval_low: float
    approval: float
    tenure: float
    variety: float
    breadth: float
    score: int

    @property
    def decided(self) -> int:
        return self.approved + self.rejected

    @property
    def earns_it(self) -> bool:
        """Whether the worker holds Masters by these figures: gaining it takes more than keeping it."""
        threshold = FORMULA.keep_at if self.holds else FORMULA.gain_at
        return self.may_hold and self.decided >= FORMULA.decided_min and self.score >= threshold


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did: how many were judged, who gained Masters and who lost it."""

    judged: int
    gained: list[WorkerId]
    lost: list[WorkerId]


def recompute() -> Outcome:
    """Judge every worker with decided work, give and take Masters, and keep a report of the differences.

    Each change is a transaction of its own with its figures written down; the run's report comes last. A run
    that was killed is simply run again: what it had changed stays as the formula has it.
    """
    judged, after = 0, 0
    held = 0
    gained: list[WorkerId] = []
    lost: list[WorkerId] = []
    changes = []
    while page := db.many(Merit, MERITS, after=after, limit=PAGE, **asdict(FORMULA)):
        after = page[-1].worker_id
        judged += len(page)
        for merit in page:
            held += merit.earns_it
            if merit.earns_it == merit.holds:
                continue
            (gained if merit.earns_it else lost).append(merit.worker_id)
            changes.append({"worker": merit.worker_id, "gained": merit.earns_it, **inputs(merit)})
            _change(merit)
        _keep(page)
    MastersRun.objects.create(formula=FORMULA.version, judged_count=judged, held_count=held, changes=changes)
    return Outcome(judged, gained, lost)


def inputs(merit: Merit) -> dict[str, object]:
    """The figures a change of Masters went by, as its worker reads them."""
    return {
        "formula": FORMULA.version, "score": merit.score, "approved": merit.approved,
        "rejected": merit.rejected, "days": merit.days, "requesters": merit.requesters, "kinds": merit.kinds,
    }  # fmt: skip


def merit_of(worker_id: WorkerId) -> Merit | None:
    """One worker's figures as of now; None without any decided work."""
    return db.one_or_none(Merit, MERIT_OF, worker_id=worker_id, **asdict(FORMULA))


def _change(merit: Merit) -> None:
    why = scores.Change(ChangeReason.COMPUTED, inputs(merit))
    masters = QualificationTypeId(system_types.MASTERS)
    if merit.earns_it:
        scores.set_score(worker_id=merit.worker_id, qualification_type_id=masters, score=1, why=why)
        return
    try:
        scores.take_away(worker_id=merit.worker_id, qualification_type_id=masters, why=why)
    except QualificationNotHeld:  # taken by another run a moment ago
        return


_KEEP = """
INSERT INTO worker_merit (worker_id, formula, score, parts, at)
SELECT worker_id, %(formula)s, score, parts, now()
  FROM unnest(%(worker_ids)s::bigint[], %(scores)s::integer[], %(parts)s::jsonb[]) AS given (worker_id, score, parts)
    ON CONFLICT (worker_id) DO UPDATE
   SET formula = excluded.formula, score = excluded.score, parts = excluded.parts, at = excluded.at
"""


def _keep(page: list[Merit]) -> None:
    parts = [
        json.dumps({"approval": m.approval, "tenure": m.tenure, "variety": m.variety, "breadth": m.breadth})
        for m in page
    ]
    with transaction.atomic():
        db.run(
            _KEEP, formula=FORMULA.version, worker_ids=[merit.worker_id for merit in page],
            scores=[merit.score for merit in page], parts=parts,
        )  # fmt: skip
