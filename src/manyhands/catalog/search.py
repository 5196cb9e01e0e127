"""What a worker asks of the list of task groups."""

from dataclasses import asdict, dataclass, fields
from typing import Any

WORDS_MAX = 12
SORTS = ("newest", "pay", "reward", "tasks", "suggested")
NEW_DAYS = (1, 3, 7)


@dataclass(frozen=True, slots=True)
class Search:
    """What the worker asked for; what is left empty asks for everything. ``page`` counts from 1.

    Rewards, and the median pay per hour (``pay_min``), are minor units. ``new_days``: first published
    within so many days. ``unqualified``: also what the worker lacks a qualification for. ``masters``: only
    what is for Masters.
    """

    text: str = ""
    category: str = ""
    sub_category: str = ""
    requester_id: int | None = None
    reward_min: int | None = None
    reward_max: int | None = None
    pay_min: int | None = None
    new_days: int = 0
    bonus: bool = False
    masters: bool = False
    sort: str = "newest"
    unqualified: bool = False
    page: int = 1

    @property
    def words(self) -> list[str]:
        """The words that must all occur, in lower case."""
        return self.text.replace("\0", "").lower().split()[:WORDS_MAX]

    @property
    def filter_count(self) -> int:
        """How many filters beside words and categories narrow the list."""
        return sum(
            (
                self.requester_id is not None,
                self.reward_min is not None or self.reward_max is not None,
                self.pay_min is not None,
                bool(self.new_days),
                self.bonus,
            )
        )

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or self.category or self.filter_count)

    def criteria(self) -> dict[str, Any]:
        """What is kept of a search: all that is not as it would be anyway, but for the page."""
        usual = Search()
        return {
            name: value
            for name, value in asdict(self).items()
            if name != "page" and value != getattr(usual, name)
        }


def from_criteria(criteria: dict[str, Any]) -> Search:
    """A search as it was kept; what this version does not know is left out."""
    known = {field.name for field in fields(Search)}
    return Search(**{name: value for name, value in criteria.items() if name in known})


@dataclass(frozen=True, slots=True)
class Saved:
    """A search the worker keeps."""

    id: int
    name: str
    alerts: bool
    criteria: dict[str, Any]

    @property
    def search(self) -> Search:
        return from_criteria(self.criteria)
