"""What is read of the files that workers handed in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from manyhands.core import db, tokens
from manyhands.core.files import KEY
from manyhands.core.ids import AccountId, AssignmentId, RequesterId
from manyhands.questions.answers import HandedFile


def kept(*, assignment_id: AssignmentId) -> dict[str, HandedFile]:
    """The files of an assignment as they stand now, by field. One statement."""
    rows = db.many(
        _field_and_file,
        "SELECT field, key, name, bytes FROM answer_file"
        " WHERE assignment_id = %(assignment_id)s AND dropped_at IS NULL ORDER BY id",
        assignment_id=assignment_id,
    )
    return dict(rows)


def _field_and_file(field: str, key: str, name: str, size: int) -> tuple[str, HandedFile]:
    return field, HandedFile(key, name, size)


@dataclass(frozen=True, slots=True)
class Found:
    """A file of an answer, to be fetched."""

    id: int
    key: str
    name: str
    bytes: int


_BY_ID = "SELECT id, key, name, bytes FROM answer_file WHERE id = %(id)s"
_OF_PERSON = """
SELECT answer_file.id, answer_file.key, answer_file.name, answer_file.bytes
  FROM answer_file
  JOIN assignment ON assignment.id = answer_file.assignment_id
 WHERE answer_file.key = %(key)s
   AND (assignment.worker_id = %(account_id)s
        OR (assignment.requester_id = %(account_id)s
            AND assignment.answer @> jsonb_build_array(jsonb_build_array(answer_file.field, answer_file.key))))
"""
_OF_ANSWER = """
SELECT answer_file.id, answer_file.key, answer_file.name, answer_file.bytes
  FROM answer_file
  JOIN assignment ON assignment.id = answer_file.assignment_id
 WHERE assignment.id = %(assignment_id)s
   AND assignment.requester_id = %(requester_id)s
   AND answer_file.field = %(field)s
   AND assignment.answer @> jsonb_build_array(jsonb_build_array(answer_file.field, answer_file.key))
 ORDER BY answer_file.id DESC
 LIMIT 1
"""


def file(*, file_id: int) -> Found | None:
    """A file that a signed address names. One statement."""
    return db.one_or_none(Found, _BY_ID, id=file_id)


def address(file_id: int, *, good_for_s: int) -> str:
    """Where a file can be fetched without further credentials, for so long."""
    return f"{settings.CONTENT_ORIGIN}/f/{tokens.make('file', file_id, 0, good_for_s=good_for_s)}"


def file_of(*, account_id: AccountId, key: str) -> Found | None:
    """A file for the worker it came from, or the requester whose answer holds it; for all others None."""
    return db.one_or_none(Found, _OF_PERSON, account_id=int(account_id), key=key)


def file_of_answer(*, requester_id: RequesterId, assignment_id: AssignmentId, field: str) -> Found | None:
    """The file that was handed in for a field, for its requester. One statement."""
    return db.one_or_none(
        Found, _OF_ANSWER, requester_id=requester_id, assignment_id=assignment_id, field=field
    )


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """A file of an answer, as reviews and exports show it."""

    id: int
    assignment_id: AssignmentId
    field: str
    key: str
    name: str
    content_type: str
    bytes: int
    sha256: str
    created_at: datetime


_OF_ANSWERS = """
SELECT answer_file.id, answer_file.assignment_id, answer_file.field, answer_file.key, answer_file.name,
       answer_file.content_type, answer_file.bytes, answer_file.sha256, answer_file.created_at
  FROM answer_file
  JOIN assignment ON assignment.id = answer_file.assignment_id
 WHERE answer_file.assignment_id = ANY(%(assignment_ids)s)
   AND assignment.answer @> jsonb_build_array(jsonb_build_array(answer_file.field, answer_file.key))
 ORDER BY answer_file.id
"""


def of_answers(
    answers: Iterable[tuple[AssignmentId, Iterable[Sequence[str]]]],
) -> dict[AssignmentId, dict[str, AnswerFile]]:
    """The files that these answers hold, by field. The caller has read the answers, so may see them.

    No statement when nothing in them could be a file's key.
    """
    found: dict[AssignmentId, dict[str, AnswerFile]] = {}
    wanted = [
        assignment_id for assignment_id, answer in answers if any(KEY.fullmatch(value) for _, value in answer)
    ]
    for row in db.many(AnswerFile, _OF_ANSWERS, assignment_ids=wanted) if wanted else []:
        found.setdefault(row.assignment_id, {})[row.field] = row
    return found


def lasting_address(key: str) -> str:
    """Where those who may have the file find it for as long as it is kept, after their log-in."""
    return f"{settings.SITE_ORIGIN}/files/{key}"
