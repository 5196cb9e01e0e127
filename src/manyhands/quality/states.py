"""The kinds of signals: what of a submission is measured."""

from django.db import models


class SignalKind(models.TextChoices):
    FAST = "fast"  # far below the usual time of the batch; value and expectation in seconds
    UNREAD = "unread"  # quicker than the task's text can be read; seconds
    NO_ACTS = "no-acts"  # the page counted neither a key nor the pointer
    NO_REPORT = "no-report"  # nothing came from the page's script
    PASTES = "pastes"  # how often text was pasted
    AWAY = "away"  # seconds on other pages, of the seconds in all
    SAME = "same"  # how many of the worker's last answers in the batch are this one, of how many
    REPEATED = "repeated"  # in how many other tasks the same long text was written
    CHECK_MET = "check-met"  # an attention check was answered as asked
    CHECK_MISSED = "check-missed"  # it was not
