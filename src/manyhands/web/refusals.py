"""The one table from what operations refuse to what the site answers: status, headline, and the way on.

``shown`` wraps a view; the worker's and the requester's pages share it. Absent and foreign objects are
the same 404.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from manyhands.accounts import errors as accounts
from manyhands.core.errors import Forbidden, InvalidInput, NotFound, Refusal
from manyhands.help import errors as help_
from manyhands.ledger import errors as ledger
from manyhands.messaging import errors as messaging
from manyhands.moderation import errors as moderation
from manyhands.qualifications import errors as qualifications
from manyhands.reputation import errors as reputation
from manyhands.work import errors as work

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

Params = ParamSpec("Params")
View = Callable[Concatenate[HttpRequest, Params], HttpResponse]


_OTHER_TASKS = _("Find other tasks")


@dataclass(frozen=True, slots=True)
class Answer:
    """How a refusal looks. ``way_on`` and ``label``: the name of the page that helps, and its link's words."""

    status: int
    title: "StrPromise | str"
    way_on: str = "tasks"
    label: "StrPromise | str" = _OTHER_TASKS


_GONE = _("That is no longer possible")
_MAY_NOT = _("You cannot take this task")
_TODAY = _("You cannot take another task now")
_FIELDS = _("Something is missing or too much")
_NOT_YOURS = _("You cannot get this qualification now")
_QUALIFICATIONS = ("qualifications", _("See your qualifications"))
_ACTIVE = ("dashboard", _("See your active tasks"))

ANSWERS: dict[type[Refusal], Answer] = {
    NotFound: Answer(404, _("There is nothing here")),
    Forbidden: Answer(403, _("Your account may not do this"), "home", _("Go to the start page")),
    InvalidInput: Answer(422, _FIELDS, "", ""),
    accounts.AccountNotFound: Answer(404, _("There is nothing here")),
    ledger.InsufficientFunds: Answer(409, _("There is not enough money"), "requester_money", _("Add money")),
    work.NoAssignableHIT: Answer(409, _("No task is left")),
    work.HITNotAvailable: Answer(409, _("This task is gone")),
    work.AlreadyDone: Answer(409, _("You have had this task")),
    work.OwnTask: Answer(403, _MAY_NOT),
    work.NotQualified: Answer(403, _MAY_NOT),
    work.Blocked: Answer(403, _MAY_NOT),
    work.FirstQuestionsOpen: Answer(409, _TODAY),
    work.AccountNotActive: Answer(403, _TODAY, "account_settings", _("See your account")),
    work.DailyLimitReached: Answer(409, _TODAY, *_ACTIVE),
    work.TooManyAccepted: Answer(409, _TODAY, *_ACTIVE),
    work.AssignmentNotHeld: Answer(409, _GONE, *_ACTIVE),
    work.AssignmentExpired: Answer(410, _("The time is over")),
    work.AlreadySubmitted: Answer(409, _GONE, "submissions", _("See your submissions")),
    work.CannotReturnCorrection: Answer(409, _GONE, *_ACTIVE),
    work.EmptyAnswer: Answer(422, _FIELDS, "", ""),
    work.AnswerTooLarge: Answer(413, _FIELDS, "", ""),
    work.FileEmpty: Answer(422, _FIELDS, "", ""),
    work.FileTooSmall: Answer(422, _FIELDS, "", ""),
    work.FileTooLarge: Answer(413, _FIELDS, "", ""),
    work.TooManyFiles: Answer(413, _FIELDS, "", ""),
    work.ReasonNeeded: Answer(422, _FIELDS, "", ""),
    work.WordsNeeded: Answer(422, _FIELDS, "", ""),
    work.NothingToExtend: Answer(422, _FIELDS, "", ""),
    work.EndInThePast: Answer(422, _FIELDS, "", ""),
    work.LayoutInvalid: Answer(422, _FIELDS, "", ""),
    work.InputInvalid: Answer(422, _FIELDS, "", ""),
    qualifications.ScoreOutOfRange: Answer(422, _FIELDS, "", ""),
    qualifications.ImportRefused: Answer(422, _FIELDS, "", ""),
    qualifications.CircularPrerequisites: Answer(422, _FIELDS, "", ""),
    qualifications.AnswersMissing: Answer(422, _FIELDS, "", ""),
    qualifications.TextTooShort: Answer(422, _FIELDS, "", ""),
    qualifications.TextTooLong: Answer(422, _FIELDS, "", ""),
    qualifications.GradeNeeded: Answer(422, _FIELDS, "", ""),
    qualifications.WordsForWorkerNeeded: Answer(422, _FIELDS, "", ""),
    help_.NothingSaid: Answer(422, _FIELDS, "", ""),
    help_.TooLong: Answer(422, _FIELDS, "", ""),
    help_.EmailNeeded: Answer(422, _FIELDS, "", ""),
    help_.NameNeeded: Answer(422, _FIELDS, "", ""),
    help_.NameReserved: Answer(422, _FIELDS, "", ""),
    help_.ReasonMissing: Answer(422, _FIELDS, "", ""),
    help_.BadLink: Answer(422, _FIELDS, "", ""),
    help_.TooOften: Answer(429, _("That was a lot in a short time"), "help", _("Go to Help")),
    moderation.ReportReasonNeeded: Answer(422, _FIELDS, "", ""),
    moderation.ReportWordsNeeded: Answer(422, _FIELDS, "", ""),
    moderation.ReportTooLong: Answer(422, _FIELDS, "", ""),
    moderation.TooManyReports: Answer(429, _GONE, "", ""),
    reputation.NotDoneYet: Answer(409, _GONE, *_ACTIVE),
    reputation.AlreadyRated: Answer(409, _GONE, "submissions", _("See your submissions")),
    reputation.RatingTimeOver: Answer(409, _GONE, "submissions", _("See your submissions")),
    qualifications.AccountNotActive: Answer(403, _TODAY, "account_settings", _("See your account")),
    qualifications.CannotBeRequested: Answer(403, _NOT_YOURS, *_QUALIFICATIONS),
    qualifications.NotEligible: Answer(403, _NOT_YOURS, *_QUALIFICATIONS),
    qualifications.PrerequisiteMissing: Answer(403, _NOT_YOURS, *_QUALIFICATIONS),
    qualifications.QualificationNotOffered: Answer(409, _NOT_YOURS, *_QUALIFICATIONS),
    qualifications.AlreadyHeld: Answer(409, _NOT_YOURS, *_QUALIFICATIONS),
    qualifications.AlreadyPending: Answer(409, _NOT_YOURS, *_QUALIFICATIONS),
    qualifications.OnceOnly: Answer(409, _NOT_YOURS, *_QUALIFICATIONS),
    qualifications.MayBeRepeatedFrom: Answer(409, _NOT_YOURS, *_QUALIFICATIONS),
    qualifications.TestOver: Answer(410, _("The time is over"), *_QUALIFICATIONS),
    qualifications.AnswersTooLarge: Answer(413, _FIELDS, "", ""),
    messaging.NothingSaid: Answer(422, _FIELDS, "", ""),
    messaging.TooLong: Answer(422, _FIELDS, "", ""),
    messaging.TooManyMessages: Answer(429, _GONE, "", ""),
    messaging.TooManyTests: Answer(429, _GONE, "", ""),
    messaging.NothingToUpdate: Answer(422, _FIELDS, "", ""),
    messaging.NoNotification: Answer(422, _FIELDS, "", ""),
}
# What is not listed is a state that has moved on.
OTHERWISE = Answer(409, _GONE, "", "")


