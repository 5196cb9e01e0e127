"""The profile questions: told in part or not at all, with consent, taken back at any time."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from manyhands.core.errors import InvalidInput
from manyhands.core.ids import QualificationTypeId
from manyhands.qualifications import errors, queries
from manyhands.qualifications.operations import profile
from manyhands.qualifications.profile_questions import QUESTIONS, ProfileQuestion
from manyhands.web.worker.access import worker_of, worker_required


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what was answered. ``is_due``: the answer is a year old."""

    question: ProfileQuestion
    chosen: tuple[str, ...]
    is_due: bool
    problem: str = ""


@worker_required
def questions(request: HttpRequest) -> HttpResponse:
    """The questions that are for this worker's country; on POST, keep what was answered."""
    if request.method != "POST":
        return _page(request)
    shown = [each for each in QUESTIONS if each.key in request.POST.getlist("shown")]
    answers = {each.key: [value for value in request.POST.getlist(each.key) if value] for each in shown}
    try:
        profile.answer_profile(
            worker_id=worker_of(request), answers=answers, consents=request.POST.get("consents") == "on"
        )
    except InvalidInput as invalid:
        return _page(request, answers=answers, problems=invalid.errors)
    except errors.ConsentNeeded as needed:
        return _page(request, answers=answers, problems={"consents": str(needed)})
    messages.success(request, gettext("Saved. Your premium qualifications follow your answers from now on."))
    return redirect("qualification_profile")


def _page(
    request: HttpRequest,
    *,
    answers: dict[str, list[str]] | None = None,
    problems: dict[str, str] | None = None,
) -> HttpResponse:
    told = queries.told(worker_id=worker_of(request))
    problems = problems or {}
    asked = [
        Asked(
            each,
            tuple((told.answers if answers is None else answers).get(each.key, ())),
            each.key in told.due,
            problems.get(each.key, ""),
        )
        for each in QUESTIONS
        if each.is_for(told.country)
    ]
    context: dict[str, Any] = {
        "section": "qualifications",
        "asked": asked,
        "due_count": len(told.due),
        "consents": told.consents or (answers is not None and request.POST.get("consents") == "on"),
        "has_consented": told.consents,
        "consent_problem": problems.get("consents", ""),
        "premium": [each for each in queries.held(worker_id=worker_of(request)) if each.is_premium],
    }
    return render(request, "worker/qualifications/profile.html", context, status=422 if problems else 200)


@worker_required
@require_POST
def remove(request: HttpRequest, type_id: int) -> HttpResponse:
    """Remove one premium qualification, and forget the answer behind it."""
    profile.remove_premium(worker_id=worker_of(request), qualification_type_id=QualificationTypeId(type_id))
    messages.success(request, gettext("Removed, together with the answer that gave it."))
    return redirect("qualification_profile")


@worker_required
def revoke(request: HttpRequest) -> HttpResponse:
    """Ask whether to revoke the consent; on POST, revoke it."""
    if request.method != "POST":
        return render(request, "worker/qualifications/revoke.html", {"section": "qualifications"})
    profile.revoke_consent(worker_id=worker_of(request))
    messages.success(
        request, gettext("Your consent is revoked. The answers and their qualifications are gone.")
    )
    return redirect("qualification_profile")
