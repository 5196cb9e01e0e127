"""What aggregation must reach on recorded crowds; nothing is tuned on their gold labels."""

import numpy as np
import pytest

from manyhands.quality.aggregation import (
    Coded,
    coded,
    dawid_skene,
    expected_accuracy_under_ties,
    majority_vote,
    medoid,
)
from manyhands.replay import recorded

REACH = {
    # set: (fixed rule at least, expected under ties, Dawid-Skene at least)
    "rte": (0.87, 0.897, 0.92),
    "bluebird": (0.75, 0.759, 0.88),
    "dog": (0.80, 0.822, 0.83),
    "web": (0.70, 0.731, 0.80),
    "sentpol_amt": (0.93, 0.943, 0.94),
}


def of_set(name: str) -> tuple[Coded, np.ndarray]:
    recorded_set = recorded.load(name)
    answers = coded((a.task, a.worker, a.label) for a in recorded_set.answers)
    return answers, answers.known(dict(recorded_set.gold))


def accuracy(label: np.ndarray, gold: np.ndarray) -> float:
    return float(np.mean(label[gold >= 0] == gold[gold >= 0]))


@pytest.mark.parametrize("name", REACH)
def test_votes_and_dawid_skene_reach_the_published_accuracy(name: str) -> None:
    answers, gold = of_set(name)
    fixed, under_ties, modelled = REACH[name]

    vote = majority_vote(answers.answers)
    model = dawid_skene(answers.answers)

    assert accuracy(vote.label, gold) >= fixed
    assert expected_accuracy_under_ties(vote, gold) == pytest.approx(under_ties, abs=0.002)
    assert accuracy(model.label, gold) >= modelled
    assert model.converged or model.iterations == 100


@pytest.mark.parametrize("name", ["rte", "bluebird"])
def test_order_of_answers_and_names_of_workers_do_not_matter(name: str) -> None:
    rows = [(a.task, a.worker, a.label) for a in recorded.load(name).answers]
    shuffled = [(task, f"x{hash(worker)}", label) for task, worker, label in rows]
    np.random.default_rng(7).shuffle(shuffled)
    plain, other = coded(rows), coded(shuffled, items=coded(rows).items)

    assert majority_vote(plain.answers).label.tolist() == majority_vote(other.answers).label.tolist()
    assert dawid_skene(plain.answers).label.tolist() == dawid_skene(other.answers).label.tolist()


def test_known_answers_stay_and_the_rest_is_estimated_beside_them() -> None:
    answers, gold = of_set("bluebird")
    known = np.where(np.arange(len(gold)) % 4 == 0, gold, -1)

    model = dawid_skene(answers.answers, known=known)

    clamped = known >= 0
    assert model.label[clamped].tolist() == gold[clamped].tolist()
    assert model.confidence[clamped].tolist() == [1.0] * int(clamped.sum())
    assert accuracy(model.label[~clamped], gold[~clamped]) >= 0.87


def test_a_warm_start_settles_in_fewer_rounds_on_the_same_labels() -> None:
    recorded_set = recorded.load("rte")
    rows = [(a.task, a.worker, a.label) for a in recorded_set.answers]
    early, late = coded(rows[:7000]), coded(rows)
    assert late.items[: len(early.items)] == early.items

    cold = dawid_skene(late.answers)
    warm = dawid_skene(late.answers, start=dawid_skene(early.answers))

    assert warm.iterations < cold.iterations
    assert np.mean(warm.label == cold.label) > 0.995


def test_the_medoid_of_translations_is_an_answer_somebody_gave() -> None:
    recorded_set = recorded.load("translation")
    given: dict[str, list[str]] = {}
    for answer in recorded_set.answers:
        given.setdefault(answer.task, []).append(answer.label)

    for texts in given.values():
        chosen = medoid(texts)
        assert chosen is not None
        assert texts[chosen.index] == chosen.text
        assert 0 < chosen.agreement <= chosen.confidence <= 1
