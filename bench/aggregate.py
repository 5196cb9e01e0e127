"""Aggregation of a million answers, against NumPy's own counting of the same arrays.

Majority vote and Dawid-Skene over answers coded as integers; ``coded`` makes those codes of strings. The
reference is one ``np.bincount`` over (item, label), which any vote has to do at the least.
"""

import statistics
import time

import numpy as np

from bench import support

ANSWERS = 1_000_000
ITEMS = 200_000
WORKERS = 2_000
CLASSES = 4
ROUNDS = 3


def main() -> None:
    from manyhands.quality.aggregation import Answers, coded, dawid_skene, majority_vote

    support.say(f"Aggregating {ANSWERS:,} answers, {ROUNDS} times ...")
    chance = np.random.default_rng(7)
    truth = chance.integers(CLASSES, size=ITEMS)
    item = np.arange(ANSWERS) % ITEMS
    worker = chance.integers(WORKERS, size=ANSWERS)
    skill = chance.uniform(0.4, 0.95, size=WORKERS)
    right = chance.random(ANSWERS) < skill[worker]
    label = np.where(right, truth[item], chance.integers(CLASSES, size=ANSWERS))
    answers = Answers(item, worker, label, ITEMS, WORKERS, CLASSES)
    rows = [(f"i{i}", f"w{w}", f"l{x}") for i, w, x in zip(item, worker, label, strict=True)]

    count_s, vote_s, skene_s, coding_s = [], [], [], []
    for _ in range(ROUNDS):
        count_s.append(
            support.seconds(lambda: np.bincount(item * CLASSES + label, minlength=ITEMS * CLASSES))
        )
        start = time.perf_counter()
        votes = majority_vote(answers)
        vote_s.append(time.perf_counter() - start)
        start = time.perf_counter()
        skene = dawid_skene(answers)
        skene_s.append(time.perf_counter() - start)
        coding_s.append(support.seconds(lambda: coded(rows)))
    reference = statistics.median(count_s)
    support.report(
        "aggregate", statistics.median(vote_s) / reference, answers=ANSWERS, bincount_s=reference,
        majority_vote_s=statistics.median(vote_s), dawid_skene_s=statistics.median(skene_s),
        dawid_skene_ratio=statistics.median(skene_s) / reference, iterations=skene.iterations,
        coding_s=statistics.median(coding_s), majority_vote_accuracy=float((votes.label == truth).mean()),
        dawid_skene_accuracy=float((skene.label == truth).mean()), goal="seconds",
    )  # fmt: skip


if __name__ == "__main__":
    main()
