"""How allauth's second factor meets this site: its secrets are sealed, its names are ours."""

import base64
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from manyhands.core import secrets

_PURPOSE = "second factor"


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Allauth's adapter of the second factor for Manyhands."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right. Codes change every half minute: try the present one."),
        "unverified_email": _("Confirm your new e-mail address first, or keep the present one."),
        "add_email_blocked": _("You cannot add an e-mail address to this account."),
    }

    def encrypt(self, text: str) -> str:
        return base64.b64encode(secrets.seal(_PURPOSE, text)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return secrets.unseal(_PURPOSE, base64.b64decode(encrypted_text))

    def get_totp_issuer(self) -> str:
        return "Manyhands"

    def _get_site_name(self) -> str:
        return "Manyhands"

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002, ARG002 -- allauth's names
        return gettext("My device")
