"""What is done to one HIT after it was made, and bonuses: each act, each refusal, and the money."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test.utils import override_settings
from django.utils import timezone

from manyhands.accounts.models import Account, Worker
from manyhands.core.errors import InvalidInput, NotFound, Refusal
from manyhands.core.ids import AssignmentId, HITId, RequesterId, WorkerId
from manyhands.ledger.check import first_difference
from manyhands.ledger.errors import InsufficientFunds
from manyhands.ledger.models import Transfer
from manyhands.ledger.queries import balance_of
from manyhands.work import errors
from manyhands.work.models import HIT, Batch, BatchEvent, Bonus, HITType, RequestToken
from manyhands.work.operations import batches, bonuses, hits, reviewing, single_hits
from manyhands.work.operations.hit_types import make_hit_type
from tests import factories
from tests.conftest import Database
from tests.factories import TERMS, Published

PLACE = 6  # a reward of 5 and its fee


@dataclass
class Scene:
    """A requester with 100, a HIT of the API with two places, and a worker."""

    requester: Account
    worker: Account
    group: Published

    @property
    def me(self) -> RequesterId:
        return RequesterId(self.requester.pk)

    @property
    def hit_id(self) -> HITId:
        return self.group.hit_ids[0]

    @property
    def hit(self) -> HIT:
        return HIT.objects.get(pk=self.hit_id)

    def money(self) -> tuple[int, int]:
        """Available and reserved."""
        balance = balance_of(self.requester.pk)
        return balance.available_minor, balance.reserved_minor

    def counts(self) -> tuple[str, int, int]:
        """Status, free places, withdrawn ones."""
        hit = self.hit
        return hit.status, hit.available, hit.withdrawn

    def hand_in(self, worker: Account | None = None) -> AssignmentId:
        worker = worker or self.worker
        assignment_id = factories.accept(worker, self.group).assignment_id
        factories.submit(worker, assignment_id)
        return assignment_id

    def extend(self, more: int = 1, **values: Any) -> batches.Extended:
        return single_hits.extend_hit(
            requester_id=self.me, actor_id=self.me, hit_id=self.hit_id, more_assignments=more, **values
        )

    def end_at(self, moment: datetime) -> None:
        single_hits.set_expiration(
            requester_id=self.me, actor_id=self.me, hit_id=self.hit_id, expires_at=moment
        )

    def end(self) -> None:
        self.end_at(timezone.now() - timedelta(days=4000))

    def dispose(self) -> None:
        single_hits.dispose_hit(requester_id=self.me, actor_id=self.me, hit_id=self.hit_id)

    def move(self, **terms: Any) -> None:
        target = make_hit_type(requester_id=self.me, terms=replace(TERMS, **terms))
        single_hits.change_hit_type(
            requester_id=self.me, actor_id=self.me, hit_id=self.hit_id, hit_type_id=target
        )


@pytest.fixture
def scene(database: Database) -> Scene:
    requester = factories.make_requester(deposit_minor=100)
    return Scene(requester, factories.make_worker(), factories.create_hit(requester, max_assignments=2))


def in_an_hour() -> datetime:
    return timezone.now() + timedelta(hours=1)


def test_more_places_are_free_at_once_and_paid_for(scene: Scene) -> None:
    assert scene.money() == (88, 12)
    assert scene.extend(3) == batches.Extended(1, 3)
    assert scene.counts() == ("assignable", 5, 0)
    assert scene.money() == (70, 30)
    assert list(BatchEvent.objects.values_list("act", "hit_id")) == [("extended", scene.hit_id)]
    assert first_difference() is None


def test_a_token_extends_once(scene: Scene) -> None:
    scene.extend(1, token="t")
    with pytest.raises(errors.RequestRepeated) as refused:
        scene.extend(1, token="t")
    assert refused.value.result_id == scene.hit_id
    assert scene.hit.max_assignments == 3
    with pytest.raises(InsufficientFunds):
        scene.extend(50, token="u")
    assert list(RequestToken.objects.values_list("token", flat=True)) == ["t"]


def test_places_added_past_the_end_wait_for_a_later_one(scene: Scene) -> None:
    scene.end()
    assert scene.counts() == ("reviewable", 0, 2)
    assert scene.money() == (100, 0)
    scene.extend(1)
    assert scene.counts() == ("reviewable", 0, 3)
    assert scene.money() == (100, 0)
    scene.end_at(in_an_hour())
    assert scene.counts() == ("assignable", 3, 0)
    assert scene.money() == (82, 18)
    assert first_difference() is None


def test_a_later_end_without_the_money_changes_nothing(scene: Scene) -> None:
    scene.end()
    factories.create_hit(scene.requester, max_assignments=16)
    with pytest.raises(InsufficientFunds):
        scene.end_at(in_an_hour())
    assert scene.counts() == ("reviewable", 0, 2)
    assert first_difference() is None


def test_an_end_ahead_may_be_nearer(scene: Scene) -> None:
    end = timezone.now() + timedelta(minutes=1)
    scene.end_at(end)
    assert scene.hit.expires_at == end
    assert scene.counts() == ("assignable", 2, 0)


def test_work_that_is_out_goes_on_when_its_hit_ends(scene: Scene) -> None:
    assignment_id = factories.accept(scene.worker, scene.group).assignment_id
    scene.end()
    assert scene.counts() == ("unassignable", 0, 1)
    factories.submit(scene.worker, assignment_id)
    assert scene.counts() == ("reviewable", 0, 1)
    assert scene.money() == (94, 6)


def test_ten_assignments_are_no_limit_unless_the_operator_says_so(scene: Scene) -> None:
    with override_settings(TEN_ASSIGNMENTS_RULE=True):
        scene.extend(7)
        with pytest.raises(errors.TooManyAssignments):
            scene.extend(1)
    scene.extend(1)
    assert scene.hit.max_assignments == 10
    with override_settings(TEN_ASSIGNMENTS_RULE=True):
        scene.extend(1)


@pytest.mark.parametrize("more", [0, -1, 1_000_000_000, 10**12])
def test_so_many_places_are_refused(scene: Scene, more: int) -> None:
    with pytest.raises(InvalidInput):
        scene.extend(more)
    assert scene.hit.max_assignments == 2


def test_a_reviewable_hit_is_parked_and_taken_back(scene: Scene) -> None:
    def set_reviewing(**values: bool) -> None:
        single_hits.set_reviewing(requester_id=scene.me, hit_id=scene.hit_id, **values)

    with pytest.raises(errors.WrongHITState) as refused:
        set_reviewing()
    assert refused.value.status == "assignable"
    scene.end()
    set_reviewing()
    assert scene.hit.status == "reviewing"
    with pytest.raises(errors.WrongHITState):
        set_reviewing()
    set_reviewing(revert=True)
    assert scene.hit.status == "reviewable"
    with pytest.raises(errors.WrongHITState):
        set_reviewing(revert=True)
    set_reviewing()
    scene.end_at(in_an_hour())
    assert scene.hit.status == "assignable"
    assert first_difference() is None


def test_a_hit_is_disposed_of_only_when_everything_is_decided(scene: Scene) -> None:
    with pytest.raises(errors.HITNotFinished) as refused:
        scene.dispose()
    assert refused.value.status == "assignable"
    assignment_id = scene.hand_in()
    scene.end()
    with pytest.raises(errors.HITNotFinished) as refused:
        scene.dispose()
    assert refused.value.status == "reviewable"
    reviewing.approve(requester_id=scene.me, assignment_ids=[assignment_id], actor_id=scene.me)
    scene.dispose()
    assert scene.hit.status == "disposed"
    assert Batch.objects.get().status == "published"
    for act in (scene.dispose, scene.end, scene.extend, scene.move):
        with pytest.raises(errors.WrongHITState) as refused:
            act()
        assert refused.value.status == "disposed"
    assert first_difference() is None


def test_an_untouched_hit_moves_to_other_terms_with_its_money(scene: Scene) -> None:
    scene.move(reward_minor=20, title="Another")
    hit = scene.hit
    target = HITType.objects.get(title="Another")
    assert (hit.hit_type_id, hit.fee_minor, hit.batch.hit_type_id) == (target.pk, 4, target.pk)
    assert target.has_several_places
    assert scene.money() == (100 - 48, 48)
    accepted = factories.accept(scene.worker, replace(scene.group, hit_type_id=target.pk))
    assert accepted.hit_id == scene.hit_id
    assert first_difference() is None


def test_a_hit_that_ended_moves_without_money(scene: Scene) -> None:
    scene.end()
    scene.move(reward_minor=20)
    assert scene.money() == (100, 0)
    scene.end_at(in_an_hour())
    assert scene.money() == (52, 48)
    assert first_difference() is None


def test_a_hit_does_not_move_without_the_money_nor_to_its_own_type(scene: Scene) -> None:
    with pytest.raises(InsufficientFunds):
        scene.move(reward_minor=500)
    assert scene.money() == (88, 12)
    before = Transfer.objects.count()
    scene.move()
    assert Transfer.objects.count() == before
    assert first_difference() is None


@pytest.mark.parametrize("handed_in", [False, True])
def test_a_hit_somebody_works_on_keeps_its_terms(scene: Scene, handed_in: bool) -> None:
    if handed_in:
        scene.hand_in()
    else:
        factories.accept(scene.worker, scene.group)
    with pytest.raises(errors.HITTouched):
        scene.move(reward_minor=20)
    assert first_difference() is None


def test_a_task_of_a_file_keeps_the_terms_of_its_batch(scene: Scene) -> None:
    group = factories.publish(scene.requester, 1)
    with pytest.raises(errors.HITOfFile):
        single_hits.change_hit_type(
            requester_id=scene.me,
            actor_id=scene.me,
            hit_id=group.hit_ids[0],
            hit_type_id=scene.group.hit_type_id,
        )


def test_acts_on_one_hit_work_for_hits_of_files(scene: Scene) -> None:
    group = factories.publish(scene.requester, 2)
    of_file = Scene(scene.requester, scene.worker, group)
    of_file.extend(1)
    of_file.end()
    of_file.dispose()
    assert [HIT.objects.get(pk=each).status for each in group.hit_ids] == ["disposed", "assignable"]
    assert Batch.objects.get(pk=group.batch_id).expires_at > timezone.now()  # type: ignore[operator]
    assert first_difference() is None


def test_a_strangers_hit_is_not_there(scene: Scene) -> None:
    stranger = Scene(factories.make_requester(), scene.worker, scene.group)
    acts: list[Callable[[], object]] = [
        stranger.extend,
        stranger.end,
        stranger.dispose,
        lambda: single_hits.set_reviewing(requester_id=stranger.me, hit_id=scene.hit_id),
        stranger.move,
        lambda: single_hits.change_hit_type(
            requester_id=stranger.me,
            actor_id=stranger.me,
            hit_id=factories.create_hit(stranger.requester).hit_ids[0],
            hit_type_id=scene.group.hit_type_id,
        ),
    ]
    for act in acts:
        with pytest.raises(NotFound):
            act()
    assert scene.counts() == ("assignable", 2, 0)


# Bonuses ------------------------------------------------------------------------------------------


def bonus(scene: Scene, assignment_id: AssignmentId, **values: Any) -> bonuses.Given:
    asked: dict[str, Any] = {
        "requester_id": scene.me, "actor_id": scene.me, "worker_id": WorkerId(scene.worker.pk),
        "assignment_id": assignment_id, "amount_minor": 33, "reason": " Thank you. ",
    }  # fmt: skip
    return bonuses.send_bonus(**(asked | values))


@pytest.mark.feature("M-60", "M-61")
def test_a_bonus_pays_the_worker_and_its_fee_at_once(scene: Scene) -> None:
    assignment_id = scene.hand_in()
    given = bonus(scene, assignment_id)
    assert (given.amount_minor, given.fee_minor) == (33, 7)
    assert balance_of(scene.worker.pk).earned_available_minor == 33
    assert balance_of(scene.requester.pk).fees_minor == 7
    assert scene.money() == (88 - 40, 12)
    kept = Bonus.objects.get()
    assert (kept.reason, kept.hit_id, kept.worker_id) == ("Thank you.", scene.hit_id, scene.worker.pk)
    assert sorted(Transfer.objects.filter(assignment_id=assignment_id).values_list("purpose", flat=True)) == [
        "bonus", "bonus_fee",
    ]  # fmt: skip
    bonus(scene, assignment_id, amount_minor=1)
    assert Bonus.objects.count() == 2
    assert first_difference() is None


def test_a_new_workers_bonus_is_held_as_rewards_are(scene: Scene) -> None:
    assignment_id = scene.hand_in()
    Worker.objects.filter(pk=scene.worker.pk).update(hold_until=in_an_hour())
    bonus(scene, assignment_id)
    balance = balance_of(scene.worker.pk)
    assert (balance.held_minor, balance.earned_available_minor) == (33, 0)


def test_a_bonus_with_a_token_is_paid_once(scene: Scene) -> None:
    assignment_id = scene.hand_in()
    given = bonus(scene, assignment_id, token="t")
    with pytest.raises(errors.RequestRepeated) as refused:
        bonus(scene, assignment_id, token="t", amount_minor=1)
    assert refused.value.result_id == given.bonus_id
    with pytest.raises(InsufficientFunds):
        bonus(scene, assignment_id, token="u", amount_minor=100)
    bonus(scene, assignment_id, token="u")
    assert Bonus.objects.count() == 2
    assert first_difference() is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount_minor": 0}, "amount_minor"),
        ({"amount_minor": -5}, "amount_minor"),
        ({"amount_minor": 1_000_001}, "amount_minor"),
        ({"reason": " \n"}, "reason"),
        ({"reason": "x" * 2_001}, "reason"),
        ({"reason": "a\0b"}, "reason"),
        ({"token": ""}, "token"),
    ],
)
def test_a_bonus_out_of_its_bounds_is_not_paid(scene: Scene, change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        bonus(scene, scene.hand_in(), **change)
    assert list(refused.value.errors) == [field]
    assert not Bonus.objects.exists()


def test_a_bonus_is_for_work_of_ones_own_that_was_handed_in(scene: Scene) -> None:
    assignment_id = factories.accept(scene.worker, scene.group).assignment_id
    stranger, other = factories.make_requester(), factories.make_worker()
    refusals: list[tuple[type[Refusal], dict[str, Any]]] = [
        (errors.NotHandedIn, {}),
        (NotFound, {"requester_id": RequesterId(stranger.pk)}),
        (NotFound, {"worker_id": WorkerId(other.pk)}),
        (NotFound, {"assignment_id": AssignmentId(assignment_id + 1)}),
    ]
    for refusal, change in refusals:
        with pytest.raises(refusal):
            bonus(scene, **({"assignment_id": assignment_id, "token": "t"} | change))
    assert not Bonus.objects.exists()
    assert not RequestToken.objects.exists()


def test_a_hit_made_by_the_api_is_created_twice_over(scene: Scene) -> None:
    """The same request without a token makes another HIT: only tokens tell requests apart."""
    first, second = (
        hits.create_hit(requester_id=scene.me, hit_type_id=scene.group.hit_type_id, new=factories.new_hit())
        for _ in range(2)
    )
    assert first.hit_id != second.hit_id
