"""A worker hands in files for fields of a task they hold, takes them back, and time takes what nobody needs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any

from django.db import transaction
from django.template.defaultfilters import filesizeformat as filesize
from django.utils import timezone

from manyhands.core import db, files
from manyhands.core.errors import NotFound, Refusal
from manyhands.core.files import Stored
from manyhands.core.ids import AssignmentId, WorkerId
from manyhands.questions import controls
from manyhands.questions.answers import HandedFile
from manyhands.questions.forms import HTMLQuestion, QuestionForm
from manyhands.questions.parsing import parse_question
from manyhands.work import errors
from manyhands.work.layout.fields import file_fields
from manyhands.work.layout.template import PLACEHOLDER
from manyhands.work.operations.accepting import why_not_held
from manyhands.work.queries import content

# All files of one assignment together, in units of the largest one.
LARGEST_FILES_MAX = 5
FILES_MAX = 50
FIELD_CHARACTERS_MAX = 500
# Files of tasks that were returned or ran out: so long a worker may still ask what became of them.
KEPT_DAYS = 3
# A file without a row after so long is nobody's: its upload was refused, or a process was killed.
STRAY_AFTER = timedelta(days=1)
_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Limits:
    """How large the file of one field may be."""

    bytes_min: int
    bytes_max: int

    def check(self, size: int) -> None:
        """Raises FileEmpty, FileTooSmall, FileTooLarge."""
        if size == 0:
            raise errors.FileEmpty
        if size < self.bytes_min:
            raise errors.FileTooSmall(least=filesize(self.bytes_min))
        if size > self.bytes_max:
            raise errors.FileTooLarge(most=filesize(self.bytes_max))


_HELD = """
SELECT hit_type.layout_id, hit.question_id, hit.input
  FROM assignment
  JOIN hit ON hit.id = assignment.hit_id
  JOIN hit_type ON hit_type.id = assignment.hit_type_id
 WHERE assignment.id = %(assignment_id)s
   AND assignment.worker_id = %(worker_id)s
   AND assignment.status IN ('accepted', 'correction')
   AND assignment.deadline_at >= %(received_at)s
"""
# What is kept for an assignment changes under its lock, and submitting looks at it under the same.
_LOCKED = _HELD + " FOR NO KEY UPDATE OF assignment"


def room(*, worker_id: WorkerId, assignment_id: AssignmentId, received_at: datetime) -> dict[str, Limits]:
    """The fields of a held task that take a file, before anything of it is read in. One statement.

    Raises AssignmentExpired, AlreadySubmitted, AssignmentNotHeld.
    """
    task = _task(_HELD, worker_id, assignment_id, received_at)
    return limits(layout_id=task.layout_id, question_id=task.question_id, row=task.input)


def _task(
    statement: Any, worker_id: WorkerId, assignment_id: AssignmentId, received_at: datetime
) -> content.HITTask:
    held: content.HITTask | None = db.one_or_none(
        content.HITTask, statement, worker_id=worker_id, assignment_id=assignment_id, received_at=received_at
    )
    if held is None:
        reason = why_not_held(worker_id=worker_id, assignment_id=assignment_id)
        raise errors.AssignmentExpired if isinstance(reason, errors.CannotReturnCorrection) else reason
    return held


def limits(*, layout_id: int | None, question_id: int | None, row: Mapping[str, Any]) -> dict[str, Limits]:
    """The fields of a task that take a file. What a template's script makes later is not known."""
    most = files.bytes_max()
    return {
        name: Limits(each.bytes_min, min(each.bytes_max, most))
        for declared, each in _declared(layout_id, question_id).items()
        if len(name := _filled(declared, row)) <= FIELD_CHARACTERS_MAX
    }


def _filled(name: str, row: Mapping[str, Any]) -> str:
    return PLACEHOLDER.sub(lambda hole: str(row.get(hole[1], hole[0])), name)


@lru_cache(maxsize=1_024)
def _declared(layout_id: int | None, question_id: int | None) -> Mapping[str, Limits]:
    """What a question or a layout says of its files; neither ever changes. Names may hold placeholders."""
    html = ""
    if question_id is not None:
        found = content.question(question_id=question_id)
        question = None if found is None else parse_question(found.content, allow_http=True)
        if isinstance(question, QuestionForm):
            specs = controls.file_fields(question).items()
            return {name: Limits(spec.bytes_min, spec.bytes_max) for name, spec in specs}
        html = question.html if isinstance(question, HTMLQuestion) else ""
    elif layout_id is not None:
        html = content.layout_html(layout_id=layout_id) or ""
    return {name: Limits(1, 2**31 - 1) for name in file_fields(html)}


# The answer that was handed in before it was sent back for correction stands until another is handed in.
_REMOVE = """
DELETE FROM answer_file
 USING assignment
 WHERE assignment.id = answer_file.assignment_id
   AND answer_file.assignment_id = %(assignment_id)s
   AND answer_file.field = %(field)s
   AND answer_file.dropped_at IS NULL
   AND (assignment.answer @> jsonb_build_array(jsonb_build_array(answer_file.field, answer_file.key)))
       IS NOT TRUE
RETURNING answer_file.key
"""
_SET_ASIDE = """
UPDATE answer_file
   SET dropped_at = now()
 WHERE assignment_id = %(assignment_id)s AND field = %(field)s AND dropped_at IS NULL
"""
_HELD_ALREADY = """
SELECT count(*), coalesce(sum(bytes), 0)::bigint FROM answer_file WHERE assignment_id = %(assignment_id)s
"""
_KEEP = """
INSERT INTO answer_file (key, assignment_id, field, name, content_type, bytes, sha256)
VALUES (%(key)s, %(assignment_id)s, %(field)s, %(name)s, %(content_type)s, %(bytes)s, %(sha256)s)
"""


