"""The first screen after log-in: what needs me now, what I earned, how I am doing against my goal."""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from manyhands.accounts import goals
from manyhands.accounts.models import WorkerGoal
from manyhands.core import money
from manyhands.core.errors import InvalidInput
from manyhands.core.ids import AccountId
from manyhands.messaging import queries as inbox
from manyhands.messaging.states import Side
from manyhands.web import charts
from manyhands.web.worker import protocol_views, words
from manyhands.web.worker.access import worker_of, worker_required
from manyhands.work.queries import statistics
from manyhands.work.queries import worker as queries
from manyhands.work.queries.statistics import Goal, News, Period, Statistics

RECENT = 5
MESSAGES = 5
_HOUR_S, _MINUTE_S = 3_600, 60
_FILTERS = {
    Period.ALL: _("All"),
    Period.LAST_24_HOURS: _("Last 24 hours"),
    Period.LAST_WEEK: _("Last week"),
    Period.LAST_30_DAYS: _("Last 30 days"),
    Period.PAST_MONTH: _("Past month"),
}


class GoalForm(forms.Form):
    """'I want to reach 20 dollars a day', in three fields."""

    target = forms.CharField(
        label=_("I want to reach"), max_length=12, error_messages={"required": _("Enter a number.")}
    )
    measure = forms.ChoiceField(
        label=_("Counted in"),
        choices=[(WorkerGoal.Measure.MONEY, _("money earned")), (WorkerGoal.Measure.TIME, _("hours worked"))],
    )
    period = forms.ChoiceField(
        label=_("In each"), choices=[(WorkerGoal.Period.DAY, _("day")), (WorkerGoal.Period.WEEK, _("week"))]
    )

    def clean_target(self) -> str:
        return str(self.cleaned_data["target"]).strip().replace(",", ".")

    @property
    def target_number(self) -> int:
        """Minor units, or seconds. Raises InvalidInput."""
        raw = self.cleaned_data["target"]
        if self.cleaned_data["measure"] == WorkerGoal.Measure.MONEY:
            return int(money.parse(raw, field="target"))
        try:
            return round(float(raw) * _HOUR_S)
        except (ValueError, OverflowError):
            raise InvalidInput({"target": gettext("Enter a number of hours, such as 2.5.")}) from None


@worker_required
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """``?period=`` one of five filters, ``?messages=unread`` fewer messages. Five statements and the session's."""
    if request.GET.get("format") == "json":
        return protocol_views.dashboard(request)
    return _page(request)


@worker_required
@require_POST
def set_goal(request: HttpRequest) -> HttpResponse:
    """Set, change or (``drop=1``) forget the worker's own goal."""
    worker_id = worker_of(request)
    if request.POST.get("drop"):
        goals.drop_goal(worker_id=worker_id)
        return redirect("dashboard")
    form = GoalForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            goals.set_goal(
                worker_id=worker_id,
                period=data["period"],
                measure=data["measure"],
                target=form.target_number,
            )
        except InvalidInput as refusal:
            for name, sentence in refusal.errors.items():
                form.add_error(name, sentence)
        else:
            messages.success(request, gettext("Your goal is set."))
            return redirect("dashboard")
    return _page(request, goal_form=form)


def _page(request: HttpRequest, goal_form: GoalForm | None = None) -> HttpResponse:
    worker_id = worker_of(request)
    period = _period(request.GET.get("period", ""))
    figures = statistics.statistics(worker_id=worker_id, period=period)
    unread_only = request.GET.get("messages") == "unread"
    context = {
        "section": "dashboard",
        "held": [
            (each, words.status(each.status), _ms(each.deadline_at), _ms(each.now))
            for each in queries.held(worker_id=worker_id)
        ],
        "earned": figures.earned,
        "balance": figures.balance,
        "figures": figures,
        "hours": hours(figures.worked_s),
        "filters": [(each.value, label, each == period) for each, label in _FILTERS.items()],
        "charts": _charts(figures),
        "goal": _goal(figures.goal) if figures.goal else None,
        "goal_form": goal_form or GoalForm(initial={"measure": "money", "period": "day"}),
        "entries": inbox.inbox(
            account_id=AccountId(worker_id), side=Side.WORKER, unread_only=unread_only, page=MESSAGES
        ),
        "unread_only": unread_only,
        "news": [_told(each) for each in statistics.news(worker_id=worker_id)],
    }
    status = 422 if goal_form is not None else 200
    return render(request, "worker/dashboard.html", context, status=status)


