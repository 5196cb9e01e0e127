"""The hot path: an answer comes in, the next task goes out in the same response."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
from django.utils.translation import gettext

from manyhands.core import ids, tokens
from manyhands.core.errors import Refusal
from manyhands.core.ids import AssignmentId, WorkerId
from manyhands.quality.operations import known_answers
from manyhands.questions.checking import Checked, by_field, check_answers
from manyhands.web.content import body, pages, responses, tasks
from manyhands.web.content.document import PREVIEW_ASSIGNMENT
from manyhands.web.content.responses import Response
from manyhands.web.external import external_question
from manyhands.work import errors
from manyhands.work.models import Question
from manyhands.work.operations import accepting, submitting
from manyhands.work.queries import content as queries

# What a refused submission answers: a status, and a code for the page around.
_REFUSALS: dict[type[Refusal], tuple[int, str]] = {
    errors.AssignmentExpired: (410, "expired"),
    errors.AssignmentNotHeld: (410, "not-held"),
    errors.AlreadySubmitted: (409, "already-submitted"),
    errors.AnswerTooLarge: (413, "too-large"),
}


def submit(*, token: str, pairs: body.Pairs, received_at: datetime, query: str) -> Response:
    """Hand in an answer. One statement when it is complete, and one more read when it is not."""
    held = tokens.read("assignment", token)
    if held is None:
        return responses.no_such_link()
    assignment_id, worker_id = AssignmentId(held[0]), WorkerId(held[1])
    answer = body.answer(pairs)
    missing = _missing(assignment_id, worker_id, pairs, answer)
    if isinstance(missing, Checked):
        return _incomplete(assignment_id, worker_id, answer, query, checked=missing)
    if missing:
        return _incomplete(assignment_id, worker_id, answer, query, missing=missing)
    try:
        done = submitting.submit(
            worker_id=worker_id,
            assignment_id=assignment_id,
            answer=answer,
            received_at=received_at,
            reported=body.report(pairs),
        )
    except errors.EmptyAnswer as refusal:
        return _incomplete(assignment_id, worker_id, answer, query, notice=str(refusal))
    except Refusal as refusal:
        return refused(refusal, assignment_id)
    if isinstance(done.finished, errors.FirstQuestionsOpen):
        done = _scored(done, worker_id)
    return _submitted(done, worker_id, query)


def _scored(done: submitting.Submitted, worker_id: WorkerId) -> submitting.Submitted:
    """The last of a job's first questions is in: score them at once, and go on with the work if they open it."""
    known_answers.score_now(worker_id=worker_id, hit_type_id=done.hit_type_id)
    try:
        taken = accepting.accept_next(worker_id=worker_id, hit_type_id=done.hit_type_id)
    except Refusal as refusal:
        return replace(done, finished=refusal)
    return replace(done, next=taken, finished=None)


def submit_by_id(*, pairs: body.Pairs, received_at: datetime, query: str) -> Response:
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
    return _submitted(done, held.worker_id, query, is_external=True)


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


def _missing(
    assignment_id: AssignmentId, worker_id: WorkerId, pairs: body.Pairs, answer: body.Pairs
) -> list[str] | Checked:
    """Required fields without an answer; a form of the protocol's own with all that is wrong in it.

    Reads the database only when the form does not say its layout.
    """
    row: Mapping[str, Any] = {}
    named = tokens.read("layout", body.first(pairs, "manyhandsLayout"))
    source = tasks.Source.of_key(named[1]) if named and named[0] == assignment_id else None
    if source is None or tasks.frame_of(source).names_vary:
        task = queries.assignment_task(assignment_id=assignment_id, worker_id=worker_id)
        if task is None:
            return []  # the operation says why
        source, row = tasks.Source(task.layout_id, task.question_id), task.input
    values = by_field(answer)
    form = tasks.form_of(source.question_id)
    if form is not None:
        checked = check_answers(form, values)
        return checked if checked.problems else []
    return tasks.frame_of(source).missing(row, values, _optional(pairs))


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
    query: str,
    *,
    missing: list[str] | None = None,
    notice: str = "",
    checked: Checked | None = None,
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
        query=query,
        draft=answer,
        missing=missing or (),
        notice=notice or (gettext("Some answers need another look.") if checked else ""),
        frame=tasks.form_frame(task.question_id, checked) if checked else None,
    )
    return responses.document(document, status=422)


def _submitted(
    done: submitting.Submitted, worker_id: WorkerId, query: str, *, is_external: bool = False
) -> Response:
    facts: dict[str, Any] = {
        "assignmentId": ids.encode("assignment", done.assignment_id),
        "next": None,
        "autoAccept": done.auto_accept_next,
        "reason": None,
        "message": gettext("Your answer was submitted."),
    }
    if done.next is not None:
        facts["next"] = {"assignmentId": ids.encode("assignment", done.next.assignment_id)}
        if is_external or external_question(done.next.question_id) is not None:
            # A frame for one origin cannot go on to the other kind: the page around opens the next task.
            facts["open"] = True
            return _told(facts)
        return responses.document(
            tasks.work(
                worker_id=worker_id,
                assignment_id=done.next.assignment_id,
                hit_id=done.next.hit_id,
                source=tasks.Source(done.next.layout_id, done.next.question_id),
                row=done.next.input,
                deadline_at=done.next.deadline_at,
                now=done.next.now,
                query=query,
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
