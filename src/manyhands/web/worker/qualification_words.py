"""Sentences about qualifications: ways, outcomes, and why a score changed."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from manyhands.qualifications.queries import Changed
from manyhands.qualifications.states import ChangeReason, RequestStatus, Route
from manyhands.web.worker.words import Shown

_OUTCOMES = {
    RequestStatus.TAKING: Shown(_("Test under way"), "info", "clock"),
    RequestStatus.PENDING: Shown(_("Waiting for its owner"), "", "clock"),
    RequestStatus.GRANTED: Shown(_("Granted"), "good", "check"),
    RequestStatus.REFUSED: Shown(_("Refused"), "bad", "x"),
    RequestStatus.FAILED: Shown(_("Not passed"), "bad", "x"),
    RequestStatus.LAPSED: Shown(_("Time ran out"), "warn", "alert"),
}


def outcome(status: str) -> Shown:
    """The badge of a request."""
    return _OUTCOMES[RequestStatus(status)]


def how(route: str, tasks_needed: int | None, *, is_decided_by_owner: bool = False) -> str:
    """How a qualification is come by, as a short phrase."""
    if is_decided_by_owner:
        return gettext("A request that its owner decides")
    if route == Route.TASKS:
        return ngettext(
            "%(count)s Qualification Task", "%(count)s Qualification Tasks", tasks_needed or 0
        ) % {"count": tasks_needed}
    return {
        Route.TEST: gettext("A test"),
        Route.AGREEMENT: gettext("An agreement to accept"),
        Route.AUTO: gettext("Granted as soon as you request it"),
        Route.ASSESSMENT: gettext("An assessment in several stages"),
        Route.PROFILE: gettext("Your answers to profile questions"),
        Route.SYSTEM: gettext("Computed by the platform from your work or profile"),
    }.get(Route(route), gettext("Given by its owner"))


def reason(changed: Changed) -> str:
    """Why a score changed, with the figures the rule went by."""
    inputs = changed.inputs
    if changed.reason == ChangeReason.TEST:
        return _of_test(inputs)
    if changed.reason == ChangeReason.AGREEMENT:
        return gettext("You accepted version %(version)s of its agreement.") % {
            "version": inputs.get("version", "")
        }
    return {
        ChangeReason.GRANTED: gettext("Its owner gave it."),
        ChangeReason.REVOKED: gettext("Its owner took it away."),
        ChangeReason.AUTO: gettext("You requested it."),
        ChangeReason.TASKS: gettext("You did its Qualification Tasks."),
        ChangeReason.ASSESSMENT: gettext("You took its assessment."),
        ChangeReason.PROFILE: gettext("It follows from your profile answers."),
        ChangeReason.COMPUTED: gettext("The platform's published formula gave this."),
        ChangeReason.EDITOR_GRADE: gettext("An editor graded your work."),
        ChangeReason.KNOWN_ANSWER: gettext("Your answers to known tasks gave this."),
        ChangeReason.IN_JOB: gettext("Your answers at the start of a project gave this."),
        ChangeReason.REMOVED: gettext("It was removed as you wished."),
    }.get(ChangeReason(changed.reason), "")


def _of_test(inputs: Mapping[str, Any]) -> str:
    if inputs.get("pass_score") is None:
        return gettext("You took its test and reached %(score)s.") % {"score": inputs.get("score")}
    return gettext("You took its test and reached %(score)s; the pass mark is %(pass_score)s.") % inputs


def change(changed: Changed) -> str:
    """What changed, as a short phrase."""
    scores = {"before": changed.score_before, "after": changed.score_after}
    if changed.score_after is None:
        return gettext("Taken away (it was %(before)s)") % scores
    if changed.score_before is None:
        return gettext("Granted with a score of %(after)s") % scores
    return gettext("From %(before)s to %(after)s") % scores
