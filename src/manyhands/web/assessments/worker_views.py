"""A worker's assessments: which are open, and one of them stage by stage."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from manyhands.core.errors import NotFound, Refusal
from manyhands.core.ids import QualificationTypeId
from manyhands.qualifications import assessments as queries
from manyhands.qualifications import errors, grades
from manyhands.qualifications.assessments import Attempt, Stage
from manyhands.qualifications.operations import assessing
from manyhands.qualifications.states import Grade, RequestStatus, Route, StageKind
from manyhands.qualifications.ways import Way, way, ways
from manyhands.questions.checking import check_answers
from manyhands.questions.parsing import parse_test
from manyhands.questions.rendering import render_form
from manyhands.web.worker.access import worker_of, worker_required


def grade_names() -> dict[str, str]:
    """An editor's grades in words."""
    return {
        Grade.UNSATISFACTORY: gettext("unsatisfactory"),
        Grade.SATISFACTORY: gettext("satisfactory"),
        Grade.EXTREMELY_SATISFIED: gettext("extremely satisfied"),
    }


@dataclass(frozen=True, slots=True)
class Line:
    """An assessment in the list: how the worker stands to it, and what keeps it closed now."""

    way: Way
    closed: Refusal | None


@worker_required
@require_safe
def assessments(request: HttpRequest) -> HttpResponse:
    """The assessments open to this worker, by location, age, languages and skills; what was passed below."""
    mine = [each for each in ways(worker_id=worker_of(request)) if each.route == Route.ASSESSMENT]
    # Whom a condition on the person keeps out does not see it: two workers see different lists (C-08).
    lines = [Line(each, _closed(each)) for each in mine if each.score is None and not each.unmet]
    context = {
        "section": "qualifications",
        "open": [line for line in lines if line.closed is None],
        "later": [line for line in lines if line.closed is not None],
        "passed": [each for each in mine if each.score is not None],
    }
    return render(request, "assessments/list.html", context)


def _closed(mine: Way) -> Refusal | None:
    """Why it cannot be begun or gone on with; one that is under way can."""
    if mine.is_taking:
        return None
    return mine.why_not()


@worker_required
@require_safe
def assessment(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """One assessment: its stages, where the worker stands, and what comes next."""
    return _page(request, QualificationTypeId(assessment_id))


@worker_required
@require_POST
def begin(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """Begin it, or go on with what was begun."""
    assessing.begin_assessment(
        worker_id=worker_of(request), qualification_type_id=QualificationTypeId(assessment_id)
    )
    return redirect("assessment", assessment_id)


@worker_required
@require_http_methods(["POST"])
def stage(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """Hand in the stage that is open."""
    type_id, worker_id = QualificationTypeId(assessment_id), worker_of(request)
    attempt = queries.latest_attempt(worker_id=worker_id, qualification_type_id=type_id)
    if attempt is None:
        raise NotFound
    given = request.POST.get("ordinal", "")
    ordinal = int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 0
    kind = request.POST.get("kind", "")
    try:
        if kind == StageKind.TRAINING:
            done = assessing.finish_reading(
                worker_id=worker_id, request_id=attempt.request_id, ordinal=ordinal
            )
        elif kind == StageKind.QUESTIONS:
            pairs = [(name, value) for name, values in request.POST.lists() for value in values]
            done = assessing.answer_questions(
                worker_id=worker_id, request_id=attempt.request_id, ordinal=ordinal, answer=pairs
            )
        else:
            done = assessing.hand_in_text(
                worker_id=worker_id,
                request_id=attempt.request_id,
                ordinal=ordinal,
                text=request.POST.get("text", ""),
            )
    except (
        errors.AnswersMissing,
        errors.TextTooShort,
        errors.TextTooLong,
        errors.AnswersTooLarge,
    ) as refusal:
        return _page(request, type_id, refusal=refusal)
    _say(request, done.status)
    return redirect("assessment", assessment_id)


def _say(request: HttpRequest, status: RequestStatus) -> None:
    if status == RequestStatus.GRANTED:
        messages.success(request, gettext("You passed. The tasks that ask for this are open to you now."))
    elif status == RequestStatus.FAILED:
        messages.warning(request, gettext("This was below what is asked for. Nothing else changes for you."))
    elif status == RequestStatus.PENDING:
        messages.success(
            request, gettext("Your text is with an editor now. You will be told of the outcome.")
        )
    else:
        messages.success(request, gettext("This stage is done."))


def _page(
    request: HttpRequest, type_id: QualificationTypeId, *, refusal: Refusal | None = None
) -> HttpResponse:
    worker_id = worker_of(request)
    mine = way(worker_id=worker_id, qualification_type_id=type_id)
    if mine is None or mine.route != Route.ASSESSMENT:
        raise NotFound
    attempt = queries.latest_attempt(worker_id=worker_id, qualification_type_id=type_id)
    is_open = attempt is not None and attempt.status in (RequestStatus.TAKING, RequestStatus.PENDING)
    listed = queries.stages(qualification_type_id=type_id, attempt=attempt)
    current = _current(attempt, listed) if is_open else None
    context = {
        "section": "qualifications",
        "way": mine,
        "attempt": attempt,
        "is_open": is_open,
        "closed": None if is_open else mine.why_not(),
        "stages": listed,
        "current": current,
        "form": _form(request, current, refusal),
        "text": request.POST.get("text", "") if refusal else (current.answer if current else ""),
        "problem": str(refusal) if refusal else "",
        "grade_names": grade_names(),
        "points": [(grade_names()[grade], points) for grade, points in grades.ASSESSMENT_POINTS.items()],
    }
    return render(request, "assessments/assessment.html", context, status=422 if refusal else 200)


def _current(attempt: Attempt | None, listed: list[Stage]) -> Stage | None:
    if attempt is None or attempt.status != RequestStatus.TAKING:
        return None
    return next((each for each in listed if each.ordinal == attempt.stages_done + 1), None)


def _form(request: HttpRequest, current: Stage | None, refusal: Refusal | None) -> SafeString | None:
    """The questions, written by the platform's operators; with what was answered when some are missing."""
    if current is None or current.kind != StageKind.QUESTIONS:
        return None
    form = parse_test(current.question_form)
    if refusal is None:
        return render_form(form, heading=3)
    checked = check_answers(form, dict(request.POST.lists()))
    return render_form(form, checked.by_question, checked.problems, heading=3)
