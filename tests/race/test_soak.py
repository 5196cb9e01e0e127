"""Everybody at once for a few seconds: no deadlock, no unexpected error, and books that balance."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from manyhands.core.errors import Refusal
from manyhands.core.ids import AssignmentId, RequesterId, WorkerId
from manyhands.ledger.check import first_difference
from manyhands.work.models import Assignment
from manyhands.work.operations import accepting, batches, reviewing, submitting, sweeping
from tests import factories
from tests.conftest import Database

SECONDS = 4.0


class Crowd:
    """Threads that act at random until the time is over; errors other than refusals are kept."""

    def __init__(self) -> None:
        self.ends_at = time.monotonic() + SECONDS
        self.done: Counter[str] = Counter()
        self.errors: list[BaseException] = []

    def run(self, *people: Callable[[random.Random], None]) -> None:
        threads = [
            threading.Thread(target=self._live, args=(person, seed)) for seed, person in enumerate(people)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(SECONDS + 30)
            assert not thread.is_alive(), "somebody waits for ever"

    def _live(self, person: Callable[[random.Random], None], seed: int) -> None:
        chance = random.Random(seed)
        try:
            while time.monotonic() < self.ends_at and not self.errors:
                try:
                    person(chance)
                    self.done[person.__qualname__] += 1
                except Refusal:
                    self.done["refused"] += 1
        except BaseException as error:
            self.errors.append(error)
        finally:
            connections.close_all()


@pytest.mark.slow
def test_everybody_at_once_ends_without_deadlock_and_with_books_that_balance(database: Database) -> None:
    requesters = [factories.make_requester(deposit_minor=2_000) for _ in range(2)]
    groups = [
        factories.publish(requester, 6, max_assignments=3, auto_approval_delay_s=delay, title=str(delay))
        for requester, delay in zip(requesters, (0, 86_400), strict=True)
    ]
    # Two threads for each worker: two windows.
    workers = [factories.make_worker(auto_accept_next=bool(number % 2)) for number in range(3)]
    crowd = Crowd()

    def work_of(worker: Any) -> Callable[[random.Random], None]:
        worker_id = WorkerId(worker.pk)

        def works(chance: random.Random) -> None:
            held = list(
                Assignment.objects.filter(
                    worker_id=worker.pk, status__in=["accepted", "correction"]
                ).values_list("pk", flat=True)[:5]
            )
            if not held or chance.random() < 0.3:
                group = chance.choice(groups)
                if chance.random() < 0.5:
                    factories.accept(worker, group)
                else:
                    factories.accept(worker, group, chance.choice(group.hit_ids))
                return
            assignment_id = AssignmentId(chance.choice(held))
            if chance.random() < 0.25:
                accepting.return_assignment(worker_id=worker_id, assignment_id=assignment_id)
            else:
                submitting.submit(
                    worker_id=worker_id,
                    assignment_id=assignment_id,
                    answer=[("meaning", "x")],
                    received_at=timezone.now(),
                )

        return works

    def rule_of(requester: Any, group: factories.Published) -> Callable[[random.Random], None]:
        by = {"requester_id": RequesterId(requester.pk), "actor_id": RequesterId(requester.pk)}

        def rules(chance: random.Random) -> None:
            waiting = [
                AssignmentId(number)
                for number in Assignment.objects.filter(batch_id=group.batch_id)
                .exclude(status="accepted")
                .values_list("pk", flat=True)
            ]
            chance.shuffle(waiting)
            act = chance.randrange(6)
            if act == 0:
                reviewing.approve(assignment_ids=waiting[:6], **by)
            elif act == 1:
                reviewing.reject(assignment_ids=waiting[:3], reason="other", words="No.", **by)
            elif act == 2 and waiting:
                reviewing.send_back(assignment_id=waiting[0], words="More.", **by)
            elif act == 3 and waiting:
                reviewing.override_rejection(assignment_id=waiting[0], **by)
            elif act == 4:
                batches.expire_batch(batch_id=group.batch_id, **by)
            else:
                batches.extend_batch(
                    batch_id=group.batch_id,
                    more_assignments=chance.randrange(2),
                    expires_at=timezone.now() + timedelta(hours=1),
                    **by,
                )

        return rules

    def publishes(chance: random.Random) -> None:
        which = chance.randrange(2)
        factories.publish(requesters[which], 2, project_id=groups[which].project_id)

    def sweeps(chance: random.Random) -> None:
        Assignment.objects.filter(status="accepted", pk__endswith=chance.randrange(10)).update(
            deadline_at=timezone.now() - timedelta(minutes=2)
        )
        sweeping.sweep_all()
        sweeping.fold_open()

    crowd.run(
        *(work_of(worker) for worker in workers for _ in range(2)),
        *(rule_of(requester, group) for requester, group in zip(requesters, groups, strict=True)),
        publishes,
        sweeps,
        sweeps,
    )

    assert crowd.errors == []
    assert sum(crowd.done.values()) > 100, crowd.done
    assert first_difference() is None
