"""How django-allauth meets this site: where people land, what mail says, what it writes.

Allauth's flows call these methods; every change of an account goes on to ``accounts.operations``.
"""

from typing import Any
from urllib.parse import urljoin

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from manyhands.accounts import operations
from manyhands.accounts.models import Account
from manyhands.accounts.sessions import DEVICE
from manyhands.core.ids import AccountId


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Allauth's account adapter for Manyhands."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _(
            "This e-mail address and password do not belong together. Check both, or reset the password."
        ),
        "too_many_login_attempts": _(
            "Too many wrong attempts. Wait five minutes and try again, or reset the password."
        ),
        "enter_current_password": _("This is not your current password."),
        "incorrect_password": _("This is not your password."),
    }

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        account = request.user
        requester_only = account.is_authenticated and account.is_requester and not account.is_worker
        return "/requester/" if requester_only else "/"

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002 -- allauth's signature
        return reverse("account_settings")

    def is_safe_url(self, url: str | None) -> bool:
        """Only this site's own pages: the content origin, where requester HTML lives, is not one."""
        host = {self.request.get_host()} if self.request else set()
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts=host, require_https=bool(self.request and self.request.is_secure())
        )

    def login(self, request: HttpRequest, user: Account) -> None:
        super().login(request, user)
        # For the list of devices: what the browser says it is.
        request.session[DEVICE] = request.headers.get("User-Agent", "")[:300]

    def set_password(self, user: Account, password: str) -> None:
        operations.set_password(account_id=AccountId(user.pk), password=password)
        # The flow goes on with this object: its session mark must be the new password's.
        user.refresh_from_db(fields=["password"])

    # Links in mail name the site's configured origin, whatever Host header asked for the mail.
    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:  # noqa: ARG002 -- allauth's signature
        return _on_site(reverse("account_confirm_email", args=[emailconfirmation.key]))

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return _on_site(path.replace("UID-KEY", key))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send once the change it speaks of is committed. A failing mail server is logged, not shown:

        the account exists, and every page that promises mail offers to send it again.
        """
        context = context | {
            "email": email,
            "site_origin": settings.SITE_ORIGIN,
            "log_in_url": _on_site(reverse("account_login")),
            "reset_url": _on_site(reverse("account_reset_password")),
        }
        message: EmailMessage = self.render_mail(template_prefix, email, context)
        transaction.on_commit(message.send, robust=True)


def _on_site(path: str) -> str:
    return urljoin(f"{settings.SITE_ORIGIN}/", path)