def _period(raw: str) -> Period:
    return Period(raw) if raw in list(Period) else Period.ALL


def hours(seconds: float) -> str:
    """Time worked in hours, however long: ``28 h 30 min``."""
    whole_min = round(seconds / _MINUTE_S)
    names = {
        "hours": formats.number_format(whole_min // 60, 0, force_grouping=True),
        "minutes": whole_min % 60,
    }
    return gettext("%(hours)s h %(minutes)d min") % names


def _charts(figures: Statistics) -> list[str]:
    """Earnings and hours over the chosen time; none while there is nothing to draw."""
    if not figures.buckets:
        return []
    style = {"hour": "TIME_FORMAT", "day": "MONTH_DAY_FORMAT", "month": "YEAR_MONTH_FORMAT"}[figures.unit]
    labels = [formats.date_format(each.begins, style) for each in figures.buckets]
    titles = {
        "hour": (gettext("Earnings by hour"), gettext("Minutes worked by hour")),
        "day": (gettext("Earnings by day"), gettext("Hours worked by day")),
        "month": (gettext("Earnings by month"), gettext("Hours worked by month")),
    }[figures.unit]
    worked_unit_s = _MINUTE_S if figures.unit == "hour" else _HOUR_S
    worked = [round(each.worked_s / worked_unit_s, 2) for each in figures.buckets]
    earned = [each.earned_minor for each in figures.buckets]
    return [
        charts.line(titles[0], labels, earned, write=lambda minor: money.show(round(minor)), step_min=1),
        charts.line(titles[1], labels, worked),
    ]


@dataclass(frozen=True, slots=True)
class _GoalShown:
    words: str
    reached: str
    left: str
    share: float
    is_reached: bool


def _goal(goal: Goal) -> _GoalShown:
    write = money.show if goal.measure == WorkerGoal.Measure.MONEY else hours
    sentences = {
        "day": gettext("%(reached)s of %(target)s today"),
        "week": gettext("%(reached)s of %(target)s this week"),
    }
    names = {"reached": write(goal.reached), "target": write(goal.target)}
    left = gettext("%(amount)s to go") % {"amount": write(max(0, goal.target - goal.reached))}
    return _GoalShown(
        sentences[goal.period] % names, names["reached"], left, goal.share, goal.reached >= goal.target
    )


@dataclass(frozen=True, slots=True)
class _NewsShown:
    at: datetime
    words: str
    tone: str
    icon: str
    url: str = ""


def _told(news: News) -> _NewsShown:
    """An event as a sentence; what is still to be done, as a link."""
    if news.kind == "profile_empty":
        words_ = gettext("Next: fill in your profile, so that tasks find you")
        return _NewsShown(news.at, words_, "", "arrow-right", reverse("profile"))
    names = {
        "count": news.number,
        "title": news.about,
        "amount": money.show(news.amount_minor or 0),
        "name": news.about,
        "score": news.number,
    }
    sentence, tone, icon = {
        "approved": (
            ngettext(
                "%(count)d task of “%(title)s” was approved: %(amount)s",
                "%(count)d tasks of “%(title)s” were approved: %(amount)s",
                news.number,
            ), "good", "check",
        ),
        "rejected": (
            ngettext(
                "%(count)d task of “%(title)s” was rejected",
                "%(count)d tasks of “%(title)s” were rejected",
                news.number,
            ), "bad", "x",
        ),
        "correction": (
            ngettext(
                "%(count)d task of “%(title)s” was sent back for correction",
                "%(count)d tasks of “%(title)s” were sent back for correction",
                news.number,
            ), "warn", "return",
        ),
        "bonus": (gettext("You received a bonus of %(amount)s"), "good", "money"),
        "qualification": (gettext("You gained the qualification “%(name)s” with a score of %(score)d"), "good", "star"),
        "account_approved": (gettext("Your account was approved"), "good", "user"),
        "registered": (gettext("You created your account"), "", "user"),
    }[news.kind]  # fmt: skip
    return _NewsShown(news.at, sentence % names, tone, icon)


def _ms(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)
