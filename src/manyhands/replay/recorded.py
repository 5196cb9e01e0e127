"""Recorded answers of real crowds, read from a folder; what a replay plays.

A folder holds ``answers.csv`` (task, worker, label, and seconds where known), and may hold ``gold.csv``
(task, label), ``items.csv`` (task, and what the worker saw) and ``meta.json`` (source, licence, question).
"""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from manyhands.server.errors import CannotStart

SETS_DIR = Path(__file__).parent / "sets"


class UnreadableSet(CannotStart):
    """The recorded set cannot be read; the message says which file, and what is wrong with it."""

    def __init__(self, *, reason: str) -> None:
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """One worker's answer to one task; ``seconds`` on task where the record has it."""

    task: str
    worker: str
    label: str
    seconds: float | None


@dataclass(frozen=True, slots=True)
class RecordedSet:
    """A set: ``rows[i]`` is what a worker saw of ``tasks[i]``, by ``columns``."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    tasks: tuple[str, ...]
    answers: tuple[RecordedAnswer, ...]
    gold: Mapping[str, str]
    meta: Mapping[str, Any]

    @property
    def question(self) -> str:
        return str(self.meta.get("question", "Which label fits this item?"))

    @property
    def title(self) -> str:
        return str(self.meta.get("title", self.question))

    @property
    def is_free_text(self) -> bool:
        return self.meta.get("kind") == "text"

    @property
    def choices(self) -> Mapping[str, str]:
        """Label to what a worker reads, in order; empty for free text."""
        if self.is_free_text:
            return MappingProxyType({})
        named = self.meta.get("labels", {})
        labels = dict.fromkeys([*named, *sorted({answer.label for answer in self.answers})])
        return MappingProxyType({label: str(named.get(label, label)) for label in labels})

    @property
    def workers(self) -> tuple[str, ...]:
        """In order of their first answer."""
        return tuple(dict.fromkeys(answer.worker for answer in self.answers))

    def first(self, n_tasks: int) -> "RecordedSet":
        """The set cut to its first tasks, with the answers and the gold of these."""
        kept = frozenset(self.tasks[:n_tasks])
        return RecordedSet(
            name=self.name,
            columns=self.columns,
            rows=self.rows[:n_tasks],
            tasks=self.tasks[:n_tasks],
            answers=tuple(answer for answer in self.answers if answer.task in kept),
            gold=MappingProxyType({task: label for task, label in self.gold.items() if task in kept}),
            meta=self.meta,
        )


def names() -> tuple[str, ...]:
    """The sets that come with the program."""
    return tuple(sorted(path.parent.name for path in SETS_DIR.glob("*/answers.csv")))


def load(name_or_dir: str | Path) -> RecordedSet:
    """Read a set of the program by its name, or any folder by its path.

    Raises UnreadableSet: no such folder, a file or a column is missing, a value is out of place.
    """
    folder = _folder(name_or_dir)
    meta = _meta(folder / "meta.json")
    answers = _answers(folder / "answers.csv")
    columns, rows = _items(folder / "items.csv", answers)
    tasks = tuple(row[columns.index("task")] for row in rows)
    _refuse_strangers(folder, tasks, answers)
    return RecordedSet(
        name=str(meta.get("name", folder.name)),
        columns=columns,
        rows=rows,
        tasks=tasks,
        answers=answers,
        gold=MappingProxyType(_gold(folder / "gold.csv", frozenset(tasks))),
        meta=MappingProxyType(meta),
    )


def _folder(name_or_dir: str | Path) -> Path:
    if str(name_or_dir) in names():
        return SETS_DIR / str(name_or_dir)
    folder = Path(name_or_dir)
    if not folder.is_dir():
        raise UnreadableSet(
            reason=f"“{name_or_dir}” is neither a folder nor one of the sets {', '.join(names())}."
        )
    return folder


def _meta(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        meta = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UnreadableSet(reason=f"{path} is not JSON ({error}).") from error
    if not isinstance(meta, dict):
        raise UnreadableSet(reason=f"{path} holds no JSON object.")
    return meta


def _answers(path: Path) -> tuple[RecordedAnswer, ...]:
    columns, rows = _read(path, required=("task", "worker", "label"))
    task, worker, label = (columns.index(name) for name in ("task", "worker", "label"))
    seconds = columns.index("seconds") if "seconds" in columns else None
    answers = tuple(
        RecordedAnswer(
            task=row[task],
            worker=row[worker],
            label=row[label],
            seconds=None if seconds is None else _seconds(row[seconds], path, number),
        )
        for number, row in enumerate(rows, start=2)
    )
    seen = set()
    for number, answer in enumerate(answers, start=2):
        if (answer.task, answer.worker) in seen:
            raise UnreadableSet(
                reason=f"{path}, record {number}: {answer.worker} answers {answer.task} a second time."
            )
        seen.add((answer.task, answer.worker))
    if not answers:
        raise UnreadableSet(reason=f"{path} holds no answers.")
    return answers


def _seconds(raw: str, path: Path, number: int) -> float | None:
    if not raw.strip():
        return None
    try:
        return float(raw)
    except ValueError:
        raise UnreadableSet(reason=f"{path}, record {number}: “{raw}” is not a number of seconds.") from None


def _items(
    path: Path, answers: tuple[RecordedAnswer, ...]
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The items in order; without a file, the bare ids in order of appearance."""
    if path.is_file():
        columns, rows = _read(path, required=("task",))
        return columns, tuple(rows)
    return ("task",), tuple((task,) for task in dict.fromkeys(answer.task for answer in answers))


def _gold(path: Path, tasks: frozenset[str]) -> dict[str, str]:
    if not path.is_file():
        return {}
    columns, rows = _read(path, required=("task", "label"))
    task, label = columns.index("task"), columns.index("label")
    return {row[task]: row[label] for row in rows if row[task] in tasks}


def _read(path: Path, *, required: tuple[str, ...]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    if not path.is_file():
        raise UnreadableSet(reason=f"{path} is missing.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            columns = tuple(next(reader, ()))
            rows = [tuple(row) for row in reader if row]
    except (csv.Error, UnicodeDecodeError) as error:
        raise UnreadableSet(reason=f"{path} is not CSV in UTF-8 ({error}).") from error
    for name in required:
        if name not in columns:
            raise UnreadableSet(reason=f"{path} has no column “{name}”.")
    for number, row in enumerate(rows, start=2):
        if len(row) != len(columns):
            raise UnreadableSet(
                reason=f"{path}, record {number}: {len(row)} cells under {len(columns)} columns."
            )
    return columns, rows


def _refuse_strangers(folder: Path, tasks: tuple[str, ...], answers: tuple[RecordedAnswer, ...]) -> None:
    known = frozenset(tasks)
    if len(known) != len(tasks):
        raise UnreadableSet(reason=f"{folder / 'items.csv'} names a task twice.")
    for answer in answers:
        if answer.task not in known:
            raise UnreadableSet(
                reason=f"{folder / 'items.csv'} has no task “{answer.task}”, yet it is answered."
            )
