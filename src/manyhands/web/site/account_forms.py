"""Forms of the account pages: they check shape; the rules are in ``accounts.operations``."""

from typing import Any
from zoneinfo import available_timezones

from allauth.account import forms as allauth_forms
from allauth.account.internal.flows.signup import prevent_enumeration
from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from manyhands.accounts import countries, identity, mail, operations
from manyhands.accounts.errors import EmailTaken
from manyhands.accounts.models import Account
from manyhands.accounts.reviewing import Application
from manyhands.core.ids import AccountId

# The address a visitor has just given and not confirmed yet; shown on 'check your mail'.
PENDING_EMAIL = "pending_email"
_DO_TASKS, _PUBLISH_TASKS = "worker", "requester"
NO_EMAIL = _("Enter an e-mail address, such as name@example.org.")
_NEW_PASSWORD_HELP = _(
    "At least 10 characters. A few unrelated words are easy to remember and hard to guess."
)


class LogInForm(allauth_forms.LoginForm):  # type: ignore[misc]  # allauth has no types
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "login", _("E-mail address"), autocomplete="username", autofocus=True)
        _word(self, "password", _("Password"))
        if settings.DEMO and not self.is_bound:
            # The demo fills in its well-known password; a password that was typed is never sent back.
            self.fields["password"].widget.render_value = True

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        response: HttpResponse = super().login(request, redirect_url)
        if not request.user.is_authenticated:
            request.session[PENDING_EMAIL] = self.cleaned_data["login"]
        return response


def _countries_with_none() -> list[tuple[str, str]]:
    return [("", gettext("Choose a country")), *countries.choices()]


class JoiningForm(forms.Form):
    """What every new account states: name, country, what the person wants to do here, and agreement."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=operations.NAME_MAX,
        error_messages={"required": _("Enter your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    wants = forms.MultipleChoiceField(
        label=_("I want to"),
        choices=[
            (_DO_TASKS, _("do tasks and be paid")),
            (_PUBLISH_TASKS, _("publish tasks for others to do")),
        ],
        widget=forms.CheckboxSelectMultiple,
        initial=[_DO_TASKS],
        help_text=_("You can add the other later."),
        error_messages={"required": _("Choose at least one: do tasks, or publish tasks.")},
    )
    country = forms.ChoiceField(
        label=_("Country you live in"),
        choices=_countries_with_none,
        error_messages={"required": _("Choose the country you live in.")},
        widget=forms.Select(attrs={"autocomplete": "country"}),
        help_text=_("Some tasks are for people of certain countries only. It cannot be changed later."),
    )
    agrees = forms.BooleanField(
        label=_("I agree to the participation agreement"),
        error_messages={"required": _("Without the participation agreement there is no account.")},
    )
    keeps_quiet = forms.BooleanField(
        label=_("I keep to myself what tasks show me: instructions, questions, pay and assessments"),
        error_messages={"required": _("Without non-disclosure there is no account.")},
    )
    time_zone = forms.CharField(
        required=False, max_length=64, widget=forms.HiddenInput(attrs={"data-browser-zone": ""})
    )

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    @property
    def wants_worker(self) -> bool:
        return _DO_TASKS in self.cleaned_data["wants"]

    @property
    def wants_requester(self) -> bool:
        return _PUBLISH_TASKS in self.cleaned_data["wants"]

    @property
    def chosen_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"]
        return zone if zone in available_timezones() else "UTC"

    @property
    def application(self) -> Application:
        data = self.cleaned_data
        return Application(
            country=data["country"],
            agrees_to_participation=data["agrees"],
            agrees_to_non_disclosure=data["keeps_quiet"],
        )


class SignUpForm(JoiningForm, allauth_forms.SignupForm):  # type: ignore[misc]  # allauth has no types
    """The above, and an address with a password."""

    field_order = ("name", "email", "password1", "country", "wants", "agrees", "keeps_quiet", "time_zone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "email", _("E-mail address"))
        _word(self, "password1", _("Password"), help_text=_NEW_PASSWORD_HELP)

    def try_save(self, request: HttpRequest) -> tuple[Account | None, HttpResponse | None]:
        """Register; an address that is taken gets the same answer, and its owner a mail."""
        email = self.cleaned_data["email"]
        request.session[PENDING_EMAIL] = email
        if self.account_already_exists:
            # As slow as a registration, so that the time taken tells nothing either.
            make_password(self.cleaned_data["password1"])
            return None, prevent_enumeration(request, email=email)
        try:
            return self.save(request), None
        except EmailTaken:  # somebody registered it between the check and now
            return None, prevent_enumeration(request, email=email)

    def save(self, request: HttpRequest) -> Account:  # noqa: ARG002 -- allauth's signature
        data = self.cleaned_data
        registered = operations.register(
            name=data["name"],
            email=data["email"],
            password=data["password1"],
            worker=self.wants_worker,
            requester=self.wants_requester,
            language=get_language() or settings.LANGUAGE_CODE,
            time_zone=self.chosen_zone,
            # No mail leaves the sandbox, so none could be confirmed.
            verified=settings.ENVIRONMENT == "sandbox",
            application=self.application,
        )
        return Account.objects.get(pk=registered.account_id)


class ChangePasswordForm(allauth_forms.ChangePasswordForm):  # type: ignore[misc]  # allauth has no types
    """The three password fields: current, new, and new again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "oldpassword", _("Current password"))
        _word(self, "password1", _("New password"), help_text=_NEW_PASSWORD_HELP)
        _word(self, "password2", _("Repeat the new password"))


