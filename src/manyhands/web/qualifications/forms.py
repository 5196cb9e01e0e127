"""Forms of these pages: they read shapes; the rules are in ``qualifications.operations``."""

from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from manyhands.qualifications.operations.types import (
    DESCRIPTION_MAX,
    KEYWORDS_MAX,
    NAME_MAX,
    TASKS_NEEDED_MAX,
    TEXT_MAX,
)
from manyhands.qualifications.states import Route
from manyhands.web.qualifications import words
from manyhands.web.requester.fields import CountField, DurationField

BUILDER, XML = "builder", "xml"
OFFERED = (Route.GRANT, Route.AUTO, Route.TEST, Route.AGREEMENT, Route.TASKS)
XML_MAX = 400_000


def _text(rows: int, **attrs: Any) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **attrs})


class TypeForm(forms.Form):
    """Everything about a type but the questions of its test and what must be held first."""

    name = forms.CharField(
        label=_("Name"), max_length=NAME_MAX, help_text=_("Workers see it. It cannot be changed later.")
    )
    description = forms.CharField(
        label=_("What it shows"), max_length=DESCRIPTION_MAX, required=False, widget=_text(3)
    )
    keywords = forms.CharField(
        label=_("Keywords"),
        max_length=KEYWORDS_MAX,
        required=False,
        help_text=_("Separated by commas; workers find it by them."),
    )
    route = forms.ChoiceField(label=_("How workers come by it"))
    auto_granted_score = forms.IntegerField(
        label=_("Score given"),
        required=False,
        help_text=_("For asking, or for accepting the agreement. 1 if left out."),
    )
    tasks_needed = CountField(
        label=_("Qualification tasks"),
        required=False,
        min_value=1,
        max_value=TASKS_NEEDED_MAX,
        help_text=_("So many tasks with known answers make the score."),
    )
    agreement = forms.CharField(
        label=_("Text to accept"),
        max_length=TEXT_MAX,
        required=False,
        widget=_text(8),
        help_text=_("A changed text is a new version; who accepted an older one keeps the qualification."),
    )
    training = forms.CharField(
        label=_("What workers read first"), max_length=TEXT_MAX, required=False, widget=_text(5)
    )
    test_as = forms.ChoiceField(
        label=_("Write the test"),
        choices=((BUILDER, _("with the questions below")), (XML, _("as XML of Mechanical Turk"))),
        required=False,
    )
    question_form = forms.CharField(
        label=_("QuestionForm"),
        max_length=XML_MAX,
        required=False,
        strip=False,
        widget=_text(10, spellcheck="false"),
    )
    answer_key = forms.CharField(
        label=_("AnswerKey"),
        max_length=XML_MAX,
        required=False,
        strip=False,
        widget=_text(8, spellcheck="false"),
        help_text=_("Without a key you grade each test yourself."),
    )
    graded_by_owner = forms.BooleanField(
        label=_("I decide each request myself"),
        required=False,
        help_text=_(
            "With a test, the score by its key is a proposal. Without one, workers can ask and you decide."
        ),
    )
    test_duration = DurationField(label=_("Time for the test"), required=False)
    pass_score = forms.IntegerField(
        label=_("Pass mark"),
        required=False,
        min_value=0,
        max_value=100,
        help_text=_("From 0 to 100. Below it the test is failed; without one every score is granted."),
    )
    once_only = forms.BooleanField(label=_("It can be taken once only"), required=False)
    retry_delay_s = DurationField(
        label=_("Again after"), required=False, help_text=_("How long after an attempt the next may begin.")
    )
    validity_s = DurationField(label=_("Holds for"), required=False, help_text=_("For good if left out."))
    countries = forms.CharField(
        label=_("Countries"),
        required=False,
        max_length=3_000,
        help_text=_("Names or two letters, separated by commas; any if left out."),
    )
    age_min = forms.IntegerField(label=_("Youngest age"), required=False)
    age_max = forms.IntegerField(label=_("Oldest age"), required=False)
    languages = forms.CharField(
        label=_("Languages"),
        required=False,
        max_length=1_000,
        help_text=_("Names or two letters, separated by commas; all of them are needed."),
    )
    skills = forms.CharField(
        label=_("Skills"),
        required=False,
        max_length=3_000,
        help_text=_("As workers write them in their profile, separated by commas; all of them are needed."),
    )

    def __init__(self, *args: Any, kept_route: str = "", is_new: bool = True, **kwargs: Any) -> None:
        """``kept_route``: the way the type has, which may be one that is not offered to choose."""
        super().__init__(*args, **kwargs)
        routes = [*OFFERED, *([Route(kept_route)] if kept_route and kept_route not in OFFERED else [])]
        self.fields["route"].choices = [(route.value, words.ROUTES[route]) for route in routes]  # type: ignore[attr-defined]
        if not is_new:
            del self.fields["name"]

    def quiet(self) -> "TypeForm":
        """As typed and not judged yet: for buttons that only change the outline."""
        self._errors = ErrorDict()
        self.cleaned_data = {}
        return self


class GrantForm(forms.Form):
    """A score for one worker, or with ``revoke`` none."""

    worker = forms.CharField(label=_("Worker ID"), max_length=60)
    score = forms.IntegerField(label=_("Score"))
    words = forms.CharField(label=_("Words to the worker"), required=False, max_length=2_000, widget=_text(2))


class ImportForm(forms.Form):
    """A CSV of scores. An empty file is let through: the check of the rows says what is wrong with it."""

    file = forms.FileField(
        label=_("CSV file"),
        allow_empty_file=True,
        max_length=200,
        error_messages={"required": _("Choose a CSV file.")},
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,text/csv"}),
    )
