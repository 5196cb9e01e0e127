"""Rows for a project: a CSV is checked cell by cell, and becomes a draft batch or nothing at all."""

from pathlib import PurePath

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from manyhands.core import ids
from manyhands.web.requester import gate
from manyhands.web.requester.forms import UploadForm
from manyhands.work.layout.template import placeholders
from manyhands.work.operations import batches


@require_http_methods(["GET", "HEAD", "POST"])
@gate.requester_required
def upload(request: HttpRequest, project: str) -> HttpResponse:
    """Take a file in; every bad cell is named, and nothing of a bad file is kept."""
    found = gate.project_of(request, project)
    form = UploadForm(request.POST or None, request.FILES or None)
    report = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        name = form.cleaned_data["name"] or PurePath(file.name).stem
        uploaded = batches.upload_rows(
            requester_id=gate.me(request), project_id=found.id, name=name, file=file
        )
        if uploaded.batch_id is not None:
            return redirect("batch", ids.encode("batch", uploaded.batch_id))
        report = uploaded.report
    page = {
        "project": found,
        "public_id": project,
        "form": form,
        "columns": placeholders(found.html or ""),
        "report": report,
        "section": "requester",
    }
    return render(request, "requester/upload.html", page, status=422 if request.method == "POST" else 200)
