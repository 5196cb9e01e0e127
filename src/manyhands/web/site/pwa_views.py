"""The installable app: its service worker, the page without a network, and how to install."""

from functools import cache
from importlib import resources

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@cache_control(no_cache=True)
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The service worker, at the root, because its scope is where it lies."""
    return HttpResponse(
        _script(),
        content_type="text/javascript; charset=utf-8",
        headers={"Service-Worker-Allowed": "/"},
    )


def _script() -> str:
    return _read() if settings.DEBUG else _kept()


def _read() -> str:
    return resources.files("manyhands").joinpath("frontend", "sw.js").read_text(encoding="utf-8")


_kept = cache(_read)


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What stands in for a page when there is no network: kept on devices, hence the same for everybody."""
    return render(request, "site/offline.html", {"user": AnonymousUser(), "csrf_token": "", "messages": ()})


@require_safe
def install(request: HttpRequest) -> HttpResponse:
    """How to install the app, for browsers that do not offer it by themselves."""
    return render(request, "site/install.html")
