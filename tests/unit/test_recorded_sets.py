"""Reading recorded sets: what comes with the program, and what is refused."""

from pathlib import Path

import pytest

from manyhands.replay import recorded
from manyhands.replay.recorded import UnreadableSet, load

SIZES = {"rte": (800, 164, 8000), "translation": (100, 42, 882), "relation": (10, 67, 150)}


@pytest.mark.parametrize("name", SIZES)
def test_the_sets_of_the_demo_are_whole(name: str) -> None:
    loaded = load(name)
    assert (len(loaded.tasks), len(loaded.workers), len(loaded.answers)) == SIZES[name]


@pytest.mark.parametrize("name", recorded.names())
def test_every_set_names_its_source_and_licence(name: str) -> None:
    loaded = load(name)
    assert loaded.meta["source"]
    assert loaded.meta["licence"]
    assert loaded.question


def test_a_cut_set_keeps_the_answers_of_its_tasks() -> None:
    cut = load("rte").first(7)
    assert len(cut.tasks) == len(cut.gold) == 7
    assert {answer.task for answer in cut.answers} == set(cut.tasks)
    assert len(cut.answers) == 70


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "answers.csv is missing"),
        ({"answers.csv": ""}, "no column “task”"),
        ({"answers.csv": "task,worker\nt,w\n"}, "no column “label”"),
        ({"answers.csv": "task,worker,label\n"}, "no answers"),
        ({"answers.csv": "task,worker,label\nt,w\n"}, "record 2: 2 cells under 3 columns"),
        ({"answers.csv": "task,worker,label\nt,w,1\nt,w,2\n"}, "record 3: w answers t a second time"),
        ({"answers.csv": "task,worker,label,seconds\nt,w,1,soon\n"}, "“soon” is not a number"),
        ({"answers.csv": "task,worker,label\nt,w,1\n", "items.csv": "task\nother\n"}, "no task “t”"),
        ({"answers.csv": "task,worker,label\nt,w,1\n", "meta.json": "["}, "not JSON"),
    ],
)
def test_a_broken_folder_is_refused_by_name_of_file_and_column(
    tmp_path: Path, files: dict[str, str], words: str
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableSet) as refusal:
        load(tmp_path)
    assert words in str(refusal.value)


def test_an_unknown_name_lists_the_sets_there_are() -> None:
    with pytest.raises(UnreadableSet) as refusal:
        load("no-such-set")
    assert "rte" in str(refusal.value)
