"""The form builder: questions added, moved and removed by plain buttons, with or without scripts."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from manyhands.core.errors import InvalidInput
from manyhands.web.requester import builder, gate, present
from manyhands.web.requester.layout_views import sample_rows
from manyhands.work.errors import LayoutInvalid
from manyhands.work.layout.form_builder import to_html, to_json
from manyhands.work.operations import projects
from manyhands.work.queries.requester import Project


@require_http_methods(["GET", "HEAD", "POST"])
@gate.requester_required
def edit(request: HttpRequest, project: str) -> HttpResponse:
    """Show the form, change its outline by a button, or save it as the project's layout."""
    found = gate.project_of(request, project)
    if request.method != "POST":
        draft = builder.from_spec(found.form_spec) if found.form_spec else builder.first(found.title)
        return _page(request, project, found, draft)
    draft = builder.read(request.POST)
    act = request.POST.get("act", "save")
    if act not in {"save", "save-stay"}:
        return _page(request, project, found, builder.changed(draft, act))
    try:
        spec = builder.to_spec(draft)
        projects.save_layout(
            requester_id=gate.me(request),
            project_id=found.id,
            html=to_html(spec),
            form_spec=builder.document(to_json(spec)),
        )
    except InvalidInput as refusal:
        return _page(request, project, found, draft, errors=refusal.errors, status=422)
    except LayoutInvalid as refusal:
        return _page(request, project, found, draft, errors={"form": str(refusal)}, status=422)
    messages.success(request, gettext("The form is saved."))
    return redirect("form_builder" if act == "save-stay" else "upload", project)


def _page(
    request: HttpRequest,
    public_id: str,
    project: Project,
    draft: builder.Draft,
    *,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    html = _html(draft) or project.html or ""
    page = {
        "project": project,
        "public_id": public_id,
        "draft": builder.with_errors(draft, errors or {}),
        "errors": errors or {},
        "kinds": builder.KINDS,
        "shown_kinds": builder.SHOWN_KINDS,
        "columns": project.columns,
        "preview": present.preview(gate.me(request), html, sample_rows(project, html)),
        "is_html_project": project.html is not None and project.form_spec is None,
        "section": "requester",
    }
    return render(request, "requester/form_builder.html", page, status=status)


@require_POST
@gate.requester_required
def preview(request: HttpRequest, project: str) -> HttpResponse:
    """The HTML of an unsaved form, as the fields the live preview sends on; nothing while it is incomplete."""
    found = gate.project_of(request, project)
    html = _html(builder.read(request.POST))
    if not html:
        return HttpResponse(status=204)
    source = {"html": html, "rows": sample_rows(found, html)}
    return render(request, "requester/preview_source.html", {"preview": source})


def _html(draft: builder.Draft) -> str:
    try:
        return to_html(builder.to_spec(draft))
    except InvalidInput:
        return ""
