"""What people type: a message, and how they want to be told."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from manyhands.messaging.operations import CHARACTERS_MAX, Choice, choice_of
from manyhands.messaging.queries import Settings
from manyhands.messaging.states import MailChoice, NoticeKind
from manyhands.messaging.words import kind_name

MAIL_CHOICES = [
    (MailChoice.NOW.value, _("At once")),
    (MailChoice.DAILY.value, _("In a daily mail")),
    (MailChoice.OFF.value, _("No e-mail")),
]


class MessageForm(forms.Form):
    """Words to a person."""

    words = forms.CharField(
        label=_("Your message"),
        max_length=CHARACTERS_MAX,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, label: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["words"].label = label


class SettingsForm(forms.Form):
    """All e-mail on or off, and for each kind how it is mailed and whether the browser tells of it."""

    mail_on = forms.BooleanField(
        label=_("Send me e-mail notifications"),
        help_text=_("Off: nothing is mailed, whatever is chosen below. Messages are always on the site."),
        required=False,
    )

    def __init__(self, data: Any, chosen: Settings, *, with_push: bool) -> None:
        super().__init__(data, initial={"mail_on": chosen.mail_on})
        self.kinds = [each.kind for each in chosen.kinds]
        self.with_push = with_push
        for each in chosen.kinds:
            name = kind_name(each.kind)
            self.fields[f"mail_{each.kind}"] = forms.ChoiceField(
                label=name, choices=MAIL_CHOICES, initial=each.mail.value
            )
            # Kept as it is where the browser is not offered.
            self.fields[f"push_{each.kind}"] = forms.BooleanField(
                label=name, initial=each.push, required=False, disabled=not with_push
            )

    def rows(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """For each kind: its name, how it is mailed, and whether the browser tells of it."""
        return [(kind_name(kind), self[f"mail_{kind}"], self[f"push_{kind}"]) for kind in self.kinds]

    def choices(self) -> list[Choice]:
        """What was chosen, once the form is valid."""
        return [
            choice_of(NoticeKind(kind), self.cleaned_data[f"mail_{kind}"], self.cleaned_data[f"push_{kind}"])
            for kind in self.kinds
        ]
