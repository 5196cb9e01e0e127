"""The pages of webhooks and notifications: made, tested, looked at, sent again, switched, removed."""

import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from manyhands.accounts.models import Account
from manyhands.accounts.own_data import ERASERS, SECTIONS
from manyhands.core import ids
from manyhands.core.ids import AccountId
from manyhands.messaging import event_capture, event_delivery
from manyhands.messaging.models import EventDelivery, EventSubscription
from manyhands.work.models import HITType
from tests import factories
from tests.conftest import Database
from tests.harness.receivers import Receiver, receiver

SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{40,}")


@pytest.fixture
def webhook() -> Iterator[Receiver]:
    with receiver() as made, override_settings(WEBHOOK_PRIVATE_HOSTS=["127.0.0.1"]):
        yield made


@pytest.fixture
def requester(database: Database) -> Account:
    return factories.make_requester()


@pytest.fixture
def visit(client: Callable[..., Client], requester: Account) -> Client:
    return client(requester)


def add(visit: Client, destination: str, **fields: object) -> str:
    given = {
        "transport": "webhook",
        "destination": destination,
        "event_types": ["HITCreated"],
        "hit_type": "",
    }
    answer = visit.post(reverse("event_subscription_new"), given | fields)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def own_page(name: str = "event_subscription", **more: str) -> str:
    number = EventSubscription.objects.latest("id").pk
    return reverse(name, kwargs={"subscription": ids.encode("event_subscription", number), **more})


def act(visit: Client, name: str, **fields: str) -> str:
    answer = visit.post(own_page("event_subscription_act", act=name), fields, follow=True)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_the_keys_page_leads_here_and_the_list_says_what_it_is_for(visit: Client) -> None:
    listed = reverse("event_subscriptions")
    assert f'href="{listed}"' in visit.get(reverse("api_keys")).content.decode()
    assert "Nobody is told yet" in visit.get(listed).content.decode()


def test_a_webhook_is_made_and_its_secret_shown_once(
    requester: Account, visit: Client, webhook: Receiver
) -> None:
    group = factories.publish(requester, 1, title="Name the bird")
    chosen = ids.encode("hit_type", group.hit_type_id)
    page = add(visit, webhook.url, hit_type=chosen, event_types=["AssignmentSubmitted", "HITDisposed"])
    assert SECRET.search(page)
    row = EventSubscription.objects.get()
    assert (row.hit_type_id, row.event_types) == (group.hit_type_id, ["AssignmentSubmitted", "HITDisposed"])
    assert HITType.objects.get().keeps_events
    for path in (own_page(), reverse("event_subscriptions")):
        shown = unescape(visit.get(path).content.decode())
        assert "Name the bird" in shown
        assert webhook.url in shown
        assert not SECRET.search(shown)

    assert "Make a new secret?" in visit.get(own_page("event_subscription_secret")).content.decode()
    renewed = visit.post(own_page("event_subscription_secret")).content.decode()
    assert SECRET.findall(renewed) != SECRET.findall(page)


def test_what_is_wrong_is_said_at_the_field_and_kept(visit: Client) -> None:
    path = reverse("event_subscription_new")
    for given, said in (
        ({}, "Enter an address."),
        ({"destination": "https://10.0.0.1/"}, "This address is not on the public internet."),
        ({"destination": "http://example.org/"}, "The address must begin with https://."),
        ({"destination": "https://example.org/", "event_types": []}, "Choose at least one event."),
        ({"destination": "x@example.org", "transport": "email"}, "only to your account's own e-mail address"),
        (
            {"destination": "arn:aws:sns:us-east-1:123456789012:x", "transport": "sns"},
            "Select a valid choice",
        ),
        (
            {"destination": "https://example.org/", "hit_type": ids.encode("hit_type", 4)},
            "Select a valid choice",
        ),
    ):
        answer = visit.post(path, {"transport": "webhook", "event_types": ["HITCreated"]} | given)
        assert answer.status_code == 422
        assert said in unescape(answer.content.decode()), given
    assert not EventSubscription.objects.exists()


def test_a_test_says_whether_it_was_taken(visit: Client, webhook: Receiver) -> None:
    add(visit, webhook.url)
    assert "The test was taken." in act(visit, "test")
    assert [event["EventType"] for event in webhook.events()] == ["Ping"]
    webhook.status = 404
    assert "The receiver did not take the event: The answer was 404." in act(visit, "test")


def test_deliveries_are_listed_with_their_fate_and_sent_again(
    requester: Account, visit: Client, webhook: Receiver
) -> None:
    add(visit, webhook.url)
    hit = factories.create_hit(requester)
    factories.create_hit(requester)
    event_capture.capture()
    webhook.statuses = [400]
    event_delivery.deliver_due()
    page = unescape(visit.get(own_page()).content.decode())
    assert "The answer was 400." in page
    assert ids.encode("hit", hit.hit_ids[0]) in page
    assert page.count("delivered") == 1

    failed = EventDelivery.objects.order_by("id")[0]
    assert "1 event is sent again." in act(visit, "replay", delivery=ids.encode("event_delivery", failed.pk))
    event_delivery.deliver_due()
    assert len(webhook.got) == 3

    EventDelivery.objects.update(parked_at=failed.happened_at, delivered_at=None)
    assert "given up" in visit.get(own_page()).content.decode()
    assert "2 events are sent again." in act(visit, "replay")
    event_delivery.deliver_due()
    assert len(webhook.got) == 5


def test_it_is_switched_off_and_on_and_removed_after_asking(visit: Client, webhook: Receiver) -> None:
    add(visit, webhook.url)
    assert "Switch on" in act(visit, "off")
    assert not EventSubscription.objects.get().is_active
    assert "Switch off" in act(visit, "on")
    assert EventSubscription.objects.get().is_active
    assert (
        "Remove this webhook or notification?"
        in visit.get(own_page("event_subscription_remove")).content.decode()
    )
    assert EventSubscription.objects.exists()
    visit.post(own_page("event_subscription_remove"))
    assert not EventSubscription.objects.exists()


def test_long_lists_have_pages_and_odd_places_are_404(
    requester: Account, visit: Client, webhook: Receiver
) -> None:
    add(visit, webhook.url)
    for _ in range(51):
        factories.create_hit(requester)
    event_capture.capture()
    page = visit.get(own_page()).content.decode()
    older = re.search(r'rel="next" href="(\?before=\w+)"', page)
    assert older is not None
    rest = visit.get(own_page() + older[1]).content.decode()
    assert rest.count("<code>HITCreated</code><br>") == 1
    for odd in ("?before=x", "?before=%00", "?before=1"):
        assert visit.get(own_page() + odd).status_code == 404
    assert visit.post(own_page("event_subscription_act", act="burn")).status_code == 404
    assert visit.post(own_page("event_subscription_act", act="replay"), {"delivery": "x"}).status_code == 404


def test_it_is_in_the_copy_of_one_s_data_without_its_secret(
    database: Database, requester: Account, visit: Client, webhook: Receiver
) -> None:
    add(visit, webhook.url)
    (statement,) = [section.statement for section in SECTIONS if section.name == "webhooks"]
    ((told,),) = database.connect().execute(statement, {"account_id": requester.pk}).fetchall()
    assert set(told) == {"transport", "destination", "events", "is_active", "created_at"}
    assert told["destination"] == webhook.url
    for erase in ERASERS:
        erase(AccountId(requester.pk))
    assert not EventSubscription.objects.exists()
