"""The lasting address of a file that a worker handed in: for those who may have it, a way to its bytes."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from manyhands.accounts.models import Account
from manyhands.core.ids import AccountId
from manyhands.work.queries import files

ADDRESS_S = 60


@require_safe
@login_required
def file(request: HttpRequest, key: str) -> HttpResponse:
    """On to the content origin, which alone serves what strangers made. Absent and foreign are the same."""
    found = files.file_of(account_id=AccountId(cast("Account", request.user).pk), key=key)
    if found is None:
        raise Http404
    answer = redirect(files.address(found.id, good_for_s=ADDRESS_S))
    answer["Cache-Control"] = "private, no-store"
    return answer
