"""The front page for those who have not signed in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from manyhands.web.worker import protocol_views


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this place is, for a visitor; a person who has signed in goes on to their desk."""
    if request.GET.get("format") == "json":
        return protocol_views.projects(request)
    desk = _desk(request)
    return redirect(desk) if desk else render(request, "site/home.html")


def _desk(request: HttpRequest) -> str:
    if not request.user.is_authenticated:
        return ""
    if request.user.is_worker:
        return reverse("dashboard")
    if request.user.is_requester:
        return reverse("requester_home")
    return reverse("staff_home") if request.user.is_operator or request.user.is_reviewer else ""
