"""Events on their way to requesters: each once, in order for each HIT, signed, tried again, never into our net."""

import base64
import hashlib
import hmac
import json
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from manyhands.accounts.models import Account
from manyhands.core import db, ids
from manyhands.core.errors import NotFound
from manyhands.core.ids import AccountId, AssignmentId, HITTypeId, RequesterId, WorkerId
from manyhands.messaging import event_capture, event_delivery, subscriptions, webhooks
from manyhands.messaging.errors import DestinationNotValid, NotDelivered, TooManyTests
from manyhands.messaging.models import EventDelivery, EventSubscription, MailMessage
from manyhands.messaging.states import EventType, Transport
from manyhands.messaging.subscriptions import Notification, Subscribed
from manyhands.messaging.webhooks import NotCalled
from manyhands.work.models import Assignment, HITType
from manyhands.work.operations import accepting, batches, reviewing, single_hits, sweeping
from manyhands.work.operations.hit_types import make_hit_type
from tests import factories
from tests.conftest import Database
from tests.harness.receivers import Amazon, Receiver, amazon, receiver

ALL = tuple(each for each in EventType if each != EventType.PING)


@pytest.fixture
def webhook() -> Iterator[Receiver]:
    with receiver() as made, override_settings(WEBHOOK_PRIVATE_HOSTS=["127.0.0.1"]):
        yield made


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Amazon]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "operator")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with amazon() as made:
        allowed = [made.url, "arn:aws:sns:us-east-1:"]
        with override_settings(AWS_DESTINATIONS=allowed, SQS_ENDPOINT=made.url, SNS_ENDPOINT=made.url):
            yield made


@pytest.fixture
def requester(database: Database) -> Account:
    return factories.make_requester()


@pytest.fixture
def worker(database: Database) -> Account:
    return factories.make_worker()


def subscribe(
    requester: Account,
    destination: str,
    *,
    transport: Transport = Transport.WEBHOOK,
    types: tuple[EventType, ...] = ALL,
    hit_type_id: HITTypeId | None = None,
) -> Subscribed:
    return subscriptions.subscribe(
        requester_id=RequesterId(requester.pk),
        notification=Notification(transport, destination, types),
        hit_type_id=hit_type_id,
    )


def told(made: Receiver) -> list[str]:
    event_capture.capture()
    event_delivery.deliver_due()
    return [event["EventType"] for event in made.events()]


def hurry() -> None:
    """As if every wait were over."""
    EventDelivery.objects.update(next_at=timezone.now())
    EventSubscription.objects.update(resting_until=None)


def decide(requester: Account, verb: str, assignment_id: AssignmentId) -> None:
    who: dict[str, Any] = {"requester_id": RequesterId(requester.pk), "actor_id": AccountId(requester.pk)}
    if verb == "approve":
        reviewing.approve(**who, assignment_ids=[assignment_id])
    else:
        reviewing.reject(**who, assignment_ids=[assignment_id], reason="wrong", words="It is a bird.")


def live_through_everything(requester: Account) -> factories.Published:
    """One HIT to which everything happens that is told."""
    me, actor = RequesterId(requester.pk), AccountId(requester.pk)
    hit = factories.create_hit(requester, max_assignments=3)
    (hit_id,) = hit.hit_ids
    first, second, third = (factories.make_worker() for _ in range(3))
    returned = factories.accept(first, hit).assignment_id
    accepting.return_assignment(worker_id=WorkerId(first.pk), assignment_id=returned)
    late = factories.accept(first, hit).assignment_id
    Assignment.objects.filter(pk=late).update(deadline_at=timezone.now() - timedelta(hours=1))
    sweeping.abandon_due()
    good, bad = (factories.accept(each, hit).assignment_id for each in (second, third))
    for person, number in ((second, good), (third, bad)):
        factories.submit(person, number)
    one = {"requester_id": me, "batch_id": hit.batch_id, "actor_id": actor, "hit_id": hit_id}
    batches.extend_batch(**one, more_assignments=1)  # type: ignore[arg-type]
    batches.expire_batch(**one)  # type: ignore[arg-type]
    decide(requester, "approve", good)
    decide(requester, "reject", bad)
    single_hits.dispose_hit(requester_id=me, actor_id=actor, hit_id=hit_id)
    return hit


