"""What a replay came to: one line of JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from manyhands.quality.aggregation.text import normalise


@dataclass(frozen=True, slots=True)
class Outcome:
    """Money in whole units of the platform's currency, as on the screen; None is 'not to be known here'."""

    set: str
    tasks: int
    answers: int
    workers: int
    majority_vote_accuracy: float | None
    dawid_skene_accuracy: float | None
    money_paid: str
    fees: str
    ledger_ok: bool | None
    seconds: float

    def line(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


def accuracy(labels: Mapping[str, str], gold: Mapping[str, str], *, free_text: bool) -> float | None:
    """Share of the gold labels met, among tasks with both; None without any. Four decimals."""
    same = normalise if free_text else str
    judged = [task for task in gold if task in labels]
    if not judged:
        return None
    return round(sum(same(labels[task]) == same(gold[task]) for task in judged) / len(judged), 4)
