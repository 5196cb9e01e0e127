"""Notification settings with boto3 over HTTP: set, replaced, switched, tested; and received."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from django.test import override_settings

from manyhands.accounts.models import Account
from manyhands.core import ids
from manyhands.messaging import aws_queues, event_capture, event_delivery
from manyhands.messaging.models import EventSubscription
from manyhands.work.models import HITType
from manyhands.work.operations.hit_types import make_hit_type
from tests import factories
from tests.conftest import Database
from tests.harness.mturk import boto, call, make_key
from tests.harness.receivers import Amazon, Receiver, amazon, api, receiver

EVENTS = ["AssignmentSubmitted", "HITReviewable"]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Amazon]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "operator")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with amazon() as made:
        # The variable that botocore itself knows does as well as the operator's setting.
        monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", made.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_SNS", made.url)
        aws_queues._made.cache_clear()
        with override_settings(AWS_DESTINATIONS=[made.url, "arn:aws:sns:"]):
            yield made


@pytest.fixture
def webhook() -> Iterator[Receiver]:
    with receiver() as made, override_settings(WEBHOOK_PRIVATE_HOSTS=["127.0.0.1"]):
        yield made


@pytest.fixture
def requester(database: Database) -> Account:
    return factories.make_requester()


@pytest.fixture
def mturk(requester: Account) -> Iterator[Any]:
    with api() as url:
        yield boto(make_key(requester), url)


@pytest.fixture
def type_id(requester: Account) -> str:
    return ids.encode("hit_type", make_hit_type(requester_id=requester.pk, terms=factories.TERMS))  # type: ignore[arg-type]


def notification(transport: str, destination: str, events: list[str] = EVENTS, **more: str) -> dict[str, Any]:
    given = {
        "Transport": transport,
        "Destination": destination,
        "EventTypes": events,
        "Version": "2014-08-15",
    }
    return given | more


def fault(failure: pytest.ExceptionInfo[ClientError]) -> tuple[str, str]:
    response = failure.value.response
    return response["Error"]["Code"], response["TurkErrorCode"].removeprefix("AWS.MechanicalTurk.")


def one_task_done(requester: Account) -> None:
    hit = factories.create_hit(requester)
    worker = factories.make_worker()
    factories.submit(worker, factories.accept(worker, hit).assignment_id)
    event_capture.capture()
    event_delivery.deliver_due()


def test_a_queue_is_told_of_a_type_s_tasks(requester: Account, mturk: Any, type_id: str, aws: Amazon) -> None:
    mturk.update_notification_settings(
        HITTypeId=type_id, Notification=notification("SQS", aws.queue), Active=True
    )
    assert HITType.objects.get().keeps_events
    one_task_done(requester)
    documents = aws.received(aws.queue)
    assert [each["Events"][0]["EventType"] for each in documents] == EVENTS
    assert {each["CustomerId"] for each in documents} == {ids.encode_account(requester.pk)}


def test_a_specification_is_replaced_by_the_next_and_switched(
    requester: Account, mturk: Any, type_id: str, aws: Amazon
) -> None:
    mturk.update_notification_settings(HITTypeId=type_id, Notification=notification("SQS", aws.queue))
    assert EventSubscription.objects.get().is_active
    mturk.update_notification_settings(HITTypeId=type_id, Active=False)
    one_task_done(requester)
    mturk.update_notification_settings(
        HITTypeId=type_id, Notification=notification("SNS", aws.topic, ["HITCreated"], Version="2006-05-05")
    )
    row = EventSubscription.objects.get()
    assert (row.transport, row.destination, row.event_types, row.version, row.is_active) == (
        "sns", aws.topic, ["HITCreated"], "2006-05-05", False,
    )  # fmt: skip
    mturk.update_notification_settings(HITTypeId=type_id, Active=True)
    one_task_done(requester)
    assert aws.received(aws.queue) == []
    (wrapped,) = aws.received(aws.behind_topic)
    assert '"EventType": "HITCreated"' in wrapped["Message"]


def test_a_test_event_is_sent_at_once_whatever_the_filter_says(
    mturk: Any, aws: Amazon, webhook: Receiver
) -> None:
    mturk.send_test_event_notification(Notification=notification("SQS", aws.queue), TestEventType="Ping")
    mturk.send_test_event_notification(
        Notification=notification("SNS", aws.topic), TestEventType="AssignmentAccepted"
    )
    mturk.send_test_event_notification(
        Notification=notification("SNS", webhook.url), TestEventType="HITExpired"
    )
    (ping,) = aws.received(aws.queue)
    assert ping["Events"][0]["EventType"] == "Ping"
    assert "AssignmentId" not in ping["Events"][0]
    (wrapped,) = aws.received(aws.behind_topic)
    assert "AssignmentId" in wrapped["Message"]
    assert [event["EventType"] for event in webhook.events()] == ["HITExpired"]


def test_a_plain_address_is_a_webhook(
    requester: Account, mturk: Any, type_id: str, webhook: Receiver
) -> None:
    mturk.update_notification_settings(HITTypeId=type_id, Notification=notification("SNS", webhook.url))
    one_task_done(requester)
    assert [event["EventType"] for event in webhook.events()] == EVENTS
    assert webhook.got[0][0]["webhook-signature"].startswith("v1,")


@pytest.mark.parametrize(
    ("transport", "destination"),
    [
        ("SQS", "https://sqs.us-east-1.amazonaws.com/123456789012/of-somebody-else"), ("SQS", "events"),
        ("SNS", "arn:aws:sqs:us-east-1:123456789012:x"), ("SNS", "https://127.0.0.1/"), ("SNS", "https://10.0.0.1/"),
        ("Email", "stranger@example.org"),
    ],
)  # fmt: skip
def test_endpoints_that_cannot_be_are_refused(
    mturk: Any, type_id: str, transport: str, destination: str
) -> None:
    given = notification(transport, destination)
    with pytest.raises(mturk.exceptions.RequestError) as setting:
        mturk.update_notification_settings(HITTypeId=type_id, Notification=given)
    with pytest.raises(mturk.exceptions.RequestError) as testing:
        mturk.send_test_event_notification(Notification=given, TestEventType="Ping")
    assert fault(setting) == fault(testing) == ("RequestError", "InvalidTransportEndpoint")


def test_a_receiver_that_does_not_take_it_is_an_error(mturk: Any, aws: Amazon, webhook: Receiver) -> None:
    webhook.status = 410
    for transport, destination in (
        ("SNS", webhook.url),
        ("SQS", f"{aws.url}/123456789012/absent"),
        ("SNS", "arn:aws:sns:us-east-1:123456789012:absent"),
    ):
        with pytest.raises(mturk.exceptions.RequestError) as failure:
            mturk.send_test_event_notification(
                Notification=notification(transport, destination), TestEventType="Ping"
            )
        assert fault(failure) == ("RequestError", "InvalidTransportEndpoint")


def test_what_makes_no_sense_is_refused(requester: Account, mturk: Any, type_id: str, aws: Amazon) -> None:
    foreign = ids.encode(
        "hit_type",
        make_hit_type(requester_id=factories.make_requester().pk, terms=factories.TERMS),  # type: ignore[arg-type]
    )
    key = make_key(requester)
    given = notification("SQS", aws.queue)
    assert call(key, "UpdateNotificationSettings", {"HITTypeId": type_id}).fault[:2] == (
        "RequestError", "InvalidParameterValue",
    )  # fmt: skip
    assert call(key, "UpdateNotificationSettings", {"HITTypeId": type_id, "Active": True}).fault[:2] == (
        "RequestError", "InvalidParameterValue",
    )  # fmt: skip
    for unknown in (foreign, "3UNKNOWN"):
        answer = call(key, "UpdateNotificationSettings", {"HITTypeId": unknown, "Notification": given})
        assert answer.fault == ("RequestError", "HITTypeDoesNotExist", f"HITType {unknown} does not exist.")
    answer = call(key, "SendTestEventNotification", {
        "Notification": given | {"Version": "1999-01-01"}, "TestEventType": "Ping",
    })  # fmt: skip
    assert answer.fault == (
        "ParameterValidationError", "InvalidParameterValue",
        'The value "1999-01-01" is not valid for the parameter Version.',
    )  # fmt: skip
    ping = call(key, "UpdateNotificationSettings", {
        "HITTypeId": type_id, "Notification": given | {"EventTypes": ["HITReviewable", "Ping"]},
    })  # fmt: skip
    assert ping.fault[2] == 'The value "Ping" is not valid for the parameter EventTypes.'
    assert EventSubscription.objects.count() == 0
    assert aws.received(aws.queue) == []
