"""Operators make assessments and set their stages."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from manyhands.core.errors import InvalidInput, Refusal
from manyhands.core.ids import AccountId, QualificationTypeId
from manyhands.qualifications import assessments as queries
from manyhands.qualifications import question_list
from manyhands.qualifications.models import AssessmentStage, QualificationType
from manyhands.qualifications.operations import TypeTerms, owning
from manyhands.qualifications.operations.owning import Owner
from manyhands.qualifications.operations.stages import StageTerms, set_stages
from manyhands.qualifications.states import Route, StageKind, TypeStatus
from manyhands.web.site.account_review_views import operator_required

STAGES_SHOWN = 6
_DAY_S = 86_400


@require_http_methods(["GET", "HEAD", "POST"])
@operator_required
def assessments(request: HttpRequest) -> HttpResponse:
    """The platform's assessments; posted, a new one without stages yet."""
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            made = owning.create_type(
                owner=Owner(None, _actor(request)), name=request.POST.get("name", ""), terms=_terms(request)
            )
        except InvalidInput as refusal:
            problems = refusal.errors
        except Refusal as refusal:
            problems = {"name": str(refusal)}
        else:
            return redirect("staff_assessment", made)
    context = {
        "section": "staff",
        "kinds": _kinds().order_by("name"),
        "problems": problems,
        "given": request.POST,
    }
    return render(request, "assessments/staff_list.html", context, status=422 if problems else 200)


def _kinds() -> QuerySet[QualificationType]:
    kinds = QualificationType.objects.filter(requester_id__isnull=True, route=Route.ASSESSMENT)
    return kinds.exclude(status=TypeStatus.DISPOSED)


def _terms(request: HttpRequest) -> TypeTerms:
    """Raises InvalidInput."""
    days = _number(request, "retry_days")
    return TypeTerms(
        description=request.POST.get("description", ""),
        route=Route.ASSESSMENT,
        pass_score=_number(request, "pass_score"),
        retry_delay_s=None if days is None else days * _DAY_S,
    )


def _number(request: HttpRequest, name: str) -> int | None:
    return _whole(request.POST.get(name, ""), name)


def _whole(given: str, field: str) -> int | None:
    text = given.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise InvalidInput({field: gettext("Enter a whole number.")})
    return int(text)


@require_http_methods(["GET", "HEAD", "POST"])
@operator_required
def edit(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """The stages of an assessment; posted, a new version of them."""
    kind = _kinds().filter(pk=assessment_id).first()
    if kind is None:
        raise Http404
    problems: dict[str, str] = {}
    given = _given(request) if request.method == "POST" else _kept(kind)
    if request.method == "POST":
        try:
            terms = [_stage(each, place) for place, each in enumerate(given)]
            version = set_stages(
                actor_id=_actor(request), qualification_type_id=QualificationTypeId(kind.pk), stages=terms
            )
        except InvalidInput as refusal:
            problems = refusal.errors
        else:
            messages.success(
                request,
                gettext("Version %(version)s is in force. Attempts already begun keep theirs.")
                % {"version": version},
            )
            return redirect("staff_assessment", assessment_id)
    given += [_empty()] * (STAGES_SHOWN - len(given))
    context = {
        "section": "staff",
        "kind": kind,
        "stages": [
            (place, stage, {name: problems.get(f"stages.{place}.{name}", "") for name in stage})
            for place, stage in enumerate(given)
        ],
        "kinds": [
            (StageKind.TRAINING.value, gettext("Training to read")),
            (StageKind.QUESTIONS.value, gettext("Questions")),
            (StageKind.WRITING.value, gettext("A text to write")),
        ],
        "problem": problems.get("stages", ""),
        "problems": problems,
    }
    return render(request, "assessments/staff_edit.html", context, status=422 if problems else 200)


_FIELDS = ("kind", "title", "text", "questions", "pass_percent", "topic", "words_min", "words_max")


def _empty() -> dict[str, Any]:
    return dict.fromkeys(_FIELDS, "") | {"kind": StageKind.TRAINING.value}


def _given(request: HttpRequest) -> list[dict[str, Any]]:
    """The stages something was written into, without the empty ones between them: errors name their places."""
    stages = [
        {name: request.POST.get(f"{name}-{place}", "") for name in _FIELDS} for place in range(STAGES_SHOWN)
    ]
    return [each for each in stages if any(value for name, value in each.items() if name != "kind")]


def _kept(kind: QualificationType) -> list[dict[str, Any]]:
    keys = dict(
        AssessmentStage.objects.filter(qualification_type=kind)
        .order_by("version")
        .values_list("ordinal", "answer_key")
    )
    return [
        {
            "kind": each.kind,
            "title": each.title,
            "text": each.text,
            "questions": question_list.from_xml(each.question_form, keys.get(each.ordinal, "")),
            "pass_percent": "" if each.pass_percent is None else each.pass_percent,
            "topic": each.topic,
            "words_min": each.words_min or "",
            "words_max": each.words_max or "",
        }
        for each in queries.stages(qualification_type_id=QualificationTypeId(kind.pk))
    ]


def _stage(given: dict[str, Any], place: int) -> StageTerms:
    """Raises InvalidInput."""
    numbers = {
        name: _whole(given[name], f"stages.{place}.{name}")
        for name in ("pass_percent", "words_min", "words_max")
    }
    if given["kind"] not in StageKind.values:
        raise InvalidInput({f"stages.{place}.kind": gettext("Choose a kind of stage.")})
    return StageTerms(
        kind=StageKind(given["kind"]),
        title=given["title"],
        text=given["text"],
        questions=given["questions"],
        topic=given["topic"],
        **numbers,
    )


def _actor(request: HttpRequest) -> AccountId:
    return AccountId(int(request.user.pk or 0))
