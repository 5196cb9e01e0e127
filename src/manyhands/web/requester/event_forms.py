"""The form of a new webhook or notification."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from manyhands.core import ids, money
from manyhands.core.ids import HITTypeId
from manyhands.messaging import aws_queues
from manyhands.messaging.event_queries import Type
from manyhands.messaging.states import EventType, Transport
from manyhands.messaging.subscriptions import Notification

EVENTS = (
    (EventType.ASSIGNMENT_ACCEPTED, _("A worker accepts a task")),
    (EventType.ASSIGNMENT_RETURNED, _("A worker returns a task")),
    (EventType.ASSIGNMENT_ABANDONED, _("A worker’s time runs out")),
    (EventType.ASSIGNMENT_SUBMITTED, _("An answer comes in")),
    (EventType.ASSIGNMENT_APPROVED, _("An answer is approved")),
    (EventType.ASSIGNMENT_REJECTED, _("An answer is rejected")),
    (EventType.HIT_CREATED, _("A task is published")),
    (EventType.HIT_EXTENDED, _("A task is extended")),
    (EventType.HIT_EXPIRED, _("A task ends")),
    (EventType.HIT_REVIEWABLE, _("A task has all its answers")),
    (EventType.HIT_DISPOSED, _("A task is closed for good")),
)
TRANSPORTS = {
    Transport.WEBHOOK: _("Webhook"),
    Transport.EMAIL: _("E-mail"),
    Transport.SQS: _("Amazon SQS queue"),
    Transport.SNS: _("Amazon SNS topic"),
}
EVERYTHING = ""
_PROPOSED = [EventType.ASSIGNMENT_SUBMITTED.value, EventType.HIT_REVIEWABLE.value]


class SubscriptionForm(forms.Form):
    """What is told, of which tasks, and where to."""

    transport = forms.ChoiceField(label=_("Way"))
    destination = forms.CharField(
        label=_("Address"),
        max_length=1_000,
        help_text=_(
            "For a webhook an https:// address, for mail your own e-mail address, for a queue its URL, for a topic"
            " its ARN."
        ),
        error_messages={"required": _("Enter an address.")},
    )
    hit_type = forms.ChoiceField(label=_("For"), required=False)
    event_types = forms.MultipleChoiceField(
        label=_("Events"),
        choices=EVENTS,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one event.")},
    )

    def __init__(self, *args: Any, types: list[Type], **options: Any) -> None:
        super().__init__(*args, **options)
        offered = [
            (way.value, words)
            for way, words in TRANSPORTS.items()
            if way not in {Transport.SQS, Transport.SNS} or aws_queues.is_offered()
        ]
        self.fields["transport"].choices = offered  # type: ignore[attr-defined]
        named = [
            (ids.encode("hit_type", each.id), f"{each.title} · {money.show(each.reward_minor)}")
            for each in types
        ]
        everything = (EVERYTHING, _("All my tasks, also those to come"))
        self.fields["hit_type"].choices = [everything, *named]  # type: ignore[attr-defined]

    def notification(self) -> Notification:
        """What the operation wants."""
        return Notification(
            transport=Transport(self.cleaned_data["transport"]),
            destination=self.cleaned_data["destination"],
            event_types=tuple(EventType(name) for name in self.cleaned_data["event_types"]),
        )

    def hit_type_id(self) -> HITTypeId | None:
        """The type that was chosen; None is for everything."""
        number = ids.decode("hit_type", self.cleaned_data["hit_type"])
        return None if number is None else HITTypeId(number)

    @staticmethod
    def proposed() -> dict[str, Any]:
        """What a new one is proposed to tell."""
        return {"event_types": _PROPOSED}
