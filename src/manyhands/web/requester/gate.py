"""Who may come in, and what a refusal looks like: for every page of the requester's site."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from manyhands.core import ids
from manyhands.core.ids import AccountId, AssignmentId, BatchId, ProjectId, RequesterId
from manyhands.web import refusals
from manyhands.web.site.account_forms import DisplayNameForm
from manyhands.work.queries import requester as queries

Params = ParamSpec("Params")
View = Callable[Concatenate[HttpRequest, Params], HttpResponse]


def requester_required(view: View[Params]) -> View[Params]:
    """Requesters only; refusals of operations are answered by ``web.refusals``.

    A visitor goes to the log-in and comes back; a person who is not a requester is offered to become one.
    """
    answered = refusals.shown(view)

    def guarded(request: HttpRequest, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            is_page = request.method in {"GET", "HEAD"}
            return redirect_to_login(request.get_full_path() if is_page else reverse("requester_home"))
        if not request.user.is_requester:
            return offer_role(request, status=403)
        return answered(request, *args, **kwargs)

    return cast("View[Params]", update_wrapper(guarded, view))


def offer_role(request: HttpRequest, *, status: int, form: DisplayNameForm | None = None) -> HttpResponse:
    """The page that says what requesters do, and makes the account one."""
    form = form or DisplayNameForm(initial={"display_name": str(request.user)})
    return render(request, "requester/become.html", {"form": form, "section": "requester"}, status=status)


def me(request: HttpRequest) -> RequesterId:
    return RequesterId(cast("int", request.user.pk))


def actor(request: HttpRequest) -> AccountId:
    return AccountId(cast("int", request.user.pk))


def number(kind: ids.Kind, text: str) -> int:
    """What a public id stands for, or 404."""
    found = ids.decode(kind, text)
    if found is None:
        raise Http404
    return found


def public_project(project_id: ProjectId) -> str:
    return ids.encode("project", project_id)


def project_of(request: HttpRequest, public_id: str) -> queries.Project:
    """The requester's own project, or 404."""
    found = queries.project(requester_id=me(request), project_id=ProjectId(number("project", public_id)))
    if found is None:
        raise Http404
    return found


def batch_of(request: HttpRequest, public_id: str) -> queries.Batch:
    """The requester's own batch, or 404."""
    found = queries.batch(requester_id=me(request), batch_id=BatchId(number("batch", public_id)))
    if found is None:
        raise Http404
    return found


def assignment_id_of(public_id: str) -> AssignmentId:
    return AssignmentId(number("assignment", public_id))


def assignment_of(request: HttpRequest, batch: queries.Batch, public_id: str) -> queries.AssignmentRow:
    """A submission of the requester's own batch, or 404."""
    found = queries.assignment(
        requester_id=me(request), batch_id=batch.id, assignment_id=assignment_id_of(public_id)
    )
    if found is None:
        raise Http404
    return found
