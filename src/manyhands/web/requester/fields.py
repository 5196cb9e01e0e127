"""Form fields for what requesters type: amounts as decimals, durations with their unit."""

from typing import Any

import moneyed.l10n
from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from manyhands.accounts.profile import Profile, profile
from manyhands.core import money
from manyhands.core.errors import InvalidInput

UNITS = ((1, _("seconds")), (60, _("minutes")), (3_600, _("hours")), (86_400, _("days")))


def currency_sign() -> str:
    """What stands before or after an amount, such as ``$``."""
    shown = moneyed.l10n.format_money(
        moneyed.Money(0, money.currency()), locale=(get_language() or "en").replace("-", "_"), format="¤"
    )
    return str(shown).strip()


class AmountField(forms.CharField):
    """An amount such as ``0.05``, cleaned to minor units; the rule that refuses it is said at the field."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("error_messages", {"required": _("Enter an amount of money, such as 0.05.")})
        super().__init__(**options)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        least = 0 if profile() == Profile.VOLUNTEERS else 1
        try:
            return money.parse(text, field="amount", minimum_minor=least)
        except InvalidInput as refusal:
            raise ValidationError(refusal.errors["amount"]) from None

    def prepare_value(self, value: Any) -> Any:
        return money.plain(value) if isinstance(value, int) else value


class DurationWidget(forms.MultiWidget):
    """A number and its unit, side by side; the label belongs to the number, the unit has its own."""

    use_fieldset = False

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        number = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__([number, forms.Select(choices=UNITS)], attrs)

    def decompress(self, value: Any) -> list[Any]:
        if not isinstance(value, int):
            return [None, 3_600]
        unit = next((unit for unit, _name in reversed(UNITS) if value and value % unit == 0), 1)
        return [value // unit, unit]

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:  # noqa: ARG002 -- Django's signature
        parts = self.get_context(name, value, attrs)["widget"]["subwidgets"]
        number, unit = parts
        chosen = str(unit["value"][0]) if unit["value"] else ""
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            (
                (str(size), mark_safe(" selected") if str(size) == chosen else "", word)
                for size, word in UNITS
            ),
        )
        described = number["attrs"].get("aria-describedby")
        marks = format_html(' aria-describedby="{}"', described) if described else ""
        invalid = mark_safe(' aria-invalid="true"') if number["attrs"].get("aria-invalid") else ""
        return format_html(
            '<span class="duration"><input type="text" inputmode="numeric" autocomplete="off" name="{}"'
            ' id="{}" value="{}"{}{}><select name="{}" aria-label="{}">{}</select></span>',
            number["name"],
            number["attrs"]["id"],
            "" if number["value"] is None else number["value"],
            marks,
            invalid,
            unit["name"],
            gettext("Unit"),
            options,
        )

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else id_


class DurationField(forms.MultiValueField):
    """A whole number and a unit, cleaned to seconds."""

    widget = DurationWidget

    def __init__(self, **options: Any) -> None:
        options.setdefault("error_messages", {})
        options["error_messages"].setdefault("required", _("Enter a number."))
        fields = (
            forms.IntegerField(min_value=0, max_value=10**8, error_messages=_whole_number()),
            forms.TypedChoiceField(choices=UNITS, coerce=int),
        )
        super().__init__(fields=fields, require_all_fields=True, **options)

    def compress(self, data_list: list[Any]) -> Any:
        return data_list[0] * data_list[1] if data_list and data_list[0] is not None else None


def _whole_number() -> dict[str, Any]:
    sentence = _("Enter a whole number, such as 30.")
    return {"invalid": sentence, "min_value": sentence, "max_value": _("This number is too large.")}


class CountField(forms.IntegerField):
    """A whole number of at least ``min_value``."""

    def __init__(self, **options: Any) -> None:
        sentence = _("Enter a whole number, such as 3.")
        options.setdefault("error_messages", {"invalid": sentence, "required": sentence})
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
        super().__init__(**options)
