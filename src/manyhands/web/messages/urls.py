"""Messages: the worker's inbox below /messages, the requester's below /requester/messages."""

from typing import Any

from django.urls import URLPattern, path, register_converter

from manyhands.messaging.states import Side
from manyhands.web import converters
from manyhands.web.messages import contact_views, inbox_views, settings_views

register_converter(converters.NoticePublicId, "notice")  # hit_type is the worker's site's


def _of(side: Side, start: str, prefix: str = "") -> list[URLPattern]:
    given: dict[str, Any] = {"side": side}
    return [
        path(start, inbox_views.inbox, given, name=f"{prefix}messages"),
        path(f"{start}/unread", inbox_views.unread, given, name=f"{prefix}messages_unread"),
        path(f"{start}/read", inbox_views.read_all, given, name=f"{prefix}messages_read"),
        path(f"{start}/<notice:entry_id>", inbox_views.entry, given, name=f"{prefix}message"),
        path(f"{start}/<notice:entry_id>/reply", inbox_views.reply, given, name=f"{prefix}message_reply"),
    ]


urlpatterns = [
    *_of(Side.WORKER, "messages"),
    path(
        "messages/contact/<hit_type:hit_type_id>",
        contact_views.contact,
        {"side": Side.WORKER},
        name="contact_requester",
    ),
    path("messages/settings", settings_views.notification_settings, name="notification_settings"),
    path("messages/unsubscribe/<token>", settings_views.unsubscribe, name="unsubscribe"),
    path("messages/push", settings_views.push_subscription, name="push_subscription"),
    *_of(Side.REQUESTER, "requester/messages", "requester_"),
]
