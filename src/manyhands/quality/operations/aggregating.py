"""One answer per task of a batch: chosen by vote and by Dawid-Skene, or, for free text, by its medoid."""

from collections import defaultdict
from dataclasses import dataclass

from manyhands.core.ids import BatchId, RequesterId
from manyhands.quality import queries
from manyhands.quality.aggregation import TooManyClasses, dawid_skene, majority_vote, medoid


@dataclass(frozen=True, slots=True)
class Item:
    """A task with its answer. ``agreement``: share of its answers equal to the majority's."""

    hit_id: int
    answer: str
    confidence: float
    majority: str
    agreement: float
    answers: int


@dataclass(frozen=True, slots=True)
class WorkerEstimate:
    """``accuracy``: the chance of a right answer, estimated; None where the method gives none."""

    worker_id: int
    answers: int
    accuracy: float | None


@dataclass(frozen=True, slots=True)
class Aggregated:
    """``method``: ``dawid-skene``, ``majority`` (too many classes for the former) or ``medoid``."""

    method: str
    items: list[Item]
    workers: list[WorkerEstimate]
    answer_count: int

    @property
    def agreement(self) -> float | None:
        """Mean agreement over the tasks that have an answer."""
        return sum(item.agreement for item in self.items) / len(self.items) if self.items else None

    @property
    def confidence(self) -> float | None:
        return sum(item.confidence for item in self.items) / len(self.items) if self.items else None


def aggregate_field(
    *, requester_id: RequesterId, batch_id: BatchId, field: str, closed: bool, place: int | None = None
) -> Aggregated:
    """Aggregate one answer field of a batch; items least certain first, then by HIT.

    ``closed``: the field offers choices. Free text with few different answers is treated as choices are
    not: by its medoid. Reads the answers once; the rest is arithmetic.
    """
    found = queries.field_answers(requester_id=requester_id, batch_id=batch_id, field=field, place=place)
    if closed:
        return _by_choice(found)
    return _by_text(found)


def _by_choice(found: queries.FieldAnswers) -> Aggregated:
    answers = found.answers
    vote = majority_vote(answers)
    estimates: list[float | None] = [None] * answers.n_workers
    label, confidence, method = vote.label, vote.confidence, "majority"
    try:
        if answers.n_classes:
            solution = dawid_skene(answers)
            label, confidence, method = solution.label, solution.confidence, "dawid-skene"
            estimates = list(solution.worker_accuracy.tolist())
    except TooManyClasses:
        pass
    names = found.classes
    items = [
        Item(hit, names[best], sure, names[most], share, total)
        for hit, best, sure, most, share, total in zip(
            found.hits, label.tolist(), confidence.tolist(), vote.label.tolist(), vote.confidence.tolist(),
            vote.total.tolist(), strict=True,
        )
    ]  # fmt: skip
    return _sorted(method, items, found, estimates)


def _by_text(found: queries.FieldAnswers) -> Aggregated:
    texts: dict[int, list[str]] = defaultdict(list)
    for item, label in zip(found.answers.item.tolist(), found.answers.label.tolist(), strict=True):
        texts[item].append(found.classes[label])
    items = []
    for index, hit in enumerate(found.hits):
        chosen = medoid(texts[index])
        if chosen is not None:
            count = len(texts[index])
            items.append(Item(hit, chosen.text, chosen.confidence, chosen.text, chosen.agreement, count))
    return _sorted("medoid", items, found, [None] * found.answers.n_workers)


def _sorted(
    method: str, items: list[Item], found: queries.FieldAnswers, estimates: list[float | None]
) -> Aggregated:
    counts: dict[int, int] = defaultdict(int)
    for person in found.answers.worker.tolist():
        counts[person] += 1
    workers = [
        WorkerEstimate(worker_id, counts[index], estimates[index])
        for index, worker_id in enumerate(found.workers)
    ]
    workers.sort(key=lambda one: (one.accuracy is None, one.accuracy or 0.0, one.worker_id))
    items.sort(key=lambda item: (item.confidence, item.agreement, item.hit_id))
    return Aggregated(method, items, workers, len(found.answers.item))
