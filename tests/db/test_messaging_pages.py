"""Inboxes, threads, the contact form and the settings: who sees what, and what cannot be sent."""

import re
from typing import Any

import pytest
from django.test import Client

from manyhands.accounts.models import Account
from manyhands.core import ids
from manyhands.core.ids import AccountId, HITTypeId, WorkerId
from manyhands.messaging import notices, operations, queries
from manyhands.messaging.models import Notice, NoticeSetting, Thread, ThreadMessage
from manyhands.messaging.states import NoticeKind, Side
from tests import factories
from tests.conftest import Database
from tests.db.test_messaging_notices import approve, handed_in, reject
from tests.harness.wire import statements_sent

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture
def requester(database: Database) -> Account:
    return factories.make_requester(name="Ornithology Lab")


@pytest.fixture
def worker(database: Database) -> Account:
    return factories.make_worker(name="Ana")


def contact_url(group: factories.Published) -> str:
    return f"/messages/contact/{ids.encode('hit_type', group.hit_type_id)}"


def entry_url(entry_id: int, side: str = "") -> str:
    return f"{side}/messages/{ids.encode('notice', entry_id)}"


def entry_of(account: Account) -> Notice:
    return Notice.objects.filter(account=account).latest("at")


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.mark.feature("W-68", "M-26", "M-35", "M-36", "M-37", "M-143")
def test_a_question_is_asked_and_answered_in_a_thread(
    client: Any, requester: Account, worker: Account
) -> None:
    group = factories.publish(requester, 1, title="Is it a bird?")
    ana, lab = client(worker), client(requester)

    form = text(ana.get(contact_url(group)))
    assert "Your name and e-mail address are passed to the requester" in form
    sent = ana.post(contact_url(group), {"words": "Do bats count?"}, follow=True)
    assert "An answer may take a few days." in text(sent)

    inbox = text(lab.get("/requester/messages"))
    assert "Do bats count?" in inbox
    thread = lab.get(entry_url(entry_of(requester).pk, "/requester"))
    assert "Ana" in text(thread)
    assert "reply+" in text(thread), "the address is passed"
    assert worker.email not in text(thread)
    lab.post(f"{entry_url(entry_of(requester).pk, '/requester')}/reply", {"words": "No, only birds."})

    answered = text(ana.get(entry_url(entry_of(worker).pk)))
    assert answered.index("Do bats count?") < answered.index("No, only birds.")
    assert "Ornithology Lab" in answered
    assert requester.email not in answered


@pytest.mark.feature("W-39", "M-33")
def test_feedback_has_a_name_and_a_message_and_arrives_with_its_task(
    client: Any, requester: Account, worker: Account
) -> None:
    (taken,) = handed_in(requester, worker, 1)
    reject(requester, [taken])
    url = f"/assignments/{ids.encode('assignment', taken)}"
    ana = client(worker)
    assert f"{url}/feedback" in text(ana.get(url)), "the rejected item leads there"
    page = text(ana.get(f"{url}/feedback"))
    assert 'name="name" value="Ana"' in page
    assert 'name="words"' in page

    ana.post(f"{url}/feedback", {"name": "Ana B.", "words": "It is a kiwi."})

    thread = Thread.objects.get()
    assert (thread.assignment_id, thread.requester_id) == (taken, requester.pk)
    opened = text(client(requester).get(entry_url(entry_of(requester).pk, "/requester")))
    assert "Ana B." in opened
    assert "It is a kiwi." in opened
    assert ids.encode("assignment", taken) in opened


@pytest.mark.feature("W-70")
def test_the_filters_change_the_list_and_opening_marks_read(
    client: Any, requester: Account, worker: Account
) -> None:
    approve(requester, handed_in(requester, worker, 1))
    notices.tell_decisions()
    notices.tell_one(NoticeKind.QUALIFICATION, AccountId(worker.pk), name="Latin", outcome="granted")
    ana = client(worker)

    page = text(ana.get("/messages"))
    assert ">All messages<" in page
    assert ">Unread only<" in page
    assert page.index("Latin") < page.index("Your task was approved"), "newest first"
    assert "2" in text(ana.get("/messages/unread"))

    ana.get(entry_url(entry_of(worker).pk))
    unread = text(ana.get("/messages?unread=1"))
    assert "Latin" not in unread
    assert "Your task was approved" in unread
    assert "Latin" in text(ana.get("/messages"))
    ana.post("/messages/read")
    assert "Nothing is unread" in text(ana.get("/messages?unread=1"))
    assert text(ana.get("/messages/unread")).strip() == ""


def test_the_inbox_pages_without_losing_or_doubling(client: Any, worker: Account) -> None:
    count = queries.INBOX_PAGE * 2 + 3
    for number in range(count):
        notices.tell_one(NoticeKind.ACCOUNT, AccountId(worker.pk), title=f"Notice {number:03d}", words="")
    ana, url, seen = client(worker), "/messages", []
    while url:
        answer = ana.get(url)
        seen += [entry.told.title for entry in answer.context["entries"]]
        url = f"/messages?before={answer.context['older']}" if answer.context["older"] else ""
    assert seen == [f"Notice {number:03d}" for number in reversed(range(count))]


def test_an_inbox_and_an_entry_cost_a_bounded_number_of_statements(
    client: Any, requester: Account, worker: Account
) -> None:
    approve(requester, handed_in(requester, worker, 3))
    notices.tell_decisions()
    ana = client(worker)
    for url, most in (("/messages", 2), ("/messages/unread", 2), (entry_url(entry_of(worker).pk), 4)):
        with statements_sent() as sent:
            assert ana.get(url).status_code == 200
        assert len(sent) <= most, (url, sent)


