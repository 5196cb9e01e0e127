"""A requester blocks a worker: nothing new may be accepted. What the worker holds already is untouched."""

from django.db import transaction
from django.utils.translation import gettext

from manyhands.accounts import audit
from manyhands.core import db
from manyhands.core.errors import InvalidInput, NotFound
from manyhands.core.ids import AccountId, RequesterId, WorkerId
from manyhands.work.errors import TooManyBlocks

# MTurk API, CreateWorkerBlock.
BLOCKS_MAX = 100_000
REASON_MAX = 2_000

_BLOCK = """
INSERT INTO worker_block (requester_id, worker_id, reason)
SELECT requester.account_id, worker.account_id, %(reason)s
  FROM worker
  JOIN requester ON requester.account_id = %(requester_id)s
 WHERE worker.account_id = %(worker_id)s
   AND (EXISTS (SELECT FROM worker_block
                 WHERE requester_id = %(requester_id)s AND worker_id = %(worker_id)s)
        OR (SELECT count(*) FROM worker_block WHERE requester_id = %(requester_id)s) < %(most)s)
    ON CONFLICT (requester_id, worker_id) DO UPDATE SET reason = excluded.reason
RETURNING id
"""
_UNBLOCK = """
DELETE FROM worker_block WHERE requester_id = %(requester_id)s AND worker_id = %(worker_id)s
"""


def block_worker(*, requester_id: RequesterId, worker_id: WorkerId, actor_id: AccountId, reason: str) -> None:
    """Take no new work from a worker; the reason is the requester's own and the worker never reads it.

    (nothing) -> blocked; blocked -> blocked, with the new reason. One statement and the audit's.
    Raises InvalidInput, NotFound (no such worker), TooManyBlocks.
    """
    words = _reason(reason)
    if not words:
        raise InvalidInput({"reason": gettext("Say why, for yourself: the worker does not read it.")})
    with transaction.atomic():
        given = {"requester_id": requester_id, "worker_id": worker_id}
        if db.one_or_none(int, _BLOCK, reason=words, most=BLOCKS_MAX, **given) is None:
            exists = "SELECT EXISTS (SELECT FROM worker WHERE account_id = %(worker_id)s)"
            if not db.one(bool, exists, worker_id=worker_id):
                raise NotFound
            raise TooManyBlocks
        _record(actor_id, "worker.block", worker_id, requester_id, words)


def unblock_worker(
    *, requester_id: RequesterId, worker_id: WorkerId, actor_id: AccountId, reason: str = ""
) -> bool:
    """Take work from a worker again; whether there was a block. Who is not blocked stays so.

    blocked -> (nothing). Raises InvalidInput.
    """
    words = _reason(reason)
    with transaction.atomic():
        was_blocked = bool(db.run(_UNBLOCK, requester_id=requester_id, worker_id=worker_id))
        if was_blocked:
            _record(actor_id, "worker.unblock", worker_id, requester_id, words)
    return was_blocked


def _reason(raw: str) -> str:
    words = raw.replace("\0", "").strip()
    if len(words) > REASON_MAX:
        raise InvalidInput({"reason": gettext("Use at most %(max)d characters.") % {"max": REASON_MAX}})
    return words


def _record(
    actor_id: AccountId, act: str, worker_id: WorkerId, requester_id: RequesterId, reason: str
) -> None:
    audit.record(
        actor_id=actor_id, act=act, subject=f"worker:{worker_id}", requester=int(requester_id), reason=reason
    )
