"""What was measured of a submission, as sentences: the same for its requester and its worker."""

from collections.abc import Callable, Sequence

from django.utils.translation import gettext, ngettext

from manyhands.quality.queries import Measured
from manyhands.quality.states import SignalKind
from manyhands.web.templatetags.manyhands import duration


def sentences(measured: Sequence[Measured]) -> list[str]:
    """One sentence for each signal. They say what was counted, and never what it means."""
    return [_WORDS[SignalKind(each.kind)](each) for each in measured]


def _fast(each: Measured) -> str:
    return gettext("Handed in after %(time)s; the usual time in this batch is %(usual)s.") % {
        "time": duration(each.value),
        "usual": duration(each.expectation or 0),
    }


def _unread(each: Measured) -> str:
    return gettext("Handed in after %(time)s; reading the text takes at least %(least)s.") % {
        "time": duration(each.value),
        "least": duration(each.expectation or 0),
    }


def _no_acts(_each: Measured) -> str:
    return gettext("The page counted no key and no pointer, as when a program fills in the form.")


def _no_report(_each: Measured) -> str:
    return gettext("The page's script reported nothing: scripts are off, or a program sent the answer.")


def _pastes(each: Measured) -> str:
    count = int(each.value)
    return ngettext("Text was pasted %(count)s time.", "Text was pasted %(count)s times.", count) % {
        "count": count
    }


def _away(each: Measured) -> str:
    return gettext("Another page was in front for %(away)s of %(time)s.") % {
        "away": duration(each.value),
        "time": duration(each.expectation or 0),
    }


def _same(each: Measured) -> str:
    return gettext("The last %(count)s answers in this batch are all the same.") % {"count": int(each.value)}


def _repeated(each: Measured) -> str:
    count = int(each.value)
    return ngettext(
        "The same long text was written in %(count)s other task of this batch.",
        "The same long text was written in %(count)s other tasks of this batch.",
        count,
    ) % {"count": count}


def _check_met(each: Measured) -> str:
    return gettext("Attention check answered as asked: %(field)s") % {"field": each.name}


def _check_missed(each: Measured) -> str:
    return gettext("Attention check answered otherwise: %(field)s") % {"field": each.name}


_WORDS: dict[SignalKind, Callable[[Measured], str]] = {
    SignalKind.FAST: _fast,
    SignalKind.UNREAD: _unread,
    SignalKind.NO_ACTS: _no_acts,
    SignalKind.NO_REPORT: _no_report,
    SignalKind.PASTES: _pastes,
    SignalKind.AWAY: _away,
    SignalKind.SAME: _same,
    SignalKind.REPEATED: _repeated,
    SignalKind.CHECK_MET: _check_met,
    SignalKind.CHECK_MISSED: _check_missed,
}