IN_ORDER = [
    "HITCreated", "AssignmentAccepted", "AssignmentReturned", "AssignmentAccepted", "AssignmentAbandoned",
    "AssignmentAccepted", "AssignmentAccepted", "AssignmentSubmitted", "AssignmentSubmitted", "HITExtended",
    "HITExpired", "HITReviewable", "AssignmentApproved", "AssignmentRejected", "HITDisposed",
]  # fmt: skip


# What is told ----------------------------------------------------------------------------------


def test_every_event_of_a_hit_is_told_once_and_in_order(requester: Account, webhook: Receiver) -> None:
    subscribe(requester, webhook.url)
    hit = live_through_everything(requester)

    assert told(webhook) == IN_ORDER
    assert set(IN_ORDER) == {each.value for each in ALL}
    assert told(webhook) == IN_ORDER
    assert {event["HITId"] for event in webhook.events()} == {ids.encode("hit", hit.hit_ids[0])}


def test_the_document_is_mechanical_turks_with_the_worker_beside(
    requester: Account, worker: Account, webhook: Receiver
) -> None:
    subscribe(requester, webhook.url, types=(EventType.HIT_CREATED, EventType.ASSIGNMENT_SUBMITTED))
    hit = factories.create_hit(requester)
    number = factories.accept(worker, hit).assignment_id
    factories.submit(worker, number)
    assert told(webhook) == ["HITCreated", "AssignmentSubmitted"]

    of_hit, of_assignment = (json.loads(body) for _, body in webhook.got)
    assert set(of_assignment) == {"Events", "EventDocId", "SourceAccount", "CustomerId", "EventDocVersion"}
    assert (of_assignment["CustomerId"], of_assignment["EventDocVersion"]) == (
        ids.encode_account(requester.pk),
        "2014-08-15",
    )
    assert len(of_assignment["SourceAccount"]) == 12
    (event,) = of_assignment["Events"]
    at = event.pop("EventTimestamp")
    assert datetime.fromisoformat(at).tzinfo is not None
    assert event == {
        "EventType": "AssignmentSubmitted",
        "HITId": ids.encode("hit", hit.hit_ids[0]),
        "AssignmentId": ids.encode("assignment", number),
        "HITTypeId": ids.encode("hit_type", hit.hit_type_id),
        "WorkerId": ids.encode_account(worker.pk),
    }
    assert set(of_hit["Events"][0]) == {"EventType", "EventTimestamp", "HITId", "HITTypeId"}
    assert len({of_hit["EventDocId"], of_assignment["EventDocId"]}) == 2


def test_a_queue_and_a_topic_receive_the_same_documents(
    requester: Account, worker: Account, aws: Amazon
) -> None:
    subscribe(requester, aws.queue, transport=Transport.SQS)
    subscribe(requester, aws.topic, transport=Transport.SNS)
    live_through_everything(requester)
    event_capture.capture()
    assert event_delivery.deliver_due() == 2 * len(IN_ORDER)

    documents = aws.received(aws.queue)
    assert [each["Events"][0]["EventType"] for each in documents] == IN_ORDER
    (wrapped, *_), count = (all_ := aws.received(aws.behind_topic)), len(all_)
    assert (wrapped["Type"], wrapped["TopicArn"], count) == ("Notification", aws.topic, len(IN_ORDER))
    assert [json.loads(each["Message"]) for each in all_] == documents


