"""Log-in, log-out, and what a session costs and may do."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.test.utils import override_settings

from manyhands.accounts import operations
from manyhands.accounts.models import Account, Requester, Session, Worker
from manyhands.accounts.sessions import (
    ACCOUNT_COLUMNS,
    REQUESTER_COLUMNS,
    WORKER_COLUMNS,
    AccountMiddleware,
    SessionMiddleware,
)
from manyhands.core.ids import AccountId
from tests.conftest import Database
from tests.harness.wire import statements_sent

PASSWORD = "seven blue tractors"


def person(email: str = "ann@example.org", **roles: bool) -> Account:
    wanted = {"worker": True, "requester": True} | roles
    made = operations.register(name="Ann", email=email, password=PASSWORD, verified=True, **wanted)
    return Account.objects.get(pk=made.account_id)


@pytest.fixture
def ann(database: Database) -> Account:
    return person()


def log_in(client: Client, password: str = PASSWORD, email: str = "ann@example.org", **more: str) -> Any:
    return client.post("/account/login/", {"login": email, "password": password, **more})


def is_logged_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def authenticate(client: Client) -> Any:
    """The request after our two middlewares, as a view gets it."""
    request = RequestFactory().get("/")
    request.COOKIES = {name: morsel.value for name, morsel in client.cookies.items()}
    chain = SessionMiddleware(
        AccountMiddleware(lambda _request: __import__("django.http").http.HttpResponse())
    )
    response = chain(request)
    return request, response


@pytest.mark.feature("M-123", "W-04")
def test_a_person_logs_in_again_with_the_same_credentials(ann: Account) -> None:
    for _visit in range(2):
        client = Client()
        assert log_in(client, email="ANN@Example.org").status_code == 302
        assert is_logged_in(client)


def test_authentication_costs_one_statement_and_brings_worker_and_requester(ann: Account) -> None:
    client = Client()
    log_in(client)

    with statements_sent() as sent:
        request, response = authenticate(client)
        seen = (request.user.pk, request.user.worker.auto_accept_next, request.user.requester.display_name)

    assert seen == (ann.pk, False, "Ann")
    assert len(sent) == 1, sent
    assert not response.cookies, "a page view writes no session"


def test_a_visitor_costs_no_statement_and_makes_no_row(database: Database) -> None:
    with statements_sent() as sent:
        request, _response = authenticate(Client())
        assert not request.user.is_authenticated
    assert sent == []

    Client().get("/")
    Client().get("/account/login/")
    assert Session.objects.count() == 0


def test_the_loading_statement_names_every_column_of_its_models() -> None:
    for model, columns in (
        (Account, ACCOUNT_COLUMNS),
        (Worker, WORKER_COLUMNS),
        (Requester, REQUESTER_COLUMNS),
    ):
        assert columns == tuple(field.attname for field in model._meta.concrete_fields)


@pytest.mark.feature("W-83")
def test_logging_out_ends_the_session_itself(ann: Account) -> None:
    client = Client()
    log_in(client)
    thief = Client()
    thief.cookies = client.cookies.copy()
    assert is_logged_in(thief)

    answer = client.post("/account/logout/")

    assert answer.status_code == 302
    assert Session.objects.count() == 0
    assert not is_logged_in(client)
    assert not is_logged_in(thief)


@pytest.mark.feature("W-83")
def test_the_profile_menu_posts_the_log_out_and_a_mere_visit_asks_first(ann: Account) -> None:
    client = Client()
    log_in(client)
    assert 'action="/account/logout/"' in client.get("/account/").content.decode()
    assert client.get("/account/logout/").status_code == 200
    assert is_logged_in(client)


def test_log_in_gives_the_session_a_new_key(ann: Account) -> None:
    client = Client()
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = session.session_key

    log_in(client)

    assert client.cookies["manyhands_session"].value != planted
    assert not Session.objects.filter(session_key=planted).exists()
    assert Session.objects.get().account_id == ann.pk


def test_five_wrong_passwords_close_the_door_for_the_right_one_too(ann: Account) -> None:
    client = Client()
    for _attempt in range(5):
        assert "do not belong together" in log_in(client, "wrong password").content.decode()

    answer = Client().post(
        "/account/login/",
        {"login": "ann@example.org", "password": PASSWORD},
        headers={"x-forwarded-for": "203.0.113.9"},
    )

    assert "Too many wrong attempts" in answer.content.decode()
    assert Session.objects.filter(account__isnull=False).count() == 0


def test_an_unknown_address_and_a_wrong_password_are_refused_alike(ann: Account) -> None:
    for email in ("ann@example.org", "nobody@example.org"):
        assert "do not belong together" in log_in(Client(), "wrong password", email=email).content.decode()


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/x", "javascript:alert(1)"])
def test_log_in_sends_nobody_to_another_site(ann: Account, url: str) -> None:
    assert log_in(Client(), next=url)["Location"] == "/"


def test_log_in_sends_nobody_to_the_content_origin(ann: Account, settings_of: Callable[[], Any]) -> None:
    assert log_in(Client(), next=f"{settings_of().CONTENT_ORIGIN}/x")["Location"] == "/"


def test_log_in_leads_back_to_the_page_that_asked_for_it(ann: Account) -> None:
    asked = Client().get("/account/")
    assert asked["Location"] == "/account/login/?next=/account/"
    assert log_in(Client(), next="/account/")["Location"] == "/account/"


def test_suspension_shuts_out_at_once_and_reinstatement_lets_in(ann: Account) -> None:
    client = Client()
    log_in(client)
    stale = Client()
    stale.cookies = client.cookies.copy()

    operations.suspend_account(account_id=AccountId(ann.pk), actor_id=None, reason="Sold answers.")

    assert not is_logged_in(stale)
    assert log_in(Client())["Location"] == "/account/inactive/"
    assert Session.objects.filter(account=ann).count() == 0
    operations.reinstate_account(account_id=AccountId(ann.pk), actor_id=None, reason="A mistake.")
    again = Client()
    log_in(again)
    assert is_logged_in(again)


def test_a_session_row_that_outlived_a_suspension_opens_nothing(ann: Account) -> None:
    client = Client()
    log_in(client)
    Account.objects.filter(pk=ann.pk).update(status="suspended")
    assert not is_logged_in(client)


def test_changing_the_password_needs_the_old_one_and_ends_other_sessions(ann: Account) -> None:
    here, elsewhere = Client(), Client()
    log_in(here)
    log_in(elsewhere)
    fields = {"password1": "nine green ladders", "password2": "nine green ladders"}

    refused = here.post("/account/password/change/", fields | {"oldpassword": "not it at all"})
    assert "not your current password" in refused.content.decode()
    changed = here.post("/account/password/change/", fields | {"oldpassword": PASSWORD})

    assert changed["Location"] == "/account/"
    assert is_logged_in(here)
    assert not is_logged_in(elsewhere)
    assert log_in(Client(), "nine green ladders").status_code == 302


def test_a_forgotten_password_is_reset_by_a_mailed_link_that_works_once(ann: Account) -> None:
    from manyhands.messaging.models import MailMessage

    Client().post("/account/password/reset/", {"email": "nobody@example.org"})
    assert MailMessage.objects.count() == 0
    Client().post("/account/password/reset/", {"email": "Ann@example.org"})
    (link,) = re.findall(r"http://\S+?(/account/password/reset/key/\S+)", MailMessage.objects.get().body)
    fields = {"password1": "nine green ladders", "password2": "nine green ladders"}

    client = Client()
    form_page = client.get(link)["Location"]
    assert client.post(form_page, fields)["Location"] == "/account/password/reset/key/done/"

    assert log_in(Client(), "nine green ladders")["Location"] == "/"
    assert "This link does not work" in Client().get(link).content.decode()


def test_pages_speak_the_accounts_language_and_zone(ann: Account) -> None:
    client = Client()
    log_in(client)
    operations.set_language(account_id=AccountId(ann.pk), language="ja")
    assert '<html lang="ja"' in client.get("/account/").content.decode()


def test_demo_people_are_offered_only_in_the_demo(database: Database) -> None:
    assert "worker@demo.test" not in Client().get("/account/login/?as=worker").content.decode()
    with override_settings(DEMO=True):
        page = Client().get("/account/login/?as=worker").content.decode()
    assert 'value="worker@demo.test"' in page
    assert 'value="manyhands-demo"' in page


@pytest.fixture
def settings_of() -> Callable[[], Any]:
    from django.conf import settings

    return lambda: settings
