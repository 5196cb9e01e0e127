"""What waits for an editor, one text at a time, and a project's switch for proofreading."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from manyhands.core.errors import NotFound, Refusal
from manyhands.core.ids import AccountId, AssignmentId, QualificationRequestId
from manyhands.proofreading import operations, queries
from manyhands.qualifications import assessments, system_types
from manyhands.qualifications.errors import GradeNeeded
from manyhands.qualifications.grades import ASSESSMENT_POINTS, POINTS
from manyhands.qualifications.operations import editing
from manyhands.qualifications.states import Grade
from manyhands.web import refusals
from manyhands.web.assessments.worker_views import grade_names
from manyhands.web.refusals import answer_to
from manyhands.web.requester import gate

Params = ParamSpec("Params")
View = Callable[Concatenate[HttpRequest, Params], HttpResponse]


def editor_required(view: View[Params]) -> View[Params]:
    """Reviewers and operators only; for everybody else the page is not there."""
    answered = refusals.shown(view)

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not (request.user.is_reviewer or request.user.is_operator):
            raise Http404
        return answered(request, *args, **kwargs)

    return guarded


@require_safe
@editor_required
def desk(request: HttpRequest) -> HttpResponse:
    """The texts that wait, the oldest first."""
    me = _me(request)
    context = {
        "section": "editor",
        "texts": assessments.waiting_texts(editor_id=me),
        "submissions": queries.waiting(editor_id=me),
    }
    return render(request, "editor/desk.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
def text(request: HttpRequest, request_id: int) -> HttpResponse:
    """A text of an assessment; posted, its grade, or back to its writer."""
    number, me = QualificationRequestId(request_id), _me(request)
    problem = ""
    if request.method == "POST":
        try:
            _grade_text(request, me, number)
        except NotFound:
            raise
        except Refusal as refusal:
            problem, status = str(refusal), answer_to(refusal).status
        else:
            messages.success(request, gettext("Done. The writer is told."))
            return redirect("editor")
    found = assessments.waiting_texts(editor_id=me, request_id=number)
    if not found:
        if problem:
            messages.error(request, problem)
            return redirect("editor")
        raise Http404
    context = {
        "section": "editor",
        "waiting": found[0],
        "grades": [(value, name, ASSESSMENT_POINTS.get(Grade(value), 0)) for value, name in _grades()],
        "problem": problem,
        "given": request.POST,
    }
    return render(request, "editor/text.html", context, status=status if problem else 200)


def _grade_text(request: HttpRequest, me: AccountId, number: QualificationRequestId) -> None:
    words = request.POST.get("words", "")
    if request.POST.get("do") == "return":
        editing.return_text(editor_id=me, request_id=number, words=words)
        return
    editing.grade_text(
        editor_id=me, request_id=number, grade=_grade(request), words=words,
        corrected=request.POST.get("corrected", ""),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
def submission(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """A submission of a project that editors proofread; posted, its grade, or back to its worker."""
    number, me = AssignmentId(assignment_id), _me(request)
    problem = ""
    found = queries.text(assignment_id=number)
    if request.method == "POST":
        try:
            _grade_submission(request, me, number, found)
        except NotFound:
            raise
        except Refusal as refusal:
            problem, status = str(refusal), answer_to(refusal).status
        else:
            messages.success(request, gettext("Done. The worker is told."))
            return redirect("editor")
    if found is None or queries.verdict(assignment_id=number) is not None:
        if problem:
            messages.error(request, problem)
            return redirect("editor")
        raise Http404
    context = {
        "section": "editor",
        "found": found,
        "fields": [
            (place, name, value, request.POST.get(f"field-{place}", value))
            for place, (name, value) in enumerate(found.answer)
        ],
        "grades": [(value, name, POINTS[Grade(value)]) for value, name in _grades()],
        "problem": problem,
        "given": request.POST,
    }
    return render(request, "editor/submission.html", context, status=status if problem else 200)


def _grade_submission(
    request: HttpRequest, me: AccountId, number: AssignmentId, found: queries.Text | None
) -> None:
    words = request.POST.get("words", "")
    if request.POST.get("do") == "return":
        operations.send_back(editor_id=me, assignment_id=number, words=words)
        return
    answer = found.answer if found else []
    corrected = [
        (name, request.POST.get(f"field-{place}", value)) for place, (name, value) in enumerate(answer)
    ]
    operations.proofread(
        editor_id=me, assignment_id=number, grade=_grade(request), corrected=corrected, words=words
    )


@require_POST
@gate.requester_required
def set_proofreading(request: HttpRequest, project: str) -> HttpResponse:
    """Switch proofreading by the platform's editors on or off for a project."""
    found = gate.project_of(request, project)
    skill = system_types.from_public_id(request.POST.get("skill", ""))
    operations.set_proofreading(
        requester_id=gate.me(request), project_id=found.id, is_on=request.POST.get("on") == "on", skill=skill
    )
    messages.success(request, gettext("Saved."))
    return redirect("project", project)


def _grades() -> list[tuple[str, str]]:
    return [
        (grade.value, name) for grade, name in ((Grade(key), name) for key, name in grade_names().items())
    ]


def _grade(request: HttpRequest) -> Grade:
    given = request.POST.get("grade", "")
    if given not in Grade.values:
        raise GradeNeeded
    return Grade(given)


def _me(request: HttpRequest) -> AccountId:
    return AccountId(int(request.user.pk or 0))
