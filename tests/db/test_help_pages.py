"""The pages of help over HTTP: what they say, who may see them, and how hostile words are shown."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from manyhands.accounts.models import Account, AuditEntry
from manyhands.core import ids
from manyhands.core.ids import AccountId
from manyhands.help import replies
from manyhands.help.models import ForumPost, ForumThread, HelpLink, Ticket, TicketMessage
from manyhands.help.operations import forum, tickets
from manyhands.web.templatetags.manyhands_help import plain_words
from tests import factories

pytestmark = pytest.mark.usefixtures("database")

Log = Callable[..., Client]
HOSTILE = (
    '<script>alert(1)</script> <img src=x onerror=alert(2)> javascript:alert(3) http://x.example/"onclick=a'
)


@pytest.fixture
def worker() -> Account:
    return factories.make_worker(email="ana@example.test")


@pytest.fixture
def operator() -> Account:
    return factories.make_account(is_operator=True)


@pytest.fixture
def asked(worker: Account) -> tickets.Asked:
    return tickets.ask(
        account_id=AccountId(worker.pk), email="", topic="money", text=HOSTILE, language="en", source="x"
    )


@pytest.fixture
def posted(worker: Account) -> forum.Posted:
    return forum.start_thread(
        account_id=AccountId(worker.pk), category="tasks", title="<b>Birds</b>", text=HOSTILE, name="Finch"
    )


def text_of(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, (url, answer.status_code)
    return answer.content.decode()


# To read ------------------------------------------------------------------------------------------------


@pytest.mark.feature("W-01")
def test_help_begins_with_the_four_steps_in_order_for_everybody(client: Log) -> None:
    page = text_of(client(), "/help/")

    places = [
        page.index(step) for step in ("> Register<", "> Search for tasks<", "> Work on tasks<", "> Get paid<")
    ]
    assert places == sorted(places)


@pytest.mark.feature("C-45")
def test_the_questions_are_open_to_everybody_and_have_addresses(client: Log) -> None:
    page = text_of(client(), "/help/faq")
    assert page.count('<details class="faq-item">') > 25
    assert 'id="when-paid"' in page


def test_a_search_leaves_the_questions_with_all_its_words(client: Log) -> None:
    page = text_of(client(), "/help/faq?q=ACCOUNTANT+tax")
    assert page.count('<details class="faq-item" open>') == 1
    assert 'id="tax"' in page
    assert "No question has these words" in text_of(client(), "/help/faq?q=zebra%00%3Cb%3E")


@pytest.mark.feature("M-65")
@pytest.mark.feature("M-122")
def test_help_is_honest_about_income_and_gives_no_tax_advice(client: Log) -> None:
    assert "Income here varies and is not guaranteed" in text_of(client(), "/help/")
    page = text_of(client(), "/help/faq")
    assert "We give no tax advice. Please ask an accountant" in page


@pytest.mark.feature("M-41")
@pytest.mark.feature("M-20")
def test_help_tells_how_to_stay_safe_and_where_the_log_in_is(client: Log) -> None:
    assert 'href="/help/safety#own-address"' in text_of(client(), "/account/login/")
    page = text_of(client(), "/help/safety")
    for advice in ("updates of your system", "antivirus", "current browser", "leave ours", "Do not download"):
        assert advice in page
    assert f'Log-in is shown on one address only: <b class="mono">{settings.SITE_ORIGIN}</b>' in " ".join(
        page.split()
    )


@pytest.mark.feature("M-137")
def test_help_has_learning_resources(client: Log) -> None:
    page = text_of(client(), "/help/learning")
    assert "Transcribing" in page
    assert "?topic=training" in page


def test_help_is_in_the_menu_and_at_the_foot(client: Log, worker: Account) -> None:
    page = text_of(client(worker), "/dashboard")
    assert page.count('href="/help/"') == 2


@pytest.mark.feature("C-43")
@pytest.mark.feature("C-44")
@pytest.mark.feature("M-18")
@pytest.mark.feature("M-19")
def test_a_task_says_who_wrote_it_what_it_expects_and_leads_to_help(client: Log, worker: Account) -> None:
    published = factories.publish(factories.make_requester(), 2, description="Say what the word means.")
    held = factories.accept(worker, published).assignment_id
    browser = client(worker)

    for url, link in (
        (reverse("assignment", args=[held]), f"/help/desk/new?assignment={ids.encode('assignment', held)}"),
        (
            reverse("group", args=[published.hit_type_id]),
            f"/help/desk/new?group={ids.encode('hit_type', published.hit_type_id)}",
        ),
    ):
        page = text_of(browser, url)
        assert "Say what the word means." in page
        assert "written by its requester, not by this site" in page
        assert "do not answer tasks that ask for an e-mail address, a password or other personal data" in page
        assert f'href="{link}"' in page
        assert "Explain words" in text_of(browser, link)


# Asking ---------------------------------------------------------------------------------------------------


@pytest.mark.feature("C-49")
def test_a_guest_asks_and_reads_the_answer_by_a_link_alone(client: Log, operator: Account) -> None:
    browser = client()
    form = {"topic": "account", "email": "guest@example.test", "words": "I cannot sign in."}
    answer = browser.post("/help/desk/new", form)
    ticket = Ticket.objects.get()
    assert answer["Location"] == f"/help/guest/{ticket.number}/{replies.guest_mark(ticket.number)}"

    staff = client(operator)
    assert ticket.number in text_of(staff, "/help/desk")
    staff.post(f"/help/desk/{ticket.number}", {"words": "Which browser?", "then": "waiting"})

    page = text_of(client(), answer["Location"])
    assert "Which browser?" in page
    assert "Waiting for you" in page
    assert browser.post(answer["Location"], {"words": "Firefox"}).status_code == 302
    assert Ticket.objects.get().status == "open"


def test_what_was_typed_stays_when_something_is_missing(client: Log) -> None:
    answer = client().post("/help/desk/new", {"topic": "money", "email": "x", "words": "My long question"})
    assert answer.status_code == 422
    assert "My long question" in answer.content.decode()
    assert Ticket.objects.count() == 0


@pytest.mark.feature("C-50")
def test_a_request_for_training_is_answered_with_instructions_and_courses(
    client: Log, worker: Account
) -> None:
    published = factories.publish(factories.make_requester(), 1, description="A bird has feathers.")
    browser = client(worker)
    group = ids.encode("hit_type", published.hit_type_id)

    browser.post(f"/help/desk/new?group={group}", {"topic": "training", "words": "How do I learn this?"})

    page = text_of(browser, f"/help/questions/{Ticket.objects.get().number}")
    assert "A bird has feathers." in page
    assert reverse("group", args=[published.hit_type_id]) in page
    assert reverse("help_learning") in page


def test_hostile_words_are_shown_and_never_run(
    client: Log, worker: Account, operator: Account, asked: tickets.Asked, posted: forum.Posted
) -> None:
    thread = reverse("forum_thread", args=[posted.thread_id])
    post = reverse("forum_post", args=[posted.post_id])
    pages = [
        (worker, f"/help/questions/{asked.number}"), (operator, f"/help/desk/{asked.number}"),
        (operator, "/help/desk"), (worker, thread), (worker, "/help/forum/search?q=alert"),
        (worker, "/help/forum/in/tasks"), (operator, f"{post}/hide"),
    ]  # fmt: skip
    for account, url in pages:
        page = text_of(client(account), url)
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<b>Birds</b>" not in page
        assert 'href="javascript:' not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text_of(client(worker), thread)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("one\ntwo\n\nthree", '<p class="preserve">one\ntwo</p><p class="preserve">three</p>'),
        ("> a\nb", '<blockquote class="quote"><p class="preserve">a</p></blockquote><p class="preserve">b</p>'),
        ("https://a.example/?a=1&b=2", '<p class="preserve"><a href="https://a.example/?a=1&amp;b=2" rel="nofollow">https://a.example/?a=1&amp;b=2</a></p>'),
        ("javascript:alert(1)", '<p class="preserve">javascript:alert(1)</p>'),
        ('<a href="x">', '<p class="preserve">&lt;a href=&quot;x&quot;&gt;</p>'),
    ],
)  # fmt: skip
def test_plain_words_become_paragraphs_quotes_and_unvouched_links(text: str, shown: str) -> None:
    assert plain_words(text) == shown


# Who may see what ------------------------------------------------------------------------------------------


def test_another_workers_question_is_a_404_and_nothing_changes(client: Log, asked: tickets.Asked) -> None:
    other = client(factories.make_account(worker=True, requester=True))
    before = list(Ticket.objects.values()), list(TicketMessage.objects.values())
    mark = replies.guest_mark(asked.number)

    for url in (
        f"/help/questions/{asked.number}",
        f"/help/guest/{asked.number}/{mark}",
        "/help/guest/BCD-123/x",
    ):
        assert other.get(url).status_code == 404
        assert other.post(url, {"words": "Mine"}).status_code == 404
    assert other.post(f"/help/questions/{asked.number}/close").status_code == 404
    for url in ("/help/desk", f"/help/desk/{asked.number}", "/help/links", "/help/forum/reports"):
        assert other.get(url).status_code == 403
    assert other.post(f"/help/desk/{asked.number}", {"words": "x", "then": "closed"}).status_code == 403
    assert other.post(f"/help/desk/{asked.number}/close").status_code == 403
    assert (list(Ticket.objects.values()), list(TicketMessage.objects.values())) == before


@pytest.mark.feature("C-46")
@pytest.mark.feature("M-133")
def test_the_forum_is_shut_to_visitors_and_requesters_and_says_why(
    client: Log, worker: Account, operator: Account, posted: forum.Posted
) -> None:
    thread = reverse("forum_thread", args=[posted.thread_id])
    post = reverse("forum_post", args=[posted.post_id])
    urls = [
        "/help/forum", "/help/forum/search?q=Birds", "/help/forum/in/tasks", "/help/forum/in/tasks/new", thread,
        post, f"{post}/report", f"{post}/edit",
    ]  # fmt: skip
    before = list(ForumThread.objects.values()), list(ForumPost.objects.values())
    for account in (None, factories.make_requester()):
        browser = client(account)
        for url in urls:
            page = text_of(browser, url, 403)
            assert "The forum is for people who do tasks" in page
            assert "Birds" not in page.replace("q=Birds", "")
        assert browser.post(thread, {"words": "hello", "name": "Me"}).status_code == 403
    assert (list(ForumThread.objects.values()), list(ForumPost.objects.values())) == before
    for account in (worker, operator):
        assert 'href="/help/forum"' in text_of(client(account), "/help/")
        assert "Birds" in text_of(client(account), thread)


def test_a_worker_may_not_moderate(client: Log, worker: Account, posted: forum.Posted) -> None:
    post = reverse("forum_post", args=[posted.post_id])
    lock = reverse("forum_lock", args=[posted.thread_id])
    for url in (f"{post}/hide", f"{post}/restore", f"{post}/leave", lock):
        assert client(worker).post(url, {"reason": "x"}).status_code == 403
    assert client(factories.make_worker()).post(f"{post}/edit", {"words": "x"}).status_code == 404
    assert AuditEntry.objects.count() == 0


def test_a_thread_is_started_answered_and_moderated_over_http(
    client: Log, worker: Account, operator: Account
) -> None:
    browser, staff = client(worker), client(operator)
    answer = browser.post(
        "/help/forum/in/tasks/new", {"title": "Finches", "words": "Which?", "name": "Ana K"}
    )
    thread = answer["Location"]
    assert staff.post(thread, {"words": "> Which?\nBoth.", "name": "Help team"}).status_code == 302
    page = text_of(browser, thread)
    assert page.count("said-staff") == 1
    assert "Ana K" in page
    assert worker.name not in page.split('id="main"')[1]

    post = reverse("forum_post", args=[ForumPost.objects.latest("id").pk])
    assert browser.post(f"{post}/report", {"reason": "Rude"}).status_code == 302
    assert "Rude" in text_of(staff, "/help/forum/reports")
    assert staff.post(f"{post}/hide", {"reason": "Not helpful"}).status_code == 302
    page = text_of(browser, thread)
    assert "Not helpful" in page
    assert "Both." not in page


def test_a_name_taken_is_said_at_its_field(client: Log, worker: Account, posted: forum.Posted) -> None:
    thread = reverse("forum_thread", args=[posted.thread_id])
    answer = client(factories.make_worker()).post(thread, {"words": "Hello", "name": "finch"})
    assert answer.status_code == 409
    assert "Somebody else writes under this name" in answer.content.decode()
    assert ForumPost.objects.count() == 1


@pytest.mark.feature("C-47")
def test_operators_set_the_channels_that_help_shows(client: Log, operator: Account) -> None:
    staff = client(operator)
    form = {
        "form-TOTAL_FORMS": "3", "form-INITIAL_FORMS": "0",
        "form-0-title": "Community group", "form-0-url": "https://chat.example/join",
        "form-1-title": "", "form-1-url": "", "form-2-title": "Bad", "form-2-url": "javascript:alert(1)",
    }  # fmt: skip
    assert staff.post("/help/links", form).status_code == 422
    assert HelpLink.objects.count() == 0
    form["form-2-url"] = "https://social.example/@site"
    assert staff.post("/help/links", form).status_code == 302

    page = text_of(client(), "/help/")
    assert page.index("https://chat.example/join") < page.index("https://social.example/@site")
    assert AuditEntry.objects.get().act == "help_links.set"


@pytest.mark.parametrize(
    "url",
    ["/help/forum/in/none", "/help/questions?page=x", "/help/desk?page=-1&status=x&topic=y&q=%00'", "/help/faq?q=%00",
     "/help/forum/search?q=%00%27", "/help/forum/in/tasks?before=x", "/help/desk/new?assignment=x&group=3&topic=z"],
)  # fmt: skip
def test_odd_addresses_do_no_harm(client: Log, url: str) -> None:
    account = factories.make_account(worker=True, is_operator=True)
    assert client(account).get(url).status_code in {200, 404}
