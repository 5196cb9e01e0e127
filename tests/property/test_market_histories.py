"""Generated histories of a whole market, each act against a model in plain Python.

``HISTORIES=1000`` runs so many, longer ones, and shrinks what fails.
"""

import io
import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test.utils import override_settings
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from manyhands.accounts.operations import set_auto_accept_next
from manyhands.catalog import queries as catalog
from manyhands.core.errors import NotFound, Refusal
from manyhands.core.ids import AssignmentId, BatchId, HITId, HITTypeId, ProjectId, RequesterId, WorkerId
from manyhands.ledger.check import first_difference
from manyhands.ledger.errors import InsufficientFunds
from manyhands.work import errors
from manyhands.work import models as tables
from manyhands.work.operations import accepting, batches, reviewing, submitting, sweeping
from manyhands.work.states import ASSIGNMENT_TRANSITIONS, AssignmentStatus
from tests import factories
from tests.conftest import Database
from tests.harness import databases
from tests.property import observed
from tests.property.acts import ACTS, act, picks
from tests.property.model import HIT, TAKES_A_PLACE, Assignment, Batch, Market, Project
from tests.property.single_hits import SingleHITs

HELD_AT_ONCE = 2
APPEAL = 7 * 1440
SKIP = 15
DAY = 1440
OVERRIDE = 30 * DAY
CORRECTION_AT_LEAST = DAY
SWEEPS = ("abandon", "restore", "expire", "approve", "release", "fold")