def test_mail_goes_through_the_outbox_to_one_s_own_address_only(requester: Account, worker: Account) -> None:
    from allauth.account.models import EmailAddress

    with pytest.raises(DestinationNotValid):
        subscribe(requester, requester.email, transport=Transport.EMAIL)  # not confirmed
    EmailAddress.objects.create(user=requester, email=requester.email, primary=True, verified=True)
    with pytest.raises(DestinationNotValid):
        subscribe(requester, worker.email, transport=Transport.EMAIL)
    subscribe(requester, requester.email, transport=Transport.EMAIL, types=(EventType.HIT_CREATED,))
    hit = factories.create_hit(requester)
    event_capture.capture()
    assert event_delivery.deliver_due() == 1
    assert event_delivery.deliver_due() == 0
    mail = MailMessage.objects.get()
    assert (mail.recipient, mail.subject) == (
        requester.email.lower(),
        f"HITCreated: HIT {ids.encode('hit', hit.hit_ids[0])}",
    )
    assert json.loads(mail.body)["Events"][0]["EventType"] == "HITCreated"


def test_only_what_was_asked_for_is_told(requester: Account, worker: Account, webhook: Receiver) -> None:
    one, other = factories.create_hit(requester), factories.publish(requester, 1)
    stranger = factories.make_requester()
    subscribe(requester, webhook.url, types=(EventType.ASSIGNMENT_ACCEPTED,), hit_type_id=one.hit_type_id)
    subscribe(stranger, webhook.url)
    for hit in (one, other):
        factories.submit(worker, factories.accept(worker, hit).assignment_id)
    assert told(webhook) == ["AssignmentAccepted"]
    with pytest.raises(NotFound):
        subscribe(stranger, webhook.url, hit_type_id=one.hit_type_id)


def test_what_happened_before_or_while_it_was_off_is_not_told(requester: Account, webhook: Receiver) -> None:
    first, second, third, fourth = (factories.make_worker() for _ in range(4))
    me = RequesterId(requester.pk)
    hit = factories.create_hit(requester, max_assignments=4)
    factories.accept(first, hit)
    made = subscribe(requester, webhook.url)
    factories.accept(second, hit)
    assert told(webhook) == ["AssignmentAccepted"]
    subscriptions.switch(requester_id=me, subscription_id=made.id, is_active=False)
    factories.accept(third, hit)
    subscriptions.switch(requester_id=me, subscription_id=made.id, is_active=True)
    factories.accept(fourth, hit)
    told(webhook)
    assert [event["WorkerId"] for event in webhook.events()] == [
        ids.encode_account(each.pk) for each in (second, fourth)
    ]


def test_everything_of_mine_covers_types_and_files_that_come_later(
    requester: Account, webhook: Receiver
) -> None:
    old = make_hit_type(requester_id=RequesterId(requester.pk), terms=factories.TERMS)
    subscribe(requester, webhook.url, types=(EventType.HIT_CREATED,))
    assert HITType.objects.get(pk=old).keeps_events
    factories.create_hit(requester)
    published = factories.publish(requester, 3)
    assert told(webhook) == ["HITCreated"] * 4
    assert [event["HITId"] for event in webhook.events()][1:] == [
        ids.encode("hit", number) for number in published.hit_ids
    ]
    assert not HITType.objects.exclude(requester_id=requester.pk).filter(keeps_events=True).exists()


# Once, and in order -----------------------------------------------------------------------------


