"""Numbered pages of a list: which one is asked for, and the addresses of its neighbours."""

from dataclasses import dataclass

from django.http import HttpRequest

PAGE_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Paged:
    """``newer_url`` and ``older_url`` as ``components/pagination.html`` takes them; empty for none."""

    newer_url: str
    older_url: str

    @classmethod
    def of(cls, request: HttpRequest, page: int, *, has_more: bool) -> "Paged":
        return cls(
            _address(request, page - 1) if page > 1 else "", _address(request, page + 1) if has_more else ""
        )


def page_number(request: HttpRequest) -> int:
    """The page in ``?page=``, from 1; what is no number is the first."""
    asked = request.GET.get("page", "")
    return min(max(int(asked), 1), PAGE_MAX) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1


def _address(request: HttpRequest, page: int) -> str:
    query = request.GET.copy()
    query["page"] = str(page)
    return f"?{query.urlencode()}"
