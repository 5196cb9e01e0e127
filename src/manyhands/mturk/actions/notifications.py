"""Notifications: what is told of the HITs of a type, and where to."""

from typing import Any

from manyhands.core.errors import NotFound
from manyhands.messaging import subscriptions
from manyhands.messaging.event_documents import VERSIONS
from manyhands.messaging.states import EventType, Transport
from manyhands.messaging.subscriptions import Notification
from manyhands.mturk import faults, inputs
from manyhands.mturk.actions import Call, action

_TRANSPORTS = {"SQS": Transport.SQS, "SNS": Transport.SNS, "Email": Transport.EMAIL}


@action("UpdateNotificationSettings", scope="publish")
def update_notification_settings(call: Call) -> dict[str, Any]:
    """Set, replace or switch the notification specification of a HIT type."""
    hit_type_id = inputs.hit_type_id(call)
    given = call.input.get("Notification")
    try:
        subscriptions.set_notification(
            requester_id=call.requester_id,
            hit_type_id=hit_type_id,
            notification=None if given is None else _notification(given),
            is_active=call.input.get("Active"),
        )
    except NotFound:
        raise faults.no_such_hit_type(call.input["HITTypeId"]) from None
    return {}


@action("SendTestEventNotification", scope="publish", calls_out=True)
def send_test_event_notification(call: Call) -> dict[str, Any]:
    """Send a made-up event at once; an error says that the receiver did not take it."""
    subscriptions.send_test(
        requester_id=call.requester_id,
        notification=_notification(call.input["Notification"]),
        event_type=EventType(call.input["TestEventType"]),
    )
    return {}


def _notification(given: dict[str, Any]) -> Notification:
    destination, version = given["Destination"], given["Version"]
    if version not in VERSIONS:
        raise faults.invalid_value(version, "Version")
    if not given["EventTypes"]:
        raise faults.invalid_value("[]", "EventTypes")
    if EventType.PING in given["EventTypes"]:  # is sent as a test only
        raise faults.invalid_value(EventType.PING, "EventTypes")
    transport = _TRANSPORTS[given["Transport"]]
    # A topic is an ARN; an address instead of one is called directly (Manyhands only).
    if transport == Transport.SNS and destination.startswith(("https://", "http://")):
        transport = Transport.WEBHOOK
    return Notification(
        transport=transport,
        destination=destination,
        event_types=tuple(EventType(name) for name in given["EventTypes"]),
        version=version,
    )
