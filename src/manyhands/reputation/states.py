"""Who rates whom."""

from django.db import models


class Side(models.TextChoices):
    WORKER = "worker"  # the worker rates the requester
    REQUESTER = "requester"  # the requester rates the work
