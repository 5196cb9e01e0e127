"""Forms about quality: they read shapes; the rules are in ``quality.operations``."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from manyhands.core.ids import RequesterId
from manyhands.qualifications.models import QualificationType
from manyhands.qualifications.states import Route, ScoreKind, TypeStatus
from manyhands.quality.operations.projects import PLACES_MAX, QUESTIONS_MAX
from manyhands.web.requester.fields import CountField

TYPES_MAX = 500


class QualityForm(forms.Form):
    """What known answers of a project do."""

    skill = forms.TypedChoiceField(
        label=_("The project's skill"),
        coerce=int,
        required=False,
        empty_value=None,
        help_text=_(
            "Known answers move a worker's score in it. The rule stands on the page of the qualification."
        ),
    )
    right_by = CountField(label=_("Up for each task answered right"), min_value=0, max_value=100)
    wrong_by = CountField(label=_("Down for each task answered wrong"), min_value=0, max_value=100)
    starts_at = CountField(
        label=_("Score to begin with"),
        required=False,
        min_value=0,
        max_value=100,
        help_text=_("Left out: only workers who hold the qualification are moved."),
    )
    tasks = forms.TypedChoiceField(
        label=_("These are the qualification tasks of"),
        coerce=int,
        required=False,
        empty_value=None,
        help_text=_(
            "Every row then needs a known answer. Workers get the score once they have submitted all."
        ),
    )

    questions = CountField(
        label=_("Questions before the work"),
        required=False,
        min_value=0,
        max_value=QUESTIONS_MAX,
        help_text=_("So many of a file's first known rows come before anything else. Left out: none."),
    )
    right_needed = CountField(
        label=_("Right answers needed"),
        required=False,
        min_value=1,
        max_value=QUESTIONS_MAX,
        help_text=_("Who gets fewer right no longer sees the groups of this project."),
    )
    places = CountField(
        label=_("Workers who may try"),
        required=False,
        min_value=1,
        max_value=PLACES_MAX,
        help_text=_(
            "Each first question is published with so many assignments, and their money is reserved."
        ),
    )

    def __init__(self, requester_id: RequesterId, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = QualificationType.objects.filter(requester_id=requester_id, status=TypeStatus.ACTIVE).order_by(
            "name"
        )
        skills = own.filter(score_kind=ScoreKind.PERCENT).values_list("pk", "name")[:TYPES_MAX]
        tasks = own.filter(route=Route.TASKS).values_list("pk", "name")[:TYPES_MAX]
        self.fields["skill"].choices = [("", gettext("None")), *skills]  # type: ignore[attr-defined]
        self.fields["tasks"].choices = [("", gettext("None: ordinary tasks")), *tasks]  # type: ignore[attr-defined]


class KnownForm(forms.Form):
    """A file that says what is right."""

    file = forms.FileField(
        label=_("CSV file"),
        allow_empty_file=True,
        max_length=200,
        error_messages={"required": _("Choose a CSV file.")},
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,text/csv"}),
        help_text=_(
            "A column “HITId”, as in the file of results, and for each field a column such as “Known.label”."
        ),
    )
