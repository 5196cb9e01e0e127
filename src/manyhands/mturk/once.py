"""Exactly once: a retry of the same invocation gets the first attempt's answer.

SDKs send an ``amz-sdk-invocation-id`` that stays the same over their own retries. The answer is kept in
the transaction of the deed itself: either both are there or neither. A second attempt meanwhile waits
for the first at the unique row.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from manyhands.core import db

# SDKs give up within minutes.
KEPT = timedelta(hours=1)
PURGED_AT_ONCE = 10_000

_CLAIM = """
INSERT INTO mturk_kept_answer (key_id, invocation) VALUES (%(key_id)s, %(invocation)s)
ON CONFLICT (key_id, invocation) DO NOTHING
"""
_KEEP = """
UPDATE mturk_kept_answer SET body = %(body)s WHERE key_id = %(key_id)s AND invocation = %(invocation)s
"""
_KEPT = "SELECT body FROM mturk_kept_answer WHERE key_id = %(key_id)s AND invocation = %(invocation)s"
_FORGET = "DELETE FROM mturk_kept_answer WHERE key_id = %(key_id)s AND invocation = %(invocation)s"
_PURGE = """
DELETE FROM mturk_kept_answer
 WHERE id IN (SELECT id FROM mturk_kept_answer WHERE at < %(before)s ORDER BY at LIMIT %(limit)s)
"""


def invocation(invocation_id: str, operation: str, body: bytes) -> bytes:
    """What names an attempt and its retries: another body under the same id is another deed."""
    return hashlib.sha256(b"\0".join((invocation_id.encode(), operation.encode(), body))).digest()


def run(*, key_id: int, invocation: bytes | None, deed: Callable[[], bytes]) -> bytes:
    """Run the deed in one transaction with its kept answer, or give the answer kept before.

    A deed that raises leaves nothing behind, and a retry runs it again.
    """
    with transaction.atomic():
        if invocation is None:
            return deed()
        if not db.run(_CLAIM, key_id=key_id, invocation=invocation):
            return db.one(bytes, _KEPT, key_id=key_id, invocation=invocation)
        body = deed()
        db.run(_KEEP, key_id=key_id, invocation=invocation, body=body)
        return body


def forget(*, key_id: int, invocation: bytes) -> None:
    """Forget the answer of a deed that was undone: a retry runs it again."""
    db.run(_FORGET, key_id=key_id, invocation=invocation)


def purge() -> int:
    """Forget answers no client will ask for again; how many."""
    return db.run(_PURGE, before=timezone.now() - KEPT, limit=PURGED_AT_ONCE)
