"""The sandbox: a second environment on a database of its own, unmistakable, with play money."""

import json
import os
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client, override_settings

from manyhands.accounts import closing
from manyhands.accounts.models import Account
from manyhands.commands import _sandbox
from manyhands.config import env, environment
from manyhands.core.ids import AccountId, RequesterId, WorkerId
from manyhands.ledger.check import first_difference
from manyhands.ledger.errors import InsufficientFunds
from manyhands.ledger.models import Transfer
from manyhands.ledger.queries import balance_of
from manyhands.server import programs
from manyhands.work.operations import bonuses, single_hits
from manyhands.work.operations.hit_types import make_hit_type
from tests import factories
from tests.harness.every_url import signed_in

pytestmark = pytest.mark.usefixtures("database")

BALANCE_MINOR = 10_000_00
ORIGINS = {
    "MANYHANDS_SITE_ORIGIN": "https://work.example.org",
    "MANYHANDS_CONTENT_ORIGIN": "https://work-content.example.org",
    "MANYHANDS_SANDBOX_SITE_ORIGIN": "https://try.example.org",
    "MANYHANDS_SANDBOX_CONTENT_ORIGIN": "https://try-content.example.org",
}
NAMES = (
    "ENVIRONMENT", "SITE_ORIGIN", "CONTENT_ORIGIN", "OTHER_SITE_ORIGIN", "SECRET_KEY", "SANDBOX_BALANCE_MINOR",
    "ACCOUNT_REVIEW", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "LANGUAGE_COOKIE_NAME", "MAIL_TRANSPORT",
)  # fmt: skip


def settings_in(which: str) -> dict[str, Any]:
    """What a process of this environment has for settings."""
    script = (
        "import json; from manyhands.config import settings as s; print(json.dumps("
        f"{{name: getattr(s, name) for name in {NAMES!r}}} | {{'NAME': s.DATABASES['default']['NAME']}}))"
    )
    variables = {**os.environ, **ORIGINS, "MANYHANDS_ENVIRONMENT": which, "EMAIL_HOST": "mail.example.org"}
    variables |= {"MANYHANDS_ACCOUNT_REVIEW": "1"}
    ran = subprocess.run(
        [sys.executable, "-c", script], env=variables, capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_one_variable_tells_the_environments_apart_in_everything_that_must_differ() -> None:
    production, sandbox = settings_in("production"), settings_in("sandbox")

    assert (production["ENVIRONMENT"], sandbox["ENVIRONMENT"]) == ("production", "sandbox")
    assert sandbox["NAME"] == f"{production['NAME']}_sandbox"
    assert (production["SITE_ORIGIN"], production["OTHER_SITE_ORIGIN"]) == (
        "https://work.example.org",
        "https://try.example.org",
    )
    assert (sandbox["SITE_ORIGIN"], sandbox["OTHER_SITE_ORIGIN"]) == (
        "https://try.example.org",
        "https://work.example.org",
    )
    assert sandbox["CONTENT_ORIGIN"] == "https://try-content.example.org"
    for name in ("SECRET_KEY", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "LANGUAGE_COOKIE_NAME"):
        assert production[name] != sandbox[name], name
    assert (production["ACCOUNT_REVIEW"], sandbox["ACCOUNT_REVIEW"]) == (True, False)
    assert production["MAIL_TRANSPORT"]
    assert sandbox["MAIL_TRANSPORT"] == ""
    assert (production["SANDBOX_BALANCE_MINOR"], sandbox["SANDBOX_BALANCE_MINOR"]) == (0, BALANCE_MINOR)


def test_origins_that_do_not_tell_the_environments_apart_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ORIGINS.items():
        monkeypatch.setenv(name, value)
    environment.own_and_other_origins()
    monkeypatch.setenv("MANYHANDS_SANDBOX_SITE_ORIGIN", "https://work.example.org/")
    with pytest.raises(env.BadEnvironment):
        environment.own_and_other_origins()
    monkeypatch.delenv("MANYHANDS_SANDBOX_SITE_ORIGIN")
    with pytest.raises(env.BadEnvironment):
        environment.own_and_other_origins()


@pytest.mark.parametrize(
    ("given", "asked", "expected"),
    [
        ({}, None, True),
        ({}, False, False),
        ({"MANYHANDS_SITE_ORIGIN": "https://a.example.org"}, None, False),
        ({"MANYHANDS_SITE_ORIGIN": "https://a.example.org"}, True, True),
        (ORIGINS, None, True),
    ],
)
def test_a_sandbox_starts_where_browsers_find_it(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], asked: bool | None, expected: bool
) -> None:
    for name in ORIGINS:
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert _sandbox.is_wanted(Namespace(sandbox=asked)) is expected
    _sandbox.name_origins(8000, sandbox=expected)
    shown = os.environ.get("MANYHANDS_SANDBOX_SITE_ORIGIN", "")
    assert shown == (given.get("MANYHANDS_SANDBOX_SITE_ORIGIN", "http://localhost:8010") if expected else "")


