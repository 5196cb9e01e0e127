"""Pages to read: getting started, questions and answers, safety, learning. Open to everybody."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from manyhands.help.queries import tickets
from manyhands.web.help import words

SEARCH_MAX = 100


@require_safe
def getting_started(request: HttpRequest) -> HttpResponse:
    """The four steps in order."""
    return render(request, "help/getting_started.html", {"here": "start", "links": tickets.links()})


@require_safe
def faq(request: HttpRequest) -> HttpResponse:
    """Questions and answers by section; ``?q=`` leaves those with these words."""
    text = request.GET.get("q", "")[:SEARCH_MAX].replace("\0", "").strip()
    context = {"asked": text.casefold().split(), "site_origin": settings.SITE_ORIGIN}
    sections = [
        (section, render_to_string(f"help/faq/{section.slug}.html", context, request))
        for section in words.SECTIONS
    ]
    found = [(section, content) for section, content in sections if content.strip()]
    return render(request, "help/faq.html", {"here": "faq", "q": text, "sections": found})


@require_safe
def safety(request: HttpRequest) -> HttpResponse:
    """How to stay safe: whose words tasks are, what never to answer, where the log-in is."""
    address = urlsplit(settings.SITE_ORIGIN)
    context = {"here": "safety", "site_origin": settings.SITE_ORIGIN, "site_host": address.netloc}
    return render(request, "help/safety.html", context)


@require_safe
def learning(request: HttpRequest) -> HttpResponse:
    """What is worth learning, and where."""
    return render(request, "help/learning.html", {"here": "learning"})
