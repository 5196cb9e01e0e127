"""Requests that wait for their owner: answers beside questions, marked by the key; accepted or refused."""

from collections.abc import Iterator
from dataclasses import dataclass

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from manyhands.core import ids
from manyhands.core.errors import Refusal
from manyhands.core.ids import QualificationRequestId
from manyhands.qualifications import forms, owner_queries
from manyhands.qualifications.errors import RequestDecided
from manyhands.qualifications.operations import owning
from manyhands.qualifications.owner_queries import TypePage, Waiting
from manyhands.qualifications.states import RequestStatus
from manyhands.questions.answer_key import KeyedQuestion
from manyhands.questions.answers import Answer
from manyhands.questions.checking import by_field, check_answers
from manyhands.questions.forms import Question, Selections, Text
from manyhands.web.qualifications.sides import Side

PAGE = 25


class DecisionForm(django_forms.Form):
    """A decision on one request: a score that may be left out, and words."""

    score = django_forms.IntegerField(label=_("Score"), required=False)
    words = django_forms.CharField(label=_("Words to the worker"), required=False, max_length=2_000)


@dataclass(frozen=True, slots=True)
class Line:
    """A question with its answer; ``is_right`` None: the key does not judge it."""

    question: str
    answer: str
    is_right: bool | None


@dataclass(frozen=True, slots=True)
class Row:
    waiting: Waiting
    public_id: str
    worker: str
    lines: list[Line]
    problem: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
def requests(request: HttpRequest, side: Side, qualification: str) -> HttpResponse:
    """Requests that wait; posted, one is accepted or refused, or all that are ticked are accepted."""
    kind = side.type_of(request, qualification)
    if request.method != "POST":
        return _page(request, side, kind)
    if request.POST.get("act") == "accept-selected":
        _accept_selected(request, side)
        return redirect(side.url("qualification_requests", qualification))
    number = ids.decode("qualification_request", request.POST.get("request", "")) or 0
    try:
        problem = _decide(request, side, QualificationRequestId(number))
    except RequestDecided as refusal:
        messages.warning(request, str(refusal))
        return redirect(side.url("qualification_requests", qualification))
    if problem:
        return _page(request, side, kind, problem=(number, problem), status=422)
    return redirect(side.url("qualification_requests", qualification))


def _decide(request: HttpRequest, side: Side, request_id: QualificationRequestId) -> str:
    """Call the operation; the sentence to show at the request when it refuses."""
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return " ".join(str(sentence) for found in form.errors.values() for sentence in found)
    words, owner = form.cleaned_data["words"], side.owner(request)
    if request.POST.get("act") == "refuse":
        if not words.strip():
            return gettext("Tell the worker why, in words.")
        owning.refuse_request(owner=owner, request_id=request_id, words=words)
        messages.success(request, gettext("Refused. The worker can read why."))
        return ""
    try:
        status = owning.accept_request(
            owner=owner, request_id=request_id, score=form.cleaned_data["score"], words=words
        )
    except RequestDecided:
        raise
    except Refusal as refusal:
        if form.cleaned_data["score"] is None:
            raise
        return str(refusal)
    granted = status == RequestStatus.GRANTED
    messages.success(
        request,
        gettext("Accepted: the worker holds it now.") if granted else gettext("Graded below the pass mark."),
    )
    return ""


def _accept_selected(request: HttpRequest, side: Side) -> None:
    chosen = [ids.decode("qualification_request", text) for text in request.POST.getlist("selected")]
    wanted = [QualificationRequestId(number) for number in chosen[:PAGE] if number is not None]
    if not wanted:
        messages.warning(request, gettext("Select at least one request first."))
        return
    outcomes = owning.accept_requests(owner=side.owner(request), request_ids=wanted)
    count = outcomes.count(RequestStatus.GRANTED)
    text = ngettext("%(count)s worker holds it now.", "%(count)s workers hold it now.", count)
    messages.success(request, text % {"count": count})


def _page(
    request: HttpRequest, side: Side, kind: TypePage, *, problem: tuple[int, str] = (0, ""), status: int = 200
) -> HttpResponse:
    after = ids.decode("qualification_request", request.GET.get("after", "")) or 0
    found = owner_queries.waiting(kind.id, after=after, limit=PAGE + 1)
    rows = [
        Row(
            each,
            ids.encode("qualification_request", each.id),
            ids.encode_account(each.worker_id),
            list(_lines(each)),
            problem[1] if each.id == problem[0] else "",
        )
        for each in found[:PAGE]
    ]
    page = side.context(
        kind, rows=rows, is_first=not after,
        next_url=f"?after={rows[-1].public_id}" if len(found) > PAGE else "",
    )  # fmt: skip
    return render(request, "requester/qualifications/requests.html", dict(page), status=status)


def _lines(waiting: Waiting) -> Iterator[Line]:
    if waiting.test_id is None:
        return
    form, key = forms.form_of(waiting.test_id), forms.key_of(waiting.test_id)
    answers = check_answers(form, by_field(waiting.answer or [])).by_question
    keyed = {each.identifier: each for each in key.questions} if key else {}
    for question in form.questions:
        answer = answers.get(question.identifier)
        yield Line(
            _asked(question), _said(question, answer), _is_right(keyed.get(question.identifier), answer)
        )


def _asked(question: Question) -> str:
    text = "\n".join(each.text for each in question.contents if isinstance(each, Text))
    return text or question.display_name or question.identifier


def _said(question: Question, answer: Answer | None) -> str:
    if answer is None:
        return ""
    if not isinstance(question.answer, Selections):
        return answer.text
    labels = {
        choice.identifier: choice.content.text if isinstance(choice.content, Text) else choice.identifier
        for choice in question.answer.choices
    }
    chosen = [labels.get(each, each) for each in answer.selections or ()]
    return ", ".join([*chosen, answer.other] if answer.other else chosen)


def _is_right(keyed: KeyedQuestion | None, answer: Answer | None) -> bool | None:
    """Right is what no other selection scores more than."""
    if keyed is None:
        return None
    reached = keyed.score(answer.selections or () if answer else ())
    return reached >= max((option.score for option in keyed.options), default=0)
