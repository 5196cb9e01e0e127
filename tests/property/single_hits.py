"""Acts on single HITs, as the API does them, beside those on batches; and bonuses."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils import timezone
from hypothesis import strategies as st

from manyhands.core.errors import Refusal
from manyhands.core.ids import AssignmentId, HITId, HITTypeId, RequesterId, WorkerId
from manyhands.ledger.errors import InsufficientFunds
from manyhands.work import errors
from manyhands.work.operations import batches, bonuses, hits, single_hits
from manyhands.work.operations.hit_types import make_hit_type
from tests import factories
from tests.property.acts import act, picks
from tests.property.model import HIT, Assignment, Batch, Market, Project

DURATION, AUTO_APPROVAL, LIFETIME = 10, 60, 90
REWARDS = (0, 4, 7)
MOST_HITS = 24


def fee_on(reward: int) -> int:
    """As the first rule says: 20 %, half up, at least 1."""
    return 0 if reward == 0 else max(1, (reward * 20 + 50) // 100)


class SingleHITs:
    """To be mixed into the machine, whose market, people and helpers these acts use."""

    market: Market
    requesters: list[int]
    pick: Callable[[int, list[Any]], Any]
    an_assignment: Callable[..., Assignment]
    refused: Callable[[type[Refusal], Callable[[], object]], None]

    def _type(self, requester: int, reward: int) -> HITTypeId:
        terms = replace(
            factories.TERMS,
            reward_minor=reward,
            assignment_duration_s=DURATION * 60,
            auto_approval_delay_s=AUTO_APPROVAL * 60,
        )
        return make_hit_type(requester_id=RequesterId(requester), terms=terms)

    def _batch(self, requester: int, reward: int, type_id: int, batch_id: int) -> Batch:
        """The model's batch of this type, as the tables number it."""
        known = next((each for each in self.market.batches if each.id == batch_id), None)
        if known is None:
            project = Project(0, requester, DURATION, AUTO_APPROVAL)
            known = Batch(batch_id, type_id, project, reward, fee_on(reward))
            self.market.batches.append(known)
        return known

    @act("requester", 3, requester=picks, reward=st.sampled_from(REWARDS), places=st.integers(1, 3))
    def create_hit(self, requester: int, reward: int, places: int) -> None:
        if len(self.market.hits) >= MOST_HITS:
            return
        requester = self.pick(requester, self.requesters)
        type_id = self._type(requester, reward)

        def act() -> hits.Created:
            return hits.create_hit(
                requester_id=RequesterId(requester),
                hit_type_id=type_id,
                new=factories.new_hit(max_assignments=places, lifetime_s=LIFETIME * 60),
            )

        price = places * (reward + fee_on(reward))
        if price > self.market.available(requester):
            self.refused(InsufficientFunds, act)
            return
        made = act()
        batch = self._batch(requester, reward, type_id, made.batch_id)
        assert not batch.disposed
        batch.hits.append(HIT(made.hit_id, batch, places, self.market.now + LIFETIME))
        self.market.books.move((requester, "available"), (requester, "reserved"), price)

    def _end_by_time(self, hit: HIT) -> None:
        """An act on a HIT first makes good what time has decided."""
        if hit.free and hit.expires <= self.market.now:
            self.market.withdraw(hit)

    @act("requester", 2, hit=picks, more=st.integers(1, 2))
    def extend_hit(self, hit: int, more: int) -> None:
        chosen: HIT = self.pick(hit, self.market.hits)
        requester = RequesterId(chosen.batch.requester)

        def act() -> batches.Extended:
            return single_hits.extend_hit(
                requester_id=requester, actor_id=requester, hit_id=HITId(chosen.id), more_assignments=more
            )

        if chosen.disposed:
            self.refused(errors.WrongHITState, act)
            return
        self._opened(chosen, chosen.expires, more, requester, act)

    def _opened(
        self, chosen: HIT, expires: int, more: int, requester: int, act: Callable[[], object]
    ) -> None:
        """More places, another end: what becomes free is paid for, or nothing happens."""
        ends = chosen.free and chosen.expires <= self.market.now
        withdrawn = chosen.withdrawn + (chosen.free if ends else 0)
        back = chosen.free * chosen.batch.cost if ends else 0
        opened = withdrawn + more if expires > self.market.now else 0
        if opened * chosen.batch.cost > self.market.available(requester) + back:
            self.refused(InsufficientFunds, act)
            return
        act()
        self._end_by_time(chosen)
        chosen.places += more
        chosen.withdrawn += more - opened
        chosen.expires = expires
        self.market.books.move((requester, "available"), (requester, "reserved"), opened * chosen.batch.cost)
        self.market.batch_acts += 1

    @act("requester", 3, hit=picks, minutes=st.sampled_from([-4000, 0, 1, 45, 3000]))
    def set_expiration(self, hit: int, minutes: int) -> None:
        chosen: HIT = self.pick(hit, self.market.hits)
        requester = RequesterId(chosen.batch.requester)

        def act() -> None:
            single_hits.set_expiration(
                requester_id=requester,
                actor_id=requester,
                hit_id=HITId(chosen.id),
                expires_at=timezone.now() + timedelta(minutes=minutes),
            )

        if chosen.disposed:
            self.refused(errors.WrongHITState, act)
        elif minutes > 0:
            self._opened(chosen, self.market.now + minutes, 0, requester, act)
        else:
            act()
            self._end_by_time(chosen)
            if chosen.free or chosen.expires > self.market.now:
                self.market.withdraw(chosen)
            self.market.batch_acts += 1

    @act("requester", 2, hit=picks, revert=st.booleans())
    def set_reviewing(self, hit: int, revert: bool) -> None:
        chosen: HIT = self.pick(hit, self.market.hits)

        def act() -> None:
            single_hits.set_reviewing(
                requester_id=RequesterId(chosen.batch.requester), hit_id=HITId(chosen.id), revert=revert
            )

        ended = chosen.free and chosen.expires <= self.market.now
        waits = (
            not chosen.disposed and (ended or not chosen.free) and not chosen.count("accepted", "correction")
        )
        if not waits or (chosen.status == "reviewing") is not revert:
            self.refused(errors.WrongHITState, act)
            return
        act()
        self._end_by_time(chosen)
        chosen.reviewing = not revert

    @act("requester", 2, hit=picks)
    def dispose_hit(self, hit: int) -> None:
        chosen: HIT = self.pick(hit, self.market.hits)
        requester = RequesterId(chosen.batch.requester)

        def act() -> None:
            single_hits.dispose_hit(requester_id=requester, actor_id=requester, hit_id=HITId(chosen.id))

        ended = chosen.free and chosen.expires <= self.market.now
        if (
            chosen.disposed
            or (chosen.free and not ended)
            or chosen.count("accepted", "correction", "submitted")
        ):
            self.refused(errors.WrongHITState, act)
            return
        act()
        self._end_by_time(chosen)
        chosen.disposed = True
        self.market.batch_acts += 1

    @act("requester", 2, hit=picks, reward=st.sampled_from(REWARDS))
    def change_hit_type(self, hit: int, reward: int) -> None:
        chosen: HIT = self.pick(hit, self.market.hits)
        requester = RequesterId(chosen.batch.requester)
        type_id = self._type(requester, reward)

        def act() -> None:
            single_hits.change_hit_type(
                requester_id=requester, actor_id=requester, hit_id=HITId(chosen.id), hit_type_id=type_id
            )

        taken = chosen.count("accepted", "submitted", "correction", "approved", "rejected")
        if chosen.disposed:
            self.refused(errors.WrongHITState, act)
        elif taken:
            self.refused(errors.HITTouched, act)
        elif chosen.batch.project.id:
            self.refused(errors.HITOfFile, act)
        else:
            self._move(chosen, requester, reward, type_id, act)

    def _move(
        self, chosen: HIT, requester: RequesterId, reward: int, type_id: HITTypeId, act: Callable[[], None]
    ) -> None:
        free = 0 if chosen.expires <= self.market.now else chosen.free
        now, then = chosen.free * chosen.batch.cost, free * (reward + fee_on(reward))
        if chosen.batch.type_id != type_id and then > self.market.available(requester) + now:
            self.refused(InsufficientFunds, act)
            return
        act()
        self._end_by_time(chosen)
        if chosen.batch.type_id == type_id:
            return
        self.market.books.move((requester, "reserved"), (requester, "available"), free * chosen.batch.cost)
        self.market.books.move((requester, "available"), (requester, "reserved"), then)
        batch_id = hits.batch_of_api(requester, type_id)
        chosen.batch.hits.remove(chosen)
        chosen.batch = self._batch(requester, reward, type_id, batch_id)
        chosen.batch.hits.append(chosen)
        self.market.batch_acts += 1

    @act("requester", 2, assignment=picks, amount=st.sampled_from([1, 3, 20]))
    def send_bonus(self, assignment: int, amount: int) -> None:
        chosen = self.an_assignment(assignment, "submitted", "approved", "rejected")
        requester = RequesterId(chosen.hit.batch.requester)

        def act() -> bonuses.Given:
            return bonuses.send_bonus(
                requester_id=requester,
                actor_id=requester,
                worker_id=WorkerId(chosen.worker),
                assignment_id=AssignmentId(chosen.id),
                amount_minor=amount,
                reason="Thank you.",
            )

        if chosen.status in {"accepted", "returned", "abandoned"}:
            self.refused(errors.NotHandedIn, act)
        elif amount + fee_on(amount) > self.market.available(requester):
            self.refused(InsufficientFunds, act)
        else:
            act()
            self.market.books.move((requester, "available"), (chosen.worker, "earned"), amount)
            self.market.books.move((requester, "available"), (requester, "fees"), fee_on(amount))
