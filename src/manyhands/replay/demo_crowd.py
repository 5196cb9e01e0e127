"""The demo's background crowd: recorded workers who go on answering, slowly, while a visitor looks around.

Run by the demo as ``python -m manyhands.replay.demo_crowd``. It is bounded by the recorded answers; what
it has done is kept in the home, so that a demo started again goes on where it stopped.
"""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path

import httpx

from manyhands.config import env
from manyhands.replay import recorded, scout, worker
from manyhands.replay.browser import Browser, Form, ReplayFailed
from manyhands.replay.loopback import require_loopback
from manyhands.replay.newcomer import Newcomer, arrive_again, log_in
from manyhands.replay.progress import Progress
from manyhands.replay.recorded import RecordedAnswer, RecordedSet
from manyhands.replay.requester import RequesterAtWork, Terms

# The demo's own requester, so that a visitor who logs in as this person sees work come in.
_REQUESTER, _PASSWORD = "requester@demo.test", "manyhands-demo"
# Up to so many answers, this pause between two: lively at first, then without end in sight.
_PACE = ((60, 0.3), (300, 1.0), (10**9, 4.0))
_AFTER_TROUBLE_S = 20.0


@dataclass(frozen=True, slots=True)
class Slice:
    """How much of a set, on what terms; one place more than recorded answers is left to the visitor."""

    name: str
    n_tasks: int
    reward: Decimal
    approve_every_s: int
    known_every: int = 0


SLICES = (
    Slice("relation", 10, Decimal("0.04"), approve_every_s=90),
    Slice("translation", 100, Decimal("0.12"), approve_every_s=600),
    # One in six goes with its known answer, so that the figures at each submission live.
    Slice("rte", 60, Decimal("0.03"), approve_every_s=90, known_every=6),
)


@dataclass(slots=True)
class Position:
    """How far one slice is: where it was published, which HIT is which task, how many answers are given."""

    batch: str = ""
    group: str = ""
    hits: dict[str, str] = field(default_factory=dict)
    given: int = 0


class Played:
    """A slice at work. Ends when its answers are used up."""

    def __init__(self, crowd: "Crowd", part: Slice, offset: int) -> None:
        self.part = part
        self.position = crowd.positions.setdefault(part.name, Position())
        self._crowd = crowd
        self._offset = offset
        self._set: RecordedSet = recorded.load(part.name).first(part.n_tasks)
        self._order = list(_in_turn(self._set.answers))
        self._numbers = {name: number for number, name in enumerate(self._set.workers, start=1)}
        self._browsers: dict[str, Browser] = {}
        self._to_approve: Form | None = None
        self._approve_due = time.monotonic() + part.approve_every_s

    @property
    def share_left(self) -> float:
        return 1 - self.position.given / len(self._order)

    def publish(self) -> None:
        """Once in the life of a demo."""
        if not self.position.batch:
            places = _most_answered(self._set) + 1
            terms = Terms(
                self._set.title,
                places,
                self.part.reward,
                money_per_assignment=Decimal(0),
                known_every=self.part.known_every,
            )
            self.position.batch = self._crowd.requester.publish(self._set, terms)
            self._crowd.save()
        if not self.position.hits:
            browser = self._browser(self._set.workers[0])
            self.position.group = worker.find_group(browser, self._set.title)
            self.position.hits = scout.hits_by_task(
                browser, self.position.group, len(self._set.tasks), Progress(sys.stderr)
            )
            self._crowd.save()

    def step(self) -> None:
        """The next recorded answer."""
        given = self._order[self.position.given]
        worker.answer(
            self._browser(given.worker),
            group=self.position.group,
            hit=self.position.hits[given.task],
            task=given.task,
            label=given.label,
        )
        self.position.given += 1

    def approve_some(self) -> None:
        """Approve what lay there when the requester last looked: a decision takes its time."""
        if time.monotonic() < self._approve_due:
            return
        self._approve_due = time.monotonic() + self.part.approve_every_s
        self._to_approve = self._crowd.requester.decide_later(self.position.batch, self._to_approve)

    def _browser(self, name: str) -> Browser:
        if name not in self._browsers:
            number = self._numbers[name]
            person = Newcomer(
                self._offset + number,
                f"Recorded worker {self.part.name} {number}",
                f"{self.part.name}-{number}@crowd.test",
                ("worker",),
            )
            self._browsers[name] = arrive_again(self._crowd.site, person, self._crowd.transport)
        return self._browsers[name]


class Crowd:
    """The requester, and what is kept between two starts of the demo."""

    def __init__(self, site: str, home: Path, transport: httpx.BaseTransport) -> None:
        self.site = site
        self.transport = transport
        self.requester = RequesterAtWork(Browser(site, transport))
        self._path = home / "crowd.json"
        self.positions: dict[str, Position] = {}
        if self._path.exists():
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            self.positions = {name: Position(**position) for name, position in kept.items()}

    def save(self) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps({name: asdict(position) for name, position in self.positions.items()}))
        fresh.replace(self._path)

    def play(self) -> None:
        """Until the recorded answers are used up. Raises ReplayFailed."""
        log_in(self.requester.browser, _REQUESTER, _PASSWORD)
        slices = [Played(self, part, 1000 * number) for number, part in enumerate(SLICES, start=1)]
        for played in slices:
            played.publish()
        while any(played.share_left for played in slices):
            most_left = max(slices, key=lambda played: played.share_left)
            most_left.step()
            self.save()
            for played in slices:
                played.approve_some()
            time.sleep(_pause(sum(played.position.given for played in slices)))


def main() -> None:
    """Play on whatever happens; at the end stay, because the demo would start an ended program again."""
    site = require_loopback(env.text("MANYHANDS_SITE_ORIGIN", "http://localhost:8000"))
    home = env.folder("MANYHANDS_HOME", Path.home() / ".manyhands-demo")
    with httpx.HTTPTransport() as transport:
        while True:
            try:
                Crowd(site, home, transport).play()
                break
            except ReplayFailed as failure:
                print(f"The crowd takes a break: {failure}", file=sys.stderr, flush=True)
                time.sleep(_AFTER_TROUBLE_S)
    while True:
        time.sleep(3600)


def _pause(given: int) -> float:
    return next(pause for until, pause in _PACE if given < until)


def _in_turn(answers: tuple[RecordedAnswer, ...]) -> Iterator[RecordedAnswer]:
    """Every worker's first answer, then every worker's second, ..."""
    by_worker: dict[str, list[RecordedAnswer]] = {}
    for given in answers:
        by_worker.setdefault(given.worker, []).append(given)
    for turn in range(max(map(len, by_worker.values()))):
        for own in by_worker.values():
            if turn < len(own):
                yield own[turn]


def _most_answered(recorded_set: RecordedSet) -> int:
    counts: dict[str, int] = {}
    for given in recorded_set.answers:
        counts[given.task] = counts.get(given.task, 0) + 1
    return max(counts.values())


if __name__ == "__main__":
    main()
