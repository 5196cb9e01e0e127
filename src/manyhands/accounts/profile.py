"""What kind of place this installation is; see MANYHANDS_PROFILE."""

from datetime import timedelta
from enum import StrEnum

from django.conf import settings


class Profile(StrEnum):
    MARKETPLACE = "marketplace"  # strangers and money: holds, tax and identity gates
    PRIVATE_TEAM = "private-team"  # one's own people
    RESEARCH_LAB = "research-lab"  # a study and its participants
    VOLUNTEERS = "volunteers"  # no money


# How long a new worker's first earnings wait in a marketplace.
NEW_WORKER_HOLD = timedelta(days=10)


def profile() -> Profile:
    return Profile(settings.PROFILE)


def new_worker_hold() -> timedelta | None:
    return NEW_WORKER_HOLD if profile() == Profile.MARKETPLACE else None


def reviews_applications() -> bool:
    """Whether an operator looks at every application before the account may work or publish."""
    chosen: bool | None = settings.ACCOUNT_REVIEW
    return profile() == Profile.MARKETPLACE if chosen is None else chosen
