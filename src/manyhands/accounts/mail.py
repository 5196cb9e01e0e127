"""Mail about one's own account: a subject and a text of templates, into the outbox with the change."""

from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse


def send(template: str, to: str, **context: Any) -> None:
    """Write ``<template>_subject.txt`` and ``_message.txt`` in the active language, as a row of the outbox.

    Inside the caller's transaction: the mail exists if and only if the change does.
    """
    whole = context | {
        "email": to,
        "site_origin": settings.SITE_ORIGIN,
        "log_in_url": on_site(reverse("account_login")),
        "reset_url": on_site(reverse("account_reset_password")),
    }
    subject = " ".join(render_to_string(f"{template}_subject.txt", whole).split())
    body = render_to_string(f"{template}_message.txt", whole).strip() + "\n"
    EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [to]).send()


def on_site(path: str) -> str:
    """A whole address, under the site's configured origin."""
    return urljoin(f"{settings.SITE_ORIGIN}/", path)
