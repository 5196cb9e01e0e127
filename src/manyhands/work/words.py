"""What the codes of the work say to people, in the reader's language."""

from django.utils.translation import pgettext

from manyhands.work.states import RejectionReason


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
