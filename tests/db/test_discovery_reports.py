"""Reports of tasks, the pages around a decision, and the installable app's addresses."""

from collections.abc import Callable

import pytest
from django.test import Client

from manyhands.accounts.errors import OperatorsOnly
from manyhands.accounts.models import Account, AuditEntry
from manyhands.core import ids
from manyhands.core.ids import AccountId, RequesterId
from manyhands.moderation import operations
from manyhands.moderation.errors import ReportClosed
from manyhands.moderation.models import Report
from manyhands.work.operations import reviewing
from tests import factories
from tests.factories import Published
from tests.harness.wire import statements_sent

pytestmark = pytest.mark.usefixtures("database")

Log = Callable[..., Client]


def report_url(published: Published) -> str:
    return f"/projects/{ids.encode('hit_type', published.hit_type_id)}/report"


@pytest.fixture
def published() -> Published:
    return factories.publish(factories.make_requester(name="Laboratory"), 3)


@pytest.fixture
def worker() -> Account:
    return factories.make_worker(name="Ana")


@pytest.mark.feature("M-21")
@pytest.mark.feature("M-22")
def test_a_task_is_reported_from_the_list_and_from_its_page(
    client: Log, worker: Account, published: Published
) -> None:
    browser = client(worker)
    accepted = factories.accept(worker, published)
    task = ids.encode("assignment", accepted.assignment_id)
    url = report_url(published)
    assert f'href="{url}"' in browser.get("/tasks").content.decode()
    assert f'href="{url}?assignment={task}"' in browser.get(f"/assignments/{task}").content.decode()
    form = browser.get(f"{url}?assignment={task}").content.decode()
    assert "Policy violation" in form
    assert "the requester sees neither them nor your name" in form

    answer = browser.post(
        url, {"assignment": task, "reason": "policy-violation", "words": "<b>Asks for a review</b>"}
    )

    assert answer["Location"] == f"/assignments/{task}"
    report = Report.objects.get()
    assert (report.reporter_id, report.hit_type_id, report.assignment_id) == (
        worker.pk, published.hit_type_id, accepted.assignment_id,
    )  # fmt: skip
    assert (report.reason, report.status) == ("policy-violation", "open")

    operator = factories.make_account(is_operator=True)
    page = client(operator).get("/staff/reports").content.decode()
    assert "&lt;b&gt;Asks for a review&lt;/b&gt;" in page
    assert "Policy violation" in page


def test_a_report_needs_a_reason_and_comes_once(client: Log, worker: Account, published: Published) -> None:
    browser, url = client(worker), report_url(published)

    for form, status in (
        ({"reason": ""}, 422), ({"reason": "made-up"}, 422), ({"reason": "other", "words": " "}, 422),
        ({"reason": "scam", "words": "x" * 2_001}, 422),
    ):  # fmt: skip
        assert browser.post(url, form).status_code == status
    assert not Report.objects.exists()
    assert browser.post(url, {"reason": "scam"}).status_code == 302
    again = browser.post(url, {"reason": "broken", "words": "kept"})
    assert again.status_code == 409
    assert b"kept" in again.content
    assert Report.objects.count() == 1
    assert browser.get(f"/projects/{ids.encode('hit_type', 10**9)}/report").status_code == 404


def test_another_workers_assignment_is_not_attached(client: Log, published: Published) -> None:
    accepted = factories.accept(factories.make_worker(), published)

    client(factories.make_worker()).post(
        report_url(published),
        {"reason": "scam", "assignment": ids.encode("assignment", accepted.assignment_id)},
    )

    assert Report.objects.get().assignment_id is None


def test_only_operators_see_and_close_reports(client: Log, worker: Account, published: Published) -> None:
    report_id = operations.report_task(
        worker_id=worker.worker.pk, hit_type_id=published.hit_type_id, reason="scam", words="They phish."
    )
    operator = factories.make_account(is_operator=True)
    for account in (worker, factories.make_requester()):
        assert client(account).get("/staff/reports").status_code == 404
        assert client(account).post(f"/staff/reports/{report_id}/close", {"outcome": "x"}).status_code == 404
        with pytest.raises(OperatorsOnly):
            operations.close_report(actor_id=AccountId(account.pk), report_id=report_id, outcome="x")
    assert client().get("/staff/reports").status_code == 302
    assert Report.objects.get().status == "open"

    desk = client(operator)
    assert desk.post(f"/staff/reports/{report_id}/close", {"outcome": " "}).status_code == 422
    assert desk.post(f"/staff/reports/{report_id}/close", {"outcome": "Suspended."}).status_code == 302
    report = Report.objects.get()
    assert (report.status, report.closed_by_id, report.outcome) == ("closed", operator.pk, "Suspended.")
    assert AuditEntry.objects.get(act="report.close").actor_id == operator.pk
    with pytest.raises(ReportClosed):
        operations.close_report(actor_id=AccountId(operator.pk), report_id=report_id, outcome="Again")
    assert b"Suspended." in desk.get("/staff/reports?show=closed").content
    assert desk.post("/staff/reports/99999/close", {"outcome": "x"}).status_code == 404


