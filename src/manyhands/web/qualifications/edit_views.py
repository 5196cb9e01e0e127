"""The editor of a type: its words, its way, its test by questions or XML, and who may ask for it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from manyhands.core.errors import InvalidInput, NotFound, Refusal
from manyhands.qualifications import owner_queries, system_types
from manyhands.qualifications.errors import CircularPrerequisites, QualificationTypeExists
from manyhands.qualifications.operations import owning
from manyhands.qualifications.owner_queries import TypePage
from manyhands.web import qualification_words
from manyhands.web.qualifications import terms, test_draft
from manyhands.web.qualifications.sides import Side


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, side: Side) -> HttpResponse:
    """Make a type."""
    if request.method != "POST":
        return _page(request, side, None, terms.blank())
    typed = terms.read(request.POST, None)
    if request.POST.get("act", "save") != "save":
        return _page(request, side, None, terms.changed(typed, request.POST["act"]))
    try:
        wanted = terms.to_terms(typed, None)
        made = owning.create_type(
            owner=side.owner(request), name=typed.form.cleaned_data["name"], terms=wanted
        )
    except Refusal as refusal:
        return _refused(request, side, None, typed, refusal)
    messages.success(request, gettext("The qualification is made. Workers can come by it now."))
    return redirect(side.url("qualification_type", system_types.public_id(made)))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, side: Side, qualification: str) -> HttpResponse:
    """Change a type; a changed test or text is a new version, and attempts under way keep theirs."""
    kind = side.type_of(request, qualification)
    if request.method != "POST":
        return _page(request, side, kind, terms.of_type(kind))
    typed = terms.read(request.POST, kind)
    if request.POST.get("act", "save") != "save":
        return _page(request, side, kind, terms.changed(typed, request.POST["act"]))
    try:
        wanted = terms.to_terms(typed, kind)
        owning.update_type(owner=side.owner(request), qualification_type_id=kind.id, terms=wanted)
    except Refusal as refusal:
        return _refused(request, side, kind, typed, refusal)
    messages.success(request, gettext("Saved. Who holds the qualification keeps it."))
    return redirect(side.url("qualification_type", qualification))


def _refused(
    request: HttpRequest, side: Side, kind: TypePage | None, typed: terms.Typed, refusal: Refusal
) -> HttpResponse:
    """The page again with what was refused at its field; what belongs to no field goes further up."""
    if isinstance(refusal, InvalidInput):
        errors = refusal.errors
    elif isinstance(refusal, QualificationTypeExists):
        errors = {"name": str(refusal)}
    elif isinstance(refusal, CircularPrerequisites):
        errors = {"needed": str(refusal)}
    elif isinstance(refusal, NotFound) and typed.needed:
        errors = {"needed": gettext("One of the qualifications needed first is no longer there.")}
    else:
        raise refusal
    return _page(request, side, kind, terms.with_errors(typed, errors), status=422)


def _page(
    request: HttpRequest, side: Side, kind: TypePage | None, typed: terms.Typed, *, status: int = 200
) -> HttpResponse:
    owner = side.owner(request)
    also = [number for each in typed.needed if (number := system_types.from_public_id(each.kind))]
    types = owner_queries.types_to_ask(owner.requester_id, also=also)
    options = [
        (system_types.public_id(each.id), qualification_words.name_of(each.id, each.name))
        for each in types
        if kind is None or each.id != kind.id
    ]
    page = side.context(
        kind, typed=typed, form=typed.form, draft=typed.draft, needed=typed.needed, errors=typed.errors,
        kinds=test_draft.KINDS, types=options,
    )  # fmt: skip
    return render(request, "requester/qualifications/edit.html", dict(page), status=status)
