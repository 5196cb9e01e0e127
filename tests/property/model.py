"""The market as plain Python: what should be true after each act, without a database.

Time is whole minutes; the machine moves all instants in the tables back instead of waiting. An instant
that lies exactly now counts as past, because a little real time has always gone by.
"""

from collections import Counter
from dataclasses import dataclass, field

TAKES_A_PLACE = frozenset({"accepted", "submitted", "correction", "approved", "rejected"})
UNDECIDED = frozenset({"accepted", "submitted", "correction"})


@dataclass
class Assignment:
    id: int
    worker: int
    hit: "HIT"
    deadline: int
    status: str = "accepted"
    answer: list[list[str]] | None = None
    draft: list[list[str]] | None = None
    auto_approve: int | None = None
    decided: int | None = None
    release_due: int | None = None
    steps: list[tuple[str, str]] = field(default_factory=lambda: [("", "accepted")])

    @property
    def cost(self) -> int:
        return self.hit.batch.reward + self.hit.batch.fee

    def move(self, status: str) -> None:
        self.steps.append((self.status, status))
        self.status = status


@dataclass
class HIT:
    id: int
    batch: "Batch"
    places: int
    expires: int
    withdrawn: int = 0
    disposed: bool = False
    reviewing: bool = False
    assignments: list[Assignment] = field(default_factory=list)

    def count(self, *statuses: str) -> int:
        return sum(assignment.status in statuses for assignment in self.assignments)

    @property
    def free(self) -> int:
        return self.places - self.withdrawn - self.count(*TAKES_A_PLACE)

    @property
    def status(self) -> str:
        if self.disposed:
            return "disposed"
        if self.free or self.count("accepted", "correction"):
            self.reviewing = False
            return "assignable" if self.free else "unassignable"
        return "reviewing" if self.reviewing else "reviewable"

    def is_open(self, now: int) -> bool:
        return self.free > 0 and self.expires > now

    def had_by(self, worker: int) -> bool:
        return any(each.worker == worker and each.status in TAKES_A_PLACE for each in self.assignments)


@dataclass
class Project:
    """Terms that make one group with each reward."""

    id: int
    requester: int
    duration: int
    auto_approval: int


@dataclass
class Batch:
    id: int
    type_id: int
    project: Project
    reward: int
    fee: int
    hits: list[HIT] = field(default_factory=list)
    disposed: bool = False

    @property
    def requester(self) -> int:
        return self.project.requester

    @property
    def cost(self) -> int:
        return self.reward + self.fee


@dataclass
class Books:
    """Balances by (owner, kind of account), and every payment of a reward."""

    balances: Counter[tuple[int, str]] = field(default_factory=Counter)
    rewards: Counter[int] = field(default_factory=Counter)
    transfers: int = 0

    def move(self, payer: tuple[int, str], earner: tuple[int, str], amount: int) -> None:
        if amount:
            self.balances[payer] -= amount
            self.balances[earner] += amount
            self.transfers += 1


@dataclass
class Market:
    now: int = 0
    books: Books = field(default_factory=Books)
    batches: list[Batch] = field(default_factory=list)
    assignments: dict[int, Assignment] = field(default_factory=dict)
    skips: dict[tuple[int, int], int] = field(default_factory=dict)
    auto_accept: dict[int, bool] = field(default_factory=dict)
    batch_acts: int = 0

    @property
    def hits(self) -> list[HIT]:
        return [hit for batch in self.batches for hit in batch.hits]

    def available(self, requester: int) -> int:
        return self.books.balances[requester, "available"]

    def held_by(self, worker: int) -> int:
        """Assignments the worker holds whose time is not over."""
        return sum(
            each.worker == worker and each.status in {"accepted", "correction"} and each.deadline > self.now
            for each in self.assignments.values()
        )

    def skipped(self, worker: int, hit: HIT) -> bool:
        return self.skips.get((worker, hit.id), self.now) > self.now

    def eligible(self, worker: int, type_id: int) -> list[HIT]:
        """What accepting the next of a group may give this worker."""
        return [
            hit
            for hit in self.hits
            if hit.batch.type_id == type_id
            and hit.batch.requester != worker
            and hit.is_open(self.now)
            and not hit.had_by(worker)
            and not self.skipped(worker, hit)
        ]

    def accept(self, worker: int, hit: HIT, assignment_id: int) -> Assignment:
        deadline = self.now + hit.batch.project.duration
        made = Assignment(assignment_id, worker, hit, deadline)
        hit.assignments.append(made)
        self.assignments[assignment_id] = made
        return made

    def pay(self, assignment: Assignment) -> None:
        """Approve: out of what is reserved, or of what is available when that has gone back."""
        batch = assignment.hit.batch
        released = assignment.status == "rejected" and assignment.release_due is None
        payer = (batch.requester, "available" if released else "reserved")
        self.books.move(payer, (assignment.worker, "earned"), batch.reward)
        self.books.move(payer, (batch.requester, "fees"), batch.fee)
        self.books.rewards[assignment.id] += bool(batch.reward)
        assignment.move("approved")
        assignment.decided = self.now
        assignment.release_due = None

    def withdraw(self, hit: HIT) -> None:
        """Take the free places of a HIT off the market."""
        batch = hit.batch
        amount = hit.free * (batch.reward + batch.fee)
        self.books.move((batch.requester, "reserved"), (batch.requester, "available"), amount)
        hit.withdrawn += hit.free
        hit.expires = min(hit.expires, self.now)

    def reserved(self, requester: int) -> int:
        """What should be reserved, computed from the work alone."""
        free = sum(
            hit.free * (hit.batch.reward + hit.batch.fee)
            for hit in self.hits
            if hit.batch.requester == requester
        )
        out = sum(
            each.cost
            for each in self.assignments.values()
            if each.hit.batch.requester == requester
            and (each.status in UNDECIDED or each.release_due is not None)
        )
        return free + out
