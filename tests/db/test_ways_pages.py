"""The worker's pages of qualifications: lists, the page of one, tests in their frame, profile questions, notices."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import lxml.html
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from manyhands.accounts.models import Account
from manyhands.core import ids, tokens
from manyhands.core.ids import AccountId, QualificationRequestId, QualificationTypeId, RequesterId
from manyhands.messaging import letters, news
from manyhands.messaging import queries as messages
from manyhands.messaging.models import MailMessage, Notice
from manyhands.messaging.states import Side
from manyhands.qualifications import errors, operations, system_types
from manyhands.qualifications.models import (
    AgreementAcceptance,
    ProfileAnswer,
    Qualification,
    QualificationEvent,
    QualificationRequest,
    QualificationTest,
)
from manyhands.qualifications.states import RequestStatus, Route
from tests import factories, quals
from tests.conftest import Database
from tests.db.test_content_origin import call, post

Log = Callable[..., Client]
Element = lxml.html.HtmlElement


@pytest.fixture
def worker(database: Database) -> Account:
    return factories.make_worker()


@pytest.fixture
def browser(worker: Account, client: Log) -> Client:
    return client(worker)


def page(browser: Client, name: str, *args: Any, status: int = 200, **query: str) -> Element:
    answer = browser.get(reverse(name, args=args), query)
    assert answer.status_code == status, answer.content.decode()[:2_000]
    return lxml.html.document_fromstring(answer.content)


def words(element: Element) -> str:
    return " ".join(element.text_content().split())


def rows(found: Element) -> list[str]:
    """The names on the list of what is available, in order."""
    return [words(each) for each in found.xpath("//li[contains(@class, 'qualification-row')]//h2")]


def begin(browser: Client, type_id: int) -> QualificationRequestId:
    answer = browser.post(reverse("qualification_request", args=[type_id]))
    assert answer.status_code == 302
    public = answer["Location"].rsplit("/", 1)[1]
    number = ids.decode("qualification_request", public)
    assert number is not None
    return QualificationRequestId(number)


def require(type_id: int, *, reward: int, title: str, least: int = 75) -> factories.Published:
    group = factories.publish(factories.make_requester(), 2, reward_minor=reward, title=title)
    factories.QualificationRequirement.objects.create(
        hit_type_id=group.hit_type_id, qualification_type_id=type_id, comparator="GreaterThanOrEqualTo",
        scores=[least], actions_guarded="Accept",
    )  # fmt: skip
    factories.market.forget()
    return group


# Lists ---------------------------------------------------------------------------------------------


@pytest.mark.feature("W-49", "W-47", "W-46", "S-23")
def test_my_qualifications_shows_scores_dates_and_what_they_open(worker: Account, browser: Client) -> None:
    fluent = quals.make_type("Fluent in English", validity_s=86_400)
    require(fluent, reward=12, title="Translate menus")
    require(fluent, reward=40, title="Translate laws", least=95)
    quals.give(worker, fluent, 80)

    shown = page(browser, "qualifications")

    (row,) = shown.xpath("//tbody/tr")
    text = words(row)
    assert "Fluent in English" in text
    assert row.xpath(".//span[@class='score']/b/text()") == ["80"]
    assert "inline-size: 80.000%" in lxml.html.tostring(row).decode()
    assert "1 task group: 2 tasks · up to $0.12 a task" in text
    assert "With another score: 2 tasks · up to $0.40 a task" in text
    assert len(row.xpath(".//time")) == 2


@pytest.mark.feature("W-51", "W-52", "W-50")
def test_available_lists_only_what_is_not_held_and_can_be_had_now(worker: Account, browser: Client) -> None:
    base = quals.make_type("Basics")
    quals.make_test("English test")
    quals.make_type("House rules", route=Route.AUTO)
    quals.make_type("Secrecy", route=Route.AGREEMENT, agreement="Tell nobody.")
    quals.make_type("Birds by doing", route=Route.TASKS, tasks_needed=10)
    quals.make_type("After the basics", route=Route.AUTO, prerequisites=[(base, None)])
    quals.make_type("Doing after the basics", route=Route.TASKS, tasks_needed=9, prerequisites=[(base, None)])
    quals.make_type("For France", route=Route.AUTO, eligibility={"countries": ["FR"]})
    quals.make_type("Switched off", route=Route.AUTO, status="inactive")
    quals.give(worker, quals.make_type("Held", route=Route.AUTO))
    failed = quals.make_test("Failed once", retry_delay_s=3_600)
    operations.submit_test(
        worker_id=quals.worker(worker), request_id=begin(browser, failed),
        answer=quals.answer(QualificationRequest.objects.get().pk, 0), received_at=timezone.now(),
    )  # fmt: skip

    shown = page(browser, "qualifications_available")

    assert sorted(rows(shown)) == ["Birds by doing", "English test", "House rules", "Secrecy"]
    offers = {
        words(each.xpath(".//h2")[0]): words(each.xpath("./p/a")[0]).partition(":")[0]
        for each in shown.xpath("//li[contains(@class, 'qualification-row')]")
    }
    assert offers == {
        "English test": "Request it", "House rules": "Request it", "Secrecy": "Accept Agreement",
        "Birds by doing": "See its Qualification Tasks",
    }  # fmt: skip
    quals.give(worker, base)
    assert "After the basics" in rows(page(browser, "qualifications_available"))


@pytest.mark.feature("M-119", "W-46")
def test_what_leads_to_better_pay_stands_first_and_says_what_it_opens(
    worker: Account, browser: Client
) -> None:
    poor, rich, idle = quals.make_test("Poor"), quals.make_test("Rich"), quals.make_test("Idle")
    require(poor, reward=3, title="Small things")
    require(rich, reward=90, title="Great things")
    hidden = require(idle, reward=500, title="Hidden things")
    factories.QualificationRequirement.objects.filter(hit_type_id=hidden.hit_type_id).update(
        actions_guarded="DiscoverPreviewAndAccept"
    )
    factories.market.forget()

    shown = page(browser, "qualifications_available")

    assert rows(shown) == ["Rich", "Poor", "Idle"]
    first, _, last = shown.xpath("//li[contains(@class, 'qualification-row')]")
    assert "Opens 2 tasks · up to $0.90 a task" in words(first)
    assert "No open task asks for it" in words(last)
    about = words(page(browser, "qualification_about", rich))
    assert "It would open: 2 tasks" in about
    assert "Great things" in about


def test_a_group_that_lacks_two_qualifications_is_promised_by_neither(
    worker: Account, browser: Client
) -> None:
    one, two = quals.make_test("One"), quals.make_test("Two")
    group = require(one, reward=9, title="Both")
    factories.QualificationRequirement.objects.create(
        hit_type_id=group.hit_type_id, qualification_type_id=two, comparator="Exists", scores=[],
        actions_guarded="Accept",
    )  # fmt: skip
    factories.market.forget()
    assert "It would open" not in words(page(browser, "qualification_about", one))
    quals.give(worker, two)
    assert "It would open: 2 tasks" in words(page(browser, "qualification_about", one))


@pytest.mark.feature("C-26")
def test_pending_shows_the_exact_date_from_which_it_can_be_repeated(worker: Account, browser: Client) -> None:
    type_id = quals.make_test(retry_delay_s=7 * 86_400)
    request_id = begin(browser, type_id)
    assert "Go on with the test" in words(page(browser, "qualifications_pending"))
    fail(worker, request_id)

    shown = page(browser, "qualifications_pending")

    at = QualificationRequest.objects.get().submitted_at + timedelta(days=7)
    (repeat,) = shown.xpath("//section[h2[@id='repeat-title']]//time/@datetime")
    assert repeat == timezone.localtime(at).isoformat(timespec="seconds")
    assert "Not passed" in words(shown)
    assert repeat in page(browser, "qualification_about", type_id).xpath("//dd//time/@datetime")
    outcome = words(page(browser, "qualification_test", request_id))
    assert errors.moment(at) in outcome


def fail(worker: Account, request_id: int, right: int = 0) -> None:
    operations.submit_test(
        worker_id=quals.worker(worker), request_id=QualificationRequestId(request_id),
        answer=quals.answer(request_id, right), received_at=timezone.now(),
    )  # fmt: skip


@pytest.mark.feature("S-23")
def test_history_tells_every_change_with_its_reason_and_figures(worker: Account, browser: Client) -> None:
    request_id = begin(browser, quals.make_test())
    fail(worker, request_id, right=3)
    type_id = QualificationRequest.objects.get().qualification_type_id
    operations.revoke_qualification(
        qualification_type_id=QualificationTypeId(type_id), requester_id=None,
        worker_id=quals.worker(worker), words="The test has leaked.",
    )  # fmt: skip

    entries = [
        words(each)
        for each in page(browser, "qualifications_history").xpath("//ol[contains(@class,'changes')]/li")
    ]

    assert len(entries) == 2
    assert "Taken away (it was 75)" in entries[0]
    assert "The test has leaked." in entries[0]
    assert "Granted with a score of 75" in entries[1]
    assert "You took its test and reached 75; the pass mark is 75." in entries[1]


# The page of one -----------------------------------------------------------------------------------


@pytest.mark.feature("C-02", "C-04")
def test_the_training_and_working_method_stand_before_anything_is_asked(browser: Client) -> None:
    type_id = quals.make_test(
        "Menus of Osaka",
        description="Names of dishes stay in Japanese.",
        training="1. Read the whole menu.\n2. Known issue: two dishes share a name.",
    )
    shown = page(browser, "qualification_about", type_id)
    text = words(shown)

    assert text.index("Known issue: two dishes share a name.") < text.index("Begin the test")
    assert "Names of dishes stay in Japanese." in text
    assert "Which word is right" not in text, "nothing of the test is shown before it has begun"
    assert not QualificationRequest.objects.exists(), "reading begins nothing"


@pytest.mark.feature("C-03")
def test_prerequisites_are_steps_and_the_asking_opens_with_the_last(worker: Account, browser: Client) -> None:
    base = quals.make_test("Translation basics")
    project = quals.make_type("Menus of Osaka", route=Route.AUTO, prerequisites=[(base, 80)])

    before = page(browser, "qualification_about", project)
    assert not before.xpath("//*[@id='ask']")
    assert "Translation basics with a score of 80 or more Needed first" in words(before)
    assert browser.post(reverse("qualification_request", args=[project])).status_code == 403
    quals.give(worker, base, 80)

    after = page(browser, "qualification_about", project)
    assert after.xpath("//*[@id='ask']")
    assert "Done" in words(after)


@pytest.mark.feature("M-87")
def test_masters_has_a_page_and_cannot_be_requested(browser: Client) -> None:
    shown = page(browser, "qualification_about", system_types.MASTERS)
    assert "granted automatically" in words(shown)
    assert not shown.xpath("//*[@id='ask']")
    assert browser.post(reverse("qualification_request", args=[system_types.MASTERS])).status_code == 403


@pytest.mark.feature("W-52", "W-54")
def test_an_agreement_is_read_ticked_and_accepted(worker: Account, browser: Client) -> None:
    type_id = quals.make_type(
        "Secrecy", route=Route.AGREEMENT, agreement="Tell nobody.", auto_granted_score=100
    )
    shown = page(browser, "qualification_about", type_id)
    assert "Tell nobody." in words(shown)
    (number,) = shown.xpath("//input[@name='agreement']/@value")
    url = reverse("qualification_agree", args=[type_id])

    assert browser.post(url, {"agreement": number}).status_code == 422
    assert not AgreementAcceptance.objects.exists()
    assert browser.post(url, {"agreement": number, "accepts": "on"}).status_code == 302
    assert AgreementAcceptance.objects.get().worker_id == worker.pk
    assert "You hold it" in words(page(browser, "qualification_about", type_id))


@pytest.mark.feature("W-08", "W-55")
def test_granted_on_request_and_the_task_list_is_longer_in_the_same_session(browser: Client) -> None:
    type_id = quals.make_type("House rules", route=Route.AUTO, auto_granted_score=100)
    require(type_id, reward=5, title="Follow the rules")
    assert "Follow the rules" not in words(page(browser, "tasks"))

    browser.post(reverse("qualification_request", args=[type_id]))

    assert "Follow the rules" in words(page(browser, "tasks"))


def test_what_its_owner_decides_is_asked_for_and_waits(worker: Account, browser: Client) -> None:
    owner = factories.make_requester(name="Ainu Archive")
    type_id = quals.make_type("Reads Ainu", requester=owner, graded_by_owner=True)
    assert "A request that its owner decides" in words(page(browser, "qualifications_available"))
    assert "Its owner reads your request and decides." in words(page(browser, "qualification_about", type_id))

    asked = browser.post(reverse("qualification_request", args=[type_id]))

    assert asked.headers["Location"] == reverse("qualifications_pending")
    shown = words(page(browser, "qualifications_pending"))
    assert "Your request is with its owner." in shown
    assert "Waiting for its owner" in shown
    assert "Reads Ainu" not in words(page(browser, "qualifications_available"))
    waiting = QualificationRequest.objects.get(worker_id=worker.pk, qualification_type_id=type_id)
    assert waiting.status == "pending"


def test_the_task_list_leads_to_what_is_missing(browser: Client) -> None:
    type_id = quals.make_test()
    require(type_id, reward=5, title="Fluent only")
    link = reverse("qualification_about", args=[type_id])
    assert link in page(browser, "tasks", all="1").xpath("//details//a/@href")
    hint = page(browser, "tasks", q="nothing of the kind").xpath(
        "//section[contains(@class,'qualify-hint')]//a/@href"
    )
    assert link in hint


# A test in its frame ----------------------------------------------------------------------------------


def frame_of(browser: Client, request_id: int) -> str:
    (url,) = page(browser, "qualification_test", request_id).xpath("//iframe/@src")
    path = str(url).split("/q/")[1].partition("?")[0]
    return f"/q/{path}"


@pytest.mark.feature("M-136", "W-53")
def test_a_test_is_taken_on_the_content_origin_and_its_outcome_shows_the_score(
    worker: Account, browser: Client
) -> None:
    request_id = begin(browser, quals.make_test())
    around = page(browser, "qualification_test", request_id)
    assert around.xpath("//mh-timer/@deadline-ms")
    assert "Which word is right" not in words(around), "requesters' words are shown on their own origin"
    address = frame_of(browser, request_id)

    shown = call("GET", address)
    assert shown.status == 200
    assert "Which word is right in sentence 4?" in shown.page.text_content()
    assert shown.data["mode"] == "work"
    key = QualificationTest.objects.get().answer_key
    for secret in ("AnswerKey", "AnswerScore", "CorrectAnswer"):
        assert secret.encode() not in shown.body
    assert key

    handed = post(address, quals.answer(request_id, 3))
    assert handed.status == 200
    assert handed.data["submitted"]
    outcome = page(browser, "qualification_test", request_id)
    assert "You passed." in words(outcome)
    facts = dict(zip(map(words, outcome.xpath("//dt")), map(words, outcome.xpath("//dd")), strict=True))
    assert (facts["Your score"], facts["Pass mark"]) == ("75", "75")


def test_missing_answers_are_marked_and_what_was_chosen_stays(browser: Client) -> None:
    request_id = begin(browser, quals.make_test())
    address = frame_of(browser, request_id)
    given = quals.answer(request_id, 4)[:3]

    again = post(address, given)

    assert again.status == 422
    assert len(again.page.xpath("//*[contains(@class, 'mh-invalid')]")) == 1
    assert {str(each) for each in again.page.xpath("//input[@checked]/@name")} == {name for name, _ in given}
    assert QualificationRequest.objects.get().status == RequestStatus.TAKING


def test_what_is_typed_comes_back_in_another_window(browser: Client) -> None:
    request_id = begin(browser, quals.make_test())
    kept = quals.answer(request_id, 2)[:2]
    saved = browser.post(
        reverse("qualification_test_draft", args=[request_id]), [list(pair) for pair in kept],
        content_type="application/json",
    )  # fmt: skip
    assert saved.status_code == 200
    shown = call("GET", frame_of(browser, request_id))
    assert {str(each) for each in shown.page.xpath("//input[@checked]/@name")} == {name for name, _ in kept}


def test_after_the_deadline_nothing_is_taken_and_the_test_is_not_shown(
    worker: Account, browser: Client
) -> None:
    request_id = begin(browser, quals.make_test())
    address = frame_of(browser, request_id)
    answer = quals.answer(request_id, 4)
    QualificationRequest.objects.update(deadline_at=timezone.now() - timedelta(seconds=1))

    assert call("GET", address).status == 410
    assert post(address, answer).status == 410
    assert QualificationRequest.objects.get().status == RequestStatus.LAPSED
    assert not Qualification.objects.exists()
    assert "was not handed in" in words(page(browser, "qualification_test", request_id))


@pytest.mark.feature("M-136")
def test_nobody_sees_a_test_they_have_not_begun(worker: Account, browser: Client, client: Log) -> None:
    request_id = begin(browser, quals.make_test())
    other = factories.make_worker()
    for name in ("qualification_test", "qualification_test_bar"):
        assert client(other).get(reverse(name, args=[request_id])).status_code == 404
    forged = tokens.make("test", request_id, other.pk, good_for_s=60)
    assert call("GET", f"/q/{forged}").status == 404
    assert post(f"/q/{forged}", quals.answer(request_id, 4)).status == 404
    elsewhere = tokens.make("assignment", request_id, worker.pk, good_for_s=60)
    assert call("GET", f"/q/{elsewhere}").status == 404
    assert QualificationRequest.objects.get().status == RequestStatus.TAKING


# Profile questions ------------------------------------------------------------------------------------


@pytest.mark.feature("M-90", "M-92", "M-94", "M-97")
def test_profile_questions_are_optional_and_say_what_they_are_used_for(
    worker: Account, browser: Client
) -> None:
    shown = page(browser, "qualification_profile")
    assert "Used only to match you with tasks." in words(shown)
    assert "Never for advertising" in words(shown)
    assert not shown.xpath("//form//*[@required]")
    url = reverse("qualification_profile")

    refused = browser.post(url, {"shown": ["age"], "age": "25-34"})
    assert refused.status_code == 422
    assert not ProfileAnswer.objects.exists()
    assert browser.post(url, {"shown": ["age"], "age": "25-34", "consents": "on"}).status_code == 302

    assert "Age: 25 to 34" in words(page(browser, "qualifications"))


@pytest.mark.feature("M-91")
def test_questions_of_a_country_are_asked_there_only(worker: Account, browser: Client) -> None:
    asked = "In which part of Japan do you live?"
    assert asked not in words(page(browser, "qualification_profile"))
    quals.tell(worker, country="JP")
    assert asked in words(page(browser, "qualification_profile"))


@pytest.mark.feature("M-95")
def test_answers_of_a_year_ago_are_due_again(worker: Account, browser: Client) -> None:
    answer = {"shown": ["age", "gender"], "age": "25-34", "gender": "male", "consents": "on"}
    browser.post(reverse("qualification_profile"), answer)
    ago = timezone.now() - timedelta(days=365)
    ProfileAnswer.objects.filter(question="age").update(answered_at=ago)
    ProfileAnswer.objects.filter(question="gender").update(answered_at=ago + timedelta(minutes=1))

    shown = page(browser, "qualification_profile")
    due = [words(each) for each in shown.xpath("//legend[.//*[contains(@class, 'badge')]]")]
    assert len(due) == 1
    assert "How old are you?" in due[0]
    assert "is a year old" in words(page(browser, "qualifications"))

    browser.post(reverse("qualification_profile"), answer | {"age": "35-44"})
    assert "Due again" not in words(page(browser, "qualification_profile"))
    assert "Age: 35 to 44" in words(page(browser, "qualifications"))


@pytest.mark.feature("M-96", "M-98")
def test_one_premium_qualification_or_the_whole_consent_is_taken_back(
    worker: Account, browser: Client
) -> None:
    answer = {"shown": ["age", "devices"], "age": "25-34", "devices": ["mac", "linux"], "consents": "on"}
    browser.post(reverse("qualification_profile"), answer)
    mac = Qualification.objects.get(qualification_type__name="Device: Mac").qualification_type_id

    browser.post(reverse("qualification_profile_remove", args=[mac]))
    text = words(page(browser, "qualifications"))
    assert "Device: Mac" not in text
    assert "Device: Linux computer" in text

    assert "deleted" in words(page(browser, "qualification_profile_revoke"))
    assert ProfileAnswer.objects.exists(), "asking first changes nothing"
    browser.post(reverse("qualification_profile_revoke"))
    assert "No qualification yet" in words(page(browser, "qualifications"))
    assert not ProfileAnswer.objects.exists()


# Notices ----------------------------------------------------------------------------------------------


def told(worker: Account) -> list[str]:
    entries = messages.inbox(account_id=AccountId(worker.pk), side=Side.WORKER)
    return [entry.told.title for entry in entries]


@pytest.mark.feature("W-69", "W-95")
def test_what_came_to_nothing_is_told_once_and_mailed(worker: Account, browser: Client) -> None:
    requester = factories.make_requester()
    fail(worker, begin(browser, quals.make_test("Latin")))
    waits = begin(browser, quals.make_test("Greek", requester=requester, graded_by_owner=True))
    fail(worker, waits)
    operations.refuse_request(
        request_id=waits, requester_id=RequesterId(requester.pk), words="Copied from a book."
    )
    begin(browser, quals.make_test("Gothic"))
    QualificationRequest.objects.filter(status="taking").update(
        deadline_at=timezone.now() - timedelta(hours=1)
    )
    operations.lapse_due()

    assert (news.tell_requests(), news.tell_requests()) == (3, 0)

    assert told(worker) == [
        "The time for the test Gothic ran out before you handed it in",
        "Your request for the qualification Greek was refused",
        "You did not pass Latin: your score is 0, the pass mark 75",
    ]
    assert Notice.objects.filter(facts__words="Copied from a book.").count() == 1
    Notice.objects.update(mail_at="2020-01-01T00:00Z")
    letters.write_due()
    assert "You did not pass Latin" in MailMessage.objects.get(recipient=worker.email).body


def test_a_grant_is_told_as_such_and_not_as_an_ended_request(worker: Account, browser: Client) -> None:
    fail(worker, begin(browser, quals.make_test("Latin")), right=4)
    assert (news.tell_requests(), news.tell_qualifications()) == (0, 1)
    assert told(worker) == ["You have the qualification Latin, with a score of 100"]
    assert QualificationEvent.objects.count() == 1
