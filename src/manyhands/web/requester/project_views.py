"""Projects: started from an example or from nothing, shown, changed, put away."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from manyhands.catalog.models import SubCategory
from manyhands.core import ids
from manyhands.core.errors import InvalidInput
from manyhands.proofreading import queries as proofreading
from manyhands.qualifications.system_types import public_id
from manyhands.web.requester import asking_views, gate, listing
from manyhands.web.requester.examples import DAY_S, EXAMPLES, MINUTE_S, Example, find
from manyhands.web.requester.fields import currency_sign
from manyhands.web.requester.forms import ProjectForm, add_refusals
from manyhands.work.operations import projects

# Starting points without a layout of their own.
BLANK, BUILDER = "blank", "form"


@require_http_methods(["GET", "HEAD", "POST"])
@gate.requester_required
def new(request: HttpRequest) -> HttpResponse:
    """Choose a starting point, then settings; then the project exists and its layout is next."""
    start = request.POST.get("start") or request.GET.get("start", "")
    example = find(start)
    if example is None and start not in {BLANK, BUILDER}:
        return render(request, "requester/project_start.html", {"examples": EXAMPLES, "section": "requester"})
    form = ProjectForm(request.POST or None, initial=_initial(example))
    if form.is_valid():
        try:
            project_id = projects.create_project(requester_id=gate.me(request), settings=form.settings())
        except InvalidInput as refusal:
            add_refusals(form, refusal)
        else:
            if example is not None:
                projects.save_layout(requester_id=gate.me(request), project_id=project_id, html=example.html)
            return redirect(
                "form_builder" if start == BUILDER else "layout", ids.encode("project", project_id)
            )
    page = {
        "form": form,
        "start": start,
        "example": example,
        "section": "requester",
        "currency_sign": currency_sign(),
    }
    return render(request, "requester/project_new.html", page, status=422 if form.is_bound else 200)


def _initial(example: Example | None) -> dict[str, Any]:
    common = {"lifetime_s": 7 * DAY_S, "auto_approval_delay_s": 3 * DAY_S}
    if example is None:
        return common | {"max_assignments": 1, "assignment_duration_s": 30 * MINUTE_S}
    branch = SubCategory.objects.filter(slug=example.sub_category).values_list("pk", flat=True).first()
    return common | {
        "name": example.name,
        "title": example.title,
        "description": example.description,
        "keywords": example.keywords,
        "sub_category": branch,
        "reward": example.reward_minor,
        "max_assignments": example.assignments,
        "assignment_duration_s": example.minutes * MINUTE_S,
    }


@require_safe
@gate.requester_required
def show(request: HttpRequest, project: str) -> HttpResponse:
    """A project: where it stands, its settings, its batches."""
    found = gate.project_of(request, project)
    before = ids.decode("batch", request.GET.get("before", "")) or 2**62
    page = {"project": found, "public_id": project, "section": "requester"}
    page |= listing.batches(gate.me(request), project_id=found.id, before=before)
    page |= asking_views.of_project(request, found.id)
    page["proofread"] = proofreading.is_proofread(project_id=found.id)
    page["skills"] = [
        (public_id(each.qualification_type_id), each.name, each.is_chosen)
        for each in proofreading.skills(requester_id=gate.me(request), project_id=found.id)
    ]
    return render(request, "requester/project.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@gate.requester_required
def edit(request: HttpRequest, project: str) -> HttpResponse:
    """Change what the project proposes; what is published keeps its terms."""
    found = gate.project_of(request, project)
    initial = {name: getattr(found, name) for name in ProjectForm.base_fields if hasattr(found, name)}
    initial |= {"reward": found.reward_minor, "sub_category": found.sub_category_id}
    form = ProjectForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            projects.update_project(
                requester_id=gate.me(request), project_id=found.id, settings=form.settings()
            )
        except InvalidInput as refusal:
            add_refusals(form, refusal)
        else:
            messages.success(request, gettext("The settings are saved. Published batches keep theirs."))
            return redirect("project", project)
    page = {"form": form, "project": found, "public_id": project, "section": "requester"}
    page["currency_sign"] = currency_sign()
    return render(request, "requester/project_settings.html", page, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@gate.requester_required
def archive(request: HttpRequest, project: str) -> HttpResponse:
    """Put a project out of sight, after asking."""
    found = gate.project_of(request, project)
    if request.method == "POST":
        projects.archive_project(requester_id=gate.me(request), project_id=found.id)
        messages.success(request, gettext("“%(name)s” is archived.") % {"name": found.name})
        return redirect("requester_home")
    page = {
        "title": gettext("Archive “%(name)s”?") % {"name": found.name},
        "effects": [
            gettext("The project leaves your list, and no new batches can be made of it."),
            gettext("Its batches stay as they are; no money moves."),
        ],
        "button": gettext("Archive the project"),
        "back": request.path.removesuffix("/archive"),
        "section": "requester",
    }
    return render(request, "requester/confirm.html", page)
