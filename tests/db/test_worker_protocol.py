"""The worker's site as Mechanical Turk's tools read it: JSON, its addresses, accepting and returning."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from manyhands.core import ids
from manyhands.qualifications import system_types
from manyhands.work.models import Assignment, QualificationRequirement
from tests import factories
from tests.harness.wire import statements_sent

pytestmark = [pytest.mark.usefixtures("database"), pytest.mark.feature("M-139")]


def told(client: Client, address: str, **headers: Any) -> Any:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)


def test_groups_are_listed_with_their_requirements_and_what_the_worker_holds(client) -> None:  # type: ignore[no-untyped-def]
    requester, worker = factories.make_requester(name="Laboratory"), factories.make_worker()
    cheap = factories.publish(requester, 2, title="Cheap", reward_minor=3)
    dear = factories.publish(requester, 5, title="Dear", reward_minor=90)
    type_id = factories.require(dear, comparator="GreaterThanOrEqualTo", scores=[80])
    browser = client(worker)

    with statements_sent() as sent:
        found = told(browser, "/?format=json&sort=reward_desc&page_size=100")
    assert len(sent) <= 8
    assert (found["page_number"], found["num_results"], found["total_num_results"]) == (1, 2, 2)
    first, second = found["results"]
    assert (first["title"], second["title"]) == ("Dear", "Cheap")
    assert first["hit_set_id"] == ids.encode("hit_group", dear.hit_type_id)
    assert first["monetary_reward"] == {"amount_in_dollars": 0.9, "currency_code": "USD"}
    assert (first["assignable_hits_count"], first["caller_meets_requirements"]) == (5, False)
    assert second["caller_meets_requirements"] is True
    (asked,) = first["project_requirements"]
    assert asked["qualification_type_id"] == system_types.public_id(type_id)
    assert (asked["comparator"], asked["qualification_values"]) == ("GreaterThanOrEqualTo", ["80"])
    assert (asked["caller_meets_requirement"], asked["qualification_type"]["visibility"]) == (False, True)
    assert asked["caller_qualification_value"]["integer_value"] is None
    assert second["creation_time"] < second["latest_expiration_time"]

    def titles(query: str) -> list[str]:
        return [each["title"] for each in told(browser, f"/projects?format=json&{query}")["results"]]

    assert titles("sort=reward_asc") == ["Cheap", "Dear"]
    assert titles("filters[qualified]=true") == ["Cheap"]
    assert titles("filters[min_reward]=0.50") == ["Dear"]
    assert titles("filters[search_term]=cheap") == ["Cheap"]
    assert titles("sort=reward_asc&page_size=1&page_number=2") == ["Dear"]
    assert titles("filters[masters]=true") == []
    assert client().get("/?format=json").status_code == 401
    masters = factories.publish(requester, 1, title="Masters")
    QualificationRequirement.objects.create(
        hit_type_id=masters.hit_type_id, qualification_type_id=system_types.MASTERS, comparator="Exists"
    )
    assert titles("filters[masters]=true") == ["Masters"]
    only = told(browser, f"{second['requester_url']}?format=json")
    assert only["total_num_results"] == 3
    other = ids.encode_account(worker.pk)
    assert told(browser, f"/requesters/{other}/projects?format=json")["results"] == []
    assert cheap.hit_ids


def test_a_task_is_accepted_shown_in_the_queue_and_returned(client) -> None:  # type: ignore[no-untyped-def]
    requester, worker = factories.make_requester(), factories.make_worker()
    group = factories.publish(requester, 2)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(worker)
    typed = browser.get(f"/projects/{ids.encode('hit_group', group.hit_type_id)}/tasks/accept_random")
    assert typed.headers["Location"] == reverse("group", args=[group.hit_type_id])
    accept = f"/projects/{ids.encode('hit_group', group.hit_type_id)}/tasks/accept_random?format=json"

    for site, mode in (("cross-site", "cors"), ("same-site", "cors"), ("none", "navigate")):
        assert (
            browser.get(accept, headers={"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode}).status_code == 403
        )
    assert not Assignment.objects.exists()
    taken = browser.get(accept, headers={"Sec-Fetch-Site": "same-origin"})
    held = Assignment.objects.get()
    public = ids.encode("assignment", held.pk)
    assert taken.status_code == 302
    assert taken["Location"].endswith(f"/tasks/{ids.encode('hit', held.hit_id)}?assignment_id={public}")
    statuses = {browser.get(accept).status_code for _ in range(3)}
    assert 429 in statuses

    with statements_sent() as sent:
        queue = told(browser, "/tasks?format=json")
    assert len(sent) <= 6
    task = next(each for each in queue["tasks"] if each["assignment_id"] == public)
    assert queue["total_num_results"] == len(queue["tasks"])
    assert (task["state"], task["task_url"]) == ("Assigned", taken["Location"])
    assert 0 < task["time_to_deadline_in_seconds"] <= 600
    assert task["question"]["attributes"] == {"FrameHeight": "600", "FrameSourceAttribute": "src"}
    assert task["project"]["title"] == "Explain words"

    page = browser.get(taken["Location"])
    assert page.status_code == 200
    token = page.content.decode().split('name="csrf-token" content="')[1].split('"')[0]
    delete = {"_method": "delete", "authenticity_token": "x" * 64}
    assert browser.post(taken["Location"], delete).status_code == 403
    stranger = client(factories.make_worker())
    assert stranger.get(taken["Location"]).status_code == 404
    held.refresh_from_db()
    assert held.status == "accepted"
    assert browser.post(taken["Location"], delete | {"authenticity_token": token}).status_code == 302
    held.refresh_from_db()
    assert held.status == "returned"


def test_nothing_left_or_not_qualified_is_422(client) -> None:  # type: ignore[no-untyped-def]
    requester, first, second = factories.make_requester(), factories.make_worker(), factories.make_worker()
    group = factories.publish(requester, 1)
    address = f"/projects/{ids.encode('hit_type', group.hit_type_id)}/tasks/accept_random?format=json"
    factories.accept(first, group)
    assert client(second).get(address).status_code == 422
    guarded = factories.publish(requester, 1, title="Guarded")
    factories.require(guarded)
    other = address.replace(
        ids.encode("hit_type", group.hit_type_id), ids.encode("hit_type", guarded.hit_type_id)
    )
    assert client(factories.make_worker()).get(other).status_code == 422


def test_the_dashboard_and_a_day_tell_what_was_handed_in(client) -> None:  # type: ignore[no-untyped-def]
    requester, worker = factories.make_requester(), factories.make_worker()
    group = factories.publish(requester, 1, reward_minor=7)
    number = factories.accept(worker, group).assignment_id
    factories.submit(worker, number)
    browser = client(worker)

    day = timezone.now().date().isoformat()
    found = told(browser, "/dashboard?format=json")
    assert found["hits_overview"]["pending"] == 1
    assert found["earnings_to_date"] == {"approved": 0.0, "bonuses": 0.0, "total_earnigns": 0.0}
    assert found["daily_hit_statistics_overview"] == [
        {"date": day, "submitted": 1, "approved": 0, "rejected": 0, "pending": 1, "earnings": 0.0}
    ]
    listed = told(browser, f"/status_details/{day}?format=json")
    assert listed["total_num_results"] == listed["num_results"] == 1
    (line,) = listed["results"]
    assert (line["state"], line["assignment_id"]) == ("Submitted", ids.encode("assignment", number))
    assert line["reward"]["amount_in_dollars"] == 0.07
    assert told(browser, "/status_details/2001-01-01?format=json")["results"] == []
    for nonsense in ("x", "9999-12-31", "2026-02-30"):
        assert browser.get(f"/status_details/{nonsense}?format=json").status_code in {200, 404}


@pytest.mark.parametrize("kind", ["hit_type", "hit_group"])
def test_a_group_is_found_by_either_id_at_either_address(client, kind: Any) -> None:  # type: ignore[no-untyped-def]
    group = factories.publish(factories.make_requester(), 1)
    browser = client(factories.make_worker())
    public = ids.encode(kind, group.hit_type_id)
    here = f"/projects/{ids.encode('hit_type', group.hit_type_id)}/tasks"
    assert browser.get(f"/projects/{public}/tasks").status_code == 200
    assert browser.get(f"/mturk/preview?groupId={public}")["Location"] == here
    contact = browser.get(
        f"/contact_requester/hit_type_messages/new?hit_type_message[hit_type_id]={public}", follow=True
    )
    assert contact.status_code == 200
    assert browser.get("/mturk/preview?groupId=nonsense").status_code == 404
