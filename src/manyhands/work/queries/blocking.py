"""What a requester reads of the blocks they set."""

from dataclasses import dataclass
from datetime import datetime

from manyhands.core import db
from manyhands.core.ids import RequesterId, WorkerId


@dataclass(frozen=True, slots=True)
class Block:
    """A worker who is blocked; ``id`` orders blocks by age."""

    id: int
    worker_id: WorkerId
    reason: str
    at: datetime


_BY_WORKER = """
SELECT id, worker_id, reason, at FROM worker_block
 WHERE requester_id = %(requester_id)s AND worker_id > %(after)s
 ORDER BY worker_id LIMIT %(limit)s
"""
_NEWEST = """
SELECT id, worker_id, reason, at FROM worker_block
 WHERE requester_id = %(requester_id)s AND id < %(before)s
 ORDER BY id DESC LIMIT %(limit)s
"""
_ONE = """
SELECT id, worker_id, reason, at FROM worker_block
 WHERE requester_id = %(requester_id)s AND worker_id = %(worker_id)s
"""


def blocks_by_worker(requester_id: RequesterId, *, after: int = 0, limit: int) -> list[Block]:
    """Blocks by the worker's number, along the index: page after page costs the same."""
    return db.many(Block, _BY_WORKER, requester_id=requester_id, after=after, limit=limit)


def newest_blocks(requester_id: RequesterId, *, before: int = 2**62, limit: int) -> list[Block]:
    """Blocks for a person to read, the newest first."""
    return db.many(Block, _NEWEST, requester_id=requester_id, before=before, limit=limit)


def block_of(requester_id: RequesterId, worker_id: WorkerId) -> Block | None:
    """The requester's block of this worker, if there is one."""
    return db.one_or_none(Block, _ONE, requester_id=requester_id, worker_id=worker_id)
