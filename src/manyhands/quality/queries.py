"""What aggregation reads: the answers of one field of a batch, coded as arrays."""

from dataclasses import dataclass

import numpy as np

from manyhands.core.ids import BatchId, RequesterId
from manyhands.quality.aggregation import Answers
from manyhands.work.queries import results


@dataclass(frozen=True, slots=True)
class FieldAnswers:
    """The answers of one field; ``hits``, ``workers`` and ``classes`` name the codes. Empty ones are left out."""

    answers: Answers
    hits: list[int]
    workers: list[int]
    classes: list[str]


def field_answers(
    *, requester_id: RequesterId, batch_id: BatchId, field: str, place: int | None = None
) -> FieldAnswers:
    """Read and code the answers of a field: HITs and workers by id, classes in sorted order."""
    hits: list[int] = []
    workers: list[int] = []
    labels: list[int] = []
    codes: dict[str, int] = {}
    for hit, worker, value in results.field_values(
        requester_id=requester_id, batch_id=batch_id, field=field, place=place
    ):
        if value is None or not value.strip():
            continue
        hits.append(hit)
        workers.append(worker)
        labels.append(codes.setdefault(value, len(codes)))
    names = sorted(codes)
    rank = np.empty(len(names), dtype=np.int64)
    rank[[codes[name] for name in names]] = np.arange(len(names))
    hit_ids, item = np.unique(np.array(hits, dtype=np.int64), return_inverse=True)
    worker_ids, person = np.unique(np.array(workers, dtype=np.int64), return_inverse=True)
    answers = Answers(
        item=item.astype(np.int64),
        worker=person.astype(np.int64),
        label=rank[np.array(labels, dtype=np.int64)],
        n_items=len(hit_ids),
        n_workers=len(worker_ids),
        n_classes=len(names),
    )
    return FieldAnswers(answers, hit_ids.tolist(), worker_ids.tolist(), names)
