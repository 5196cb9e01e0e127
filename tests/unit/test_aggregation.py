"""Votes, Dawid-Skene and medoids on small and odd inputs."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyhands.quality.aggregation import (
    NO_LABEL,
    Answers,
    TooManyClasses,
    coded,
    dawid_skene,
    edit_distance,
    expected_accuracy_under_ties,
    majority_vote,
    medoid,
    normalise,
)

rows = st.lists(
    st.tuples(st.sampled_from("pqrst"), st.sampled_from(["w1", "w2", "w3", "w4"]), st.sampled_from("abc")),
    unique_by=lambda row: row[:2],
    max_size=20,
)


@given(rows)
def test_a_tie_goes_to_the_first_label_in_sorted_order(given_rows: list[tuple[str, str, str]]) -> None:
    votes = coded(given_rows)
    result = majority_vote(votes.answers)

    for item, name in enumerate(votes.items):
        labels = [label for task, _, label in given_rows if task == name]
        best = min(set(labels), key=lambda label: (-labels.count(label), label))
        assert votes.classes[result.label[item]] == best
        assert result.confidence[item] == labels.count(best) / len(labels)


@given(rows, st.lists(st.integers(-1, 2), min_size=5, max_size=5))
def test_posteriors_are_distributions_and_known_items_stay(
    given_rows: list[tuple[str, str, str]], known_codes: list[int]
) -> None:
    votes = coded(given_rows, items="pqrst", classes="abc")
    known = np.array(known_codes)

    model = dawid_skene(votes.answers, known=known)

    assert np.allclose(model.posterior.sum(axis=1), 1)
    assert np.allclose(model.confusion.sum(axis=2), 1)
    assert ((model.worker_accuracy >= 0) & (model.worker_accuracy <= 1)).all()
    assert (model.label[known >= 0] == known[known >= 0]).all()
    answered = {task for task, _, _ in given_rows}
    for item, name in enumerate(votes.items):
        if known[item] < 0:
            assert (model.label[item] == NO_LABEL) == (name not in answered)


def test_no_answers_give_no_labels() -> None:
    nothing = coded([])
    assert majority_vote(nothing.answers).label.tolist() == []
    assert dawid_skene(nothing.answers).label.tolist() == []
    assert np.isnan(
        expected_accuracy_under_ties(majority_vote(nothing.answers), np.array([], dtype=np.int64))
    )
    unanswered = coded([], items=["p"], classes=["a", "b"])
    assert majority_vote(unanswered.answers).label.tolist() == [NO_LABEL]
    assert dawid_skene(unanswered.answers).confidence.tolist() == [0.0]


def test_one_worker_with_one_answer_is_believed() -> None:
    single = coded([("p", "w", "a")])
    assert dawid_skene(single.answers).label.tolist() == [0]
    assert majority_vote(single.answers).confidence.tolist() == [1.0]


def test_two_who_always_disagree_are_a_tie_everywhere() -> None:
    tied = coded([(f"p{n}", worker, label) for n in range(6) for worker, label in (("w1", "b"), ("w2", "a"))])
    assert majority_vote(tied.answers).label.tolist() == [0] * 6
    assert expected_accuracy_under_ties(majority_vote(tied.answers), np.zeros(6, dtype=np.int64)) == 0.5
    model = dawid_skene(tied.answers)
    assert model.label.tolist() == [0] * 6
    assert model.confidence == pytest.approx([0.5] * 6)


def test_a_code_outside_its_range_is_an_error() -> None:
    one = np.array([0])
    with pytest.raises(ValueError, match="label"):
        Answers(item=one, worker=one, label=np.array([2]), n_items=1, n_workers=1, n_classes=2)


def test_free_text_is_not_squeezed_into_confusion_matrices() -> None:
    none = np.array([], dtype=np.int64)
    with pytest.raises(TooManyClasses):
        dawid_skene(Answers(none, none, none, n_items=10, n_workers=1000, n_classes=1000))


@pytest.mark.slow
def test_a_million_answers_take_seconds() -> None:
    rng = np.random.default_rng(1)
    n, n_items = 1_000_000, 100_000
    truth = rng.integers(0, 3, n_items)
    item, worker = rng.integers(0, n_items, n), rng.integers(0, 5000, n)
    skill = rng.beta(3, 2, 5000)
    label = np.where(rng.random(n) < skill[worker], truth[item], rng.integers(0, 3, n))
    many = Answers(item, worker, label, n_items=n_items, n_workers=5000, n_classes=3)

    started = time.thread_time()
    vote, model = majority_vote(many), dawid_skene(many)
    seconds = time.thread_time() - started

    assert seconds < 60
    assert np.mean(model.label == truth) >= np.mean(vote.label == truth) > 0.9


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Ｈｅｌｌｏ,  World!", "hello world"),
        ("Don't go.", "don’t go"),
        ("Straße", "STRASSE"),
        ("one-two", "one two"),
        ("駅はどこですか。", "駅はどこですか"),
    ],
)
def test_habits_of_writing_do_not_part_answers(first: str, second: str) -> None:
    assert normalise(first) == normalise(second)


@pytest.mark.parametrize(("first", "second"), [("3.5", "35"), ("-2", "2"), ("?", "!"), ("$5", "5")])
def test_different_meanings_stay_apart(first: str, second: str) -> None:
    assert normalise(first) != normalise(second)


def plain_distance(first: str, second: str) -> int:
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        previous, row[0] = row[0], i
        for j, b in enumerate(second, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]


@given(st.text("abcé ", max_size=90), st.text("abcé ", max_size=90))
def test_edit_distance_is_levenshteins(first: str, second: str) -> None:
    assert edit_distance(first, second) == plain_distance(first, second)


def test_the_medoid_is_nearest_to_all_and_shows_the_usual_spelling() -> None:
    texts = ["The cat sat.", "the cat sat", "the cat sat", "A dog ran far away", "The cat sits"]
    chosen = medoid(texts)
    assert chosen is not None
    assert (chosen.text, chosen.index, chosen.agreement) == ("the cat sat", 1, 0.6)
    assert 0.6 < chosen.confidence < 1


def test_the_medoid_of_nothing_is_nothing() -> None:
    assert medoid([]) is None
    assert medoid(["", " "]).confidence == 1  # type: ignore[union-attr]  # two empty answers are equal


@given(st.lists(st.text("ab ", max_size=6), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_the_medoid_does_not_depend_on_the_order(texts: list[str], random: object) -> None:
    shuffled = texts.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis hands a random.Random
    first, second = medoid(texts), medoid(shuffled)
    assert first is not None
    assert second is not None
    assert (first.text, first.agreement) == (second.text, second.agreement)
    assert first.confidence == pytest.approx(second.confidence)