def answer_to(refusal: Refusal) -> Answer:
    """The entry of the refusal's class or its nearest base."""
    return next((ANSWERS[kind] for kind in type(refusal).__mro__ if kind in ANSWERS), OTHERWISE)


def response(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The refusal as a page, as JSON for a script, or as a header for htmx. Raises Http404 for absence."""
    answer = answer_to(refusal)
    if request.content_type == "application/json" or request.GET.get("format") == "json":
        return JsonResponse({"error": type(refusal).__name__, "message": str(refusal)}, status=answer.status)
    if request.headers.get("HX-Request"):
        return _for_htmx(refusal, answer)
    if answer.status == 404:
        raise Http404
    context = {
        "title": answer.title,
        "words": str(refusal),
        "back": _same_site_referer(request),
        "way_on": _url(answer.way_on),
        "label": answer.label,
    }
    return render(request, "refusal.html", context, status=answer.status)


def shown(view: View[Params]) -> View[Params]:
    """Answer what the view's operation refuses."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Refusal as refusal:
            return response(request, refusal)

    return guarded


def _for_htmx(refusal: Refusal, answer: Answer) -> HttpResponse:
    words = str(refusal)
    # Headers are ASCII: other languages get the general sentence of the page's script.
    headers = {"X-Message": words} if words.isascii() else {}
    return HttpResponse(
        words, status=answer.status, headers=headers, content_type="text/plain; charset=utf-8"
    )


def _url(name: str) -> str:
    try:
        return reverse(name) if name else ""
    except NoReverseMatch:
        return ""


def _same_site_referer(request: HttpRequest) -> str:
    referer = request.headers.get("Referer", "")
    origin = f"{request.scheme}://{request.get_host()}"
    path = referer.removeprefix(origin)
    return path if referer.startswith(origin + "/") and path != request.get_full_path() else ""
