"""Answers as three parallel arrays of codes, and the way there from strings."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Answers:
    """One row per answer: which item, by which worker, with which label; all are codes from 0.

    The counts may exceed what occurs: an item nobody answered still has a row in every result.
    """

    item: Codes
    worker: Codes
    label: Codes
    n_items: int
    n_workers: int
    n_classes: int

    def __post_init__(self) -> None:
        """Raises ValueError: arrays of unequal length, or a code outside its range."""
        for name, upper in (("item", self.n_items), ("worker", self.n_workers), ("label", self.n_classes)):
            codes = np.asarray(getattr(self, name), dtype=np.int64)
            if codes.shape != (len(self.item),):
                raise ValueError(f"{name}: {codes.shape} codes for {len(self.item)} answers")
            if codes.size and (codes.min() < 0 or codes.max() >= upper):
                raise ValueError(f"{name}: a code is outside 0..{upper - 1}")
            object.__setattr__(self, name, codes)


@dataclass(frozen=True, slots=True)
class Coded:
    """Answers in codes with the names behind the codes: ``items[answers.item[0]]`` is the first item."""

    answers: Answers
    items: tuple[str, ...]
    workers: tuple[str, ...]
    classes: tuple[str, ...]

    def known(self, labels: dict[str, str]) -> Codes:
        """A class code per item, -1 where ``labels`` (item to label) has none; unknown names are left out."""
        class_code = {name: code for code, name in enumerate(self.classes)}
        return np.fromiter(
            (class_code.get(labels[name], -1) if name in labels else -1 for name in self.items),
            dtype=np.int64,
            count=len(self.items),
        )


def coded(
    rows: Iterable[tuple[str, str, str]], *, items: Iterable[str] = (), classes: Iterable[str] = ()
) -> Coded:
    """Code (item, worker, label) rows: items and workers in order of appearance, labels in sorted order.

    ``items`` and ``classes`` name those that may have no answer; the items come first, in that order.
    """
    item_code = {name: code for code, name in enumerate(dict.fromkeys(items))}
    worker_code: dict[str, int] = {}
    label_code = {name: code for code, name in enumerate(dict.fromkeys(classes))}
    flat = [
        code
        for item, worker, label in rows
        for code in (
            item_code.setdefault(item, len(item_code)),
            worker_code.setdefault(worker, len(worker_code)),
            label_code.setdefault(label, len(label_code)),
        )
    ]
    codes = np.array(flat, dtype=np.int64).reshape(-1, 3)
    names = sorted(label_code)
    rank = np.empty(len(names), dtype=np.int64)
    rank[[label_code[name] for name in names]] = np.arange(len(names))
    answers = Answers(
        item=codes[:, 0].copy(),
        worker=codes[:, 1].copy(),
        label=rank[codes[:, 2]],
        n_items=len(item_code),
        n_workers=len(worker_code),
        n_classes=len(names),
    )
    return Coded(answers=answers, items=tuple(item_code), workers=tuple(worker_code), classes=tuple(names))
