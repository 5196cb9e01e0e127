"""Whether a worker meets a group's requirements, judged three ways that must always agree.

The list judges all groups at once in memory, accepting judges one in its statement, and here stands a
reference written from MTurk's words alone.
"""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manyhands.accounts.models import Account, AccountProfile
from manyhands.catalog import market
from manyhands.core.ids import HITTypeId, QualificationTypeId, WorkerId
from manyhands.qualifications import operations, system_types
from manyhands.qualifications.models import QualificationType, WorkerStanding
from manyhands.qualifications.requirements import Requirement, checked
from manyhands.qualifications.states import Comparator, Guard, Route, ScoreKind
from manyhands.work.errors import NotQualified
from manyhands.work.models import HITType, QualificationRequirement
from manyhands.work.operations import accepting, hit_types
from manyhands.work.queries.worker import preview
from tests import factories
from tests.conftest import Database

NUMBERS = st.integers(-2, 103)
PLACES = st.sampled_from(["US", "US-CA", "US-NY", "DE", "JP"])
ORDERED = (Comparator.LESS_THAN, Comparator.LESS_THAN_OR_EQUAL_TO, Comparator.GREATER_THAN,
           Comparator.GREATER_THAN_OR_EQUAL_TO)  # fmt: skip
CUSTOM = 3


def reference(comparator: str, wanted: Sequence[Any], held: Any) -> bool:
    """MTurk API, QualificationRequirement, comparator by comparator."""
    if comparator == "DoesNotExist":
        return held is None
    if held is None:
        return False
    if comparator == "Exists":
        return True
    if isinstance(held, str):
        country = held[:2]
        named = any(each in (held, country) for each in wanted)
        return named if comparator in ("EqualTo", "In") else not named
    return {
        "LessThan": lambda: held < wanted[0],
        "LessThanOrEqualTo": lambda: held <= wanted[0],
        "GreaterThan": lambda: held > wanted[0],
        "GreaterThanOrEqualTo": lambda: held >= wanted[0],
        "EqualTo": lambda: held == wanted[0],
        "NotEqualTo": lambda: held != wanted[0],
        "In": lambda: held in wanted,
        "NotIn": lambda: held not in wanted,
    }[comparator]()


def integer_requirement(type_ids: st.SearchStrategy[int]) -> st.SearchStrategy[Requirement]:
    def build(type_id: int, comparator: Comparator, values: list[int], guard: Guard) -> Requirement:
        count = {Comparator.EXISTS: 0, Comparator.DOES_NOT_EXIST: 0, Comparator.IN: 15, Comparator.NOT_IN: 15}
        return Requirement(
            QualificationTypeId(type_id), comparator, tuple(values[: count.get(comparator, 1)]), guard
        )

    return st.builds(
        build, type_ids, st.sampled_from(Comparator), st.lists(NUMBERS, min_size=1, max_size=4),
        st.sampled_from(Guard),
    )  # fmt: skip


PLACE_REQUIREMENT = st.builds(
    lambda comparator, values, guard: Requirement(
        system_types.LOCALE,
        comparator,
        () if comparator in (Comparator.EXISTS, Comparator.DOES_NOT_EXIST) else tuple(values),
        guard,
    ),
    st.sampled_from([each for each in Comparator if each not in ORDERED]),
    st.lists(PLACES, min_size=1, max_size=3),
    st.sampled_from(Guard),
)


