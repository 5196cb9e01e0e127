"""'Who may do it': what a project asks of workers, how many are left, and qualifications made on the spot."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods

from manyhands.core.errors import InvalidInput, Refusal
from manyhands.help.operations import tickets
from manyhands.help.states import Topic
from manyhands.qualifications import owner_queries, system_types
from manyhands.qualifications.operations import TypeTerms, create_qualification_type
from manyhands.qualifications.requirements import REQUIREMENTS_MAX, checked
from manyhands.qualifications.states import Comparator, Route
from manyhands.web import qualification_words
from manyhands.web.requester import asking, gate
from manyhands.work.operations import projects
from manyhands.work.queries import asking as asked_queries
from manyhands.work.queries import requester as queries
from manyhands.work.queries.asking import Asked

Lines = tuple[asking.Line, ...]
# Ways that need nothing more than a name; the others have a page of their own.
ROUTES = (Route.GRANT, Route.AUTO)


def shown(asked: list[Asked]) -> list[tuple[str, str, bool]]:
    """Requirements as lists show them: the sentence, what others may do, whether new work can ask for it."""
    return [
        (
            qualification_words.requirement(each.requirement, each.name),
            qualification_words.guarded(each.requirement.guard),
            each.is_active,
        )
        for each in asked
    ]


def of_project(request: HttpRequest, project_id: Any) -> dict[str, Any]:
    """What a project asks, and how many workers meet it now, as template context. Two statements."""
    asked = asked_queries.of_project(requester_id=gate.me(request), project_id=project_id)
    forecast = owner_queries.forecast([each.requirement for each in asked])
    return {"requirements": shown(asked), "forecast": forecast}


@require_http_methods(["GET", "HEAD", "POST"])
@gate.requester_required
def edit(request: HttpRequest, project: str) -> HttpResponse:
    """Show what is asked, change its lines by a button, or save it for new groups of the project."""
    found = gate.project_of(request, project)
    if request.method != "POST":
        asked = asked_queries.of_project(requester_id=gate.me(request), project_id=found.id)
        lines = asking.from_requirements([each.requirement for each in asked])
        return _page(request, project, found, lines)
    lines = asking.read(request.POST)
    act = request.POST.get("act", "count")
    if act == "save":
        return _save(request, project, found, lines)
    if act == "copy":
        return _copy(request, project, found, lines)
    if act == "make":
        return _make(request, project, found, lines)
    if act == "wish":
        return _wish(request, project, found, lines)
    return _page(request, project, found, asking.changed(lines, act))


def _save(request: HttpRequest, public_id: str, project: queries.Project, lines: Lines) -> HttpResponse:
    try:
        projects.set_requirements(
            requester_id=gate.me(request), project_id=project.id, asked=asking.to_requirements(lines)
        )
    except InvalidInput as refusal:
        return _page(request, public_id, project, lines, errors=refusal.errors, status=422)
    messages.success(
        request, gettext("Saved for new batches. Batches that are published keep what they ask for.")
    )
    batch = request.POST.get("batch", "")
    if batch:
        gate.batch_of(request, batch)
        return redirect("batch", batch)
    return redirect("project", public_id)


def _copy(request: HttpRequest, public_id: str, project: queries.Project, lines: Lines) -> HttpResponse:
    """Take over what another project of theirs asks; nothing is saved yet."""
    source = request.POST.get("copy", "")
    if not source:
        return _page(
            request, public_id, project, lines, errors={"copy": gettext("Choose a project.")}, status=422
        )
    other = gate.project_of(request, source)
    asked = asked_queries.of_project(requester_id=gate.me(request), project_id=other.id)
    copied = asking.from_requirements([each.requirement for each in asked])
    text = gettext("Taken over from “%(name)s”. It is not saved yet.") % {"name": other.name}
    return _page(request, public_id, project, copied, note=text)


def _make(request: HttpRequest, public_id: str, project: queries.Project, lines: Lines) -> HttpResponse:
    """A qualification of their own in the middle of the project, asked for at once (C-29)."""
    route = request.POST.get("new_route", "")
    terms = TypeTerms(
        description=request.POST.get("new_description", "").replace("\0", ""),
        route=Route(route) if route in ROUTES else Route.GRANT,
    )
    name = request.POST.get("new_name", "").replace("\0", "")
    try:
        made = create_qualification_type(requester_id=gate.me(request), name=name, terms=terms)
    except InvalidInput as refusal:
        errors = {f"new_{field}": sentence for field, sentence in refusal.errors.items()}
        return _page(request, public_id, project, lines, errors=errors, status=422)
    except Refusal as refusal:
        return _page(request, public_id, project, lines, errors={"new_name": str(refusal)}, status=422)
    line = asking.Line(system_types.public_id(made), Comparator.EXISTS)
    text = gettext("“%(name)s” is made, and a line asks for it. Save to use it.") % {"name": name.strip()}
    return _page(request, public_id, project, (*lines, line), note=text)


def _wish(request: HttpRequest, public_id: str, project: queries.Project, lines: Lines) -> HttpResponse:
    """Ask the platform's team to set a qualification up (C-30): a question to the help desk."""
    wish = request.POST.get("wish", "")
    if not wish.strip():
        errors = {"wish": gettext("Say what workers should be able to do.")}
        return _page(request, public_id, project, lines, errors=errors, status=422)
    about = gettext("Please set up a qualification for the project “%(name)s”.") % {"name": project.name}
    try:
        asked = tickets.ask(
            account_id=gate.actor(request), email="", topic=Topic.REQUESTER, text=f"{about}\n\n{wish}",
            language=get_language() or "en", source=get_adapter(request).get_client_ip(request),
        )  # fmt: skip
    except Refusal as refusal:
        return _page(request, public_id, project, lines, errors={"wish": str(refusal)}, status=422)
    text = gettext("The team has your wish as question %(number)s and answers by mail and in Help.")
    return _page(request, public_id, project, lines, note=text % {"number": asked.number})


def _page(
    request: HttpRequest, public_id: str, project: queries.Project, lines: Lines, *,
    errors: dict[str, str] | None = None, note: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    types = owner_queries.types_to_ask(gate.me(request), also=asking.type_ids(lines))
    named = [(each, qualification_words.name_of(each.id, each.name)) for each in types]
    page = {
        "project": project,
        "public_id": public_id,
        "lines": asking.with_errors(lines, errors or {}),
        "errors": errors or {},
        "note": note,
        "types": asking.grouped(named),
        "comparators": asking.COMPARATORS,
        "guards": asking.GUARDS,
        "may_add": len(lines) < REQUIREMENTS_MAX,
        "others": [
            (gate.public_project(each.id), each.name)
            for each in queries.projects(gate.me(request))
            if each.id != project.id
        ],
        "forecast": _forecast(lines),
        "batch": request.POST.get("batch") or request.GET.get("batch", ""),
        "typed": request.POST,
        "section": "requester",
    }
    return render(request, "requester/who.html", page, status=status)


def _forecast(lines: Lines) -> owner_queries.Forecast | None:
    """How many workers meet the lines as they stand; None while they cannot be asked for."""
    try:
        return owner_queries.forecast(checked(asking.to_requirements(lines)))
    except InvalidInput:
        return None
