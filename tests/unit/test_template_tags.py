"""What the template tags write: units, zones, labels tied to fields, nothing unescaped."""

from datetime import UTC, datetime

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone, translation

from manyhands.web import charts, icons
from manyhands.web.templatetags.manyhands import duration, icon, local_time, money, percent


def rendered(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59.6, "1 min"),
        (90, "1 min 30 s"),
        (725, "12 min"),
        (5_400, "1 h 30 min"),
        (86_400, "1 d"),
        (100_000, "1 d 3 h"),
        (None, "–"),
    ],
)
def test_a_duration_is_written_in_at_most_two_units(seconds: float | None, words: str) -> None:
    assert duration(seconds) == words


def test_money_and_shares_are_written_in_the_readers_notation() -> None:
    with translation.override("en"):
        assert money(5) == "$0.05"
        assert percent(0.934, 1) == "93.4%"
        assert money(None) == percent(None) == "–"


def test_an_instant_names_the_zone_the_server_used() -> None:
    with timezone.override("Asia/Tokyo"):
        written = local_time(datetime(2026, 11, 23, 15, 0, tzinfo=UTC))
    assert 'datetime="2026-11-24T00:00:00+09:00"' in written
    assert "JST" in written


def test_every_icon_is_drawn_and_a_lone_icon_has_a_name() -> None:
    assert all("<path" in icon(name) for name in icons.NAMES)
    assert 'aria-label="Worker &lt;1&gt;"' in icon("user", 20, label="Worker <1>")
    assert 'aria-hidden="true"' in icon("user")


class _Form(forms.Form):
    reward = forms.IntegerField(help_text="Before the fee.")
    agreed = forms.BooleanField()


def test_a_field_is_tied_to_its_help_and_its_error() -> None:
    html = rendered(
        "{% error_summary form %}{% field form.reward prefix='$' %}", form=_Form({"reward": "<b>"})
    )

    assert 'aria-describedby="id_reward_helptext id_reward_error"' in html
    assert 'id="id_reward_helptext"' in html
    assert 'id="id_reward_error"' in html
    assert 'href="#id_reward"' in html
    assert "<b>" not in html


def test_a_form_without_errors_has_no_summary() -> None:
    assert rendered("{% error_summary form %}", form=_Form()).strip() == ""


def test_chart_steps_are_round_and_reach_the_highest_value() -> None:
    assert charts.ticks_to(10.2) == [0, 5, 10, 15]
    assert charts.ticks_to(0) == [0, 1]
    assert charts.ticks_to(0.004)[-1] >= 0.004


def test_a_chart_carries_its_figures_as_a_table_and_escapes_labels() -> None:
    chart = charts.bars("Answers", ["<script>", "Finch"], [3, 1])
    assert "<script>" not in chart
    assert '<th scope="row">Finch</th><td class="num">1</td>' in chart


@pytest.mark.parametrize("values", [[], [0.0], [5.0], [0.0, 0.0, 0.0]])
def test_a_line_is_drawn_from_any_number_of_points(values: list[float]) -> None:
    chart = charts.line("Earned", [str(index) for index in range(len(values))], values)
    assert "nan" not in chart
    assert "Earned" in chart


def test_nothing_to_show_is_said_in_words() -> None:
    assert "Nothing to show yet." in charts.histogram("Time", [0, 1], [0])
    assert "Nothing to show yet." in charts.stacked_bar("Spend", [])
