"""The form of a new API key."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from manyhands.accounts.api_keys import NAME_MAX, Scope
from manyhands.web.requester.fields import AmountField

SCOPES = (
    (Scope.READ, _("Read: balance, tasks, answers, lists")),
    (Scope.PUBLISH, _("Publish: create, extend, end and delete tasks")),
    (Scope.REVIEW, _("Review: approve and reject answers")),
    (Scope.MONEY, _("Money: pay bonuses")),
    (Scope.QUALIFICATIONS, _("Qualifications: create, grant and take away")),
    (Scope.WORKERS, _("Workers: block and write to them")),
)
NEVER = "never"
ENDS = (
    ("30", _("After 30 days")),
    ("90", _("After 90 days")),
    ("365", _("After one year")),
    (NEVER, _("Never")),
)


class APIKeyForm(forms.Form):
    """Name, scopes, end and limit."""

    name = forms.CharField(
        label=_("Name"),
        max_length=NAME_MAX,
        help_text=_("What uses the key, so that you know later which one to revoke."),
        error_messages={"required": _("Enter a name.")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("What the key may be used for"),
        choices=SCOPES,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what the key may be used for.")},
    )
    ends = forms.ChoiceField(
        label=_("The key ends"),
        choices=ENDS,
        help_text=_("A key that never ends works for whoever finds it, for ever. Choose an end if you can."),
    )
    spend_limit = AmountField(
        label=_("Spend limit"),
        required=False,
        help_text=_(
            "At most so much is reserved or paid through this key in all. Empty: what your balance has."
        ),
    )

    def good_for(self) -> timedelta | None:
        """How long the key works; None is for ever."""
        ends = self.cleaned_data["ends"]
        return None if ends == NEVER else timedelta(days=int(ends))

    @staticmethod
    def proposed() -> dict[str, Any]:
        """What a new key is proposed to be."""
        return {"scopes": [Scope.READ.value, Scope.PUBLISH.value, Scope.REVIEW.value], "ends": "365"}
