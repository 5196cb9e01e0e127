"""The hot path: an answer comes in, the next task goes out in the same response."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import orjson
from django.utils.translation import gettext

from manyhands.core import ids, tokens
from manyhands.core.errors import Refusal
from manyhands.core.ids import AssignmentId, WorkerId
from manyhands.quality.operations import known_answers
from manyhands.questions.checking import Checked, by_field, check_answers
from manyhands.questions.controls import field_names
from manyhands.questions.rendering import DROPPED_FIELD
from manyhands.web.content import body, pages, responses, tasks
from manyhands.web.content.responses import Response
from manyhands.web.external import external_question
from manyhands.web.frames import PREVIEW_ASSIGNMENT
from manyhands.work import errors
from manyhands.work.models import Question
from manyhands.work.operations import accepting, answer_files, submitting
from manyhands.work.queries import content as queries
from manyhands.work.queries import files as file_queries

# What a refused submission answers: a status, and a code for the page around.
_REFUSALS: dict[type[Refusal], tuple[int, str]] = {
    errors.AssignmentExpired: (410, "expired"),
    errors.AssignmentNotHeld: (410, "not-held"),
    errors.AlreadySubmitted: (409, "already-submitted"),
    errors.AnswerTooLarge: (413, "too-large"),
}

# What is wrong with one file, and said at its field.
_FILE_PROBLEMS = (
    errors.FileTooLarge, errors.FileTooSmall, errors.FileEmpty, errors.TooManyFiles,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Files:
    """The files of a task that takes some: those kept by now, and what is wrong with others, by field."""

    kept: tasks.Files
    problems: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an answer answers: the task's document and, where its names vary by it, the row."""

    source: tasks.Source
    row: Mapping[str, Any]


def submit(*, token: str, form: body.Form, received_at: datetime) -> Response:
    """Hand in an answer. One statement when it is complete, and one more read when it is not.

    Files that come with it are kept first, each by itself: they stay when the rest needs another look.
    """
    held = tokens.read("assignment", token)
    if held is None:
        return responses.no_such_link()
    assignment_id, worker_id = AssignmentId(held[0]), WorkerId(held[1])
    pairs, typed = form.pairs, body.answer(form.pairs)
    asked = _asked(assignment_id, worker_id, pairs)
    files: _Files | None = None
    if asked is not None and tasks.frame_of(asked.source).has_file:
        fields = _file_fields(asked)
        typed = [(name, value) for name, value in typed if name not in fields]
        try:
            files = _take_files(assignment_id, worker_id, form, received_at)
        except Refusal as refusal:
            return refused(refusal, assignment_id)
    answer = typed if files is None else [*typed, *((name, each.key) for name, each in files.kept.items())]
    missing = _missing(asked, pairs, answer, files)
    if missing or (files and files.problems):
        wrong: dict[str, Any] = {"checked": missing} if isinstance(missing, Checked) else {"missing": missing}
        return _incomplete(assignment_id, worker_id, typed, files=files, **wrong)
    if answer and not any(value.strip() for _, value in answer) and _asks_again(asked, pairs):
        sentence = gettext("Nothing is filled in. If that is your answer, submit once more.")
        return _incomplete(assignment_id, worker_id, typed, notice=sentence, files=files, is_blank=True)
    try:
        done = submitting.submit(
            worker_id=worker_id,
            assignment_id=assignment_id,
            answer=answer,
            received_at=received_at,
            reported=body.report(pairs),
            files=None if files is None else [each.key for each in files.kept.values()],
        )
    except errors.EmptyAnswer as refusal:
        return _incomplete(assignment_id, worker_id, typed, notice=str(refusal), files=files)
    except errors.FilesChanged as refusal:
        now = _Files(file_queries.kept(assignment_id=assignment_id))
        return _incomplete(assignment_id, worker_id, typed, notice=str(refusal), files=now)
    except Refusal as refusal:
        return refused(refusal, assignment_id)
    if isinstance(done.finished, errors.FirstQuestionsOpen):
        done = _scored(done, worker_id)
    return _submitted(done, worker_id)


def _scored(done: submitting.Submitted, worker_id: WorkerId) -> submitting.Submitted:
    """The last of a job's first questions is in: score them at once, and go on with the work if they open it."""
    known_answers.score_now(worker_id=worker_id, hit_type_id=done.hit_type_id)
    try:
        taken = accepting.accept_next(worker_id=worker_id, hit_type_id=done.hit_type_id)
    except Refusal as refusal:
        return replace(done, finished=refusal)
    return replace(done, next=taken, finished=None)


