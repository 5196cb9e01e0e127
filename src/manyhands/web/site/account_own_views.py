"""What one does with one's own account: devices, a copy of everything, the end."""

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from manyhands.accounts import closing, devices, exporting, jobs
from manyhands.accounts.errors import ExportTooSoon
from manyhands.core import ids
from manyhands.core.errors import Refusal
from manyhands.core.ids import AccountId
from manyhands.web.site import identity_links
from manyhands.web.site.account_devices import device_name


@login_required
@never_cache
@require_safe
def device_list(request: HttpRequest) -> HttpResponse:
    """Where one is signed in."""
    found = devices.devices_of(_me(request), this_key=_key(request))
    return render(
        request, "account/devices.html", {"devices": [(each, device_name(each.device)) for each in found]}
    )


@login_required
@require_POST
def sign_out_device(request: HttpRequest) -> HttpResponse:
    """End one session by its mark, or with ``others=1`` every one but this."""
    if request.POST.get("others"):
        devices.sign_out_others(account_id=_me(request), this_key=_key(request))
        messages.success(request, gettext("Every other device is signed out."))
    elif request.POST.get("mark") == devices.mark_of(_key(request)):
        logout(request)
        return redirect("account_login")
    elif devices.sign_out(account_id=_me(request), mark=request.POST.get("mark", "")):
        messages.success(request, gettext("The device is signed out."))
    return redirect("account_devices")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_data(request: HttpRequest) -> HttpResponse:
    """Ask for a copy of everything; download the one that is ready."""
    if request.method == "POST":
        try:
            with transaction.atomic():
                export_id = exporting.request(account_id=_me(request))
                jobs.make_export.defer(export_id=export_id)
        except ExportTooSoon as refusal:
            messages.info(request, str(refusal))
        else:
            messages.success(request, gettext("We gather everything and send you a link by mail."))
        return redirect("account_data")
    latest = exporting.latest(_me(request))
    ready = latest is not None and latest.ready_at is not None
    token = exporting.token_of(latest) if latest and ready else ""
    return render(request, "account/data.html", {"latest": latest, "token": token})


@login_required
@never_cache
@require_safe
def download_data(request: HttpRequest, token: str) -> HttpResponse:
    """The ZIP file, for the person it is about."""
    content = exporting.read(account_id=_me(request), token=token)
    if content is None:
        raise Http404
    name = f"manyhands-{ids.encode_account(_me(request))}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/zip", headers=headers)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def close_account(request: HttpRequest) -> HttpResponse:
    """First what goes and what stays, or what is in the way; then the password, and the end."""
    is_linked = identity_links.is_linked(request)
    step = "password" if request.GET.get("step") == "password" or request.method == "POST" else "read"
    failure = ""
    if request.method == "POST":
        failure = _close(request)
        if not failure:
            return render(request, "account/closed.html")
    in_the_way = [str(each) for each in closing.obstacles(_me(request))]
    context = {
        "step": step,
        "in_the_way": in_the_way,
        "failure": failure,
        "is_linked": is_linked,
        "signed_in_just_now": is_linked and identity_links.signed_in_just_now(request),
        "public_id": ids.encode_account(_me(request)),
    }
    return render(request, "account/close.html", context, status=422 if failure else 200)


def _close(request: HttpRequest) -> str:
    """Why not, or nothing."""
    if not request.POST.get("understood"):
        return gettext("Tick the box to say that you know it is for good.")
    if not ratelimit.consume(request, action="reauthenticate", user=request.user):
        return gettext("Too many wrong passwords. Wait a few minutes.")
    password: str | None = request.POST.get("password", "")
    if identity_links.is_linked(request) and identity_links.signed_in_just_now(request):
        password = None
    try:
        closing.close(account_id=_me(request), password=password)
    except Refusal as refusal:
        return str(refusal)
    logout(request)
    return ""


def _me(request: HttpRequest) -> AccountId:
    return AccountId(int(request.user.pk or 0))


def _key(request: HttpRequest) -> str:
    return str(request.session.session_key)