# Around decisions ------------------------------------------------------------------------------


@pytest.mark.feature("M-32")
@pytest.mark.feature("M-33")
@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("wrong", "The answer is wrong"),
        ("incomplete", "Parts of the answer are missing"),
        ("instructions-ignored", "The instructions were not followed"),
    ],
)  # fmt: skip
def test_a_rejected_item_shows_reason_words_and_the_way_to_the_requester(
    client: Log, worker: Account, reason: str, sentence: str
) -> None:
    requester = factories.make_requester()
    accepted = factories.accept(worker, factories.publish(requester, 1))
    factories.submit(worker, accepted.assignment_id)
    reviewing.reject(
        requester_id=RequesterId(requester.pk), assignment_ids=[accepted.assignment_id],
        actor_id=AccountId(requester.pk), reason=reason, words="See rule 3.",
    )  # fmt: skip

    task = ids.encode("assignment", accepted.assignment_id)
    page = client(worker).get(f"/assignments/{task}").content.decode()

    assert sentence in page
    assert "See rule 3." in page
    assert f'href="/assignments/{task}/feedback"' in page


@pytest.mark.feature("W-35")
@pytest.mark.feature("M-23")
@pytest.mark.feature("M-24")
@pytest.mark.feature("M-151")
@pytest.mark.feature("S-20")
@pytest.mark.feature("S-24")
def test_the_task_page_says_how_work_is_decided_and_costs_three_statements(
    client: Log, worker: Account, published: Published
) -> None:
    accepted = factories.accept(worker, published)
    url = f"/assignments/{ids.encode('assignment', accepted.assignment_id)}"
    browser = client(worker)

    with statements_sent() as sent:
        page = browser.get(url).content.decode()

    assert len(sent) <= 3, sent
    assert (
        "Returning counts neither for nor against you; wrong or incomplete answers can be rejected." in page
    )
    assert "The requester alone, within 30 days of submitting at the latest." in page
    assert "This site takes no part in ordinary decisions" in page
    assert "There are no shifts" in page
    factories.submit(worker, accepted.assignment_id)
    assert "The requester decides, within 30 days" in browser.get(url).content.decode()


# The installable app ---------------------------------------------------------------------------


def test_the_service_worker_lies_at_the_root_and_may_run(client: Log) -> None:
    answer = client().get("/sw.js")

    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Service-Worker-Allowed"] == "/"
    assert "no-cache" in answer["Cache-Control"]
    assert "worker-src 'self'" in answer["Content-Security-Policy"]


def test_the_offline_page_holds_nothing_of_the_reader_and_is_free(client: Log, worker: Account) -> None:
    browser = client(worker)
    with statements_sent() as sent:
        page = browser.get("/offline").content.decode()

    assert "Ana" not in page
    assert worker.email not in page
    assert "No connection" in page
    assert len(sent) <= 1


@pytest.mark.feature("W-82")
def test_the_profile_menu_offers_to_install_the_app(client: Log, worker: Account) -> None:
    browser = client(worker)

    assert 'href="/install" data-install' in browser.get("/dashboard").content.decode()
    assert "Add to Home Screen" in browser.get("/install").content.decode()


def test_a_finished_group_leads_to_others_of_its_kind_with_the_reason(client: Log, worker: Account) -> None:
    requester = factories.make_requester()
    done = factories.publish(requester, 1, title="Opinions", sub_category="opinion")
    factories.submit(worker, factories.accept(worker, done).assignment_id)
    factories.publish(requester, 1, title="More opinions", sub_category="opinion")
    factories.publish(requester, 1, title="Something else", sub_category="transcription")

    page = (
        client(worker).get(f"/projects/{ids.encode('hit_type', done.hit_type_id)}/finished").content.decode()
    )

    assert "More opinions" in page
    assert "You have handed in 1 task of this category lately" in page
    assert "Something else" not in page