def submit_by_id(*, pairs: body.Pairs, received_at: datetime) -> Response:
    """Hand in an answer that names its assignment only (MTurk API, 4.2, externalSubmit).

    For external questions, whose servers know nothing of tokens: the assignment's id, which cannot be guessed,
    is all it takes. Pages we show ourselves hand in by the token they were made with: one that has learnt the
    id of another assignment can do nothing with it. The same answer again is the same submission.
    """
    named = body.first(pairs, "assignmentId")
    if named == PREVIEW_ASSIGNMENT:
        return responses.problem(
            400, "not-accepted", gettext("Accept the task to work on it."), gettext("Nothing was changed.")
        )
    number = ids.decode("assignment", named)
    held = None if number is None else queries.questioned(assignment_id=AssignmentId(number))
    if number is None or held is None or held.kind != Question.Kind.EXTERNAL:
        return responses.no_such_link()
    assignment_id = AssignmentId(number)
    answer = body.answer(pairs)
    try:
        done = submitting.submit(
            worker_id=held.worker_id, assignment_id=assignment_id, answer=answer, received_at=received_at
        )
    except errors.EmptyAnswer as refusal:
        return responses.problem(422, "empty", str(refusal), gettext("Nothing was changed."), named)
    except Refusal as refusal:
        return refused(refusal, assignment_id)
    return _submitted(done, held.worker_id, is_external=True)


def refused(refusal: Refusal, assignment_id: AssignmentId) -> Response:
    """A refusal as a page, with its status; the page around is told."""
    status, code = _REFUSALS.get(type(refusal), (409, "refused"))
    return responses.problem(
        status, code, str(refusal), gettext("Nothing was changed."), ids.encode("assignment", assignment_id)
    )


def closed(task: queries.AssignmentTask, assignment_id: AssignmentId) -> Response:
    """The frame of a task that is out of the worker's hands, opened once more."""
    if not task.submitted:
        over = task.deadline_at <= task.now
        return refused(errors.AssignmentExpired() if over else errors.AssignmentNotHeld(), assignment_id)
    return responses.problem(
        409,
        "already-submitted",
        gettext("This task has already been submitted."),
        gettext("Your answer is safe."),
        ids.encode("assignment", assignment_id),
    )


def _asked(assignment_id: AssignmentId, worker_id: WorkerId, pairs: body.Pairs) -> _Asked | None:
    """Reads the database only when the form does not say its layout. None when there is no such task."""
    named = tokens.read("layout", body.first(pairs, "manyhandsLayout"))
    source = tasks.Source.of_key(named[1]) if named and named[0] == assignment_id else None
    if source is not None and not tasks.frame_of(source).names_vary:
        return _Asked(source, {})
    task = queries.assignment_task(assignment_id=assignment_id, worker_id=worker_id)
    return None if task is None else _Asked(tasks.Source(task.layout_id, task.question_id), task.input)


def _file_fields(asked: _Asked) -> frozenset[str]:
    return frozenset(
        answer_files.limits(
            layout_id=asked.source.layout_id, question_id=asked.source.question_id, row=asked.row
        )
    )


def _take_files(
    assignment_id: AssignmentId, worker_id: WorkerId, form: body.Form, received_at: datetime
) -> _Files:
    """Take back what was ticked to be removed, keep what came. Raises what ends the whole task."""
    problems: dict[str, str] = {}
    for name, value in form.pairs:
        if name == DROPPED_FIELD:
            answer_files.drop(worker_id=worker_id, assignment_id=assignment_id, field=value)
    for upload in form.uploads:
        if upload.stored is None:
            problems[upload.field] = str(upload.problem)
            continue
        upload.is_offered = True
        try:
            answer_files.keep(
                worker_id=worker_id,
                assignment_id=assignment_id,
                field=upload.field,
                name=upload.name,
                content_type=upload.content_type,
                stored=upload.stored,
                received_at=received_at,
            )
        except _FILE_PROBLEMS as refusal:
            problems[upload.field] = str(refusal)
    return _Files(file_queries.kept(assignment_id=assignment_id), problems)


