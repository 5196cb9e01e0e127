"""Words of these pages that are chosen by a value."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from manyhands.qualifications.states import Route, TypeStatus

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

ROUTES: "dict[str, StrPromise]" = {
    Route.GRANT: _("You give it to them"),
    Route.AUTO: _("Asking is enough"),
    Route.TEST: _("A test"),
    Route.AGREEMENT: _("Accepting an agreement"),
    Route.TASKS: _("Qualification tasks"),
    Route.ASSESSMENT: _("An assessment in stages"),
    Route.PROFILE: _("Answers in the profile"),
    Route.SYSTEM: _("Computed by the platform"),
}
STATUSES: "dict[str, StrPromise]" = {
    TypeStatus.ACTIVE: _("Active"),
    TypeStatus.INACTIVE: _("Not offered"),
}
