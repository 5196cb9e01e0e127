"""Forms of help: they check shape; the rules are in ``manyhands.help.operations``."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from manyhands.help import words
from manyhands.help.operations.forum import NAME_MAX
from manyhands.help.operations.links import LINKS_MAX
from manyhands.help.states import TicketStatus, Topic

_WRITE = {"required": _("Write something first.")}
_REASON = {"required": _("Give the reason in words: the person will read it.")}


def _text(label: Any, *, maximum: int, rows: int = 6, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=maximum,
        help_text=help_text,
        error_messages=_WRITE,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class AskForm(forms.Form):
    """A question to the help desk; with an account the address is known."""

    topic = forms.ChoiceField(label=_("What is it about?"), choices=Topic.choices)
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("The answer goes there, and to nobody else."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Enter an e-mail address, such as name@example.org."),
            "invalid": _("Enter an e-mail address, such as name@example.org."),
        },
    )
    words = _text(
        _("Your question"),
        maximum=words.TICKET_MAX,
        rows=8,
        help_text=_("What did you want to do, what happened instead, and when? Never write a password here."),
    )

    def __init__(self, *args: Any, is_guest: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_guest:
            del self.fields["email"]


class ReplyForm(forms.Form):
    """More words to a ticket."""

    words = _text(_("Write more"), maximum=words.TICKET_MAX)


class AnswerForm(forms.Form):
    """The staff's answer, and what state it leaves the ticket in."""

    words = _text(_("Answer"), maximum=words.TICKET_MAX, rows=8)
    then = forms.ChoiceField(
        label=_("Then the question is"),
        choices=[
            (TicketStatus.ANSWERED, _("answered")),
            (TicketStatus.WAITING, _("waiting for the asker, because we have asked back")),
            (TicketStatus.CLOSED, _("closed")),
        ],
        initial=TicketStatus.ANSWERED,
        widget=forms.RadioSelect,
    )


class _Named(forms.Form):
    """Asks for the name somebody writes under, until they have one."""

    name = forms.CharField(
        label=_("The name you write under"),
        max_length=NAME_MAX,
        help_text=_("Others see this name, never your account's. It cannot be changed later."),
        error_messages={"required": _("Choose the name you write under: 2 to 40 characters.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, has_name: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_name:
            del self.fields["name"]


class ThreadForm(_Named):
    """A new thread."""

    title = forms.CharField(label=_("Title"), max_length=words.TITLE_MAX, error_messages=_WRITE)
    words = _text(_("Text"), maximum=words.POST_MAX, rows=8, help_text=_("Begin a line with > to quote."))
    field_order = ("title", "words", "name")


class PostForm(_Named):
    """An answer in a thread."""

    words = _text(_("Your answer"), maximum=words.POST_MAX, help_text=_("Begin a line with > to quote."))
    field_order = ("words", "name")


class EditForm(forms.Form):
    words = _text(_("Text"), maximum=words.POST_MAX, rows=8)


class ReasonForm(forms.Form):
    """Why: for reports and for what staff do."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=words.REASON_MAX,
        error_messages=_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class LinkForm(forms.Form):
    """One of the operator's channels; left empty it is no channel."""

    title = forms.CharField(label=_("Name"), max_length=80, required=False)
    url = forms.CharField(
        label=_("Address"),
        max_length=300,
        required=False,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("title") and not data.get("url") and "url" not in self.errors:
            self.add_error("url", _("Give the whole address, beginning with https://."))
        if data.get("url") and not data.get("title"):
            self.add_error("title", _("Give the channel a name."))
        return data


LinkForms = forms.formset_factory(LinkForm, extra=3, max_num=LINKS_MAX, absolute_max=LINKS_MAX)
