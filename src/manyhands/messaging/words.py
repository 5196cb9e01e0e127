"""Sentences of notices, made of their facts when they are read, in the reader's language.

Which facts a kind has (amounts in minor units, ids as numbers inside, everything else as written):

decision_approved   count, title, requester, reward_minor, hit_type_id, assignment_id, words, overridden
decision_rejected   the same, and reason (a code of the work)
sent_back           the same; words say what to correct
qualification       name, outcome (granted, changed, revoked, refused, failed, lapsed), score?, pass_score?, words?
payment             outcome (bonus, released, sent, failed), amount_minor, words?, title?
new_tasks           count, title? (of one group), search? (the saved search's name), path? (the page to open)
policy              title, words
account             title, words: sentences that are ready, made for this reader
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, ngettext

from manyhands.core import ids
from manyhands.core.money import show
from manyhands.messaging import links
from manyhands.messaging.states import NoticeKind
from manyhands.work.words import feedback, rejection_reason


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    path: str


@dataclass(frozen=True, slots=True)
class Told:
    """A notice in words: a line, what was said with it, where to go on, and how it looks."""

    title: str
    text: str = ""
    quote: str = ""
    sender: str = ""
    link: Link | None = None
    tone: str = ""
    icon: str = "info"


def told(kind: str, facts: Mapping[str, Any]) -> Told:
    """Put a notice into words. A kind or a fact that is not known gives a plain sentence, never an error."""
    render = _RENDERERS.get(kind)
    try:
        if render is not None:
            return render(facts)
    except (KeyError, TypeError, ValueError):
        pass  # Facts of an older version: the title still tells something.
    return Told(title=str(facts.get("title", "")) or gettext("A notice about your account"))


def _about(facts: Mapping[str, Any]) -> Link | None:
    """One task: its page. Several: the list of submissions."""
    if int(facts["count"]) > 1:
        path = links.page("submissions")
        return Link(gettext("See your submissions"), path) if path else None
    path = links.page("assignment", ids.encode("assignment", int(facts["assignment_id"])))
    return Link(gettext("See the task"), path) if path else None


def _approved(facts: Mapping[str, Any]) -> Told:
    count = int(facts["count"])
    names = {"count": count, "title": facts["title"], "reward": show(int(facts["reward_minor"]))}
    if facts.get("overridden"):
        line = ngettext(
            "A rejection was turned into an approval: %(title)s",
            "%(count)d rejections were turned into approvals: %(title)s",
            count,
        )
    else:
        line = ngettext(
            "Your task was approved: %(title)s", "%(count)d tasks were approved: %(title)s", count
        )
    return Told(
        title=line % names,
        text=ngettext("You earned %(reward)s.", "You earned %(reward)s in all.", count) % names,
        quote=str(facts.get("words", "")),
        sender=facts["requester"],
        link=_about(facts),
        tone="good",
        icon="check",
    )


def _rejected(facts: Mapping[str, Any]) -> Told:
    count = int(facts["count"])
    line = ngettext("Your task was rejected: %(title)s", "%(count)d tasks were rejected: %(title)s", count)
    reason = rejection_reason(str(facts.get("reason", "")))
    return Told(
        title=line % {"count": count, "title": facts["title"]},
        text=gettext(
            "Reason: %(reason)s. It is not paid. If you think this is a mistake, write to the requester."
        )
        % {"reason": reason},
        quote=feedback(str(facts.get("words", ""))),
        sender=facts["requester"],
        link=_about(facts),
        tone="bad",
        icon="x",
    )


def _sent_back(facts: Mapping[str, Any]) -> Told:
    return Told(
        title=gettext("Please correct your answer: %(title)s") % {"title": facts["title"]},
        text=gettext("The requester sent it back. You keep the task and its reward while you correct it."),
        quote=str(facts.get("words", "")),
        sender=facts["requester"],
        link=_about(facts),
        tone="warn",
        icon="return",
    )


def _qualification(facts: Mapping[str, Any]) -> Told:
    names = {
        "name": facts["name"],
        "score": facts.get("score", ""),
        "pass_score": facts.get("pass_score", ""),
    }
    outcome = facts["outcome"]
    has_score = facts.get("score") is not None
    lines = {
        "granted": gettext("You have the qualification %(name)s, with a score of %(score)s")
        if has_score
        else gettext("You have the qualification %(name)s"),
        "changed": gettext("Your score in %(name)s is now %(score)s"),
        "revoked": gettext("You no longer have the qualification %(name)s"),
        "refused": gettext("Your request for the qualification %(name)s was refused"),
        "failed": gettext("You did not pass %(name)s: your score is %(score)s, the pass mark %(pass_score)s")
        if has_score and facts.get("pass_score") is not None
        else gettext("You did not pass %(name)s"),
        "lapsed": gettext("The time for the test %(name)s ran out before you handed it in"),
    }
    path = links.page("qualifications")
    return Told(
        title=lines[outcome] % names,
        quote=str(facts.get("words") or ""),
        sender=str(facts.get("requester") or ""),
        link=Link(gettext("See your qualifications"), path) if path else None,
        tone="good" if outcome in {"granted", "changed"} else "warn",
        icon="star",
    )


def _payment(facts: Mapping[str, Any]) -> Told:
    amount = {"amount": show(int(facts["amount_minor"]))}
    outcome = facts["outcome"]
    lines = {
        "bonus": gettext("You received a bonus of %(amount)s"),
        "released": gettext("%(amount)s of your earnings are now available"),
        "sent": gettext("%(amount)s were paid out to you"),
        "failed": gettext("A payout of %(amount)s did not arrive"),
    }
    path = links.page("earnings")
    return Told(
        title=lines[outcome] % amount,
        quote=str(facts.get("words") or ""),
        sender=str(facts.get("requester") or ""),
        link=Link(gettext("See your earnings"), path) if path else None,
        tone="bad" if outcome == "failed" else "good",
        icon="money",
    )


def _new_tasks(facts: Mapping[str, Any]) -> Told:
    count = int(facts["count"])
    names = {"count": count, "title": facts.get("title", ""), "search": facts.get("search", "")}
    if names["search"]:
        line = ngettext(
            "A new task group for your search %(search)s",
            "%(count)d new task groups for your search %(search)s",
            count,
        )
    elif names["title"]:
        line = gettext("New tasks you can work on: %(title)s")
    else:
        line = ngettext(
            "A new task group you can work on", "%(count)d new task groups you can work on", count
        )
    # Only a path of this site: facts come from the code that tells, but a link is a link.
    given = str(facts.get("path") or "")
    path = given if given.startswith("/") and not given.startswith("//") else links.page("tasks")
    return Told(
        title=line % names,
        text=gettext("Tasks disappear quickly: others see them, too."),
        link=Link(gettext("See the tasks"), path) if path else None,
        icon="search",
        tone="info",
    )


def _policy(facts: Mapping[str, Any]) -> Told:
    return Told(title=str(facts["title"]), quote=str(facts["words"]), sender="Manyhands", icon="flag")


def _account(facts: Mapping[str, Any]) -> Told:
    return Told(
        title=str(facts["title"]), text=str(facts.get("words") or ""), sender="Manyhands", icon="lock"
    )


_RENDERERS: dict[str, Callable[[Mapping[str, Any]], Told]] = {
    NoticeKind.DECISION_APPROVED: _approved,
    NoticeKind.DECISION_REJECTED: _rejected,
    NoticeKind.SENT_BACK: _sent_back,
    NoticeKind.QUALIFICATION: _qualification,
    NoticeKind.PAYMENT: _payment,
    NoticeKind.NEW_TASKS: _new_tasks,
    NoticeKind.POLICY: _policy,
    NoticeKind.ACCOUNT: _account,
}


def kind_name(kind: NoticeKind) -> str:
    """A kind as the settings page names it."""
    return {
        NoticeKind.MESSAGE: gettext("Messages from people"),
        NoticeKind.DECISION_APPROVED: gettext("Approved tasks"),
        NoticeKind.DECISION_REJECTED: gettext("Rejected tasks"),
        NoticeKind.SENT_BACK: gettext("Tasks sent back for correction"),
        NoticeKind.QUALIFICATION: gettext("Qualification results"),
        NoticeKind.PAYMENT: gettext("Payments"),
        NoticeKind.NEW_TASKS: gettext("New available tasks"),
        NoticeKind.POLICY: gettext("Changes of policy"),
        NoticeKind.ACCOUNT: gettext("Your account and its safety"),
    }[kind]