def test_killed_between_reading_and_commit_it_loses_and_doubles_nothing(
    requester: Account, webhook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(requester, webhook.url)
    live_through_everything(requester)
    run = db.run

    def killed(statement: Any, **given: Any) -> int:
        if statement == event_capture._DONE:
            assert EventDelivery.objects.count() == len(IN_ORDER)
            raise KeyboardInterrupt
        return int(run(statement, **given))

    monkeypatch.setattr(db, "run", killed)
    with pytest.raises(KeyboardInterrupt):
        event_capture.capture()
    monkeypatch.undo()
    connection.close()

    assert EventDelivery.objects.count() == 0
    with override_settings(WEBHOOK_PRIVATE_HOSTS=["127.0.0.1"]):
        assert told(webhook) == IN_ORDER
    # Even cursors that were put back put nothing on its way again.
    with connection.cursor() as cursor:
        cursor.execute("UPDATE event_cursor SET done_to = 0, seen_to = 0 WHERE name LIKE 'events of %%'")
    assert event_capture.capture() == 0
    assert EventDelivery.objects.count() == len(IN_ORDER)


def test_an_event_that_commits_late_below_others_is_waited_for(
    database: Database, requester: Account, webhook: Receiver
) -> None:
    subscribe(requester, webhook.url)
    hit = factories.create_hit(requester, max_assignments=2)
    late = database.connect()
    with late.transaction():
        late.execute(
            "INSERT INTO hit_event (hit_id, hit_type_id, kind) VALUES (%s, %s, 'extended')",
            (hit.hit_ids[0], hit.hit_type_id),
        )
        factories.create_hit(requester)
        assert event_capture.capture(patience_s=0.2) == 0
    event_capture.capture()
    assert sorted(EventDelivery.objects.values_list("event_type", flat=True)) == [
        "HITCreated", "HITCreated", "HITExtended",
    ]  # fmt: skip


def test_killed_between_call_and_mark_it_sends_the_same_document_again(
    requester: Account, webhook: Receiver
) -> None:
    subscribe(requester, webhook.url)
    factories.create_hit(requester)
    event_capture.capture()
    leased = db.one_or_none(event_delivery._Leased, event_delivery._LEASE, lease_s=60, at_once=4)
    assert leased is not None
    event_delivery.send(
        leased.event(), event_delivery.Receiver(Transport.WEBHOOK, webhook.url, "2014-08-15", leased.secret)
    )
    assert event_delivery.deliver_due() == 0  # leased by the killed one
    EventDelivery.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert event_delivery.deliver_due() == 1
    (first, body), (second, again) = webhook.got
    assert (body, first["webhook-id"]) == (again, second["webhook-id"])


def test_later_events_of_a_hit_wait_for_an_earlier_one_and_other_hits_do_not(
    requester: Account, webhook: Receiver
) -> None:
    subscribe(requester, webhook.url, types=(EventType.HIT_CREATED, EventType.HIT_EXTENDED))
    one = factories.create_hit(requester)
    batches.extend_batch(
        requester_id=RequesterId(requester.pk), batch_id=one.batch_id, actor_id=AccountId(requester.pk),
        hit_id=one.hit_ids[0], more_assignments=1,
    )  # fmt: skip
    other = factories.create_hit(requester)
    webhook.statuses = [400]  # not taken, though somebody is there

    def seen() -> list[tuple[str, str]]:
        return [(event["EventType"], event["HITId"]) for event in webhook.events()]

    first, second = (ids.encode("hit", each.hit_ids[0]) for each in (one, other))
    told(webhook)
    assert seen() == [("HITCreated", first), ("HITCreated", second)]
    hurry()
    told(webhook)
    assert seen()[2:] == [("HITCreated", first), ("HITExtended", first)]


def test_several_threads_deliver_each_event_once_and_a_hits_in_order(
    requester: Account, webhook: Receiver
) -> None:
    subscribe(requester, webhook.url)
    hits = [factories.create_hit(requester) for _ in range(6)]
    for hit in hits:
        for _ in range(3):
            batches.extend_batch(
                requester_id=RequesterId(requester.pk), batch_id=hit.batch_id, more_assignments=1,
                actor_id=AccountId(requester.pk), hit_id=hit.hit_ids[0],
            )  # fmt: skip
    event_capture.capture()
    done = 0
    while taken := event_delivery.deliver_due(threads=4):
        done += taken
    assert done == len(webhook.got) == 24
    for hit in hits:
        mine = [event for event in webhook.events() if event["HITId"] == ids.encode("hit", hit.hit_ids[0])]
        assert [event["EventType"] for event in mine] == ["HITCreated"] + ["HITExtended"] * 3


# Failing, resting, giving up, sending again -------------------------------------------------------


def test_a_receiver_that_is_away_rests_and_gets_everything_later(
    requester: Account, webhook: Receiver
) -> None:
    subscribe(requester, webhook.url)
    for _ in range(5):
        factories.create_hit(requester)
    webhook.status = 503
    told(webhook)
    assert len(webhook.got) == 1  # one try, and the rest waits with it
    failed = EventDelivery.objects.get(attempts=1)
    assert failed.last_error == "The answer was 503."
    assert EventSubscription.objects.get().resting_until is not None
    webhook.status = 200
    hurry()
    assert told(webhook) == ["HITCreated"] * 6
    assert EventSubscription.objects.get().failures == 0
    assert not EventDelivery.objects.exclude(last_error="").exists()


def test_waits_double_up_to_an_hour_and_end_after_a_day(requester: Account, webhook: Receiver) -> None:
    made = subscribe(requester, webhook.url)
    factories.create_hit(requester)
    webhook.status = 500
    event_capture.capture()
    waits = []
    for _ in range(12):
        hurry()
        before = timezone.now()
        event_delivery.deliver_due()
        waits.append(round((EventDelivery.objects.get().next_at - before).total_seconds()))
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]
    assert EventDelivery.objects.get().parked_at is None

    EventDelivery.objects.update(due_since=timezone.now() - timedelta(days=1))
    hurry()
    event_delivery.deliver_due()
    assert EventDelivery.objects.get().parked_at is not None
    hurry()
    event_delivery.deliver_due()
    assert len(webhook.got) == 13

    webhook.status = 204
    me = RequesterId(requester.pk)
    assert subscriptions.replay(requester_id=me, subscription_id=made.id) == 1
    assert event_delivery.deliver_due() == 1
    assert EventDelivery.objects.get().delivered_at is not None
    # One that was delivered may be sent again, too; the same document under the same id.
    number = EventDelivery.objects.get().pk
    assert subscriptions.replay(requester_id=me, subscription_id=made.id, delivery_id=number) == 1
    assert event_delivery.deliver_due() == 1
    assert len({headers["webhook-id"] for headers, _ in webhook.got}) == 1
    assert subscriptions.replay(requester_id=me, subscription_id=made.id) == 0


