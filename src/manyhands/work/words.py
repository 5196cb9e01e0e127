"""What the codes of the work say to people, in the reader's language."""

from django.utils.translation import gettext, pgettext

from manyhands.work.states import RejectionReason

# What a rejection says whose requester, through the API, said nothing: the worker is told that much.
NO_WORDS = "The requester gave no words with this rejection."


def without_standard_words(feedback: str) -> str:
    """What a requester said of a rejection themself; empty when it was nothing."""
    return "" if feedback == NO_WORDS else feedback


def feedback(words: str) -> str:
    """What a requester said, as its worker reads it: the platform's own sentence in the worker's language."""
    return gettext("The requester gave no words with this rejection.") if words == NO_WORDS else words


def rejection_reason(code: str) -> str:
    """Why an answer was rejected, as a phrase; empty for no reason."""
    phrases = {
        RejectionReason.INCOMPLETE: pgettext("rejection", "Parts of the answer are missing"),
        RejectionReason.WRONG: pgettext("rejection", "The answer is wrong"),
        RejectionReason.INSTRUCTIONS_IGNORED: pgettext("rejection", "The instructions were not followed"),
        RejectionReason.INCONSISTENT: pgettext("rejection", "The answer contradicts itself"),
        RejectionReason.DUPLICATE: pgettext("rejection", "The same answer was handed in before"),
        RejectionReason.OTHER: pgettext("rejection", "Another reason"),
    }
    return phrases.get(RejectionReason(code), "") if code else ""
