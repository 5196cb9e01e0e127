"""The help desk as those who ask see it: the form, one's own questions, a guest's question by its link."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from manyhands.core import ids
from manyhands.core.errors import Refusal
from manyhands.core.ids import AccountId, AssignmentId, HITTypeId
from manyhands.help import access, replies
from manyhands.help.errors import NothingSaid, TooLong, TooOften
from manyhands.help.models import TicketId
from manyhands.help.operations import tickets as operations
from manyhands.help.queries import tickets as queries
from manyhands.help.queries.tickets import AboutTask
from manyhands.help.states import TicketStatus, Topic
from manyhands.web import refusals
from manyhands.web.help import words
from manyhands.web.help.access import account_id_of, person_of, signed_in
from manyhands.web.help.forms import AskForm, ReplyForm
from manyhands.web.help.paging import Paged, page_number


@require_http_methods(["GET", "HEAD", "POST"])
@refusals.shown
def ask(request: HttpRequest) -> HttpResponse:
    """The form; ``?assignment=`` or ``?group=`` attaches a task, ``?topic=`` chooses what it is about."""
    person = person_of(request)
    task = _task(request, request.GET)
    if request.method == "POST":
        form = AskForm(request.POST, is_guest=person is None)
        if form.is_valid():
            try:
                return _asked(request, form, task)
            except Refusal as refusal:
                form.add_error(None, str(refusal))
                return _ask_page(request, form, task, refusals.answer_to(refusal).status)
        return _ask_page(request, form, task, 422)
    wanted = request.GET.get("topic", "")
    topic = wanted if wanted in Topic.values else (Topic.TASK if task else Topic.OTHER)
    return _ask_page(request, AskForm(initial={"topic": topic}, is_guest=person is None), task, 200)


def _ask_page(request: HttpRequest, form: AskForm, task: AboutTask | None, status: int) -> HttpResponse:
    return render(request, "help/desk/ask.html", {"here": "ask", "form": form, "task": task}, status=status)


def _asked(request: HttpRequest, form: AskForm, task: AboutTask | None) -> HttpResponse:
    person = person_of(request)
    asked = operations.ask(
        account_id=None if person is None else AccountId(person.pk),
        email=form.cleaned_data.get("email", ""),
        topic=form.cleaned_data["topic"],
        text=form.cleaned_data["words"],
        language=get_language() or "en",
        source=get_adapter(request).get_client_ip(request),
        assignment_id=task.assignment_id if task else None,
        hit_type_id=task.hit_type_id if task and task.assignment_id is None else None,
    )
    text = gettext("We have your question. Its number is %(number)s; the answer also comes by mail.")
    messages.success(request, text % {"number": asked.number})
    if person is not None:
        return redirect("help_question", asked.number)
    return redirect("help_guest", asked.number, replies.guest_mark(asked.number))


def _task(request: HttpRequest, given: QueryDict) -> AboutTask | None:
    """The task named in the address; a made-up or foreign one is none."""
    person = person_of(request)
    assignment_id = ids.decode("assignment", given.get("assignment", ""))
    if person is not None and assignment_id is not None:
        return queries.own_task(account_id=AccountId(person.pk), assignment_id=AssignmentId(assignment_id))
    hit_type_id = ids.decode("hit_type", given.get("group", ""))
    return None if hit_type_id is None else queries.task_group(HITTypeId(hit_type_id))


@signed_in
@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    """My questions, the last changed first."""
    page = page_number(request)
    lines = queries.questions_of(account_id=account_id_of(request), page=page)
    shown = [
        (line, words.status(line.status), words.topic(line.topic)) for line in lines[: queries.PAGE_SIZE]
    ]
    paged = Paged.of(request, page, has_more=len(lines) > queries.PAGE_SIZE)
    return render(request, "help/desk/questions.html", {"here": "questions", "lines": shown, "paged": paged})


@never_cache
@signed_in
def question(request: HttpRequest, number: str) -> HttpResponse:
    """One of my questions; on POST, write more."""
    account_id = account_id_of(request)
    ticket_id = access.ticket_of_asker(account_id=account_id, number=number)
    return _thread(request, ticket_id, account_id)


@never_cache
@refusals.shown
def guest(request: HttpRequest, number: str, mark: str) -> HttpResponse:
    """The question of somebody without an account, by the link in their mail."""
    return _thread(request, access.ticket_of_guest(number=number, mark=mark), None)


@signed_in
@require_POST
def close(request: HttpRequest, number: str) -> HttpResponse:
    """I need no more."""
    account_id = account_id_of(request)
    ticket_id = access.ticket_of_asker(account_id=account_id, number=number)
    operations.close_own(ticket_id=ticket_id, account_id=account_id)
    messages.success(request, gettext("The question is closed. Writing more opens it again."))
    return redirect("help_question", number)


def _thread(request: HttpRequest, ticket_id: TicketId, account_id: AccountId | None) -> HttpResponse:
    form, status = ReplyForm(), 200
    if request.method == "POST":
        form, status = ReplyForm(request.POST), 422
        if form.is_valid():
            try:
                operations.write(ticket_id=ticket_id, account_id=account_id, text=form.cleaned_data["words"])
            except (NothingSaid, TooLong, TooOften) as refusal:
                form.add_error("words", str(refusal))
                status = refusals.answer_to(refusal).status
            else:
                messages.success(request, gettext("Sent. We answer here and by mail."))
                return redirect(request.path)
    ticket = queries.ticket_page(ticket_id)
    context = {
        "here": "questions",
        "ticket": ticket,
        "badge": words.status(ticket.status),
        "topic": words.topic(ticket.topic),
        "is_training": ticket.topic == Topic.TRAINING,
        "is_closed": ticket.status == TicketStatus.CLOSED,
        "said": queries.messages_of(ticket_id),
        "form": form,
        "is_guest": account_id is None,
    }
    return render(request, "help/desk/question.html", context, status=status)
