"""The worker's pages over HTTP: who may see them, what they cost, what they do and refuse."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from manyhands.accounts.models import Account, Worker
from manyhands.core import ids
from manyhands.core.ids import AccountId, RequesterId
from manyhands.messaging.models import ThreadMessage
from manyhands.work.models import Assignment, HITSkip, WorkerBlock
from manyhands.work.operations import reviewing, sweeping
from tests import factories
from tests.factories import Published
from tests.harness.wire import statements_sent

pytestmark = pytest.mark.usefixtures("database")

Log = Callable[..., Client]


def group_url(published: Published, rest: str = "tasks") -> str:
    return f"/projects/{ids.encode('hit_type', published.hit_type_id)}/{rest}"


def hit_url(published: Published, number: int, rest: str = "") -> str:
    return group_url(published, f"tasks/{ids.encode('hit', published.hit_ids[number])}{rest}")


def task_url(assignment_id: int, rest: str = "") -> str:
    return f"/assignments/{ids.encode('assignment', assignment_id)}{rest}"


def let_time_run_out(assignment_id: int) -> None:
    past = timezone.now() - timedelta(minutes=5)
    Assignment.objects.filter(pk=assignment_id).update(deadline_at=past)


@pytest.fixture
def requester() -> Account:
    return factories.make_requester(name="Laboratory")


@pytest.fixture
def worker() -> Account:
    return factories.make_worker()


# Who may come in ------------------------------------------------------------------------------


PAGES = ["/tasks", "/dashboard", "/earnings", "/submissions"]


def test_the_frame_once_drawn_is_each_readers_own(client: Log, worker: Account) -> None:
    operator = factories.make_account(worker=True, requester=True, is_operator=True, language="ru")
    page = {
        (who.pk, url): client(who).get(url).content.decode()
        for who in (worker, operator, worker)
        for url in ("/tasks", "/dashboard")
    }

    assert 'href="/dashboard" aria-current="page"' in page[worker.pk, "/dashboard"]
    assert 'href="/dashboard" aria-current="page"' not in page[worker.pk, "/tasks"]
    for url in ("/tasks", "/dashboard"):
        mine, theirs = page[worker.pk, url], page[operator.pk, url]
        for words in ("Earnings", "Account settings", worker.email):
            assert (words in mine, words in theirs) == (True, False)
        for words in ("Заработок", "Настройки аккаунта", 'href="/requester/messages', 'href="/staff'):
            assert (words in mine, words in theirs) == (False, True)

    light = client(worker)
    light.cookies["theme"] = "light"
    chosen = light.get("/tasks").content.decode()
    assert 'data-theme-choice="light" aria-pressed="true"' in chosen
    assert 'data-theme-choice="light" aria-pressed="false"' in page[worker.pk, "/tasks"]


@pytest.mark.parametrize("url", PAGES)
def test_a_visitor_is_sent_to_the_log_in_and_back(client: Log, url: str) -> None:
    answer = client().get(f"{url}?q=x")

    assert answer.status_code == 302
    assert answer["Location"] == f"/account/login/?next={url}%3Fq%3Dx"


@pytest.mark.parametrize("url", PAGES)
def test_a_requester_is_offered_to_become_a_worker(client: Log, requester: Account, url: str) -> None:
    answer = client(requester).get(url)

    assert answer.status_code == 403
    assert "/account/roles/worker/" in answer.content.decode()


@pytest.mark.feature("W-20")
def test_tasks_is_an_entry_of_the_top_menu(client: Log, worker: Account) -> None:
    page = client(worker).get("/dashboard").content.decode()

    assert '<a href="/tasks"' in page


# Finding ----------------------------------------------------------------------------------------


@pytest.mark.feature("W-22")
@pytest.mark.feature("W-24")
@pytest.mark.feature("W-25")
@pytest.mark.feature("W-09")
def test_a_group_shows_its_parameters_and_a_link_to_its_preview(
    client: Log, requester: Account, worker: Account
) -> None:
    published = factories.publish(
        requester, 4, title="Explain <b>words</b>", reward_minor=7, assignment_duration_s=1_800
    )
    factories.require(published, name="Not a beginner", comparator="DoesNotExist")

    page = client(worker).get("/tasks").content.decode()

    for wanted in (
        "Explain &lt;b&gt;words&lt;/b&gt;", "Laboratory", "$0.07", "30 min", "30 minutes",
        "Say in a few words what each word means.", "Without Not a beginner", "words, language",
        f'href="{group_url(published)}"', f'action="{group_url(published, "tasks/accept_random")}"',
    ):  # fmt: skip
        assert wanted in page
    assert "<b>words</b>" not in page


@pytest.mark.feature("W-23")
def test_expand_all_opens_every_group_without_scripts(
    client: Log, requester: Account, worker: Account
) -> None:
    for title in ("One", "Two"):
        factories.publish(requester, 1, title=title)
    browser = client(worker)

    assert browser.get("/tasks").content.count(b'<details class="group" data-item>') == 2
    assert browser.get("/tasks?expand=all").content.count(b'<details class="group" data-item open>') == 2


@pytest.mark.parametrize("query", ["", "?q=words&category=classification&sort=reward&all=1", "?page=2"])
def test_the_list_costs_at_most_four_statements(
    client: Log, requester: Account, worker: Account, query: str
) -> None:
    factories.publish(requester, 2)
    browser = client(worker)
    # What is fixed about a group is read the first time it is seen, and kept.
    browser.get("/tasks")

    with statements_sent() as sent:
        answer = browser.get(f"/tasks{query}")

    assert answer.status_code == 200
    assert len(sent) <= 4, sent


@pytest.mark.parametrize(
    "query",
    ["?page=x", "?page=-1", "?page=99999999999", "?category=none", "?sort='", "?q=%00", "?q=" + "x" * 900],
)
def test_odd_addresses_are_answered_with_an_empty_list_or_the_whole(
    client: Log, worker: Account, query: str
) -> None:
    assert client(worker).get(f"/tasks{query}").status_code == 200


# Preview ------------------------------------------------------------------------------------------


@pytest.mark.feature("W-10")
@pytest.mark.feature("W-27")
@pytest.mark.feature("W-33")
def test_the_preview_takes_nothing_and_offers_accept_and_skip(
    client: Log, requester: Account, worker: Account
) -> None:
    published = factories.publish(requester, 2)
    browser = client(worker)

    with statements_sent() as sent:
        answer = browser.get(group_url(published))

    page = answer.content.decode()
    assert len(sent) == 2, sent
    assert hit_url(published, 0, "/accept") in page
    assert hit_url(published, 0, "/skip") in page
    assert "/p/" in page
    assert 'sandbox="allow-scripts allow-forms allow-popups"' in page
    assert not Assignment.objects.exists()


def test_the_preview_is_the_task_that_accepting_gives(
    client: Log, requester: Account, worker: Account
) -> None:
    published = factories.publish(requester, 3)
    factories.submit(worker, factories.accept(worker, published).assignment_id)
    browser = client(worker)
    shown = browser.get(group_url(published)).context["preview"].hit_id

    browser.post(group_url(published, "tasks/accept_random"))

    assert Assignment.objects.latest("id").hit_id == shown == published.hit_ids[1]


@pytest.mark.parametrize("guard", ["PreviewAndAccept", "DiscoverPreviewAndAccept"])
def test_a_guarded_preview_needs_the_qualification(
    client: Log, requester: Account, worker: Account, guard: str
) -> None:
    published = factories.publish(requester, 2)
    factories.require(published, guard=guard)

    assert client(worker).get(group_url(published)).status_code == 403


def test_an_unqualified_worker_sees_what_is_missing_instead_of_accept(
    client: Log, requester: Account, worker: Account
) -> None:
    published = factories.publish(requester, 2)
    factories.require(published, name="Speaks Japanese")
    browser = client(worker)

    page = browser.get(group_url(published)).content.decode()

    assert "Speaks Japanese" in page
    assert "/accept" not in page
    assert browser.post(group_url(published, "tasks/accept_random")).status_code == 403
    assert not Assignment.objects.exists()


def test_own_and_blocked_groups_are_refused_with_words(
    client: Log, requester: Account, worker: Account
) -> None:
    both = factories.make_account(worker=True, requester=True)
    factories.deposit(both, 1_000)
    own, blocked = factories.publish(both, 1), factories.publish(requester, 1)
    WorkerBlock.objects.create(requester_id=requester.pk, worker_id=both.pk, reason="No")
    browser = client(both)

    for published, words in ((own, "your own task"), (blocked, "does not take new work from you")):
        for answer in (
            browser.get(group_url(published)),
            browser.post(group_url(published, "tasks/accept_random")),
        ):
            assert answer.status_code == 403
            assert words in answer.content.decode()


@pytest.mark.parametrize(
    "rest", ["", "/accept", "/skip"]
)  # fmt: skip
def test_a_made_up_id_is_not_found(client: Log, worker: Account, requester: Account, rest: str) -> None:
    published = factories.publish(requester, 1)
    browser = client(worker)
    strange = ids.encode("hit", 10**12)
    url = group_url(published, f"tasks/{strange}{rest}")
    answer = browser.get(url) if not rest else browser.post(f"{url}?exact=1")

    assert answer.status_code in {302, 404, 409}
    made_up = "3" + "A" * 29
    assert browser.get(f"/projects/{made_up}/tasks").status_code == 404
    assert browser.get(f"/assignments/{made_up}").status_code == 404
    assert browser.get(f"/projects/{ids.encode('hit_type', 10**12)}/tasks").status_code == 404


# Accepting, skipping, returning -----------------------------------------------------------------


@pytest.mark.feature("M-14")
def test_accept_and_work_opens_the_task_already_accepted(
    client: Log, requester: Account, worker: Account
) -> None:
    published = factories.publish(requester, 2)

    answer = client(worker).post(group_url(published, "tasks/accept_random"))

    accepted = Assignment.objects.get()
    assert answer["Location"] == task_url(accepted.pk)
    assert (accepted.worker_id, accepted.status) == (worker.pk, "accepted")


@pytest.mark.feature("W-11")
@pytest.mark.feature("M-28")
@pytest.mark.feature("W-33")
def test_the_task_page_costs_two_statements_and_shows_timer_and_acts(
    client: Log, requester: Account, worker: Account
) -> None:
    published = factories.publish(requester, 2)
    accepted = factories.accept(worker, published)
    browser = client(worker)

    with statements_sent() as sent:
        page = browser.get(task_url(accepted.assignment_id)).content.decode()

    assert len(sent) == 2, sent
    assert f'deadline-ms="{int(accepted.deadline_at.timestamp() * 1000)}"' in page
    for wanted in (
        "data-task-submit",
        "/return",
        "/skip",
        "/feedback",
        "Automatically accept the next task",
        "/a/",
    ):
        assert wanted in page


def test_a_task_just_taken_is_replaced_by_the_next_unless_exactly_it_was_wanted(
    client: Log, requester: Account, worker: Account
) -> None:
    published = factories.publish(requester, 3)
    factories.accept(factories.make_worker(), published, published.hit_ids[0])
    browser = client(worker)

    exact = browser.post(hit_url(published, 0, "/accept") + "?exact=1")
    assert exact.status_code == 409
    assert not Assignment.objects.filter(worker_id=worker.pk).exists()

    answer = browser.post(hit_url(published, 0, "/accept"), follow=True)
    assert Assignment.objects.get(worker_id=worker.pk).hit_id == published.hit_ids[1]
    assert "had just been taken" in answer.content.decode()


@pytest.mark.feature("W-31")
@pytest.mark.feature("W-32")
def test_skip_before_acceptance_shows_another_task(client: Log, requester: Account, worker: Account) -> None:
    published = factories.publish(requester, 2)
    browser = client(worker)

    answer = browser.post(hit_url(published, 0, "/skip"), follow=True)

    assert answer.context["preview"].hit_id == published.hit_ids[1]
    assert HITSkip.objects.get().hit_id == published.hit_ids[0]
    browser.post(hit_url(published, 1, "/skip"))
    assert browser.get(group_url(published)).status_code == 302


@pytest.mark.feature("W-31")
def test_skip_of_a_held_task_accepts_another(client: Log, requester: Account, worker: Account) -> None:
    published = factories.publish(requester, 2)
    factories.accept(worker, published)

    answer = client(worker).post(hit_url(published, 0, "/skip"), {"held": "1"})

    statuses = dict(Assignment.objects.values_list("hit_id", "status"))
    assert statuses == {published.hit_ids[0]: "returned", published.hit_ids[1]: "accepted"}
    assert answer["Location"] == task_url(Assignment.objects.latest("id").pk)


@pytest.mark.feature("W-34")
def test_return_asks_first_then_gives_the_task_back(client: Log, requester: Account, worker: Account) -> None:
    published = factories.publish(requester, 1)
    accepted = factories.accept(worker, published)
    browser = client(worker)

    assert browser.get(task_url(accepted.assignment_id, "/return")).status_code == 200
    assert Assignment.objects.get().status == "accepted"
    answer = browser.post(task_url(accepted.assignment_id, "/return"), follow=True)

    assert Assignment.objects.get().status == "returned"
    assert "Task returned" in answer.content.decode()
    assert browser.get("/dashboard").context["held"] == []
    assert factories.accept(factories.make_worker(), published).hit_id == accepted.hit_id


@pytest.mark.feature("W-30")
def test_the_end_of_a_group_is_a_page_not_an_error(client: Log, requester: Account, worker: Account) -> None:
    published = factories.publish(requester, 1, max_assignments=2)
    factories.submit(worker, factories.accept(worker, published).assignment_id)
    browser = client(worker)

    for answer in (
        browser.post(group_url(published, "tasks/accept_random"), follow=True),
        browser.get(group_url(published), follow=True),
    ):
        assert answer.status_code == 200
        assert "Task group finished" in answer.content.decode()


def test_too_many_tasks_at_once_is_refused_with_the_way_out(
    client: Log, requester: Account, worker: Account
) -> None:
    published = factories.publish(requester, 30)
    for _ in range(25):
        factories.accept(worker, published)

    answer = client(worker).post(group_url(published, "tasks/accept_random"))

    assert answer.status_code == 409
    assert 'href="/dashboard"' in answer.content.decode()


# The task page ------------------------------------------------------------------------------------


def test_another_workers_task_is_not_there(client: Log, requester: Account, worker: Account) -> None:
    published = factories.publish(requester, 1)
    accepted = factories.accept(factories.make_worker(), published)
    browser = client(worker)
    url = task_url(accepted.assignment_id)

    assert browser.get(url).status_code == 404
    assert browser.get(f"{url}/bar").status_code == 404
    assert browser.get(f"{url}/return").status_code == 404
    assert browser.post(f"{url}/return").status_code in {404, 409}
    assert browser.post(f"{url}/feedback", {"words": "x"}).status_code == 404
    draft = browser.post(f"{url}/draft", "[]", content_type="application/json")
    assert draft.status_code in {404, 409}
    assert Assignment.objects.get().status == "accepted"


@pytest.mark.feature("W-66")
def test_a_draft_is_kept_until_the_deadline_and_shown_after_it(
    client: Log, requester: Account, worker: Account
) -> None:
    published = factories.publish(requester, 1)
    accepted = factories.accept(worker, published)
    browser = client(worker)
    url = task_url(accepted.assignment_id)
    typed = [["meaning", "half an <answer>"]]

    kept = browser.post(f"{url}/draft", json.dumps(typed), content_type="application/json")
    assert kept.status_code == 200
    assert "saved_at" in kept.json()
    assert browser.get("/dashboard").context["held"][0][0].assignment_id == accepted.assignment_id

    let_time_run_out(accepted.assignment_id)
    late = browser.post(f"{url}/draft", "[]", content_type="application/json")
    assert (late.status_code, late.json()["error"]) == (410, "AssignmentExpired")
    assert browser.get("/dashboard").context["held"] == []
    for sweep in (lambda: None, sweeping.sweep_all):
        sweep()
        page = browser.get(url).content.decode()
        assert "half an &lt;answer&gt;" in page
        assert "The time allotted is over" in page
    assert factories.accept(factories.make_worker(), published).hit_id == accepted.hit_id


@pytest.mark.parametrize("body", ["", "{}", "[1]", '[["a"]]', '[["a", 1]]', "null", "[[[],[]]]"])
def test_a_draft_that_is_no_list_of_pairs_is_refused(
    client: Log, requester: Account, worker: Account, body: str
) -> None:
    accepted = factories.accept(worker, factories.publish(requester, 1))

    url = task_url(accepted.assignment_id, "/draft")
    answer = client(worker).post(url, body, content_type="application/json")

    assert answer.status_code == (200 if body == "{}" else 422)


def test_the_correction_shows_the_requesters_words(client: Log, requester: Account, worker: Account) -> None:
    accepted = factories.accept(worker, factories.publish(requester, 1))
    factories.submit(worker, accepted.assignment_id)
    reviewing.send_back(
        requester_id=RequesterId(requester.pk), assignment_id=accepted.assignment_id,
        actor_id=AccountId(requester.pk), words="Please name the unit.",
    )  # fmt: skip
    browser = client(worker)

    page = browser.get(task_url(accepted.assignment_id)).content.decode()

    assert "Please name the unit." in page
    assert "/return" not in page
    assert browser.get("/dashboard").context["held"][0][0].status == "correction"


@pytest.mark.feature("W-29")
def test_auto_accept_is_remembered(client: Log, worker: Account) -> None:
    browser = client(worker)

    for value, remembered in (("on", True), ("", False)):
        answer = browser.post("/settings/auto-accept", {"value": value, "next": "/dashboard"})
        assert answer["Location"] == "/dashboard"
        assert Worker.objects.get(pk=worker.pk).auto_accept_next is remembered
    assert browser.post("/settings/auto-accept", {"next": "https://evil.test/"})["Location"] == "/tasks"
    assert browser.post("/settings/auto-accept", headers={"hx-request": "true"}).status_code == 204


def test_feedback_reaches_the_requester_and_has_limits(
    client: Log, requester: Account, worker: Account
) -> None:
    accepted = factories.accept(worker, factories.publish(requester, 1))
    browser = client(worker)
    url = task_url(accepted.assignment_id, "/feedback")

    assert browser.get(url).status_code == 200
    assert browser.post(url, {"words": " The picture is missing. "}).status_code == 302
    sent = ThreadMessage.objects.select_related("thread").get()
    assert (sent.words, sent.thread.requester_id) == ("The picture is missing.", requester.pk)
    assert browser.post(url, {"words": "  "}).status_code == 422
    assert browser.post(url, {"words": "x" * 2_001}).status_code == 422
    for _ in range(4):
        browser.post(url, {"words": "again"})
    assert browser.post(url, {"words": "sixth"}).status_code == 429
    assert ThreadMessage.objects.count() == 5


# Dashboard, submissions, earnings -----------------------------------------------------------------


@pytest.mark.feature("W-28")
def test_the_dashboard_lists_active_tasks_the_most_urgent_first_in_five_statements(
    client: Log, requester: Account, worker: Account
) -> None:
    slow = factories.accept(
        worker, factories.publish(requester, 1, title="Slow", assignment_duration_s=9_000)
    )
    quick = factories.accept(worker, factories.publish(requester, 1, title="Quick", assignment_duration_s=60))
    browser = client(worker)

    with statements_sent() as sent:
        answer = browser.get("/dashboard")

    assert len(sent) <= 6, sent
    listed = [task.assignment_id for task, *_ in answer.context["held"]]
    assert listed == [quick.assignment_id, slow.assignment_id]


@pytest.mark.feature("W-42")
@pytest.mark.feature("W-44")
@pytest.mark.feature("M-103")
def test_every_submission_shows_its_decision_and_only_approved_ones_earn(
    client: Log, requester: Account, worker: Account
) -> None:
    published = factories.publish(requester, 4, reward_minor=50)
    taken = [factories.accept(worker, published).assignment_id for _ in range(4)]
    for assignment_id in taken[:3]:
        factories.submit(worker, assignment_id)
    requester_id = RequesterId(requester.pk)
    reviewing.approve(requester_id=requester_id, assignment_ids=taken[:1], actor_id=AccountId(requester.pk))
    reviewing.reject(
        requester_id=requester_id, assignment_ids=taken[1:2], actor_id=AccountId(requester.pk),
        reason="wrong", words="A word means something else.",
    )  # fmt: skip
    browser = client(worker)

    rows = {row.assignment_id: row.status for row, *_ in browser.get("/submissions").context["submissions"]}
    assert rows == {taken[0]: "approved", taken[1]: "rejected", taken[2]: "submitted"}
    assert "A word means something else." in browser.get("/submissions?status=rejected").content.decode()
    assert "A word means something else." in browser.get(task_url(taken[1])).content.decode()
    earned = browser.get("/dashboard").context["earned"]
    assert (earned.approved_minor, earned.pending_minor, earned.rejected_count) == (50, 50, 1)
    ((entry, about, _),) = browser.get("/earnings").context["entries"]
    assert (entry.amount_minor, about.assignment_id) == (50, taken[0])


def test_a_submission_reads_as_approved_when_its_time_has_come(
    client: Log, requester: Account, worker: Account
) -> None:
    accepted = factories.accept(worker, factories.publish(requester, 1, auto_approval_delay_s=3_600))
    factories.submit(worker, accepted.assignment_id)
    browser = client(worker)
    assert browser.get("/submissions").context["submissions"][0][0].status == "submitted"

    Assignment.objects.update(auto_approve_at=timezone.now() - timedelta(seconds=1))

    assert browser.get("/submissions").context["submissions"][0][0].status == "approved"
    assert browser.get("/dashboard").context["earned"].approved_minor == 5


@pytest.mark.parametrize("query", ["?of=other", "?before=x", "?before=" + "9" * 40, "?status=none"])
def test_odd_addresses_of_money_pages_are_answered(client: Log, worker: Account, query: str) -> None:
    browser = client(worker)

    assert browser.get(f"/earnings{query}").status_code == 200
    assert browser.get(f"/submissions{query}").status_code == 200
