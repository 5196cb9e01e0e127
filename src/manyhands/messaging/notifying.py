"""A requester tells workers something, each in a conversation of their own that they can answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext

from manyhands.core import db
from manyhands.core.errors import InvalidInput
from manyhands.core.ids import AccountId, RequesterId, WorkerId
from manyhands.messaging import operations

# MTurk API, NotifyWorkers.
WORKERS_MAX = 100
SUBJECT_MAX = 200
WORDS_MAX = 4_096
# A guard against a loop gone wild, not against writing to everybody one has worked with.
PER_DAY_MAX = 10_000


class Why(StrEnum):
    """Why a worker was not told."""

    STRANGER = "stranger"  # never had anything of theirs approved or rejected here
    GONE = "gone"  # the account is closed or suspended
    TOO_MANY = "too many"  # the requester has told as many as one may in a day


@dataclass(frozen=True, slots=True)
class NotTold:
    worker_id: WorkerId
    why: Why


@dataclass(frozen=True, slots=True)
class _Reader:
    worker_id: WorkerId
    is_active: bool
    has_worked: bool


_READERS = """
SELECT worker.account_id, account.status = 'active',
       EXISTS (SELECT FROM assignment
                WHERE assignment.worker_id = worker.account_id
                  AND assignment.requester_id = %(requester_id)s
                  AND assignment.status IN ('approved', 'rejected'))
  FROM worker
  JOIN account ON account.id = worker.account_id
 WHERE worker.account_id = ANY(%(worker_ids)s)
 ORDER BY worker.account_id
"""
_TOLD_TODAY = """
SELECT count(*)
  FROM thread_message
  JOIN thread ON thread.id = thread_message.thread_id
 WHERE thread_message.author_id = %(requester_id)s
   AND thread_message.sent_at > now() - interval '1 day'
   AND thread.requester_id = %(requester_id)s
   AND thread.hit_type_id IS NULL
"""
# About no task: one such conversation for each worker, under the subject used last.
_THREAD = """
INSERT INTO thread (account_id, requester_id, subject)
VALUES (%(worker_id)s, %(requester_id)s, %(subject)s)
    ON CONFLICT (account_id, requester_id, hit_type_id, assignment_id) WHERE requester_id IS NOT NULL
    DO UPDATE SET subject = excluded.subject
RETURNING id
"""


def notify_workers(
    *, requester_id: RequesterId, worker_ids: Sequence[WorkerId], subject: str, words: str
) -> list[NotTold]:
    """Write the same to up to a hundred workers; who could not be told, and why.

    Every worker's conversation gets the message, under the subject. Only those who had work of theirs
    approved or rejected by the requester are told. One transaction; locks the conversations by worker.
    Raises InvalidInput.
    """
    title, text = " ".join(subject.split()), words.replace("\0", "").replace("\r\n", "\n").strip()
    _check(title, text, worker_ids)
    with transaction.atomic():
        readers = db.many(_Reader, _READERS, requester_id=requester_id, worker_ids=list(set(worker_ids)))
        left = PER_DAY_MAX - db.one(int, _TOLD_TODAY, requester_id=requester_id)
        failures = []
        for reader in readers:
            why = _why_not(reader, left)
            if why is not None:
                failures.append(NotTold(reader.worker_id, why))
                continue
            left -= 1
            thread_id = db.one(
                int, _THREAD, worker_id=reader.worker_id, requester_id=requester_id, subject=title
            )
            operations.post_announcement(
                thread_id, AccountId(reader.worker_id), AccountId(requester_id), f"{title}\n\n{text}"
            )
    return failures


def _why_not(reader: _Reader, left: int) -> Why | None:
    if not reader.has_worked:
        return Why.STRANGER
    if not reader.is_active:
        return Why.GONE
    return Why.TOO_MANY if left <= 0 else None


def _check(title: str, text: str, worker_ids: Sequence[WorkerId]) -> None:
    errors = {}
    if not title or len(title) > SUBJECT_MAX:
        errors["subject"] = gettext("A subject has 1 to %(max)d characters.") % {"max": SUBJECT_MAX}
    if not text or len(text) > WORDS_MAX:
        errors["words"] = gettext("A message has 1 to %(max)d characters.") % {"max": WORDS_MAX}
    if not 0 < len(worker_ids) <= WORKERS_MAX:
        errors["workers"] = gettext("Name 1 to %(max)d workers.") % {"max": WORKERS_MAX}
    if errors:
        raise InvalidInput(errors)
