"""Dawid and Skene's model (1979) in a hierarchical form: who errs how, and what each item therefore is.

Every worker has a confusion matrix: row = the true class, column = the answer. Plain maximum likelihood
overfits workers with few answers, so a worker's row has a Dirichlet prior whose mean is the pooled row
of all workers; the pooled matrix leans to the diagonal and is estimated again in every round.
A round of EM costs answers times classes, and nothing else.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from manyhands.core.errors import Refusal
from manyhands.quality.aggregation.coding import Answers, Codes
from manyhands.quality.aggregation.votes import NO_LABEL

Floats = NDArray[np.float64]

# How many answers of experience the pooled row is worth against a worker's own answers.
WORKER_STRENGTH = 4.0
POOLED_RIGHT = 4.0
POOLED_WRONG = 1.0
CLASS_PRIOR = 1.0
ROUNDS_MAX = 100
# Posteriors that move less than this in a round have settled.
TOLERANCE = 1e-4
# Workers times classes squared: 400 MB of confusion matrices.
CELLS_MAX = 50_000_000
# Ties are judged at this precision, so that the order of answers cannot decide by rounding errors.
TIE_DECIMALS = 9


class TooManyClasses(Refusal):
    """Too many different answers for this method: use the majority vote."""


@dataclass(frozen=True, slots=True)
class DawidSkene:
    """A solution. Items without an answer and not known have NO_LABEL and confidence 0."""

    posterior: Floats  # items x classes, rows sum to 1
    label: Codes
    confidence: Floats
    confusion: Floats  # workers x true class x answer, rows sum to 1
    pooled: Floats  # true class x answer: a worker of whom nothing is known
    class_prior: Floats
    worker_accuracy: Floats  # chance of a right answer on an item drawn by the class prior
    worker_answers: Codes
    iterations: int
    converged: bool


def dawid_skene(
    answers: Answers,
    *,
    known: Codes | None = None,
    start: DawidSkene | None = None,
    rounds_max: int = ROUNDS_MAX,
    tolerance: float = TOLERANCE,
) -> DawidSkene:
    """Estimate what each item is and how each worker errs.

    ``known``: a class code per item or -1; known items keep their answer. ``start``: an earlier solution
    with the same codes (items and workers may have been added at the end): fewer rounds.
    Raises TooManyClasses.
    """
    if answers.n_workers * answers.n_classes**2 > CELLS_MAX:
        raise TooManyClasses
    em = _Rounds(answers, known)
    posterior = em.vote_shares() if start is None else em.expect(em.grown(start), start.class_prior)
    confusion, pooled, class_prior = em.maximise(posterior)
    converged = False
    iteration = 0
    while iteration < rounds_max and not converged:
        iteration += 1
        updated = em.expect(confusion, class_prior)
        converged = bool(np.abs(updated - posterior).max(initial=0.0) < tolerance)
        posterior = updated
        confusion, pooled, class_prior = em.maximise(posterior)
    return em.solution(posterior, confusion, pooled, class_prior, iteration, converged)


class _Rounds:
    """The two steps of EM over fixed answers, with what they share worked out once."""

    def __init__(self, answers: Answers, known: Codes | None) -> None:
        order = np.argsort(answers.item, kind="stable")  # neighbours in memory: half the time of a round
        self.item = answers.item[order]
        self.n_items, self.n_workers, self.n_classes = answers.n_items, answers.n_workers, answers.n_classes
        self.cell = answers.worker[order] * self.n_classes + answers.label[order]
        self.label = answers.label[order]
        self.total = np.bincount(self.item, minlength=self.n_items)
        self.worker_answers = np.bincount(answers.worker, minlength=self.n_workers).astype(np.int64)
        codes = np.full(self.n_items, NO_LABEL, dtype=np.int64) if known is None else known
        if codes.shape != (self.n_items,) or codes.max(initial=-1) >= self.n_classes:
            raise ValueError("known: one class code or -1 per item")
        self.known_items = np.flatnonzero(codes >= 0)
        self.known_labels = codes[self.known_items]
        self.pooled_prior = np.full((self.n_classes, self.n_classes), POOLED_WRONG)
        np.fill_diagonal(self.pooled_prior, POOLED_RIGHT)

    def vote_shares(self) -> Floats:
        """Where EM starts: each class's share of an item's votes, all alike without votes."""
        shape = (self.n_items, self.n_classes)
        key = self.item * self.n_classes + self.label
        votes = np.bincount(key, minlength=self.n_items * self.n_classes).reshape(shape)
        shares = np.full(shape, 1 / max(self.n_classes, 1))
        voted = self.total > 0
        shares[voted] = votes[voted] / self.total[voted, None]
        return self._clamp(shares)

    def maximise(self, posterior: Floats) -> tuple[Floats, Floats, Floats]:
        """Confusion matrices, the pooled matrix and the class prior that suit the posterior best."""
        shape = (self.n_workers, self.n_classes)
        counts = np.empty((self.n_workers, self.n_classes, self.n_classes))
        for true_class in range(self.n_classes):
            weight = np.ascontiguousarray(posterior[:, true_class])[self.item]
            flat = np.bincount(self.cell, weights=weight, minlength=self.n_workers * self.n_classes)
            counts[:, true_class, :] = flat.reshape(shape)
        pooled = counts.sum(axis=0) + self.pooled_prior
        pooled /= pooled.sum(axis=1, keepdims=True)
        counts += WORKER_STRENGTH * pooled
        counts /= counts.sum(axis=2, keepdims=True)
        answered = (self.total > 0) | self._is_known()
        class_prior = posterior[answered].sum(axis=0) + CLASS_PRIOR
        return counts, pooled, class_prior / class_prior.sum()

    def expect(self, confusion: Floats, class_prior: Floats) -> Floats:
        """The posterior of every item under these workers."""
        log_confusion = np.log(confusion)
        log_posterior = np.empty((self.n_items, self.n_classes))
        for true_class in range(self.n_classes):
            likelihood = np.ascontiguousarray(log_confusion[:, true_class, :]).ravel()[self.cell]
            log_posterior[:, true_class] = np.bincount(self.item, weights=likelihood, minlength=self.n_items)
        log_posterior += np.log(class_prior)
        log_posterior -= log_posterior.max(axis=1, keepdims=True, initial=-np.inf)
        posterior = np.exp(log_posterior)
        posterior /= posterior.sum(axis=1, keepdims=True)
        return self._clamp(posterior)

    def grown(self, start: DawidSkene) -> Floats:
        """The confusion matrices of an earlier solution, new workers as the pool."""
        missing = self.n_workers - len(start.confusion)
        if start.confusion.shape[1] != self.n_classes or missing < 0:
            raise ValueError("start: a solution of the same classes and of no more workers")
        return np.concatenate([start.confusion, np.repeat(start.pooled[None], missing, axis=0)])

    def solution(
        self,
        posterior: Floats,
        confusion: Floats,
        pooled: Floats,
        class_prior: Floats,
        iterations: int,
        converged: bool,
    ) -> DawidSkene:
        label = np.full(self.n_items, NO_LABEL, dtype=np.int64)
        confidence = np.zeros(self.n_items)
        answered = (self.total > 0) | self._is_known()
        if self.n_classes:
            label[answered] = np.argmax(np.round(posterior[answered], TIE_DECIMALS), axis=1)
            confidence[answered] = posterior[answered].max(axis=1)
        right = np.diagonal(confusion, axis1=1, axis2=2)
        return DawidSkene(
            posterior=posterior,
            label=label,
            confidence=confidence,
            confusion=confusion,
            pooled=pooled,
            class_prior=class_prior,
            worker_accuracy=np.asarray(right @ class_prior, dtype=np.float64),
            worker_answers=self.worker_answers,
            iterations=iterations,
            converged=converged,
        )

    def _is_known(self) -> NDArray[np.bool_]:
        marks = np.zeros(self.n_items, dtype=np.bool_)
        marks[self.known_items] = True
        return marks

    def _clamp(self, posterior: Floats) -> Floats:
        posterior[self.known_items] = 0.0
        posterior[self.known_items, self.known_labels] = 1.0
        return posterior
