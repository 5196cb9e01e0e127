"""Plays a recorded set on a running site: one requester, the recorded workers, all through its pages."""

import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from manyhands.replay import outcome, scout, worker
from manyhands.replay.browser import Browser, ReplayFailed
from manyhands.replay.newcomer import Newcomer, arrive
from manyhands.replay.outcome import Outcome
from manyhands.replay.progress import Progress
from manyhands.replay.recorded import RecordedSet
from manyhands.replay.requester import RequesterAtWork, Terms
from manyhands.replay.schedule import Turns, each_in_parallel, in_parallel
from manyhands.replay.worker import Done

WORKERS_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Crowd:
    """The recorded workers, logged in; ``run`` keeps the people of two replays apart."""

    site: str
    run: str
    transport: httpx.BaseTransport
    browsers: dict[str, Browser]


def play(
    recorded_set: RecordedSet,
    *,
    site: str,
    progress: Progress,
    ledger_is_ok: Callable[[], bool | None],
    workers_at_once: int = WORKERS_AT_ONCE,
) -> Outcome:
    """Publish the set, let every worker give its recorded answers, approve, and read the results.

    Raises ReplayFailed, saying which page refused what.
    """
    started = time.monotonic()
    limits = httpx.Limits(max_connections=workers_at_once + 4, max_keepalive_connections=workers_at_once + 4)
    with httpx.HTTPTransport(limits=limits) as transport:
        crowd = Crowd(site, secrets.token_hex(3), transport, {})
        progress.step(f"Publishing {len(recorded_set.tasks):,} tasks of “{recorded_set.name}” on {site}")
        requester = _requester(crowd, recorded_set)
        title = f"{recorded_set.title[:100]} ({crowd.run})"
        batch = requester.publish(recorded_set, Terms(title=title, max_assignments=_places(recorded_set)))
        _let_in(crowd, recorded_set, progress)
        group = worker.find_group(_any(crowd), title)
        progress.step("Looking at the tasks", len(recorded_set.tasks))
        hits = scout.hits_by_task(_any(crowd), group, len(recorded_set.tasks), progress)
        given = _give_answers(crowd, recorded_set, group, hits, progress, workers_at_once)
        progress.step("Approving and reading the results")
        requester.approve_all(batch)
        results = requester.results(batch)
        progress.step("Checking the books")
        ledger_ok = ledger_is_ok()
    return Outcome(
        set=recorded_set.name,
        tasks=len(recorded_set.tasks),
        answers=given,
        workers=len(crowd.browsers),
        majority_vote_accuracy=_accuracy(results.majority_vote, recorded_set),
        dawid_skene_accuracy=_accuracy(results.dawid_skene, recorded_set),
        money_paid=results.money_paid,
        fees=results.fees,
        ledger_ok=ledger_ok,
        seconds=round(time.monotonic() - started, 1),
    )


def _accuracy(labels: dict[str, str], recorded_set: RecordedSet) -> float | None:
    return outcome.accuracy(labels, recorded_set.gold, free_text=recorded_set.is_free_text)


def _places(recorded_set: RecordedSet) -> int:
    """As many as the most answered task has answers."""
    return max(Counter(answer.task for answer in recorded_set.answers).values())


def _requester(crowd: Crowd, recorded_set: RecordedSet) -> RequesterAtWork:
    person = _person(crowd, 0, f"Replay of {recorded_set.name}", "requester")
    return RequesterAtWork(arrive(crowd.site, person, crowd.transport))


def _let_in(crowd: Crowd, recorded_set: RecordedSet, progress: Progress) -> None:
    names = recorded_set.workers
    progress.step("Workers sign up, confirm their address and log in", len(names))

    def come(numbered: tuple[int, str]) -> None:
        number, name = numbered
        person = _person(crowd, number, f"Recorded worker {name}", "worker")
        crowd.browsers[name] = arrive(crowd.site, person, crowd.transport)
        progress.add()

    # Passwords are hashed slowly on purpose: more at once would only wait for the server's cores.
    each_in_parallel(come, list(enumerate(names, start=1)), 3)


def _person(crowd: Crowd, number: int, name: str, wants: str) -> Newcomer:
    address = f"{crowd.run}-{number}@replay.test"
    # The run's own stretch of addresses, so that a second replay does not meet the limits of the first.
    return Newcomer(int(crowd.run, 16) % 3_000_000 + number, name, address, (wants,))


def _any(crowd: Crowd) -> Browser:
    return next(iter(crowd.browsers.values()))


def _give_answers(
    crowd: Crowd,
    recorded_set: RecordedSet,
    group: str,
    hits: dict[str, str],
    progress: Progress,
    workers_at_once: int,
) -> int:
    turns = Turns(recorded_set.answers)
    given: Counter[Done] = Counter()
    counting = threading.Lock()
    progress.step("Answers", len(recorded_set.answers))

    def one() -> bool:
        turn = turns.next()
        if turn is None:
            return False
        answer, done = turn
        result = worker.answer(
            crowd.browsers[answer.worker],
            group=group,
            hit=hits[answer.task],
            task=answer.task,
            label=answer.label,
        )
        with counting:
            given[result] += 1
        progress.add()
        done()
        return True

    in_parallel(one, workers_at_once)
    if given[Done.CLOSED]:
        raise ReplayFailed(f"{given[Done.CLOSED]} of the recorded answers found their task closed to them.")
    return given[Done.SUBMITTED]
