"""/profile: what is only shown, what can be changed, and what requesters see of it."""

from typing import Any

from allauth.account.internal.flows.email_verification import send_verification_email_to_address
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from manyhands.accounts import changing_email, countries, profiles
from manyhands.accounts.errors import SameEmail
from manyhands.accounts.models import Account
from manyhands.accounts.profiles import Profile
from manyhands.core import ids
from manyhands.core.errors import InvalidInput
from manyhands.core.ids import AccountId, RequesterId, WorkerId
from manyhands.messaging import queries as messaging
from manyhands.messaging.states import Side
from manyhands.reputation import queries as ratings
from manyhands.web.site import identity_links
from manyhands.web.site.account_profile_forms import ProfileForm
from manyhands.work.queries import statistics


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """My Profile. Nothing takes effect before Update is pressed; then all of it at once."""
    account = _account(request)
    shown = profiles.profile_of(AccountId(account.pk))
    is_linked = identity_links.is_linked(request)
    if is_linked and identity_links.sends_any(request, "email", "first_name", "last_name"):
        return identity_links.to_provider()
    form = ProfileForm(
        request.POST if request.method == "POST" else None,
        initial=_initial(account, shown),
        profile=shown,
        is_linked=is_linked,
    )
    if not form.is_bound:
        return _page(request, shown, form)
    if form.is_valid() and _may_change_email(request, form):
        try:
            first_time = profiles.update(
                account_id=AccountId(account.pk),
                details=form.details(),
                time_zone=form.cleaned_data["time_zone"],
                bank=form.bank(),
                country=form.cleaned_data.get("country", ""),
            )
        except InvalidInput as refusal:
            form.take_errors(refusal.errors)
        else:
            messages.success(request, gettext("Your profile is updated."))
            _change_email(request, form)
            return _next(request, first_time)
    return _page(request, shown, form, status=422)


@login_required
@require_POST
def drop_email_change(request: HttpRequest) -> HttpResponse:
    """Keep the present address: the link to the new one is dead."""
    changing_email.drop_pending(account_id=AccountId(_account(request).pk))
    messages.success(request, gettext("Your e-mail address stays as it is."))
    return redirect("profile")


@login_required
@require_safe
def worker_profile(request: HttpRequest, worker: str) -> HttpResponse:
    """A worker as the requesters see them who had work of theirs: the ID, and what is shared."""
    account, number = _account(request), ids.decode_account(worker)
    if not account.is_requester or number is None:
        raise Http404
    if not statistics.has_worked_for(worker_id=WorkerId(number), requester_id=RequesterId(account.pk)):
        raise Http404
    shown = profiles.shown_to_requesters(number)
    context = {
        "section": "requester",
        "worker": worker,
        "shown": shown,
        "country": countries.name(shown.country),
        "languages": [countries.language_name(code) for code in shown.languages],
        "worker_rating": ratings.of_worker(worker_id=WorkerId(number)),
        "raters_min": ratings.RATERS_MIN,
    }
    return render(request, "worker/profile_shared.html", context)


def _may_change_email(request: HttpRequest, form: ProfileForm) -> bool:
    """A new address needs the password: who finds an open browser must not take the account away."""
    if not form.changes_email:
        return True
    account = _account(request)
    if not ratelimit.consume(request, action="reauthenticate", user=account):
        form.add_error("current_password", gettext("Too many wrong passwords. Wait a few minutes."))
        return False
    if account.check_password(form.cleaned_data["current_password"]):
        return True
    form.add_error("current_password", gettext("Enter your present password to change the e-mail address."))
    return False


def _change_email(request: HttpRequest, form: ProfileForm) -> None:
    if not form.changes_email:
        return
    email = form.cleaned_data["email"]
    try:
        address = changing_email.begin(account_id=AccountId(_account(request).pk), email=email)
    except SameEmail:
        return
    if address is not None:
        send_verification_email_to_address(request, address)
    text = gettext("Open the message we sent to %(email)s to confirm it. Until then %(present)s stays.")
    messages.info(request, text % {"email": email, "present": _account(request).email})


def _next(request: HttpRequest, first_time: bool) -> HttpResponse:
    """After the first filling in, assessments are the next step (C-06)."""
    if first_time and _account(request).is_worker:
        messages.info(request, gettext("Next: take an assessment. Each one you pass opens more tasks."))
        return redirect("assessments")
    return redirect("profile")


def _page(request: HttpRequest, shown: Profile, form: ProfileForm, *, status: int = 200) -> HttpResponse:
    account = _account(request)
    sides = [Side.WORKER] * account.is_worker + [Side.REQUESTER] * account.is_requester
    notices = messaging.settings_of(account_id=AccountId(account.pk), sides=sides)
    context = {
        "form": form,
        "profile": shown,
        "public_id": ids.encode_account(account.pk),
        "earned": statistics.lifetime(worker_id=WorkerId(account.pk)) if account.is_worker else None,
        "locale": countries.name(shown.country),
        "receives_mail": notices.receives_mail,
        "is_linked": form.is_linked,
        "pending_email": changing_email.pending(AccountId(account.pk)),
        "now": timezone.now(),
    }
    return render(request, "worker/profile.html", context, status=status)


def _initial(account: Account, shown: Profile) -> dict[str, Any]:
    details = {name: getattr(shown.details, name) for name in profiles.DETAILS}
    return details | {
        "email": account.email,
        "time_zone": account.time_zone,
        "languages": list(shown.details.languages),
    }


def _account(request: HttpRequest) -> Account:
    account = request.user
    assert isinstance(account, Account)  # noqa: S101 -- the views above require a log-in
    return account
