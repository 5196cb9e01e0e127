"""The requester's forms: they read shapes; the rules are in ``work.operations``."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from manyhands.catalog.models import SubCategory
from manyhands.core.errors import InvalidInput
from manyhands.web.requester.fields import AmountField, CountField, DurationField
from manyhands.work.operations.bonuses import REASON_MAX
from manyhands.work.operations.projects import MAX_ASSIGNMENTS_MAX, ProjectSettings
from manyhands.work.states import RejectionReason

# What a field is called in the operations, where that differs from the form.
_FORM_NAMES = {"reward_minor": "reward", "sub_category_id": "sub_category"}

REASONS = (
    (RejectionReason.INCOMPLETE, _("The answer is incomplete")),
    (RejectionReason.WRONG, _("The answer is wrong")),
    (RejectionReason.INSTRUCTIONS_IGNORED, _("The instructions were not followed")),
    (RejectionReason.INCONSISTENT, _("The answers contradict each other")),
    (RejectionReason.DUPLICATE, _("The answer is a copy of another one")),
    (RejectionReason.OTHER, _("Another reason")),
)


def add_refusals(form: forms.Form, refusal: InvalidInput) -> None:
    """Put what an operation refused at the fields it names; what it names otherwise, above the form."""
    for name, sentence in refusal.errors.items():
        field = _FORM_NAMES.get(name, name)
        form.add_error(field if field in form.fields else None, sentence)


class ProjectForm(forms.Form):
    """What a project proposes for its batches."""

    name = forms.CharField(
        label=_("Project name"), max_length=128, help_text=_("For your own lists; workers do not see it.")
    )
    title = forms.CharField(
        label=_("Title"), max_length=128, help_text=_("The line workers see in the list of tasks.")
    )
    description = forms.CharField(
        label=_("Description"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What the task asks, in two or three sentences."),
    )
    keywords = forms.CharField(
        label=_("Keywords"),
        max_length=1_000,
        required=False,
        help_text=_("Separated by commas; workers find the task by them."),
    )
    sub_category = forms.TypedChoiceField(label=_("Category"), coerce=int)
    reward = AmountField(
        label=_("Reward"), help_text=_("For one assignment, before the fee. Think of the pay per hour.")
    )
    max_assignments = CountField(
        label=_("Assignments per task"),
        min_value=1,
        max_value=MAX_ASSIGNMENTS_MAX,
        help_text=_("How many different workers answer each row."),
    )
    assignment_duration_s = DurationField(
        label=_("Time allotted"), help_text=_("A worker who has accepted must submit within this time.")
    )
    lifetime_s = DurationField(
        label=_("Tasks end after"), help_text=_("What nobody has accepted by then goes back to your balance.")
    )
    auto_approval_delay_s = DurationField(
        label=_("Approve by itself after"),
        help_text=_("A submission you have not decided by then is approved and paid. At most 30 days."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sub_category"].choices = _categories()  # type: ignore[attr-defined]

    def settings(self) -> ProjectSettings:
        """The settings typed in, once the form is valid."""
        data = dict(self.cleaned_data)
        return ProjectSettings(
            reward_minor=data.pop("reward"), sub_category_id=data.pop("sub_category"), **data
        )


def _categories() -> list[tuple[str, Any]]:
    groups: dict[str, list[tuple[int, str]]] = {}
    for branch in SubCategory.objects.select_related("category").order_by("category__ordinal", "ordinal"):
        groups.setdefault(gettext(branch.category.name), []).append((branch.pk, gettext(branch.name)))
    return [("", gettext("Choose one")), *groups.items()]


class TermsForm(forms.Form):
    """The price of a draft batch."""

    reward = AmountField(label=_("Reward"), help_text=_("For one assignment."))
    max_assignments = CountField(label=_("Assignments per task"), min_value=1, max_value=MAX_ASSIGNMENTS_MAX)
    lifetime_s = DurationField(label=_("Tasks end after"))


class UploadForm(forms.Form):
    """A CSV of rows. An empty file is let through: the check of the rows says what is wrong with it."""

    file = forms.FileField(
        label=_("CSV file"),
        allow_empty_file=True,
        max_length=200,
        error_messages={"required": _("Choose a CSV file.")},
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,text/csv"}),
        help_text=_("The first row names the columns. UTF-8; commas, semicolons or tabs."),
    )
    name = forms.CharField(
        label=_("Name of the batch"),
        required=False,
        max_length=128,
        help_text=_("The name of the file, if you leave it out."),
    )


class ExtendForm(forms.Form):
    """More assignments, a later end, or both."""

    more_assignments = CountField(
        label=_("Additional assignments per task"),
        required=False,
        min_value=0,
        max_value=MAX_ASSIGNMENTS_MAX,
    )
    longer_s = DurationField(
        label=_("End later by"),
        required=False,
        help_text=_("Counted from now, or from the present end if that lies ahead."),
    )

    def later_end(self, ends: datetime | None) -> datetime | None:
        """The end asked for, counted from the present one or from now; None when no later end was asked for."""
        longer_s: int | None = self.cleaned_data["longer_s"]
        if not longer_s:
            return None
        now = timezone.now()
        # A slip of the keyboard must not overflow the calendar; a year is the rule's own limit.
        return max(now, ends or now) + timedelta(seconds=min(longer_s, 366 * 86_400))


class RejectForm(forms.Form):
    """Why a submission is refused: a code and words."""

    reason = forms.ChoiceField(
        choices=[("", _("Choose a reason")), *REASONS], error_messages={"required": _("Choose a reason.")}
    )
    words = forms.CharField(
        max_length=1_024,
        error_messages={"required": _("Tell the worker why, in words.")},
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class BonusForm(forms.Form):
    """Money beside the reward, with words."""

    amount = AmountField(label=_("Bonus"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_MAX,
        help_text=_("The worker reads it."),
        error_messages={"required": _("Tell the worker what the bonus is for.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PlayMoneyForm(forms.Form):
    """Money of the demo, out of nowhere."""

    amount = AmountField(label=_("Amount"))
