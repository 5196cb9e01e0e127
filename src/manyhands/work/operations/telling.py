"""Whether what happens to HITs is written down as ``hit_event``: only where somebody is to be told."""

from django.db import transaction

from manyhands.accounts.models import Requester
from manyhands.core import db
from manyhands.core.errors import NotFound
from manyhands.core.ids import BatchId, HITTypeId, RequesterId
from manyhands.work.models import HITType

_WATCH = "INSERT INTO requester_watched (requester_id) VALUES (%(requester_id)s) ON CONFLICT DO NOTHING"
_LOCK = "SELECT FROM requester WHERE account_id = %(requester_id)s FOR SHARE"
_IS_WATCHED = "SELECT EXISTS (SELECT FROM requester_watched WHERE requester_id = %(requester_id)s)"
_CREATED = """
INSERT INTO hit_event (hit_id, hit_type_id, kind)
SELECT hit.id, hit.hit_type_id, 'created'
  FROM hit
 WHERE hit.batch_id = %(batch_id)s
 ORDER BY hit.id
"""


def keep_events(*, requester_id: RequesterId, hit_type_id: HITTypeId | None = None) -> None:
    """Write down from now on what happens to the HITs of a type, or of all types one has and will have.

    It stays so: what nobody asks for any more costs a row. Raises NotFound.
    """
    with transaction.atomic():
        types = HITType.objects.filter(requester_id=requester_id)
        if hit_type_id is not None:
            if not types.filter(pk=hit_type_id).exists():
                raise NotFound
            types.filter(pk=hit_type_id, keeps_events=False).update(keeps_events=True)
            return
        # A type that is being made is either committed before this lock is given, and found below, or
        # sees the row written here (``new_type_keeps_events``).
        Requester.objects.select_for_update(no_key=True).get(pk=requester_id)
        db.run(_WATCH, requester_id=requester_id)
        types.filter(keeps_events=False).update(keeps_events=True)


def new_type_keeps_events(requester_id: RequesterId) -> bool:
    """Whether a type made in this transaction is to keep events, because all of the requester's do."""
    db.run(_LOCK, requester_id=requester_id)
    return db.one(bool, _IS_WATCHED, requester_id=requester_id)


def tell_created(batch_id: BatchId) -> None:
    """Write down that the HITs of a file are there; in the transaction that publishes them.

    For types that keep events: their row is locked by then, so ``keep_events`` comes before or after it.
    """
    db.run(_CREATED, batch_id=batch_id)
