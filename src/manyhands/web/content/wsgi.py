"""The content origin for a WSGI server."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "manyhands.config.settings")
django.setup()

from manyhands.web.content.app import application  # noqa: E402  (Django must be set up first)

__all__ = ["application"]
