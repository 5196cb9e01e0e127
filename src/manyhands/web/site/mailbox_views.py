"""/demo/mail: the mail of the demo and of the sandbox, which goes to nobody's real mailbox."""

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from manyhands.messaging import queries


@require_GET
def demo_mailbox(request: HttpRequest) -> HttpResponse:
    """Mails newest first, of one address with ``?to=``; exists only there.

    A sandbox that is no demo has real people: everybody reads what was written to themselves.
    """
    if not settings.DEMO and settings.ENVIRONMENT != "sandbox":
        raise Http404
    recipient = request.GET.get("to", "").strip()
    if not settings.DEMO:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        recipient = request.user.email
    before = request.GET.get("before", "")
    older_than = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    page = queries.mail_page(recipient=recipient, older_than=older_than)
    return render(request, "site/mailbox.html", {"page": page, "recipient": recipient, "before": before})