class MarketHistory(SingleHITs, RuleBasedStateMachine):
    """Each rule does one act on the database and says what it must have done to the model."""

    @initialize()
    def people(self) -> None:
        self.market = Market()
        both = factories.make_account(worker=True, requester=True)
        other = factories.make_account(requester=True)
        self.requesters = [both.pk, other.pk]
        self.workers = [both.pk, *(factories.make_worker().pk for _ in range(3))]
        self.projects: list[Project] = []
        for owner, duration, auto_approval in ((both, 10, 60), (other, 30, 0), (other, 10, 2 * DAY)):
            project_id = factories.make_project(
                owner,
                assignment_duration_s=duration * 60,
                auto_approval_delay_s=auto_approval * 60,
                title=f"Group {duration} {auto_approval}",
            )
            self.projects.append(Project(project_id, owner.pk, duration, auto_approval))
        for requester in self.requesters:
            self._deposit(requester, 90)
        for worker in self.workers[:3]:
            self.auto_accept(self.workers.index(worker), True)
        self._publish(self.projects[0], 3, 2, 5, 90)
        self._publish(self.projects[1], 1, 1, 3, 3 * DAY)
        self._publish(self.projects[2], 3, 2, 3, 3 * DAY)

    @rule(data=st.data())
    def a_worker_acts(self, data: st.DataObject) -> None:
        self.one_of("worker", data)

    @rule(data=st.data())
    def another_worker_acts(self, data: st.DataObject) -> None:
        self.one_of("worker", data)

    @rule(data=st.data())
    def a_requester_acts(self, data: st.DataObject) -> None:
        self.one_of("requester", data)

    @rule(data=st.data())
    def time_acts(self, data: st.DataObject) -> None:
        self.one_of("time", data)

    def one_of(self, who: str, data: st.DataObject) -> None:
        name, strategies = data.draw(st.sampled_from(ACTS[who]), label="act")
        if not self.market.assignments and {"assignment", "first"} & set(strategies):
            name, strategies = ACTS["worker"][0]  # accept something first
        values = {key: data.draw(strategy, label=key) for key, strategy in strategies.items()}
        getattr(self, name)(**values)

    # What an act picks from ------------------------------------------------------------------

    def pick(self, number: int, things: list[Any]) -> Any:
        return things[number % len(things)]

    def a_batch(self, number: int) -> Batch:
        """Mostly one with something open."""
        open_ones = [
            batch for batch in self.market.batches if any(hit.is_open(self.market.now) for hit in batch.hits)
        ]
        full = [batch for batch in self.market.batches if batch.hits]  # the HITs of one may all have moved
        return self.pick(number // 7, open_ones if open_ones and number % 7 else full)

    def an_assignment(self, number: int, *statuses: str) -> Assignment:
        """Mostly one in these states, sometimes any: refusals are tried, too."""
        every = list(self.market.assignments.values())
        wanted = [each for each in every if each.status in statuses]
        return self.pick(number // 7, wanted if wanted and number % 7 else every)

    def refused(self, expected: type[Refusal] | tuple[type[Refusal], ...], act: Callable[[], object]) -> None:
        with pytest.raises(expected):
            act()

    # Money and publishing --------------------------------------------------------------------

    def _deposit(self, requester: int, amount: int) -> None:
        from manyhands.accounts.models import Account

        factories.deposit(Account(pk=requester), amount)
        self.market.books.balances[requester, "available"] += amount

    @act("requester", 1, requester=picks, amount=st.sampled_from([1, 10, 80]))
    def deposit(self, requester: int, amount: int) -> None:
        self._deposit(self.pick(requester, self.requesters), amount)

    @act(
        "requester",
        2,
        project=picks,
        rows=st.integers(1, 3),
        places=st.integers(1, 3),
        reward=st.sampled_from([0, 1, 3, 5, 13]),
        lifetime=st.sampled_from([2, 45, 3 * DAY]),
    )
    def publish(self, project: int, rows: int, places: int, reward: int, lifetime: int) -> None:
        if len(self.market.hits) < 18:
            self._publish(self.pick(project, self.projects), rows, places, reward, lifetime)

    def _publish(self, project: Project, rows: int, places: int, reward: int, lifetime: int) -> None:
        requester = RequesterId(project.requester)
        text = "word\n" + "".join(f"w{number}\n" for number in range(rows))
        batch_id = batches.upload_rows(
            requester_id=requester,
            project_id=ProjectId(project.id),
            name="rows.csv",
            file=io.BytesIO(text.encode()),
        ).batch_id
        assert batch_id is not None
        price = batches.price_batch(
            requester_id=requester,
            batch_id=batch_id,
            reward_minor=reward,
            max_assignments=places,
            lifetime_s=lifetime * 60,
        )
        fee = 0 if reward == 0 else max(1, (reward * 20 + 50) // 100)
        assert price.total_minor == rows * places * (reward + fee)
        batches.start_publishing(requester_id=requester, batch_id=batch_id)
        if price.total_minor > self.market.available(requester):
            self.refused(InsufficientFunds, lambda: batches.publish(batch_id=batch_id, actor_id=requester))
            assert tables.Batch.objects.get(pk=batch_id).status == "draft"
            return
        published = batches.publish(batch_id=batch_id, actor_id=requester)
        batch = Batch(batch_id, published.hit_type_id, project, reward, fee)
        for hit_id in tables.HIT.objects.filter(batch_id=batch_id).values_list("pk", flat=True):
            batch.hits.append(HIT(hit_id, batch, places, self.market.now + lifetime))
        assert len(batch.hits) == rows
        self.market.batches.append(batch)
        self.market.batch_acts += 1
        self.market.books.move((requester, "available"), (requester, "reserved"), price.total_minor)
        self.refused(errors.BatchNotDraft, lambda: batches.publish(batch_id=batch_id, actor_id=requester))

    # Workers -----------------------------------------------------------------------------------

    def took(self, worker: int, accepted: accepting.Accepted) -> None:
        hit = next(hit for hit in self.market.hits if hit.id == accepted.hit_id)
        assert hit.is_open(self.market.now), "a HIT that is not open was given out"
        assert not hit.had_by(worker), "a worker was given a HIT a second time"
        assert hit.batch.requester != worker
        self.market.accept(worker, hit, accepted.assignment_id)

    def _nothing_for(self, worker: int, type_id: int) -> type[Refusal] | None:
        """Why accepting in this group must be refused, or None when it must succeed."""
        owner = next(batch for batch in self.market.batches if batch.type_id == type_id).requester
        if owner == worker:
            return errors.OwnTask
        if self.market.held_by(worker) >= HELD_AT_ONCE:
            return errors.TooManyAccepted
        return None if self.market.eligible(worker, type_id) else errors.NoAssignableHIT

    @act("worker", 6, worker=picks, batch=picks)
    def accept_next(self, worker: int, batch: int) -> None:
        self._accept_next(self.pick(worker, self.workers), self.a_batch(batch).type_id)

    def _accept_next(self, worker: int, type_id: int) -> None:
        def act() -> accepting.Accepted:
            return accepting.accept_next(worker_id=WorkerId(worker), hit_type_id=HITTypeId(type_id))

        refusal = self._nothing_for(worker, type_id)
        if refusal:
            self.refused(refusal, act)
            return
        accepted = act()
        assert accepted.hit_id in [hit.id for hit in self.market.eligible(worker, type_id)]
        self.took(worker, accepted)

    @act("worker", 3, worker=picks, hit=picks)
    def accept_hit(self, worker: int, hit: int) -> None:
        worker, chosen = self.pick(worker, self.workers), self.pick(hit // 7, self.a_batch(hit).hits)

        def act() -> accepting.Accepted:
            return accepting.accept_hit(worker_id=WorkerId(worker), hit_id=HITId(chosen.id))

        open_to = chosen.is_open(self.market.now) and not chosen.had_by(worker)
        if chosen.batch.requester == worker:
            self.refused(errors.OwnTask, act)
        elif chosen.had_by(worker):
            self.refused(errors.AlreadyDone, act)
        elif self.market.held_by(worker) >= HELD_AT_ONCE:
            self.refused(errors.TooManyAccepted, act)
        elif not open_to:
            self.refused(errors.HITNotAvailable, act)
        else:
            accepted = act()
            assert accepted.hit_id == chosen.id
            self.took(worker, accepted)

    @act("worker", 1, worker=picks, hit=picks)
    def skip(self, worker: int, hit: int) -> None:
        worker, chosen = self.pick(worker, self.workers), self.pick(hit, self.market.hits)
        held = [each for each in self.market.assignments.values() if each.status == "accepted"]
        if held and hit % 2:
            worker, chosen = self.pick(hit, held).worker, self.pick(hit, held).hit
        accepting.skip_hit(worker_id=WorkerId(worker), hit_id=HITId(chosen.id))
        self.market.skips[worker, chosen.id] = self.market.now + SKIP
        for each in chosen.assignments:
            if each.worker == worker and each.status == "accepted" and each.deadline > self.market.now:
                each.move("returned")
                each.draft = None

    @act("worker", 2, assignment=picks, foreign=st.sampled_from([False, False, False, True]))
    def return_assignment(self, assignment: int, foreign: bool) -> None:
        chosen = self.an_assignment(assignment, "accepted")
        worker = self.workers[1] if foreign and chosen.worker != self.workers[1] else chosen.worker

        def act() -> object:
            return accepting.return_assignment(
                worker_id=WorkerId(worker), assignment_id=AssignmentId(chosen.id)
            )

        if worker != chosen.worker:
            self.refused(errors.AssignmentNotHeld, act)
        elif chosen.status == "accepted" and chosen.deadline > self.market.now:
            act()
            chosen.move("returned")
            chosen.draft = None
        else:
            self.refused(Refusal, act)

    @act("worker", 2, worker=picks, value=st.booleans())
    def auto_accept(self, worker: int, value: bool) -> None:
        worker = self.pick(worker, self.workers)
        set_auto_accept_next(worker_id=WorkerId(worker), value=value)
        self.market.auto_accept[worker] = value

    @act(
        "worker",
        8,
        assignment=picks,
        value=st.sampled_from(["cat", "cat", "cat", "dog", "dog", ""]),
        late=st.sampled_from([0, 0, 0, 1]),
    )
    def submit(self, assignment: int, value: str, late: int) -> None:
        """``late``: minutes since the request arrived; what counts is that moment."""
        chosen = self.an_assignment(assignment, "accepted", "correction")
        answer = [("meaning", value)] if value else []
        received = self.market.now - late

        def act() -> submitting.Submitted:
            return submitting.submit(
                worker_id=WorkerId(chosen.worker),
                assignment_id=AssignmentId(chosen.id),
                answer=answer,
                received_at=timezone.now() - timedelta(minutes=late),
            )

        if value == "":
            self.refused(errors.EmptyAnswer, act)
        elif chosen.status in {"accepted", "correction"} and chosen.deadline > received:
            self._submitted(chosen, act(), [list(pair) for pair in answer], received)
        elif chosen.status in {"submitted", "approved", "rejected"} and chosen.answer == [["meaning", value]]:
            again = act()
            assert (again.assignment_id, again.next) == (chosen.id, None)
        elif chosen.status == "correction" and chosen.answer == [["meaning", value]]:
            act()  # the answer as first handed in, which stands
        else:
            self.refused((errors.AssignmentExpired, errors.AlreadySubmitted, errors.AssignmentNotHeld), act)

    def _submitted(
        self, chosen: Assignment, outcome: submitting.Submitted, answer: list[list[str]], received: int
    ) -> None:
        batch = chosen.hit.batch
        chosen.move("submitted")
        chosen.answer, chosen.draft = answer, None
        chosen.auto_approve = received + batch.project.auto_approval
        if chosen.auto_approve <= self.market.now:
            self.market.pay(chosen)
        wanted = self.market.auto_accept.get(chosen.worker, False)
        assert outcome.auto_accept_next is wanted
        refusal = self._nothing_for(chosen.worker, batch.type_id)
        if not wanted:
            assert outcome.next is None
        elif refusal is None:
            assert outcome.next is not None, outcome.finished
            self.took(chosen.worker, outcome.next)
        else:
            assert outcome.next is None
            assert isinstance(outcome.finished, refusal)

    @act("worker", 1, assignment=picks, value=st.sampled_from(["ca", "do"]))
    def save_draft(self, assignment: int, value: str) -> None:
        chosen = self.an_assignment(assignment, "accepted", "correction")

        def act() -> object:
            return submitting.save_draft(
                worker_id=WorkerId(chosen.worker),
                assignment_id=AssignmentId(chosen.id),
                answer=[("meaning", value)],
            )

        if chosen.status in {"accepted", "correction"} and chosen.deadline > self.market.now:
            act()
            chosen.draft = [["meaning", value]]
        else:
            self.refused(Refusal, act)

    # Requesters --------------------------------------------------------------------------------

    def _asked(self, first: int, second: int, status: str) -> tuple[RequesterId, list[Assignment]]:
        """Two assignments, and the requester of the first: the other may be a stranger's."""
        chosen = {
            each.id: each for each in (self.an_assignment(first, status), self.an_assignment(second, status))
        }
        listed = list(chosen.values())
        return RequesterId(listed[0].hit.batch.requester), listed

    @act("requester", 4, first=picks, second=picks)
    def approve(self, first: int, second: int) -> None:
        requester, asked = self._asked(first, second, "submitted")
        due = [each for each in asked if each.status == "submitted" and each.hit.batch.requester == requester]
        decided = reviewing.approve(
            requester_id=requester,
            assignment_ids=[AssignmentId(each.id) for each in asked],
            actor_id=requester,
        )
        assert set(decided.decided) == {each.id for each in due}
        assert set(decided.unchanged) == {each.id for each in asked if each not in due}
        for each in due:
            self.market.pay(each)

    @act("requester", 5, first=picks, second=picks)
    def reject(self, first: int, second: int) -> None:
        requester, asked = self._asked(first, second, "submitted")
        due = [
            each
            for each in asked
            if each.status == "submitted"
            and each.hit.batch.requester == requester
            and (each.auto_approve or 0) > self.market.now
        ]
        decided = reviewing.reject(
            requester_id=requester,
            assignment_ids=[AssignmentId(each.id) for each in asked],
            actor_id=requester,
            reason="wrong",
            words="This is another word.",
        )
        assert set(decided.decided) == {each.id for each in due}
        for each in due:
            each.move("rejected")
            each.decided, each.release_due = self.market.now, self.market.now + APPEAL

    @act("requester", 3, assignment=picks)
    def override(self, assignment: int) -> None:
        chosen = self.an_assignment(assignment, "rejected")
        requester = RequesterId(chosen.hit.batch.requester)

        def act() -> None:
            reviewing.override_rejection(
                requester_id=requester, assignment_id=AssignmentId(chosen.id), actor_id=requester
            )

        if (
            chosen.status != "rejected"
            or chosen.decided is None
            or chosen.decided + OVERRIDE <= self.market.now
        ):
            self.refused(errors.NotRejected, act)
        elif chosen.release_due is None and chosen.cost > self.market.available(requester):
            self.refused(InsufficientFunds, act)
        else:
            act()
            self.market.pay(chosen)

    @act("requester", 3, assignment=picks)
    def send_back(self, assignment: int) -> None:
        chosen = self.an_assignment(assignment, "submitted")
        requester = RequesterId(chosen.hit.batch.requester)

        def act() -> object:
            return reviewing.send_back(
                requester_id=requester,
                assignment_id=AssignmentId(chosen.id),
                actor_id=requester,
                words="Please say more.",
            )

        if chosen.status != "submitted" or (chosen.auto_approve or 0) <= self.market.now:
            self.refused(errors.NotSubmitted, act)
            return
        act()
        chosen.move("correction")
        chosen.auto_approve = None
        chosen.deadline = self.market.now + max(chosen.hit.batch.project.duration, CORRECTION_AT_LEAST)

    def _hits_meant(self, batch: Batch, hit: int | None) -> tuple[HITId | None, list[HIT]]:
        there = [each for each in batch.hits if not each.disposed]
        if hit is None or not batch.hits:
            return None, there
        chosen = self.pick(hit, batch.hits)
        return HITId(chosen.id), [each for each in there if each is chosen]

    @act("requester", 2, batch=picks, hit=st.none() | picks)
    def expire(self, batch: int, hit: int | None) -> None:
        chosen = self.pick(batch, self.market.batches)
        hit_id, meant = self._hits_meant(chosen, hit)
        requester = RequesterId(chosen.requester)

        def act() -> int:
            return batches.expire_batch(
                requester_id=requester, batch_id=BatchId(chosen.id), actor_id=requester, hit_id=hit_id
            )

        if chosen.disposed:
            self.refused(errors.BatchNotPublished, act)
            return
        changing = [each for each in meant if each.free or each.expires > self.market.now]
        assert act() == len(changing)
        for each in changing:
            self.market.withdraw(each)
        self.market.batch_acts += 1

    @act(
        "requester",
        4,
        batch=picks,
        hit=st.none() | picks,
        more=st.integers(0, 2),
        minutes=st.sampled_from([None, None, -5, 20, 2 * DAY]),
    )
    def extend(self, batch: int, hit: int | None, more: int, minutes: int | None) -> None:
        chosen = self.pick(batch, self.market.batches)
        hit_id, meant = self._hits_meant(chosen, hit)
        requester = RequesterId(chosen.requester)

        def act() -> batches.Extended:
            return batches.extend_batch(
                requester_id=requester,
                batch_id=BatchId(chosen.id),
                actor_id=requester,
                more_assignments=more,
                expires_at=None if minutes is None else timezone.now() + timedelta(minutes=minutes),
                hit_id=hit_id,
            )

        ends = {each.id: each.expires if minutes is None else self.market.now + minutes for each in meant}
        opened = {each.id: each.withdrawn + more if ends[each.id] > self.market.now else 0 for each in meant}
        price = sum(opened.values()) * (chosen.reward + chosen.fee)
        if more == 0 and minutes is None:
            self.refused(errors.NothingToExtend, act)
        elif minutes is not None and minutes < 0:
            self.refused(errors.EndInThePast, act)
        elif chosen.disposed:
            self.refused(errors.BatchNotPublished, act)
        elif price > self.market.available(requester):
            self.refused(InsufficientFunds, act)
        else:
            assert act() == batches.Extended(len(meant), sum(opened.values()))
            self.market.books.move((requester, "available"), (requester, "reserved"), price)
            self.market.batch_acts += 1
            for each in meant:
                each.places += more
                each.withdrawn += more - opened[each.id]
                each.expires = ends[each.id]

    @act("requester", 2, batch=picks)
    def dispose(self, batch: int) -> None:
        chosen = self.pick(batch, self.market.batches)
        requester = RequesterId(chosen.requester)

        def act() -> int:
            return batches.dispose_batch(
                requester_id=requester, batch_id=BatchId(chosen.id), actor_id=requester
            )

        if chosen.disposed:
            self.refused(errors.BatchNotPublished, act)
        elif any(
            each.status in {"assignable", "unassignable"} or each.count("submitted") for each in chosen.hits
        ):
            self.refused(errors.BatchNotFinished, act)
        else:
            assert act() == sum(not each.disposed for each in chosen.hits)
            chosen.disposed = True
            self.market.batch_acts += 1
            for each in chosen.hits:
                each.disposed = True

    @act("requester", 1, batch=picks)
    def wind_up(self, batch: int) -> None:
        """End a batch and decide what is left of it, as a requester does before disposing of it."""
        chosen = self.pick(batch, self.market.batches)
        waiting = [each for each in self.market.assignments.values() if each.status == "submitted"]
        if waiting and batch % 2:
            chosen = self.pick(batch, waiting).hit.batch
        batch = self.market.batches.index(chosen)
        self.expire(batch, None)
        requester = RequesterId(chosen.requester)
        for hit in chosen.hits:
            waiting = [each for each in hit.assignments if each.status == "submitted"]
            ids = [AssignmentId(each.id) for each in waiting]
            reviewing.approve(requester_id=requester, assignment_ids=ids, actor_id=requester)
            for each in waiting:
                self.market.pay(each)
        self.dispose(batch)

    @act("requester", 1, batch=picks)
    def a_stranger_asks(self, batch: int) -> None:
        """The batch of another requester is not there."""
        chosen = self.pick(batch, self.market.batches)
        stranger = RequesterId(next(each for each in self.requesters if each != chosen.requester))
        for deed in (batches.expire_batch, batches.dispose_batch):
            with pytest.raises(NotFound):
                deed(requester_id=stranger, batch_id=BatchId(chosen.id), actor_id=stranger)

    # Time ----------------------------------------------------------------------------------------

    @act(
        "time",
        2,
        minutes=st.sampled_from([1, 1, 1, 5, 5, 11, 11, 16, 16, 61, 61, DAY + 1, DAY + 1, APPEAL, OVERRIDE]),
    )
    def time_passes(self, minutes: int) -> None:
        observed.let_time_pass(minutes)
        self.market.now += minutes

    @act("time", 2)
    def a_long_wait(self) -> None:
        """A day in which nobody does anything, and the sweeps run."""
        self.time_passes(DAY + 1)
        self._sweep_all()

    @act("time", 3, which=st.sampled_from((*SWEEPS, "all", "all", "all", "all")))
    def sweep(self, which: str) -> None:
        getattr(self, f"_sweep_{which}")()

    def _sweep_all(self) -> None:
        for which in SWEEPS:
            self.sweep(which)

    def _sweep_abandon(self) -> None:
        due = [
            each
            for each in self.market.assignments.values()
            # The grace of half a minute: strictly more than the time allotted.
            if each.status == "accepted" and each.deadline < self.market.now
        ]
        assert sweeping.abandon_due() == len(due)
        for each in due:
            each.move("abandoned")

    def _sweep_restore(self) -> None:
        due = [
            each
            for each in self.market.assignments.values()
            if each.status == "correction" and each.deadline < self.market.now
        ]
        assert sweeping.restore_due() == len(due)
        for each in due:
            each.move("submitted")
            each.auto_approve = self.market.now + each.hit.batch.project.auto_approval

    def _sweep_expire(self) -> None:
        due = [hit for hit in self.market.hits if hit.free and hit.expires <= self.market.now]
        assert sweeping.expire_due() == len(due)
        for hit in due:
            self.market.withdraw(hit)

    def _sweep_approve(self) -> None:
        due = [
            each
            for each in self.market.assignments.values()
            if each.status == "submitted"
            and each.auto_approve is not None
            and each.auto_approve <= self.market.now
        ]
        assert sweeping.approve_due() == len(due)
        for each in due:
            self.market.pay(each)

    def _sweep_release(self) -> None:
        due = [
            each
            for each in self.market.assignments.values()
            if each.status == "rejected"
            and each.release_due is not None
            and each.release_due <= self.market.now
        ]
        assert sweeping.release_rejected_due() == len(due)
        for each in due:
            requester = each.hit.batch.requester
            self.market.books.move((requester, "reserved"), (requester, "available"), each.cost)
            each.release_due = None

    def _sweep_fold(self) -> None:
        sweeping.fold_open()

    # What must hold after each step -----------------------------------------------------------------

    @invariant()
    def the_hits_are_the_models(self) -> None:
        expected = {
            hit.id: (
                hit.status,
                hit.places,
                hit.free,
                hit.count("accepted", "correction"),
                hit.count("submitted"),
                hit.count("approved"),
                hit.count("rejected"),
                hit.withdrawn,
            )
            for hit in self.market.hits
        }
        assert observed.hits() == expected
        for hit in self.market.hits:
            assert hit.count(*TAKES_A_PLACE) <= hit.places  # I1
            taken = [each.worker for each in hit.assignments if each.status in TAKES_A_PLACE]
            assert len(taken) == len(set(taken))  # I2

    @invariant()
    def the_assignments_are_the_models(self) -> None:
        expected = {
            each.id: (each.status, each.answer, each.draft, each.release_due is not None, each.steps)
            for each in self.market.assignments.values()
        }
        assert observed.assignments() == expected
        for each in self.market.assignments.values():  # I7
            for before, after in each.steps[1:]:
                assert after in ASSIGNMENT_TRANSITIONS[AssignmentStatus(before)]

    @invariant()
    def the_books_are_the_models(self) -> None:
        expected = {key: amount for key, amount in self.market.books.balances.items() if amount}
        assert observed.balances() == expected  # I6
        assert observed.rewards() == {key: n for key, n in self.market.books.rewards.items() if n}  # I4
        for requester in self.requesters:  # I5
            assert self.market.books.balances[requester, "reserved"] == self.market.reserved(requester)

    @invariant()
    def nothing_more_was_written(self) -> None:
        """A refusal leaves no trace."""
        market = self.market
        assert observed.totals() == (market.books.transfers, market.batch_acts, len(market.skips))

    @invariant()
    def the_ledger_is_in_order(self) -> None:
        assert first_difference() is None

    @invariant()
    def workers_are_shown_what_they_could_accept(self) -> None:
        worker = self.workers[self.market.now % len(self.workers)]
        shown = catalog.listing(worker_id=WorkerId(worker), search=catalog.Search())
        counts = {group.hit_type_id: group.task_count for group in shown.groups}
        types = {batch.type_id for batch in self.market.batches}
        expected = {type_id: len(self.market.eligible(worker, type_id)) for type_id in types}
        # What expires within this minute is left out a little early.
        soon = {hit.batch.type_id for hit in self.market.hits if hit.expires == self.market.now + 1}
        for type_id in types - soon:
            assert counts.get(type_id, 0) == expected[type_id]

    def teardown(self) -> None:
        cleaner.clean()


cleaner: databases.Cleaner


def _profile() -> settings:
    asked = os.environ.get("HISTORIES", "")
    histories = int(asked or 25)
    return settings(
        max_examples=histories,
        stateful_step_count=50 if asked else 40,
        derandomize=not asked,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink] if asked else [Phase.generate],
        print_blob=True,
    )


@pytest.mark.slow
@pytest.mark.feature(
    "W-14", "W-15", "W-29", "W-31", "W-32", "W-34", "W-44", "M-29", "M-103", "M-104", "M-129", "S-05"
)
def test_every_history_keeps_the_books_and_the_life_cycles(
    database: Database, migrated: databases.Cleaner
) -> None:
    global cleaner
    cleaner = migrated
    with override_settings(
        ACCEPTED_AT_ONCE_MAX=HELD_AT_ONCE, SKIP_COOL_DOWN_S=SKIP * 60, APPEAL_WINDOW_S=APPEAL * 60
    ):
        run_state_machine_as_test(MarketHistory, settings=_profile())  # type: ignore[no-untyped-call]
