"""Types in a list, one with its figures, its test as workers see it; offered, not offered, deleted."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import formats
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from manyhands.core.ids import QualificationTypeId
from manyhands.qualifications import owner_queries, system_types
from manyhands.qualifications.operations import owning
from manyhands.qualifications.states import Route, TypeStatus
from manyhands.questions.parsing import parse_test
from manyhands.questions.rendering import render_form
from manyhands.web import charts, qualification_words
from manyhands.web.qualifications import words
from manyhands.web.qualifications.sides import Side
from manyhands.web.requester import gate, present


@require_safe
def index(request: HttpRequest, side: Side) -> HttpResponse:
    """The owner's types with holders, requests that wait, and the share of tests passed. One statement."""
    rows = [
        {
            "row": row,
            "name": qualification_words.name_of(row.id, row.name),
            "url": side.url("qualification_type", system_types.public_id(row.id)),
            "route": words.ROUTES[row.route],
            "is_computed": row.route == Route.SYSTEM,
        }
        for row in owner_queries.types_of(side.owner(request).requester_id)
    ]
    return render(request, "requester/qualifications/list.html", dict(side.context(rows=rows)))


@require_safe
def show(request: HttpRequest, side: Side, qualification: str) -> HttpResponse:
    """One type: its terms, its figures, and the evidence that workers are tested. Five statements."""
    kind = side.type_of(request, qualification)
    page = side.context(
        kind,
        name=qualification_words.name_of(kind.id, kind.name),
        route=words.ROUTES[kind.route],
        status=words.STATUSES[kind.status],
        is_computed=kind.route == Route.SYSTEM,
        charts=[] if kind.route == Route.SYSTEM else _charts(kind.id),
        versions=owner_queries.agreement_versions(kind.id) if kind.route == Route.AGREEMENT else [],
    )
    return render(request, "requester/qualifications/show.html", dict(page))


def _charts(type_id: QualificationTypeId) -> list[SafeString]:
    weeks = owner_queries.pass_rates(type_id)
    return [
        charts.line(
            gettext("Tests passed, in percent, by week"),
            [formats.date_format(week, "SHORT_DATE_FORMAT") for week, _passed, _tested in weeks],
            [round(100 * passed / tested, 1) for _week, passed, tested in weeks],
        ),
        charts.histogram(
            gettext("Scores held"), [*range(0, 100, 10), 100], owner_queries.score_counts(type_id)
        ),
    ]


@require_safe
def test(request: HttpRequest, side: Side, qualification: str) -> HttpResponse:
    """The newest test as a worker sees it, on the content origin like every requester's form."""
    kind = side.type_of(request, qualification)
    if not kind.question_form:
        raise Http404
    html = f"<form>{render_form(parse_test(kind.question_form))}</form>"
    page = side.context(kind, preview=present.preview(gate.actor(request), html, []))
    return render(request, "requester/qualifications/test.html", dict(page))


@require_POST
def status(request: HttpRequest, side: Side, qualification: str) -> HttpResponse:
    """Offer the type to workers, or stop offering it."""
    kind = side.type_of(request, qualification)
    wanted = TypeStatus.ACTIVE if request.POST.get("status") == TypeStatus.ACTIVE else TypeStatus.INACTIVE
    owning.set_status(owner=side.owner(request), qualification_type_id=kind.id, status=wanted)
    text = (
        gettext("Workers can come by it again.")
        if wanted == TypeStatus.ACTIVE
        else gettext("It is no longer offered. Who holds it keeps it.")
    )
    messages.success(request, text)
    return redirect(side.url("qualification_type", qualification))


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, side: Side, qualification: str) -> HttpResponse:
    """Delete a type, after saying what goes and what stays."""
    kind = side.type_of(request, qualification)
    if request.method == "POST":
        owning.dispose_type(owner=side.owner(request), qualification_type_id=kind.id)
        messages.success(request, gettext("“%(name)s” is deleted.") % {"name": kind.name})
        return redirect(side.url("qualification_types"))
    effects = [
        gettext("Nobody can come by it any more, and new batches cannot ask for it."),
        gettext("Task groups that are published go on asking for it."),
        ngettext(
            "%(count)s worker holds it and keeps the score, with its history.",
            "%(count)s workers hold it and keep their scores, with their history.",
            kind.figures.holders,
        )
        % {"count": kind.figures.holders},
    ]
    if kind.figures.waiting:
        waiting = ngettext(
            "%(count)s request that waits is refused.", "%(count)s requests that wait are refused.",
            kind.figures.waiting,
        )  # fmt: skip
        effects.append(waiting % {"count": kind.figures.waiting})
    page = {
        "title": gettext("Delete “%(name)s”?") % {"name": kind.name},
        "effects": effects,
        "button": gettext("Delete the qualification"),
        "danger": True,
        "back": side.url("qualification_type", qualification),
        "section": side.section,
    }
    return render(request, "requester/confirm.html", page)
