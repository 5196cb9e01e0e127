"""The start page of operators and reviewers, and where each person begins."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from manyhands.core.ids import HITTypeId, WorkerId
from manyhands.moderation import operations as moderation
from manyhands.moderation.states import ReportReason
from tests import factories
from tests.conftest import Database

MakeClient = Callable[..., Client]


@pytest.mark.parametrize(
    ("roles", "desk"),
    [
        (("is_operator",), "staff_home"), (("is_reviewer",), "staff_home"),
        (("is_operator", "worker"), "dashboard"), (("is_operator", "requester"), "requester_home"),
    ],
)  # fmt: skip
def test_everybody_begins_at_a_page_that_is_theirs(
    client: MakeClient, roles: tuple[str, ...], desk: str
) -> None:
    browser = client(factories.make_account(**dict.fromkeys(roles, True)))
    begun = browser.get("/")
    assert begun.headers["Location"] == reverse(desk)
    if desk == "staff_home":
        assert browser.get(reverse(desk)).status_code == 200


def test_the_staff_see_what_waits_and_reviewers_only_their_own_pages(
    client: MakeClient, database: Database
) -> None:
    group = factories.publish(factories.make_requester(), 1)
    moderation.report_task(
        worker_id=WorkerId(factories.make_worker().pk), hit_type_id=HITTypeId(group.hit_type_id),
        assignment_id=None, reason=ReportReason.SCAM, words="It asks for a password.",
    )  # fmt: skip
    reviewer = client(factories.make_account(is_reviewer=True)).get(reverse("staff_home"))
    operator = client(factories.make_account(is_operator=True)).get(reverse("staff_home"))
    waiting = {place.url: place.waiting for place in operator.context["places"]}
    assert waiting[reverse("staff_reports")] == 1
    assert waiting[reverse("help_desk")] == 0
    assert waiting[reverse("staff_masters")] is None
    assert "1 waits" in operator.content.decode()
    assert {place.url for place in reviewer.context["places"]} == {
        reverse(name) for name in ("help_desk", "forum_reports", "editor")
    }
    assert client(factories.make_worker()).get(reverse("staff_home")).status_code == 404
