"""The input fields of My Profile. What is only shown is no field, so no request can change it."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from manyhands.accounts import countries, profiles
from manyhands.accounts.models import AccountProfile
from manyhands.accounts.profiles import Bank, Details, Profile
from manyhands.web.site.account_forms import time_zones

# What the identity provider of a linked account has; no field, so no request can change it here.
_AT_PROVIDER = ("email", "current_password", "first_name", "last_name")
_BANK = ("bank_holder", "bank_name", "bank_routing", "bank_number")


class ProfileForm(forms.Form):
    """Everything a person may change of their profile, sent at once by Update."""

    email = forms.EmailField(
        label=_("Email"),
        max_length=254,
        help_text=_(
            "You sign in with it and notifications go to it. A new address counts once you confirmed it."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    current_password = forms.CharField(
        label=_("Current password"),
        required=False,
        help_text=_("Only to change the e-mail address."),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    first_name = forms.CharField(
        label=_("Name"), required=False, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label=_("Last Name"), required=False, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    organization = forms.CharField(
        label=_("Organization"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    time_zone = forms.ChoiceField(
        label=_("Time Zone"),
        help_text=_("Every time on screen is in this zone; your day begins at its midnight."),
    )
    country = forms.ChoiceField(
        label=_("Country you live in"),
        required=False,
        help_text=_("Once given it cannot be changed here."),
    )
    shares_profile = forms.BooleanField(
        label=_("Share my profile with Work Providers"),
        required=False,
        help_text=_("Unticked, requesters see only your ID."),
    )
    location = forms.CharField(label=_("Where you are"), required=False, help_text=_("City or region."))
    birth_date = forms.DateField(
        label=_("Date of birth"),
        required=False,
        help_text=_("Some tasks are for people of a certain age. Requesters never see it."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "bday"}),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("Enter the day you were born, such as 1990-05-31.")},
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages you know well"),
        required=False,
        help_text=_("Hold Ctrl or Cmd to choose several."),
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    skills = forms.CharField(
        label=_("Skills"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What you have learned or done: nursing, law, music …"),
    )  # fmt: skip
    interests = forms.CharField(
        label=_("Interests"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    street = forms.CharField(
        label=_("Street and number"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    city = forms.CharField(
        label=_("City"), required=False, widget=forms.TextInput(attrs={"autocomplete": "address-level2"})
    )
    region = forms.CharField(
        label=_("State or region"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-level1"}),
    )
    postal_code = forms.CharField(
        label=_("Postal code"), required=False, widget=forms.TextInput(attrs={"autocomplete": "postal-code"})
    )
    payout = forms.ChoiceField(
        label=_("How you want to be paid"),
        required=False,
        choices=[
            (AccountProfile.Payout.LATER, _("I decide later")),
            (AccountProfile.Payout.PAYPAL, _("PayPal")),
            (AccountProfile.Payout.BANK, _("Bank transfer")),
        ],
    )
    paypal_email = forms.EmailField(
        label=_("PayPal Email"), required=False, help_text=_("Earnings go to this PayPal account.")
    )
    bank_holder = forms.CharField(label=_("Account holder"), required=False, max_length=150)
    bank_name = forms.CharField(label=_("Bank"), required=False, max_length=150)
    bank_routing = forms.CharField(label=_("Routing number or BIC"), required=False, max_length=20)
    bank_number = forms.CharField(
        label=_("Account number or IBAN"), required=False, max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    bank_remove = forms.BooleanField(label=_("Forget my bank details"), required=False)

    def __init__(self, *args: Any, profile: Profile, is_linked: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        self.is_linked = is_linked
        if is_linked:
            for name in _AT_PROVIDER:
                del fields[name]
        fields["time_zone"].choices = time_zones()
        fields["languages"].choices = countries.language_choices()
        if profile.country:
            del fields["country"]
        else:
            fields["country"].choices = [("", gettext("Choose a country")), *countries.choices()]
        if not profile.may_have_bank:
            for name in (*_BANK, "bank_remove"):
                del fields[name]
            fields["payout"].choices = [
                choice for choice in fields["payout"].choices if choice[0] != AccountProfile.Payout.BANK
            ]
        elif profile.bank.masked:
            fields["bank_number"].widget.attrs["placeholder"] = profile.bank.masked
        else:
            del fields["bank_remove"]

    @property
    def changes_email(self) -> bool:
        given = self.cleaned_data.get("email", "")
        return bool(given) and bool(str(given).lower() != str(self.initial["email"]).lower())

    def details(self) -> Details:
        """What was filled in, without e-mail, zone, country and bank."""
        values = {name: self.cleaned_data.get(name, self.initial[name]) for name in profiles.DETAILS}
        return Details(**values | {"languages": tuple(values["languages"])})

    def bank(self) -> Bank | None:
        """New bank details, empty ones to forget them, None to leave them alone."""
        if self.cleaned_data.get("bank_remove"):
            return Bank()
        given = [self.cleaned_data.get(name, "") for name in _BANK]
        return Bank(*given) if any(given) else None

    def take_errors(self, errors: dict[str, str]) -> None:
        """Put what an operation refused beside its field."""
        for name, sentence in errors.items():
            self.add_error(name if name in self.fields else None, sentence)
