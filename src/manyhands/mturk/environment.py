"""Sandbox or production: the two differ in balance and in the end of messages, nowhere else."""

from django.conf import settings


def is_sandbox() -> bool:
    return bool(settings.ENVIRONMENT == "sandbox")
