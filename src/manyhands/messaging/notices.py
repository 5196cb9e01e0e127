"""Telling people things: what happened to their tasks, derived from its history, and whatever else is told.

Nothing here runs in the statements that decide: they write ``assignment_event`` and no more. A reader
with a durable cursor turns events into notices, and cursor and notices are one transaction: killed at any
moment, it loses nothing and tells nothing twice (see core/following.py).
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction

from manyhands.accounts import audit
from manyhands.accounts.models import Account
from manyhands.accounts.operators import require_operator
from manyhands.core import db, sql
from manyhands.core.following import Cursor, Span
from manyhands.core.ids import AccountId
from manyhands.messaging.errors import NothingSaid
from manyhands.messaging.mornings import eights
from manyhands.messaging.states import DEFAULT_MAIL, NoticeKind, Side

TELL = sql.load("manyhands.messaging", "tell")
TELL_DECISIONS = sql.load("manyhands.messaging", "tell_decisions")

PAGE = 1_000
# Decisions of one group join one notice for so long, and their mail waits for more as long.
YOUNG_S = 600
GATHER_S = 120
MESSAGE_GATHER_S = 15
# How long one run waits for transactions under way before it leaves the rest to the next run.
PATIENCE_S = 2.0
ANNOUNCEMENT_CHARACTERS_MAX = 10_000

Facts = Mapping[str, Any]


def channels() -> dict[str, str]:
    """The parameters of sql/channel.sql."""
    gather = dict.fromkeys(NoticeKind.values, GATHER_S) | {NoticeKind.MESSAGE.value: MESSAGE_GATHER_S}
    return {
        "default_mail": json.dumps({kind.value: choice.value for kind, choice in DEFAULT_MAIL.items()}),
        "gather_s": json.dumps(gather),
        "eights": eights(),
    }


# Decisions -----------------------------------------------------------------------------------

_DECISIONS = Cursor("event_cursor", "name", "decisions", events="assignment_event")


def tell_decisions(*, page: int = PAGE, patience_s: float = PATIENCE_S) -> int:
    """Turn every decision not told yet into a notice of its worker; how many were told.

    Pages of ``page`` events, each a transaction of three statements. Waits up to ``patience_s`` for
    transactions that may still add events below those it sees; what it leaves, the next run tells.
    """
    return _DECISIONS.follow(_tell_span, page=page, patience_s=patience_s)


def _tell_span(span: Span) -> int:
    return db.one(int, TELL_DECISIONS, after=span.after, up_to=span.up_to, young_s=YOUNG_S, **channels())


# Anything else --------------------------------------------------------------------------------


def tell(
    kind: NoticeKind,
    account_ids: Sequence[AccountId],
    facts: Sequence[Facts],
    *,
    sources: Sequence[str | None] | None = None,
    side: Side | None = None,
) -> int:
    """Put a notice of ``kind`` into each of these inboxes; how many were new. One statement per thousand.

    ``facts``: one for each account; which ones a kind needs is in ``words.py``. ``sources``: what each
    tells of (``saved_search:12:2031-05-01``); the same source is told once, so a job may run again.
    ``side``: whose inbox; left out, the worker's where the account is a worker. Call it inside the
    transaction of the change it tells of.
    """
    given = sources or [None] * len(account_ids)
    if not len(account_ids) == len(facts) == len(given):
        raise ValueError("accounts, facts and sources must be as many")
    made = 0
    for start in range(0, len(account_ids), PAGE):
        page = slice(start, start + PAGE)
        made += db.run(
            TELL,
            kind=kind.value,
            account_ids=list(account_ids[page]),
            facts=[json.dumps(dict(each)) for each in facts[page]],
            sources=list(given[page]),
            side=side.value if side else "",
            **channels(),
        )
    return made


def tell_one(kind: NoticeKind, account_id: AccountId, *, source: str | None = None, **facts: Any) -> bool:
    """Put one notice into an account's inbox; False when this source was told before."""
    return bool(tell(kind, [account_id], [facts], sources=[source]))


def announce(*, actor_id: AccountId | None, title: str, words: str) -> int:
    """Tell every active account of a change of policy; how many. Leaves an audit entry.

    ``actor_id`` None is the installation's own command line. Raises NothingSaid, OperatorsOnly.
    """
    shown, text = title.strip()[:200], words.strip()[:ANNOUNCEMENT_CHARACTERS_MAX]
    if not shown or not text:
        raise NothingSaid
    require_operator(actor_id)
    with transaction.atomic():
        everybody = [
            AccountId(number)
            for number in Account.objects.filter(status="active").order_by("id").values_list("id", flat=True)
        ]
        facts = {"title": shown, "words": text, "site": settings.SITE_ORIGIN}
        told = tell(NoticeKind.POLICY, everybody, [facts] * len(everybody))
        audit.record(actor_id=actor_id, act="policy.announce", subject="everybody", title=shown, told=told)
    return told