def keep(
    *,
    worker_id: WorkerId,
    assignment_id: AssignmentId,
    field: str,
    name: str,
    content_type: str,
    stored: Stored,
    received_at: datetime,
) -> HandedFile:
    """Keep a file that came in whole for a field of a held task; one kept there before gives way.

    One transaction under the assignment's lock: 5 statements. The same file again is the same file. One that
    is refused is deleted. ``received_at``: when all of it was there, or the answer it came with.
    Raises NotFound (no such field), FileEmpty, FileTooSmall, FileTooLarge, TooManyFiles, AssignmentExpired,
    AlreadySubmitted, AssignmentNotHeld.
    """
    kept = HandedFile(stored.key, files.cleaned_name(name), stored.bytes)
    try:
        with transaction.atomic():
            task = _task(_LOCKED, worker_id, assignment_id, received_at)
            if _is_kept(assignment_id, stored.key):
                return kept
            asked = limits(layout_id=task.layout_id, question_id=task.question_id, row=task.input)
            if field not in asked:
                raise NotFound
            asked[field].check(stored.bytes)
            _make_way(assignment_id, field)
            _check_room(assignment_id, stored.bytes)
            db.run(
                _KEEP,
                key=stored.key,
                assignment_id=assignment_id,
                field=field,
                name=kept.name,
                content_type=files.cleaned_type(content_type),
                bytes=stored.bytes,
                sha256=stored.sha256,
            )
    except Refusal:
        files.delete(stored.key)
        raise
    return kept


def _is_kept(assignment_id: AssignmentId, key: str) -> bool:
    """The transaction that kept it may have ended with its connection."""
    return db.one(
        bool,
        "SELECT EXISTS (SELECT FROM answer_file WHERE key = %(key)s AND assignment_id = %(assignment_id)s)",
        key=key,
        assignment_id=assignment_id,
    )


def _make_way(assignment_id: AssignmentId, field: str) -> bool:
    """Whether there was a file. Its row goes first, the file once that is certain."""
    removed = db.many(str, _REMOVE, assignment_id=assignment_id, field=field)
    _delete_after(removed)
    return bool(removed) or bool(db.run(_SET_ASIDE, assignment_id=assignment_id, field=field))


def _delete_after(keys: list[str]) -> None:
    def delete() -> None:
        for key in keys:
            files.delete(key)

    transaction.on_commit(delete, robust=True)


def _check_room(assignment_id: AssignmentId, more: int) -> None:
    count, size = db.one(lambda count, size: (count, size), _HELD_ALREADY, assignment_id=assignment_id)
    most = LARGEST_FILES_MAX * files.bytes_max()
    if count >= FILES_MAX or size + more > most:
        raise errors.TooManyFiles(most=filesize(most))


def drop(*, worker_id: WorkerId, assignment_id: AssignmentId, field: str) -> bool:
    """Take back the file of a field of a held task; false when there is none. One transaction, its lock.

    Raises AssignmentExpired, AlreadySubmitted, AssignmentNotHeld.
    """
    with transaction.atomic():
        _task(_LOCKED, worker_id, assignment_id, timezone.now())
        return _make_way(assignment_id, field)


_FORGET = """
WITH gone AS (
    SELECT answer_file.id
      FROM answer_file
      JOIN assignment ON assignment.id = answer_file.assignment_id
     WHERE (assignment.status IN ('returned', 'abandoned')
            AND answer_file.created_at < now() - make_interval(days => %(days)s))
        OR (answer_file.dropped_at IS NOT NULL AND assignment.status IN ('submitted', 'approved', 'rejected')
            AND NOT assignment.answer
                    @> jsonb_build_array(jsonb_build_array(answer_file.field, answer_file.key)))
     LIMIT %(page)s
       FOR UPDATE OF answer_file SKIP LOCKED
)
DELETE FROM answer_file USING gone WHERE answer_file.id = gone.id RETURNING answer_file.key
"""


def forget_unused() -> int:
    """Delete files of tasks that came back without an answer, and those no answer holds any more; how many.

    Rows first, a thousand at a time, then the files: what a crash leaves between is a stray.
    """
    count = 0
    while keys := db.many(str, _FORGET, days=KEPT_DAYS, page=_PAGE):
        for key in keys:
            files.delete(key)
        count += len(keys)
    return count


_FORGET_OF = """
DELETE FROM answer_file
 USING assignment
 WHERE assignment.id = answer_file.assignment_id
   AND assignment.worker_id = %(worker_id)s
   AND (assignment.status IN ('returned', 'abandoned') OR answer_file.dropped_at IS NOT NULL)
RETURNING answer_file.key
"""


def forget_those_of(*, worker_id: WorkerId) -> None:
    """Delete, as an account ends, the person's files that no answer holds. Belongs to the ending's transaction."""
    _delete_after(db.many(str, _FORGET_OF, worker_id=worker_id))


_STRAYS = """
SELECT key FROM unnest(%(keys)s::text[]) AS key
 WHERE NOT EXISTS (SELECT FROM answer_file WHERE answer_file.key = key.key)
"""


def forget_strays() -> int:
    """Delete files that no row names, and what was never written to its end; how many files."""
    before = timezone.now() - STRAY_AFTER
    files.forget_unfinished_before(before)
    count = 0
    for keys in _portions(files.stored_before(before)):
        for key in db.many(str, _STRAYS, keys=keys):
            files.delete(key)
            count += 1
    return count


def _portions(keys: Iterator[str]) -> Iterator[list[str]]:
    while portion := list(islice(keys, _PAGE)):
        yield portion
