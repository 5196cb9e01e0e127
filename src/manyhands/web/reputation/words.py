"""What is rated, in words."""

from django.utils.translation import gettext


def dimensions() -> dict[str, str]:
    """What a worker rates a requester by."""
    return {
        "pay": gettext("Pay"),
        "fairness": gettext("Fairness of decisions"),
        "communication": gettext("Communication"),
        "speed": gettext("Speed of decisions"),
    }
