"""How a project measures quality, and the known answers of a batch."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from manyhands.core import ids
from manyhands.core.errors import InvalidInput, NotFound, Refusal
from manyhands.core.ids import ProjectId, QualificationTypeId
from manyhands.quality import queries
from manyhands.quality.operations import projects
from manyhands.web.requester import gate
from manyhands.web.requester.forms import add_refusals
from manyhands.web.requester.quality_forms import KnownForm, QualityForm
from manyhands.work.operations.known_answers import set_known_answers
from manyhands.work.queries import requester as work_queries

HITS_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@gate.requester_required
def edit(request: HttpRequest, project: str) -> HttpResponse:
    """A project's skill with its rule, and whose qualification tasks it publishes."""
    found = gate.project_of(request, project)
    now = queries.project_quality(requester_id=gate.me(request), project_id=found.id)
    if now is None:
        raise NotFound
    form = QualityForm(gate.me(request), request.POST or None, initial=_initial(now))
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, found.id, form)
        except InvalidInput as refusal:
            add_refusals(form, refusal)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, gettext("Saved. It holds for what is handed in and published from now on.")
            )
            return redirect("project", project)
    page = {"project": found, "public_id": project, "form": form, "now": now, "section": "requester"}
    return render(request, "requester/quality.html", page, status=422 if form.is_bound else 200)


def _initial(now: queries.ProjectQuality) -> dict[str, Any]:
    return {
        "skill": now.skill_id or "",
        "right_by": 1 if now.right_by is None else now.right_by,
        "wrong_by": 3 if now.wrong_by is None else now.wrong_by,
        "starts_at": now.starts_at,
        "tasks": now.tasks_id or "",
        "questions": now.questions or None,
        "right_needed": now.right_needed if now.questions else None,
        "places": now.places or None,
    }


@transaction.atomic
def _save(request: HttpRequest, project_id: ProjectId, form: QualityForm) -> None:
    data = form.cleaned_data
    rule = None
    if data["skill"]:
        rule = projects.Rule(
            QualificationTypeId(data["skill"]), data["right_by"], data["wrong_by"], data["starts_at"]
        )
    projects.set_score_rule(requester_id=gate.me(request), project_id=project_id, rule=rule)
    asked = None
    if data["questions"]:
        needed, places = data["right_needed"] or data["questions"], data["places"] or 1
        asked = projects.Questions(data["questions"], needed, places)
    projects.set_first_questions(requester_id=gate.me(request), project_id=project_id, asked=asked)
    tasks = QualificationTypeId(data["tasks"]) if data["tasks"] else None
    projects.set_tasks_type(requester_id=gate.me(request), project_id=project_id, qualification_type_id=tasks)


@require_http_methods(["GET", "HEAD", "POST"])
@gate.requester_required
def known(request: HttpRequest, batch: str) -> HttpResponse:
    """The tasks of a batch whose answer is known, and a file that says more of them."""
    found = gate.batch_of(request, batch)
    form = KnownForm(request.POST or None, request.FILES or None)
    report = None
    if request.method == "POST" and form.is_valid():
        report = set_known_answers(
            requester_id=gate.me(request),
            batch_id=found.id,
            file=form.cleaned_data["file"],
            actor_id=gate.actor(request),
        )
        if not report.problem_count:
            messages.success(request, gettext("The known answers are kept. They count from now on."))
            return redirect("known_answers", batch)
    after = ids.decode("hit", request.GET.get("after", "")) or 0
    hits = queries.known_hits(
        requester_id=gate.me(request), batch_id=found.id, after=after, limit=HITS_SHOWN + 1
    )
    lines = [
        (
            ids.encode("hit", hit.hit_id),
            [(field, _words(accepted)) for field, accepted in hit.answers.items()],
            hit,
        )
        for hit in hits[:HITS_SHOWN]
    ]
    page = {
        "batch": found,
        "public_id": batch,
        "form": form,
        "report": report,
        "lines": lines,
        "next_url": f"?after={lines[-1][0]}" if len(hits) > HITS_SHOWN else "",
        "counts": work_queries.counts(requester_id=gate.me(request), batch_id=found.id),
        "section": "requester",
    }
    return render(request, "requester/known.html", page, status=422 if request.method == "POST" else 200)


def _words(accepted: list[list[str]]) -> list[str]:
    return [", ".join(values) for values in accepted]