def test_nobody_reads_or_answers_what_is_another_persons(
    client: Any, requester: Account, worker: Account
) -> None:
    group = factories.publish(requester, 1)
    operations.contact_requester(
        worker_id=WorkerId(worker.pk), hit_type_id=HITTypeId(group.hit_type_id), words="Secret words"
    )
    other = factories.make_account(worker=True, requester=True)
    theirs = {"": entry_of(worker).pk, "/requester": entry_of(requester).pk}
    before = (
        ThreadMessage.objects.count(),
        list(Notice.objects.order_by("id").values("id", "read_at", "at")),
    )

    for side, entry_id in theirs.items():
        url = entry_url(entry_id, side)
        assert client(other).get(url).status_code == 404
        assert client(other).post(f"{url}/reply", {"words": "x"}).status_code == 404
        assert client().get(url).status_code == 302
        assert client().post(f"{url}/reply", {"words": "x"}).status_code == 302
    # Not even through the other of one's own inboxes.
    assert client(other).get(entry_url(theirs["/requester"])).status_code == 404
    assert "Secret words" not in text(client(other).get("/messages"))
    assert client(worker).get("/requester/messages").status_code == 403
    assert client(requester).get("/messages").headers["Location"] == "/requester/messages"
    after = (ThreadMessage.objects.count(), list(Notice.objects.order_by("id").values("id", "read_at", "at")))
    assert before == after


def test_hostile_words_are_shown_and_never_run(client: Any, requester: Account) -> None:
    worker = factories.make_worker(name=HOSTILE[:100])
    group = factories.publish(requester, 1)
    client(worker).post(contact_url(group), {"words": HOSTILE})

    for url in ("/requester/messages", entry_url(entry_of(requester).pk, "/requester")):
        page = client(requester).get(url).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("words", ["", " \0 ", "x" * 2_001])
def test_what_cannot_be_sent_stays_in_the_form(
    client: Any, requester: Account, worker: Account, words: str
) -> None:
    group = factories.publish(requester, 1)

    answer = client(worker).post(contact_url(group), {"words": words})

    assert answer.status_code == 422
    assert words.strip(" \0") in answer.content.decode()
    assert Thread.objects.count() == 0


def test_five_messages_without_an_answer_are_enough(client: Any, requester: Account, worker: Account) -> None:
    group = factories.publish(requester, 1)
    ana = client(worker)
    for number in range(5):
        assert ana.post(contact_url(group), {"words": f"word {number}"}).status_code == 302
    refused = ana.post(f"{entry_url(entry_of(worker).pk)}/reply", {"words": "sixth, kept"})
    assert refused.status_code == 429
    assert "sixth, kept" in text(refused)
    assert Thread.objects.count() == 1
    assert ThreadMessage.objects.count() == 5

    client(requester).post(f"{entry_url(entry_of(requester).pk, '/requester')}/reply", {"words": "Yes"})
    assert ana.post(f"{entry_url(entry_of(worker).pk)}/reply", {"words": "Thanks"}).status_code == 302


def test_ones_own_group_and_a_made_up_one_cannot_be_contacted(client: Any, database: Database) -> None:
    both = factories.make_account(worker=True, requester=True)
    factories.deposit(both, 1_000)
    group = factories.publish(both, 1)
    made_up = f"/messages/contact/{ids.encode('hit_type', 999_999)}"
    for url in (contact_url(group), made_up):
        assert client(both).get(url).status_code == 404
        assert client(both).post(url, {"words": "x"}).status_code == 404
    assert Thread.objects.count() == 0


def test_support_answers_in_the_inbox_the_question_came_from(client: Any, requester: Account) -> None:
    operator = factories.make_account(is_operator=True)
    sent = operations.write_to_support(
        account_id=AccountId(requester.pk), side=Side.REQUESTER, subject="Invoice", words="Where is it?"
    )
    operations.answer_as_support(
        operator_id=AccountId(operator.pk), thread_id=sent.thread_id, words="Under Money."
    )
    page = text(client(requester).get(entry_url(sent.entry_id, "/requester")))
    assert "Under Money." in page
    assert "Support" in page


@pytest.mark.feature("W-92")
def test_the_settings_are_kept_and_refuse_what_is_not_offered(client: Any, worker: Account) -> None:
    ana: Client = client(worker)
    page = ana.get("/messages/settings")
    form = page.context["form"]
    values = {f"mail_{kind}": "daily" for kind in form.kinds} | {"mail_on": "on"}

    assert ana.post("/messages/settings", values | {"mail_payment": "hourly"}).status_code == 422
    assert NoticeSetting.objects.count() == 0
    assert ana.post("/messages/settings", values).status_code == 302

    chosen = queries.settings_of(account_id=AccountId(worker.pk), sides=[Side.WORKER])
    assert {each.mail for each in chosen.kinds} == {"daily"}
    assert chosen.receives_mail
    assert 'value="daily" selected' in text(ana.get("/messages/settings"))


def test_a_requester_is_offered_only_the_kinds_requesters_have(client: Any, requester: Account) -> None:
    kinds = client(requester).get("/messages/settings").context["form"].kinds
    assert [str(kind) for kind in kinds] == ["message", "payment", "policy", "account"]
