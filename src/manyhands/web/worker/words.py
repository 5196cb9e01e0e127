"""Sentences of the worker's pages that are made of data: requirements, statuses, reasons."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from manyhands.catalog.queries import Asked
from manyhands.web import qualification_words
from manyhands.work.words import rejection_reason

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

__all__ = ["Shown", "rejection_reason", "requirement", "status"]


def requirement(asked: Asked) -> str:
    """A qualification requirement as a worker reads it: 'Fluent in English: at least 80'."""
    return qualification_words.compared(
        asked.qualification_type_id, asked.name, asked.comparator, asked.scores
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """A status as a badge: always a word, with a tone and an icon."""

    word: "StrPromise | str"
    tone: str
    icon: str


_STATUSES = {
    "accepted": Shown(_("In work"), "info", "clock"),
    "submitted": Shown(_("Waiting for a decision"), "", "clock"),
    "correction": Shown(_("Sent back for correction"), "warn", "return"),
    "approved": Shown(_("Approved"), "good", "check"),
    "rejected": Shown(_("Rejected"), "bad", "x"),
    "returned": Shown(_("Returned"), "", "return"),
    "expired": Shown(_("Time ran out"), "warn", "alert"),
}


def status(value: str) -> Shown:
    """The badge of a status as the worker's queries give it."""
    return _STATUSES[value]