def _missing(
    asked: _Asked | None, pairs: body.Pairs, answer: body.Pairs, files: _Files | None
) -> list[str] | Checked:
    """Required fields without an answer; a form of the protocol's own with all that is wrong in it."""
    if asked is None:
        return []  # the operation says why
    values = by_field(answer)
    form = tasks.form_of(asked.source.question_id)
    if form is None:
        missing = tasks.frame_of(asked.source).missing(asked.row, values, _optional(pairs))
        return [name for name in missing if files is None or name not in files.problems]
    checked = check_answers(form, values, files.kept if files else {})
    names = field_names(form)
    refused_files = {
        question: files.problems[name.answer]
        for question, name in names.items()
        if files and name.answer in files.problems
    }
    checked = replace(checked, problems=checked.problems | refused_files)
    return checked if checked.problems else []


def _asks_again(asked: _Asked | None, pairs: body.Pairs) -> bool:
    """Whether an answer of empty fields is taken for a slip, once; the API's questions have rules of their own."""
    return asked is not None and asked.source.question_id is None and not body.first(pairs, "manyhandsBlank")


def _optional(pairs: body.Pairs) -> frozenset[str]:
    raw = body.first(pairs, "manyhandsOptional")
    if not raw or raw == "[]":
        return frozenset()
    try:
        names = orjson.loads(raw)
    except ValueError:
        return frozenset()
    return (
        frozenset(name for name in names if isinstance(name, str)) if isinstance(names, list) else frozenset()
    )


def _incomplete(
    assignment_id: AssignmentId,
    worker_id: WorkerId,
    answer: body.Pairs,
    *,
    files: _Files | None = None,
    missing: list[str] | None = None,
    notice: str = "",
    checked: Checked | None = None,
    is_blank: bool = False,
) -> Response:
    """The same document again, with what was typed and what is missing; nothing is changed."""
    task = queries.assignment_task(assignment_id=assignment_id, worker_id=worker_id)
    if task is None:
        return refused(errors.AssignmentNotHeld(), assignment_id)
    if not task.open:
        return closed(task, assignment_id)
    document = tasks.work(
        worker_id=worker_id,
        assignment_id=assignment_id,
        hit_id=task.hit_id,
        source=tasks.Source(task.layout_id, task.question_id),
        row=task.input,
        deadline_at=task.deadline_at,
        now=task.now,
        draft=answer,
        missing=missing or (),
        files=files.kept if files else None,
        problems=files.problems if files else None,
        is_blank=is_blank,
        notice=notice
        or (gettext("Some answers need another look.") if checked or (files and files.problems) else ""),
        frame=tasks.form_frame(task.question_id, checked) if checked else None,
    )
    return responses.document(document, status=422)


def _submitted(done: submitting.Submitted, worker_id: WorkerId, *, is_external: bool = False) -> Response:
    facts: dict[str, Any] = {
        "assignmentId": ids.encode("assignment", done.assignment_id),
        "next": None,
        "autoAccept": done.auto_accept_next,
        "reason": None,
        "message": gettext("Your answer was submitted."),
    }
    if done.next is not None:
        facts["next"] = {"assignmentId": ids.encode("assignment", done.next.assignment_id)}
        source = tasks.Source(done.next.layout_id, done.next.question_id)
        is_elsewhere = is_external or external_question(done.next.question_id) is not None
        if is_elsewhere or tasks.frame_of(source).reads_address:
            # A frame for one origin cannot go on to the other kind, and the address of this answer names its own
            # assignment: the page around opens the next task.
            facts["open"] = True
            return _told(facts)
        return responses.document(
            tasks.work(
                worker_id=worker_id,
                assignment_id=done.next.assignment_id,
                hit_id=done.next.hit_id,
                source=source,
                row=done.next.input,
                deadline_at=done.next.deadline_at,
                now=done.next.now,
                submitted=facts,
            )
        )
    sentence = ""
    if done.finished is not None:
        facts["reason"] = "finished" if isinstance(done.finished, errors.NoAssignableHIT) else "refused"
        sentence = facts["message"] = str(done.finished)
    return _told(facts, sentence)


def _told(facts: Mapping[str, Any], sentence: str = "") -> Response:
    """A page that says it was handed in, to the reader and to the page around."""
    return responses.document(
        pages.page(gettext("Your answer was submitted."), sentence, {"mode": "page", "submitted": facts})
    )