class ResetPasswordForm(allauth_forms.ResetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """The address of the account whose password was forgotten; a linked one's is the provider's to change."""

    users: list[Account]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "email", _("E-mail address"))

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        linked = [each for each in self.users if identity.is_linked(AccountId(each.pk))]
        ours = settings.IDENTITY_PROVIDER
        provider = {"provider": ours.name, "account_url": ours.account_url} if ours else {}
        for each in linked:
            with translation.override(each.language):
                mail.send("account/email/password_elsewhere", each.email, name=each.name, **provider)
        self.users = [each for each in self.users if each not in linked]
        email: str = super().save(request, **kwargs)
        return email


class NewPasswordForm(allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]  # allauth has no types
    """A new password, twice, behind the link of a reset mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "password1", _("New password"), help_text=_NEW_PASSWORD_HELP)
        _word(self, "password2", _("Repeat the new password"))


class ResendForm(forms.Form):
    """Where to send another confirmation link."""

    email = forms.EmailField(
        label=_("E-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": NO_EMAIL, "invalid": NO_EMAIL},
    )


class PersonalForm(forms.Form):
    """Name, language and time zone on the settings page; a linked account's name is not changed here."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=operations.NAME_MAX,
        error_messages={"required": _("Enter your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, help_text=_("For pages and mail.")
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Times are shown in this zone; your day begins at its midnight.")
    )

    def __init__(self, *args: Any, is_linked: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_linked:
            del self.fields["name"]
        self.fields["time_zone"].choices = time_zones()  # type: ignore[attr-defined]


class DisplayNameForm(forms.Form):
    """The name under which a requester publishes."""

    display_name = forms.CharField(
        label=_("Name shown to workers"),
        max_length=operations.NAME_MAX,
        error_messages={"required": _("Enter the name workers will see.")},
        help_text=_("Your own name, or that of your company, lab or project."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )


def _word(form: forms.Form, name: str, label: Any, *, help_text: Any = "", **attrs: Any) -> None:
    """Give an allauth field our words, and no placeholder: the label is above it and stays."""
    field = form.fields[name]
    field.label = label
    field.help_text = help_text
    is_password = isinstance(field.widget, forms.PasswordInput)
    field.error_messages["required"] = _("Enter a password.") if is_password else NO_EMAIL
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attrs)


def time_zones() -> list[tuple[str, str | list[tuple[str, str]]]]:
    """UTC, then the zones named by a place, grouped by their region."""
    regions: dict[str, list[tuple[str, str]]] = {}
    for zone in sorted(available_timezones()):
        region, _slash, place = zone.partition("/")
        if place and region not in {"Etc", "SystemV", "US"}:
            regions.setdefault(region, []).append((zone, place.replace("_", " ").replace("/", ", ")))
    return [("UTC", "UTC"), *regions.items()]
