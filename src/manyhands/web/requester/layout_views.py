"""The layout editor: HTML beside its live preview, with what is wrong named by line."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from manyhands.web.requester import gate, present
from manyhands.web.requester.examples import EXAMPLES
from manyhands.work.errors import LayoutInvalid
from manyhands.work.layout.problems import LayoutProblem
from manyhands.work.layout.template import check_layout, placeholders
from manyhands.work.operations import projects
from manyhands.work.queries.requester import Project

FIRST_HTML = """<form class="mh-form" data-color-scheme="light dark">
  <h1>What the task asks</h1>
  <section class="mh-instructions" data-instructions>
    <h2>Instructions</h2>
    <p>Say what to do, and what not.</p>
  </section>
  <p class="mh-text">${text}</p>
  <div class="mh-question">
    <label for="answer">Your answer</label>
    <input id="answer" name="answer" type="text" required>
  </div>
</form>
"""


@require_http_methods(["GET", "HEAD", "POST"])
@gate.requester_required
def edit(request: HttpRequest, project: str) -> HttpResponse:
    """Show or save a project's HTML; with problems it is shown again with them, unsaved."""
    found = gate.project_of(request, project)
    if request.method != "POST":
        return _page(request, project, found, found.html or FIRST_HTML, status=200)
    html = request.POST.get("html", "").replace("\r\n", "\n")
    try:
        projects.save_layout(requester_id=gate.me(request), project_id=found.id, html=html)
    except LayoutInvalid:
        return _page(request, project, found, html, status=422)
    messages.success(request, gettext("The template is saved."))
    return redirect("layout" if request.POST.get("then") == "stay" else "upload", project)


def _page(request: HttpRequest, public_id: str, project: Project, html: str, *, status: int) -> HttpResponse:
    problems = check_layout(html, project.columns or None)
    page = {
        "project": project,
        "public_id": public_id,
        "html": html,
        "problems": problems,
        "refused": status == 422,
        "columns": project.columns or placeholders(html),
        "preview": present.preview(gate.me(request), html, sample_rows(project, html)),
        "check_url": reverse("layout_check", args=[public_id]),
        "section": "requester",
    }
    return render(request, "requester/layout.html", page, status=status)


def sample_rows(project: Project, html: str) -> list[dict[str, str]]:
    """Rows of the latest file; else those of the example it started from; else the placeholders' names."""
    if project.sample_rows:
        return project.sample_rows[:20]
    names = set(placeholders(html))
    from_example = next(
        (example.sample for example in EXAMPLES if names and names == set(example.sample)), None
    )
    return [from_example] if from_example else present.example_rows(html)


@require_POST
@gate.requester_required
def check(request: HttpRequest, project: str) -> HttpResponse:
    """The list of problems of unsaved HTML, as a fragment."""
    found = gate.project_of(request, project)
    problems: list[LayoutProblem] = check_layout(request.POST.get("html", ""), found.columns or None)
    return render(request, "requester/layout_problems.html", {"problems": problems})