def test_what_could_not_be_tried_for_a_day_is_given_up_and_forgotten_after_a_month(
    requester: Account, webhook: Receiver
) -> None:
    made = subscribe(requester, webhook.url)
    factories.create_hit(requester)
    event_capture.capture()
    subscriptions.switch(requester_id=RequesterId(requester.pk), subscription_id=made.id, is_active=False)
    assert event_delivery.deliver_due() == 0
    assert event_delivery.park_overdue() == 0
    EventDelivery.objects.update(due_since=timezone.now() - timedelta(hours=25))
    assert event_delivery.park_overdue() == 1
    assert event_delivery.forget_old() == 0
    EventDelivery.objects.update(parked_at=timezone.now() - timedelta(days=31))
    assert event_delivery.forget_old() == 1


def test_what_is_foreign_is_not_there(requester: Account, webhook: Receiver) -> None:
    made = subscribe(requester, webhook.url)
    factories.create_hit(requester)
    event_capture.capture()
    number = EventDelivery.objects.get().pk
    stranger: dict[str, Any] = {
        "requester_id": RequesterId(factories.make_requester().pk),
        "subscription_id": made.id,
    }
    for refused in (
        lambda: subscriptions.switch(**stranger, is_active=False),
        lambda: subscriptions.renew_secret(**stranger),
        lambda: subscriptions.remove(**stranger),
        lambda: subscriptions.try_subscription(**stranger),
        lambda: subscriptions.replay(**stranger),
        lambda: subscriptions.replay(**stranger, delivery_id=number),
    ):
        with pytest.raises(NotFound):
            refused()
    assert EventSubscription.objects.get().is_active


# Webhooks ------------------------------------------------------------------------------------------