@pytest.mark.feature("W-48", "M-101", "M-116", "M-148")
def test_list_acceptance_and_reference_agree(database: Database) -> None:
    requester = factories.make_requester()
    published = factories.publish(requester, 1)
    own = [
        QualificationType.objects.create(
            requester_id=requester.pk, name=f"Own {place}", score_kind=ScoreKind.INTEGER, route=Route.GRANT
        ).pk
        for place in range(CUSTOM)
    ]
    system = [system_types.HITS_APPROVED, system_types.PERCENT_APPROVED, system_types.PERCENT_RETURNED]
    types = st.sampled_from([*own, *system])
    asked = st.lists(st.one_of(integer_requirement(types), PLACE_REQUIREMENT), max_size=4)

    @settings(max_examples=120, suppress_health_check=list(HealthCheck))
    @given(
        asked,
        st.lists(st.one_of(st.none(), NUMBERS), min_size=CUSTOM, max_size=CUSTOM),
        st.one_of(st.none(), PLACES),
        st.tuples(st.integers(0, 103), st.integers(0, 40), st.integers(0, 5)),
    )
    def agree(asked: list[Requirement], scores: list[int | None], place: str | None, done: Any) -> None:
        worker = factories.make_worker()
        held = _give(worker, own, scores, place, done)
        group = _ask(published.hit_type_id, checked(asked))
        wanted = all(
            reference(each.comparator, each.values, held.get(each.qualification_type_id)) for each in asked
        )
        hiding = any(
            each.guard == Guard.DISCOVER_PREVIEW_AND_ACCEPT
            and not reference(each.comparator, each.values, held.get(each.qualification_type_id))
            for each in asked
        )
        veiled = any(
            each.guard != Guard.ACCEPT
            and not reference(each.comparator, each.values, held.get(each.qualification_type_id))
            for each in asked
        )

        assert _listed(worker, group) == (None if hiding else wanted)
        seen = preview(worker_id=WorkerId(worker.pk), hit_type_id=group)
        assert seen is not None
        assert (seen.may_accept, seen.preview_guarded) == (wanted, veiled)
        assert _accepts(worker, group) == wanted

    agree()


def _give(
    worker: Account, own: list[int], scores: list[int | None], place: str | None, done: Any
) -> dict[int, int | str]:
    """Let the worker hold this; what that is by the rules, the platform's own types included."""
    approved, rejected, returned = done
    held: dict[int, int | str] = {}
    for type_id, score in zip(own, scores, strict=True):
        if score is not None:
            held[type_id] = score
            operations.grant_qualification(
                qualification_type_id=QualificationTypeId(type_id), worker_id=WorkerId(worker.pk), score=score,
                requester_id=QualificationType.objects.get(pk=type_id).requester_id,  # type: ignore[arg-type]
            )  # fmt: skip
    WorkerStanding.objects.create(
        worker_id=worker.pk,
        approved=approved,
        rejected=rejected,
        submitted=approved + rejected,
        returned=returned,
    )
    decided, over = approved + rejected, approved + rejected + returned
    held[system_types.HITS_APPROVED] = approved
    held[system_types.PERCENT_APPROVED] = approved * 100 // decided if decided >= 100 else 100
    if over:
        held[system_types.PERCENT_RETURNED] = returned * 100 // over
    if place is not None:
        held[system_types.LOCALE] = place
        AccountProfile.objects.create(
            account=worker, profile_name=worker.name, country=place[:2], region=place[3:]
        )
    return held


def _ask(hit_type_id: HITTypeId, asked: Sequence[Requirement]) -> HITTypeId:
    """The group, asking for this and nothing else."""
    QualificationRequirement.objects.filter(hit_type_id=hit_type_id).delete()
    hit_types.ask_for(HITType.objects.get(pk=hit_type_id), asked)
    market.forget()
    return hit_type_id


def _listed(worker: Account, hit_type_id: HITTypeId) -> bool | None:
    """Whether the list says the worker may accept; None when it does not show the group."""
    offered = market.offered(WorkerId(worker.pk))
    lacking = dict(zip(offered.hit_type_id.tolist(), offered.lacking.tolist(), strict=True))
    return not lacking[hit_type_id] if hit_type_id in lacking else None


def _accepts(worker: Account, hit_type_id: HITTypeId) -> bool:
    try:
        accepted = accepting.accept_next(worker_id=WorkerId(worker.pk), hit_type_id=hit_type_id)
    except NotQualified:
        return False
    accepting.return_assignment(worker_id=WorkerId(worker.pk), assignment_id=accepted.assignment_id)
    return True