def test_its_programs_are_small_and_know_where_they_are() -> None:
    found = programs.sandbox(host="127.0.0.1", port=8010)
    assert [each.name for each in found] == [
        "sandbox-setup",
        "sandbox-site",
        "sandbox-content",
        "sandbox-jobs",
    ]
    assert [each.once for each in found] == [True, False, False, False]
    assert {each.environment["MANYHANDS_ENVIRONMENT"] for each in found} == {"sandbox"}
    assert "8010" in found[1].command
    assert found[1].command[found[1].command.index("--workers") + 1] == "1"
    assert "8011" in found[2].command


# Two databases -------------------------------------------------------------------------------------------

IN_SANDBOX = """
import json
from manyhands.server import sandbox_setup
for _ in range(2):
    sandbox_setup.main()
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import setup_test_environment
from manyhands.accounts.models import Account
from manyhands.messaging.models import MailMessage

setup_test_environment()
client = Client(headers={"host": "localhost"})
page = client.get("/account/login/").content.decode()
client.post("/account/signup/", {
    "name": "Nina New", "email": "nina@example.org", "password1": "seven blue tractors", "country": "JP",
    "wants": ["requester"], "agrees": "on", "keeps_quiet": "on", "time_zone": "",
})
client.post("/account/login/", {"login": "nina@example.org", "password": "seven blue tractors"})
print(json.dumps({
    "database": connection.settings_dict["NAME"], "cookies": sorted(client.cookies), "page": page,
    "people": sorted(Account.objects.values_list("email", flat=True)),
    "home": client.get("/requester/money").content.decode(),
    "mailbox": client.get("/demo/mail").status_code,
}))
"""


