"""Majority vote, with one fixed rule for ties: the lowest class code wins.

Classes are coded in sorted order of their labels, so the same answers give the same label on every
run, in any order of arrival, whoever the workers are.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from manyhands.quality.aggregation.coding import Answers, Codes

# The label of an item nobody has answered.
NO_LABEL = -1


@dataclass(frozen=True, slots=True)
class MajorityVote:
    """Per item: the label with most votes (NO_LABEL if none) and the share of votes behind it.

    ``cell_*`` are the votes themselves, sparse: one row per (item, label) that occurs, sorted.
    """

    label: Codes
    confidence: NDArray[np.float64]
    total: Codes
    cell_item: Codes
    cell_label: Codes
    cell_votes: Codes

    def top(self) -> NDArray[np.bool_]:
        """Which cells have as many votes as any cell of their item: two of one item are a tie."""
        best = np.zeros(len(self.label), dtype=np.int64)
        np.maximum.at(best, self.cell_item, self.cell_votes)
        return np.asarray(self.cell_votes == best[self.cell_item])


def majority_vote(answers: Answers) -> MajorityVote:
    """Count the votes of every item. Grows with the answers (one sort), not with items times classes."""
    keys, counts = np.unique(answers.item * max(answers.n_classes, 1) + answers.label, return_counts=True)
    cell_item, cell_label = np.divmod(keys, max(answers.n_classes, 1))
    counts = counts.astype(np.int64)
    total = np.bincount(answers.item, minlength=answers.n_items).astype(np.int64)
    label = np.full(answers.n_items, NO_LABEL, dtype=np.int64)
    votes = np.zeros(answers.n_items, dtype=np.int64)
    # Within an item: most votes first, then the lowest class code; the first row of each item wins.
    order = np.lexsort((cell_label, -counts, cell_item))
    winner_item, first = np.unique(cell_item[order], return_index=True)
    label[winner_item] = cell_label[order][first]
    votes[winner_item] = counts[order][first]
    return MajorityVote(
        label=label,
        confidence=votes / np.maximum(total, 1),
        total=total,
        cell_item=cell_item,
        cell_label=cell_label,
        cell_votes=counts,
    )


def expected_accuracy_under_ties(vote: MajorityVote, gold: Codes) -> float:
    """The accuracy if ties were broken at random, over items with votes and a gold label (code, or -1).

    For measuring only: exports use the fixed rule. Not a number when no item has both.
    """
    top = vote.top()
    tied = np.bincount(vote.cell_item[top], minlength=len(vote.label))
    hit = np.bincount(
        vote.cell_item[top & (vote.cell_label == gold[vote.cell_item])], minlength=len(vote.label)
    )
    judged = (gold >= 0) & (vote.total > 0)
    if not judged.any():
        return float("nan")
    return float(np.mean(hit[judged] / tied[judged]))
