"""The two sides of these pages: a requester's own types, and the platform's in an operator's hands.

Every view is the same for both; a ``Side`` says whose types it shows and where its links go.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from manyhands.core.ids import QualificationTypeId
from manyhands.qualifications import owner_queries, system_types
from manyhands.qualifications.operations.owning import Owner
from manyhands.qualifications.owner_queries import TypePage
from manyhands.web.help.access import operators_only
from manyhands.web.requester import gate

Params = ParamSpec("Params")
Guard = Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]
View = Callable[Concatenate[HttpRequest, "Side", Params], HttpResponse]

# Pages of one type; their URL names are these behind the side's own prefix.
PAGES = (
    "qualification_type",
    "qualification_type_edit",
    "qualification_type_test",
    "qualification_type_status",
    "qualification_type_delete",
    "qualification_requests",
    "qualification_holders",
    "qualification_import",
    "qualification_scores",
)


@dataclass(frozen=True, slots=True)
class Side:
    """``prefix`` stands before each URL name; ``home`` is the page above the list, if there is one."""

    prefix: str
    section: str
    guard: Guard
    home: str
    home_words: "str | Promise"
    title: "str | Promise"

    def url(self, page: str, public_id: str = "") -> str:
        return reverse(f"{self.prefix}{page}", args=[public_id] if public_id else [])

    def owner(self, request: HttpRequest) -> Owner:
        return Owner(None if self is OPERATOR else gate.me(request), gate.actor(request))

    def type_of(self, request: HttpRequest, public_id: str) -> TypePage:
        """The owner's own type, or 404."""
        number = system_types.from_public_id(public_id)
        found = number and owner_queries.type_of(
            requester_id=self.owner(request).requester_id, type_id=QualificationTypeId(number)
        )
        if not found:
            raise Http404
        return found

    def context(self, kind: TypePage | None = None, **more: Any) -> Mapping[str, Any]:
        """What the templates need to find their way: links of this side, and of one type."""
        links = {page: self.url(page) for page in ("qualification_types", "qualification_type_new")}
        if kind is not None:
            public_id = system_types.public_id(kind.id)
            links |= {page: self.url(page, public_id) for page in PAGES}
            more["public_id"] = public_id
        return {
            "side": self, "links": links, "kind": kind, "section": self.section,
            "home_url": reverse(self.home) if self.home else "", **more,
        }  # fmt: skip


REQUESTER = Side(
    "", "requester", gate.requester_required, "requester_home", _("Requester"), _("Your qualifications")
)
OPERATOR = Side("platform_", "staff", operators_only, "", "", _("The platform's qualifications"))