@pytest.fixture
def sandbox_run() -> Iterator[dict[str, Any]]:
    name = f"{connection.settings_dict['NAME']}_sandbox"
    variables = {**os.environ, "MANYHANDS_ENVIRONMENT": "sandbox", "MANYHANDS_DEMO": "1"}
    variables |= {"MANYHANDS_SANDBOX_SITE_ORIGIN": "http://localhost:8010"}
    variables |= {"MANYHANDS_SANDBOX_CONTENT_ORIGIN": "http://localhost:8011"}
    ran = subprocess.run(
        [sys.executable, "-c", IN_SANDBOX], env=variables, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    yield json.loads(ran.stdout.splitlines()[-1])
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_it_has_a_database_people_and_cookies_of_its_own(sandbox_run: dict[str, Any]) -> None:
    production = factories.make_worker(email="only@production.example.org")

    assert sandbox_run["database"] == f"{connection.settings_dict['NAME']}_sandbox"
    assert sandbox_run["people"] == [
        "nina@example.org", "operator@demo.test", "requester@demo.test", "worker@demo.test",
    ]  # fmt: skip
    assert list(Account.objects.all()) == [production]
    assert {"sandbox_manyhands_session", "sandbox_csrftoken"} <= set(sandbox_run["cookies"])
    assert "manyhands_session" not in sandbox_run["cookies"]
    assert 'data-environment="sandbox"' in sandbox_run["page"]
    assert "<title>[Sandbox] Sign in" in sandbox_run["page"]
    # Signed up a moment ago, with no mail to confirm, and able to publish.
    assert "$10,000.00" in sandbox_run["home"]


# On screen -----------------------------------------------------------------------------------------------


@pytest.fixture
def in_sandbox() -> Iterator[None]:
    with override_settings(
        ENVIRONMENT="sandbox",
        SANDBOX_BALANCE_MINOR=BALANCE_MINOR,
        OTHER_SITE_ORIGIN="https://work.example.org",
    ):
        yield


def task_page(client: Client) -> Any:
    group = factories.publish(factories.make_requester(), 1)
    worker = factories.make_worker()
    accepted = factories.accept(worker, group)
    return signed_in(worker).get(f"/assignments/{accepted.assignment_id}", follow=True)


PAGES: dict[str, Callable[[Client], Any]] = {
    "home": lambda client: client.get("/"),
    "sign-in": lambda client: client.get("/account/login/"),
    "nothing": lambda client: client.get("/nowhere"),
    "task": task_page,
}


@pytest.mark.parametrize("page", PAGES)
def test_every_kind_of_page_says_that_it_is_the_sandbox(in_sandbox: None, page: str) -> None:
    text = PAGES[page](Client()).content.decode()
    assert text.count('class="demo-banner sandbox-banner"') == 1
    assert '<a href="https://work.example.org/">Go to production</a>' in text
    assert 'data-environment="sandbox"' in text
    assert "<title>[Sandbox] " in text


def test_pages_without_a_request_say_so_too_and_in_the_readers_language(in_sandbox: None) -> None:
    from django.template.loader import render_to_string

    assert "<title>[Sandbox] " in render_to_string("500.html")
    assert "[Песочница]" in Client(headers={"accept-language": "ru"}).get("/").content.decode()


def test_production_leads_to_the_sandbox_and_has_no_banner() -> None:
    with override_settings(OTHER_SITE_ORIGIN="https://try.example.org"):
        text = Client().get("/").content.decode()
    assert '<a href="https://try.example.org/">Sandbox: try with play money</a>' in text
    assert "sandbox-banner" not in text
    assert "try.example.org" not in Client().get("/").content.decode()


# Money and mail --------------------------------------------------------------------------------------------


def test_a_requester_always_has_the_fixed_balance_to_publish_with(in_sandbox: None) -> None:
    requester = factories.make_requester(deposit_minor=0)
    assert balance_of(requester.pk).available_minor == BALANCE_MINOR
    for _ in range(3):
        factories.publish(requester, 80, reward_minor=50_00)
        assert balance_of(requester.pk).available_minor == BALANCE_MINOR
    assert balance_of(requester.pk).reserved_minor == 3 * 80 * 60_00
    assert first_difference() is None


def test_more_than_the_fixed_balance_at_once_is_refused(in_sandbox: None) -> None:
    requester = factories.make_requester(deposit_minor=0)
    with pytest.raises(InsufficientFunds):
        factories.publish(requester, 200, reward_minor=50_00)
    assert not Transfer.objects.exists()


def test_the_api_finds_the_fixed_balance_before_each_thing_that_costs(in_sandbox: None) -> None:
    requester, worker = factories.make_requester(deposit_minor=0), factories.make_worker()
    me = RequesterId(requester.pk)
    dear = replace(factories.TERMS, reward_minor=50_00)

    def spend_nearly_all() -> None:
        factories.create_hit(requester, terms=dear, max_assignments=166)

    spend_nearly_all()
    group = factories.create_hit(requester, terms=dear)
    assignment_id = factories.accept(worker, group, group.hit_ids[0]).assignment_id
    factories.submit(worker, assignment_id)
    spend_nearly_all()
    bonuses.send_bonus(
        requester_id=me, actor_id=me, worker_id=WorkerId(worker.pk), assignment_id=assignment_id,
        amount_minor=50_00, reason="Well done.",
    )  # fmt: skip
    dearer = make_hit_type(requester_id=me, terms=replace(dear, reward_minor=200_00))
    moved = factories.create_hit(requester, terms=dear)
    spend_nearly_all()
    single_hits.change_hit_type(requester_id=me, actor_id=me, hit_id=moved.hit_ids[0], hit_type_id=dearer)

    assert Transfer.objects.filter(purpose="deposit").count() == 7
    assert balance_of(requester.pk).reserved_minor == (3 * 166 + 1) * 60_00 + 240_00
    assert first_difference() is None


def test_production_has_no_money_out_of_nowhere() -> None:
    requester = factories.make_requester(deposit_minor=0)
    assert balance_of(requester.pk).available_minor == 0
    with pytest.raises(InsufficientFunds):
        factories.publish(requester, 1)


def test_who_is_signed_in_reads_their_own_mail_and_nobody_elses(in_sandbox: None) -> None:
    ann, bob = factories.make_worker(), factories.make_worker()
    for each in (ann, bob):
        EmailMessage(f"For {each.email}", "Words", settings.DEFAULT_FROM_EMAIL, [each.email]).send()
    assert Client().get("/demo/mail").status_code == 302
    text = signed_in(ann).get(f"/demo/mail?to={bob.email}").content.decode()
    assert f"For {ann.email}" in text
    assert f"For {bob.email}" not in text
    with override_settings(ENVIRONMENT="production"):
        assert signed_in(ann).get("/demo/mail").status_code == 404


def test_closing_asks_nothing_about_play_money() -> None:
    script = (
        "import django; django.setup(); from manyhands.accounts.own_data import OBSTACLES;"
        "print([each.refusal.__name__ for each in OBSTACLES])"
    )
    variables = {**os.environ, "MANYHANDS_ENVIRONMENT": "sandbox"}
    ran = subprocess.run(
        [sys.executable, "-c", script], env=variables, capture_output=True, text=True, check=True
    )
    assert "BalanceOpen" not in ran.stdout
    assert "WorkOpen" in ran.stdout
    assert [type(each).__name__ for each in closing.obstacles(AccountId(factories.make_requester().pk))] == [
        "BalanceOpen"
    ]
