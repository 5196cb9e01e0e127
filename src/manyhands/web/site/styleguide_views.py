"""The style guide's view: invented data, no database."""

import time
from typing import Any

from django import forms
from django.views.generic import TemplateView

from manyhands.web import charts, icons


class _SampleForm(forms.Form):
    """Only to show fields; it is never saved."""

    title = forms.CharField(help_text="Workers see it in the list of tasks.", max_length=100)
    reward = forms.DecimalField(help_text="For one assignment, before the fee.")
    minutes = forms.IntegerField(label="Time allotted", min_value=1)
    category = forms.ChoiceField(choices=[("", "Choose one"), ("images", "Images"), ("text", "Text")])
    notes = forms.CharField(widget=forms.Textarea, required=False)
    payout = forms.ChoiceField(
        widget=forms.RadioSelect, choices=[("day", "Every day"), ("week", "Every week")], label="Pay me out"
    )
    adult = forms.BooleanField(label="Some items are not for children", required=False)
    items = forms.FileField(label="Items (CSV)", help_text="The first row names the columns.", required=False)


class StyleGuide(TemplateView):
    template_name = "styleguide.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now_ms = int(time.time() * 1000)
        days = [f"{day} Nov" for day in range(1, 15)]
        earned = [2.1, 3.4, 0, 5.2, 6.1, 4.4, 7.0, 6.2, 8.1, 7.7, 3.2, 9.4, 10.2, 9.9]
        asked_wrongly = _SampleForm({"title": "Tag birds", "reward": "free", "payout": "week"})
        return super().get_context_data(**kwargs) | {
            "form": _SampleForm(),
            "bad_form": asked_wrongly,
            "icon_names": icons.NAMES,
            "now_ms": now_ms,
            "timers": [(now_ms + left_s * 1000, 1_800_000) for left_s in (1_500, 300, 60, 0)],
            "parts": [("Approved", 612), ("Waiting", 148), ("Rejected", 21, "part-bad")],
            "charts": [
                charts.line("Earned per day", days, earned, write=lambda value: f"${value:.2f}"),
                charts.bars(
                    "Answers by label", ["House finch", "Indigo bunting", "Blue grosbeak"], [310, 205, 96]
                ),
                charts.stacked_bar("Spend", [("Rewards", 61.2), ("Fees", 12.24), ("Reserved", 30)]),
                charts.histogram(
                    "Time per task, seconds", [0, 10, 20, 30, 40, 50, 60], [12, 96, 140, 61, 22, 5]
                ),
            ],
            "section": "tasks",
        }
