"""Hostile and over-long text through every text field of the worker's forms: shown as text, bounded, never a fault."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from manyhands.accounts.models import AccountProfile
from tests.harness.every_url import World, make_world, signed_in

pytestmark = pytest.mark.usefixtures("database")

MARKUP = "</textarea></title><script>alert(1)</script><img src=x onerror=alert(1)>"
# Short, because some fields are.
SHORT_MARKUP = "<script>alert(1)</script>"
RAW = ("<script>alert(1)", "<img src=x onerror")
OVER_LONG = "x" * 100_000
ODD = {
    "markup": MARKUP,
    "short markup": SHORT_MARKUP,
    "right to left": "\u202egnorw\u2066 abc \u200f\u061c",
    "nul": "a\0b",
    "only nul": "\0",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈 e" + "\u0301" * 40,
    "template": "{{ settings.SECRET_KEY }}{% load x %} %s %(name)s ${a}",
    "quotes": "'; DROP TABLE account; -- \" \\ %27",
    "line ends": "a\r\nb\rc\u2028d\x0be\x7f",
    "over-long": OVER_LONG,
}

# Fields that answer over-long text without an error, and why.
NO_ERROR = {
    "saved_searches.name": "cut where the field would have stopped", "saved_searches.search": "cut",
    "send_feedback.name": "cut where the field would have stopped",
    "profile.country": "chosen once; what is sent later is not read",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Form:
    """A form of the worker, filled so that it is taken; ``texts`` are the fields that take free text."""

    url_name: str
    filled: dict[str, str]
    texts: tuple[str, ...]


FORMS = (
    Form("contact_requester", {"words": "Do bats count?"}, ("words",)),
    Form("message_reply", {"words": "Thank you."}, ("words",)),
    Form("send_feedback", {"words": "It is empty.", "name": "Vic"}, ("words", "name")),
    Form("report_group", {"reason": "other", "words": "It is empty."}, ("reason", "words")),
    Form("forum_new_thread", {"title": "Bats", "words": "Are they birds?"}, ("title", "words")),
    Form("forum_thread", {"words": "By their beaks."}, ("words",)),
    Form("forum_edit", {"words": "How many?"}, ("words",)),
    Form("forum_report", {"reason": "An advertisement."}, ("reason",)),
    Form("help_ask", {"topic": "other", "words": "Where is it?"}, ("topic", "words")),
    Form("help_question", {"words": "Still nothing."}, ("words",)),
    Form("saved_searches", {"name": "Birds", "search": "q=birds"}, ("name", "search")),
    Form("set_goal", {"period": "week", "measure": "money", "target": "5"}, ("period", "measure", "target")),
    Form("account_settings", {"name": "Vic", "language": "en", "time_zone": "UTC"}, ("name", "language", "time_zone")),
    Form(
        "profile",
        {"email": "", "time_zone": "UTC", "payout": "", "country": "US",
         "bank_holder": "Vic", "bank_number": "12345678"},
        (
            "email", "first_name", "last_name", "organization", "time_zone", "country", "location", "birth_date",
            "languages", "skills", "interests", "street", "city", "region", "postal_code", "paypal_email",
            "bank_holder", "bank_name", "bank_routing", "bank_number",
        ),
    ),
)  # fmt: skip


@pytest.fixture
def world() -> World:
    """The worker lives where bank details may be given: elsewhere their fields are not there."""
    made = make_world()
    AccountProfile.objects.update_or_create(pk=made.worker.pk, defaults={"country": "US"})
    return made


def filled_with(text: str, world: World, client: Client) -> Iterator[tuple[str, Any]]:
    """Send every form once for each of its fields, with this text in it."""
    paths = {address.name: address.path for address in world.addresses()}
    for form in FORMS:
        for name in form.texts:
            given = form.filled | {"email": world.worker.email} if form.url_name == "profile" else form.filled
            yield f"{form.url_name}.{name}", client.post(paths[form.url_name], given | {name: text})


@pytest.mark.parametrize("kind", ODD)
def test_no_text_in_any_field_is_a_fault_of_ours_or_is_shown_as_markup(world: World, kind: str) -> None:
    client = signed_in(world.worker)
    faults = []

    for field, answer in filled_with(ODD[kind], world, client):
        page = answer.content.decode()
        if answer.status_code >= 500 or any(raw in page for raw in RAW):
            faults.append(f"{field}: {answer.status_code}")
        if kind == "over-long" and field not in NO_ERROR and answer.status_code not in {400, 409, 413, 422}:
            faults.append(f"{field} took 100,000 characters: {answer.status_code}")

    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("text", [MARKUP, SHORT_MARKUP])
def test_what_was_written_is_markup_on_no_page_of_anybody(world: World, text: str) -> None:
    worker = signed_in(world.worker)
    taken = [field for field, answer in filled_with(text, world, worker) if answer.status_code in {204, 302}]
    assert len(taken) > 10, taken

    faults = []
    for client in (worker, signed_in(world.requester), signed_in(world.operator)):
        for address in world.addresses():
            answer = client.get(address.path)
            if "html" not in answer.headers.get("Content-Type", "") or answer.streaming:
                continue
            if any(raw in answer.content.decode() for raw in RAW):
                faults.append(address.name)
    assert not faults, "\n".join(faults)
