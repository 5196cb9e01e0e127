"""/staff: what waits for operators and reviewers, and the way to each of their pages."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from manyhands.accounts import requests
from manyhands.core.ids import AccountId
from manyhands.help.queries import forum, tickets
from manyhands.help.states import TicketStatus
from manyhands.moderation import queries as moderation
from manyhands.proofreading import queries as proofreading
from manyhands.qualifications import assessments
from manyhands.web.editor.views import editor_required


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the staff; ``waiting``: how many things wait there, None where nothing can."""

    url: str
    name: str
    about: str
    icon: str
    waiting: int | None = None


@require_safe
@editor_required
def home(request: HttpRequest) -> HttpResponse:
    """Every page for the staff with what waits there. At most seven statements."""
    places = _of_staff(AccountId(int(request.user.pk or 0)))
    if request.user.is_authenticated and request.user.is_operator:
        places = [*_with_queues(), *places, *_of_operators()]
    return render(request, "site/staff.html", {"section": "staff", "places": places})


def _with_queues() -> list[Place]:
    return [
        Place(
            reverse("staff_accounts"), gettext("Applications"), gettext("People who wait to be let in."), "users",
            requests.waiting_count(),
        ),
        Place(
            reverse("staff_reports"), gettext("Reported tasks"), gettext("What workers say is wrong with a task."),
            "flag", moderation.open_count(),
        ),
    ]  # fmt: skip


def _of_staff(me: AccountId) -> list[Place]:
    texts = len(assessments.waiting_texts(editor_id=me)) + len(proofreading.waiting(editor_id=me))
    return [
        Place(
            reverse("help_desk"), gettext("Help desk"), gettext("Questions from the site and by mail."), "info",
            tickets.counts()[TicketStatus.OPEN],
        ),
        Place(
            reverse("forum_reports"), gettext("Reported posts"), gettext("Posts of the forum that somebody reported."),
            "mail", len(forum.reported()),
        ),
        Place(
            reverse("editor"), gettext("Editor's desk"), gettext("Texts to correct and to grade."), "list", texts
        ),
    ]  # fmt: skip


def _of_operators() -> list[Place]:
    return [
        Place(
            reverse("platform_qualification_types"), gettext("The platform's qualifications"),
            gettext("Types that belong to nobody else, and who holds them."), "star",
        ),
        Place(
            reverse("staff_assessments"), gettext("Assessments"),
            gettext("Training, questions and writing, by stages."),
            "check",
        ),
        Place(
            reverse("staff_masters"), gettext("Masters, night by night"),
            gettext("Who became one, who ceased, and why."),
            "star",
        ),
        Place(reverse("help_links"), gettext("Our channels"), gettext("Where else people find this place."), "globe"),
    ]  # fmt: skip
