"""A search as it stands in an address: short names and plain text, so that it can be kept, sent and typed."""

from collections.abc import Mapping
from urllib.parse import urlencode

from manyhands.catalog.search import NEW_DAYS, SORTS, Search
from manyhands.core import ids, money
from manyhands.core.errors import InvalidInput

TEXT_MAX = 200
SLUG_MAX = 50
PAGE_MAX = 400
# No account has this number.
NOBODY = 0


def to_parameters(search: Search) -> dict[str, str]:
    """The parameters that say this search; what is usual stands as an empty text."""
    return {
        "q": search.text,
        "category": search.category,
        "sub": search.sub_category,
        "requester": "" if search.requester_id is None else ids.encode_account(search.requester_id),
        "min": _amount(search.reward_min),
        "max": _amount(search.reward_max),
        "pay": _amount(search.pay_min),
        "new": str(search.new_days or ""),
        "bonus": "1" if search.bonus else "",
        "sort": "" if search.sort == SORTS[0] else search.sort,
        "all": "1" if search.unqualified else "",
        "page": "" if search.page == 1 else str(search.page),
    }


def query(search: Search, **changes: str) -> str:
    """The search as the part of an address behind the question mark, with these parameters changed."""
    pairs = to_parameters(search) | changes
    return urlencode({name: value for name, value in pairs.items() if value})


def from_parameters(given: Mapping[str, str], *, masters: bool = False) -> Search:
    """The search an address says. What makes no sense asks for nothing: an address is never refused."""
    sort, page, new = given.get("sort", ""), given.get("page", ""), given.get("new", "")
    return Search(
        text=given.get("q", "")[:TEXT_MAX].replace("\0", "").strip(),
        category=given.get("category", "")[:SLUG_MAX].replace("\0", ""),
        sub_category=given.get("sub", "")[:SLUG_MAX].replace("\0", ""),
        requester_id=_requester(given.get("requester", "")),
        reward_min=_minor(given.get("min", "")),
        reward_max=_minor(given.get("max", "")),
        pay_min=_minor(given.get("pay", "")),
        new_days=int(new) if new in map(str, NEW_DAYS) else 0,
        bonus=given.get("bonus") == "1",
        masters=masters,
        sort=sort if sort in SORTS else SORTS[0],
        unqualified=given.get("all") == "1",
        page=min(max(int(page), 1), PAGE_MAX) if page.isascii() and page.isdigit() else 1,
    )


def _requester(text: str) -> int | None:
    """A made-up id is somebody with no tasks, not everybody."""
    if not text:
        return None
    number = ids.decode_account(text)
    return NOBODY if number is None else number


def _amount(minor: int | None) -> str:
    return "" if minor is None else money.plain(minor)


def _minor(text: str) -> int | None:
    try:
        return money.parse(text[:20].replace(",", "."), field="amount", minimum_minor=0) if text else None
    except InvalidInput:
        return None
