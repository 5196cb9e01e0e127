"""The platform's own qualifications as people read them; the database has Mechanical Turk's names."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

_NAMES: "dict[str, StrPromise]" = {
    "Worker_NumberHITsApproved": _("Number of tasks approved"),
    "Worker_PercentAssignmentsApproved": _("Approval rate"),
    "Worker_Locale": _("Country of residence"),
    "Worker_Adult": _("18 years or older"),
    "Worker_PercentAssignmentsSubmitted": _("Share of accepted tasks submitted"),
    "Worker_PercentAssignmentsAbandoned": _("Share of accepted tasks that ran out of time"),
    "Worker_PercentAssignmentsReturned": _("Share of accepted tasks returned"),
    "Worker_PercentAssignmentsRejected": _("Share of decided tasks rejected"),
    "Worker_Rating": _("Rating of the work"),
}


def shown(name: str) -> str:
    """A qualification's name for a reader."""
    return str(_NAMES.get(name, name))


def listed(names: Iterable[str]) -> str:
    """Several names with commas between."""
    return ", ".join(shown(name) for name in names)