def test_a_webhook_verifies_who_sent_it(requester: Account, webhook: Receiver) -> None:
    made = subscribe(requester, webhook.url)
    assert made.secret is not None
    assert made.secret.startswith("whsec_")
    assert made.secret.encode() not in bytes(EventSubscription.objects.get().secret or b"")
    factories.create_hit(requester)
    told(webhook)

    (headers, body) = webhook.got[0]
    key = base64.b64decode(made.secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert abs(int(headers["webhook-timestamp"]) - timezone.now().timestamp()) < 60
    assert headers["content-type"] == "application/json"

    renewed = subscriptions.renew_secret(requester_id=RequesterId(requester.pk), subscription_id=made.id)
    assert renewed != made.secret
    subscriptions.try_subscription(requester_id=RequesterId(requester.pk), subscription_id=made.id)
    headers, body = webhook.got[1]
    sent_at = int(headers["webhook-timestamp"])
    assert headers["webhook-signature"] == webhooks.signature(renewed, headers["webhook-id"], sent_at, body)
    assert webhook.events()[1]["EventType"] == "Ping"


def test_the_signature_is_the_one_of_the_published_example() -> None:
    # The example of the Standard Webhooks specification's libraries.
    found = webhooks.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )  # fmt: skip
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/", "https://127.0.0.1/", "https://[::1]/", "https://10.1.2.3/x", "https://192.168.0.1/",
        "https://169.254.169.254/latest/meta-data", "https://[::ffff:127.0.0.1]/", "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/", "https://[fd00::1]/", "https://[fe80::1]/", "https://0.0.0.0/", "https://224.0.0.1/",
        "https://user@example.org/", "https://example.org:22/", "https://example.org/ x", "https://ex\nample.org/",
        "https:///x", "https://example.org/#part", "ftp://example.org/", "https://[::1", "https://пример.рф/",
        "https://100.64.0.1/", "https://example.org/" + "x" * 1000,
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_or_not_safe_are_refused(requester: Account, url: str) -> None:
    with pytest.raises(DestinationNotValid):
        subscribe(requester, url)


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.8", "169.254.169.254", "::1", "fe80::1", "::ffff:10.0.0.1"]
)
def test_a_name_that_leads_into_our_net_is_not_called(
    requester: Account, webhook: Receiver, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = subscribe(requester, "https://innocent.example.org/hook")
    factories.create_hit(requester)

    def resolve(*_: Any, **__: Any) -> list[Any]:
        public = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443))
        return [public, (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, 443))]

    event_capture.capture()
    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", resolve)
        assert event_delivery.deliver_due() == 0
        with pytest.raises(NotDelivered):
            subscriptions.try_subscription(requester_id=RequesterId(requester.pk), subscription_id=made.id)
    assert "not on the public internet" in EventDelivery.objects.get().last_error
    assert webhook.got == []


def test_a_redirect_is_not_followed(requester: Account, webhook: Receiver) -> None:
    subscribe(requester, webhook.url)
    factories.create_hit(requester)
    webhook.status = 302
    told(webhook)
    assert len(webhook.got) == 1
    assert EventDelivery.objects.get().last_error == "The answer was 302."


def test_a_receiver_that_never_ends_its_answer_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "CALL_S", 0.3)
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        override_settings(WEBHOOK_PRIVATE_HOSTS=["127.0.0.1"]),
    ):
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(NotCalled, match="No answer in time"):
            webhooks.post(webhooks.Call(url, "msg_1", b"{}", 0, None))


def test_queues_and_topics_only_where_the_operator_allows_them(requester: Account) -> None:
    queue = "https://sqs.eu-west-1.amazonaws.com/123456789012/events"
    with pytest.raises(DestinationNotValid, match="do not allow"):
        subscribe(requester, queue, transport=Transport.SQS)
    with override_settings(AWS_DESTINATIONS=["https://sqs.eu-west-1.amazonaws.com/123456789012/"]):
        subscribe(requester, queue, transport=Transport.SQS)
        for other in (queue.replace("9012/", "9013/"), "https://example.org/", f"{queue}/../x"):
            with pytest.raises(DestinationNotValid):
                subscribe(requester, other, transport=Transport.SQS)


def test_tests_are_counted(requester: Account, webhook: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriptions, "TESTS_PER_MINUTE_MAX", 0)
    with pytest.raises(TooManyTests):
        subscriptions.send_test(
            requester_id=RequesterId(requester.pk),
            notification=Notification(Transport.WEBHOOK, webhook.url, ALL),
        )
    assert webhook.got == []
