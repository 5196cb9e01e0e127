"""What a receiver of events gets: the document of Mechanical Turk, with the worker's ID beside.

A document is a function of the event alone: sent again, it is the same byte for byte.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from manyhands.core import ids
from manyhands.messaging.states import EventType

VERSIONS = ("2014-08-15", "2006-05-05")


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, by public ids, and what tells it from every other event."""

    key: str
    requester_id: int
    type: EventType
    at: datetime
    hit_id: str
    hit_type_id: str
    assignment_id: str | None = None
    worker_id: str | None = None


def document_id(event: Event) -> str:
    """The same for every attempt to deliver the same event: receivers leave out what they have."""
    return hashlib.sha1(f"event/{event.requester_id}/{event.key}".encode(), usedforsecurity=False).hexdigest()


def document(event: Event, version: str) -> str:
    """The JSON text of an event."""
    told = {
        "EventType": event.type.value,
        "EventTimestamp": event.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "HITId": event.hit_id,
        "AssignmentId": event.assignment_id,
        "HITTypeId": event.hit_type_id,
        "WorkerId": event.worker_id,
    }
    return json.dumps(
        {
            "Events": [{name: value for name, value in told.items() if value is not None}],
            "EventDocId": document_id(event),
            # Mechanical Turk's is an AWS account: twelve digits.
            "SourceAccount": f"{event.requester_id % 10**12:012d}",
            "CustomerId": ids.encode_account(event.requester_id),
            "EventDocVersion": version,
        }
    )


def sample_event(requester_id: int, type_: EventType, at: datetime) -> Event:
    """An event that never was: its ids are well-formed and belong to nothing."""
    of_assignment = type_.value.startswith("Assignment")
    return Event(
        key=f"test/{at.timestamp()}",
        requester_id=requester_id,
        type=type_,
        at=at,
        hit_id=ids.encode("hit", 0),
        hit_type_id=ids.encode("hit_type", 0),
        assignment_id=ids.encode("assignment", 0) if of_assignment else None,
        worker_id=ids.encode_account(0) if of_assignment else None,
    )
