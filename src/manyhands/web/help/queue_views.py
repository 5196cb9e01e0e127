"""The help desk as the staff see it: the queue, a question with its task, the answer; and the operator's channels."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from manyhands.core.errors import Refusal
from manyhands.help import access
from manyhands.help.operations import links as link_operations
from manyhands.help.operations import tickets as operations
from manyhands.help.operations.links import Link
from manyhands.help.queries import tickets as queries
from manyhands.help.states import TicketStatus, Topic
from manyhands.web import refusals
from manyhands.web.help import words
from manyhands.web.help.access import account_id_of, operators_only, staff_only
from manyhands.web.help.forms import AnswerForm, LinkForms
from manyhands.web.help.paging import Paged, page_number

ALL = "all"


@never_cache
@staff_only
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Tickets of one state (``?status=``), those waiting longest first; narrowed by ``?topic=`` and ``?q=``."""
    wanted = request.GET.get("status", TicketStatus.OPEN)
    status = wanted if wanted in TicketStatus.values else None
    topic = request.GET.get("topic", "")
    text = request.GET.get("q", "")[:200].replace("\0", "").strip()
    page = page_number(request)
    lines = queries.queue(
        status=status, topic=topic if topic in Topic.values else None, text=text or None, page=page
    )
    numbers = queries.counts()
    context = {
        "here": "desk",
        "section": "staff",
        "lines": [
            (line, words.status(line.status, for_staff=True), words.topic(line.topic))
            for line in lines[: queries.PAGE_SIZE]
        ],
        "tabs": [
            (value, words.status(value, for_staff=True).word, numbers[value]) for value in TicketStatus.values
        ],
        "status": status or ALL,
        "topics": Topic.choices,
        "topic": topic,
        "q": text,
        "paged": Paged.of(request, page, has_more=len(lines) > queries.PAGE_SIZE),
    }
    return render(request, "help/desk/queue.html", context)


@never_cache
@staff_only
def ticket(request: HttpRequest, number: str) -> HttpResponse:
    """A question; on POST, answer it."""
    staff_id = account_id_of(request)
    ticket_id = access.ticket_for_staff(account_id=staff_id, number=number)
    form, status = AnswerForm(), 200
    if request.method == "POST":
        form, status = AnswerForm(request.POST), 422
        if form.is_valid():
            try:
                operations.answer(
                    ticket_id=ticket_id,
                    staff_id=staff_id,
                    text=form.cleaned_data["words"],
                    then=TicketStatus(form.cleaned_data["then"]),
                )
            except Refusal as refusal:
                form.add_error("words", str(refusal))
                status = refusals.answer_to(refusal).status
            else:
                messages.success(request, gettext("Your answer is on its way."))
                return redirect("help_desk")
    found = queries.ticket_page(ticket_id)
    context = {
        "here": "desk",
        "section": "staff",
        "ticket": found,
        "badge": words.status(found.status, for_staff=True),
        "topic": words.topic(found.topic),
        "is_training": found.topic == Topic.TRAINING,
        "is_closed": found.status == TicketStatus.CLOSED,
        "said": queries.messages_of(ticket_id),
        "form": form,
        "for_staff": True,
    }
    return render(request, "help/desk/ticket.html", context, status=status)


@staff_only
@require_POST
def close(request: HttpRequest, number: str) -> HttpResponse:
    """Close without an answer."""
    staff_id = account_id_of(request)
    operations.close(ticket_id=access.ticket_for_staff(account_id=staff_id, number=number), staff_id=staff_id)
    messages.success(request, gettext("Question %(number)s is closed.") % {"number": number})
    return redirect("help_desk")


@never_cache
@operators_only
def links(request: HttpRequest) -> HttpResponse:
    """The channels shown in Help, in their order."""
    kept = [{"title": link.title, "url": link.url} for link in queries.links()]
    forms, status, problem = LinkForms(initial=kept), 200, ""
    if request.method == "POST":
        forms, status = LinkForms(request.POST, initial=kept), 422
        if forms.is_valid():
            wanted = [Link(data["title"], data["url"]) for data in forms.cleaned_data if data.get("title")]
            try:
                link_operations.set_links(actor_id=account_id_of(request), links=wanted)
            except Refusal as refusal:
                problem = str(refusal)
            else:
                messages.success(request, gettext("The channels are saved and shown in Help."))
                return redirect("help_links")
    context = {"here": "links", "section": "staff", "forms": forms, "problem": problem}
    return render(request, "help/desk/links.html", context, status=status)
