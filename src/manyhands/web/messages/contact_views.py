"""Contact this requester: a question about a task group, before or after having worked on it."""

from django.contrib import messages as flashes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from manyhands.core.errors import NotFound, Refusal
from manyhands.core.ids import HITTypeId, WorkerId
from manyhands.messaging import operations, queries
from manyhands.messaging.states import Side
from manyhands.web.messages.access import my_id, reader_required
from manyhands.web.messages.forms import MessageForm
from manyhands.web.refusals import answer_to


@reader_required
def contact(request: HttpRequest, side: Side, hit_type_id: int) -> HttpResponse:  # noqa: ARG001 -- workers only
    """The form; on POST, send the question and open its thread."""
    group = queries.contacted_group(worker_id=my_id(request), hit_type_id=HITTypeId(hit_type_id))
    if group is None:
        raise NotFound
    form = MessageForm(request.POST or None, label=gettext("Your question"))
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            sent = operations.contact_requester(
                worker_id=WorkerId(my_id(request)),
                hit_type_id=group.hit_type_id,
                words=form.cleaned_data["words"],
            )
        except NotFound:
            raise
        except Refusal as refusal:
            form.add_error("words", str(refusal))
            status = answer_to(refusal).status
        else:
            flashes.success(
                request, gettext("Your question was sent to the requester. An answer may take a few days.")
            )
            return redirect("message", sent.entry_id)
    context = {"section": "messages", "group": group, "form": form}
    in_place = request.headers.get("HX-Request") and not form.is_bound
    template = "messages/contact_form.html" if in_place else "messages/contact.html"
    return render(request, template, context, status=status)
