"""/demo/mail: the mail of the demo, which goes to nobody's real mailbox."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from manyhands.messaging import queries


@require_GET
def demo_mailbox(request: HttpRequest) -> HttpResponse:
    """Mails newest first, of one address with ``?to=``; exists only in the demo."""
    if not settings.DEMO:
        raise Http404
    recipient = request.GET.get("to", "").strip()
    before = request.GET.get("before", "")
    older_than = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    page = queries.mail_page(recipient=recipient, older_than=older_than)
    return render(request, "site/mailbox.html", {"page": page, "recipient": recipient, "before": before})
