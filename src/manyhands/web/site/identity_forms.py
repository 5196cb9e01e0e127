"""The form of a first sign-in with the identity provider."""

from typing import Any

from allauth.account.internal.flows.manage_email import assess_unique_email
from allauth.account.internal.flows.signup import prevent_enumeration
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from manyhands.accounts import single_sign_on
from manyhands.accounts.errors import EmailTaken
from manyhands.accounts.identity import Identity
from manyhands.accounts.models import Account
from manyhands.web.site.account_forms import NO_EMAIL, PENDING_EMAIL, JoiningForm


class CompleteForm(JoiningForm):
    """As the sign-up, without a password, and without what the provider says."""

    email = forms.EmailField(
        label=_("E-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": NO_EMAIL, "invalid": NO_EMAIL},
    )
    field_order = ("name", "email", "country", "wants", "agrees", "keeps_quiet", "time_zone")

    def __init__(self, *args: Any, sociallogin: Any, identity: Identity, **kwargs: Any) -> None:
        kwargs["initial"] = kwargs.get("initial", {}) | {"email": identity.email}
        super().__init__(*args, **kwargs)
        self.sociallogin = sociallogin
        self.identity = identity
        if identity.name:
            del self.fields["name"]
        if identity.is_verified:
            del self.fields["email"]

    def try_save(self, request: HttpRequest) -> tuple[Account | None, HttpResponse | None]:
        """Make the account; an address that is taken gets the same answer, and its owner a mail."""
        email = self.identity.email if self.identity.is_verified else self.cleaned_data["email"].lower()
        request.session[PENDING_EMAIL] = email
        if assess_unique_email(email) is not True:
            return None, prevent_enumeration(request, email=email)
        try:
            return self._save(email), None
        except EmailTaken:  # somebody registered it between the check and now
            return None, prevent_enumeration(request, email=email)

    def _save(self, email: str) -> Account:
        registered = single_sign_on.register(
            identity=self.identity,
            name=self.cleaned_data.get("name", ""),
            email=email,
            worker=self.wants_worker,
            requester=self.wants_requester,
            language=get_language() or settings.LANGUAGE_CODE,
            time_zone=self.chosen_zone,
            application=self.application,
        )
        account = Account.objects.get(pk=registered.account_id)
        # Allauth's flow goes on with this one.
        self.sociallogin.user = account
        return account
