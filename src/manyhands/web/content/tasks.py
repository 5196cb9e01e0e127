"""Rendering tasks: an accepted assignment, a preview of a HIT, a requester's trial of a template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from html import escape
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import get_language, gettext

from manyhands.core import files as core_files
from manyhands.core import tokens
from manyhands.core.ids import AssignmentId, HITId, WorkerId
from manyhands.questions.answers import HandedFile
from manyhands.questions.checking import Checked, by_field, check_answers
from manyhands.questions.forms import ExternalQuestion, HTMLQuestion, QuestionForm
from manyhands.questions.parsing import parse_question
from manyhands.questions.rendering import render_form
from manyhands.web.content import crowd, pages
from manyhands.web.content.document import Frame, prepare, slots
from manyhands.web.frames import PREVIEW_ASSIGNMENT, TOKEN_GRACE_S, parameters, work_path
from manyhands.work.operations import answer_files
from manyhands.work.queries import content as queries
from manyhands.work.queries import files as file_queries

Answer = Sequence[Sequence[str]]
# By the field they were handed in for.
Files = Mapping[str, HandedFile]


# Layouts and questions have numbers of their own; this tells which one a token names.
_QUESTIONS_FROM = 1 << 62


@dataclass(frozen=True, slots=True)
class Source:
    """What a task's document is made of: a question of the API's, or else a layout to be filled."""

    layout_id: int | None
    question_id: int | None = None

    @property
    def key(self) -> int:
        """One number for both kinds, for a token."""
        return (self.layout_id or 0) if self.question_id is None else _QUESTIONS_FROM + self.question_id

    @classmethod
    def of_key(cls, key: int) -> "Source":
        return cls(None, key - _QUESTIONS_FROM) if key >= _QUESTIONS_FROM else cls(key or None)


def frame_of(source: Source) -> Frame:
    """The prepared frame; layouts and questions never change, so it is kept. A form speaks the reader's language."""
    return _frame_of(source, (get_language() or "en") if source.question_id is not None else "")


@lru_cache(maxsize=1_024)
def _frame_of(source: Source, language: str) -> Frame:
    del language  # the active one; it only tells results apart
    if source.question_id is not None:
        return prepare(_html_of(source.question_id))
    html = None if source.layout_id is None else queries.layout_html(layout_id=source.layout_id)
    return prepare(html or "")


@lru_cache(maxsize=1_024)
def form_of(question_id: int | None) -> QuestionForm | None:
    """The question when it is a form of the protocol's own, whose answers have rules of their own."""
    question = None if question_id is None else _question(question_id)
    return question if isinstance(question, QuestionForm) else None


def form_frame(question_id: int | None, checked: Checked) -> Frame | None:
    """The form with what was answered and what is wrong with it."""
    form = form_of(question_id)
    if form is None:
        return None
    return prepare(_form_html(_rendered(form, checked)))


def _rendered(form: QuestionForm, checked: Checked | None = None) -> str:
    if checked is None:
        return render_form(form, file_bytes_max=core_files.bytes_max())
    return render_form(form, checked.by_question, checked.problems, file_bytes_max=core_files.bytes_max())


def kept_files(assignment_id: AssignmentId, task: queries.AssignmentTask) -> Files:
    """The files that are kept for a task so far. No statement when it takes none."""
    if not frame_of(Source(task.layout_id, task.question_id)).has_file:
        return {}
    return file_queries.kept(assignment_id=assignment_id)


def _form_html(body: str) -> str:
    return f'<main class="mh-form" data-color-scheme="light dark">{body}</main>'


def _html_of(question_id: int) -> str:
    question = _question(question_id)
    if isinstance(question, HTMLQuestion):
        return question.html
    if isinstance(question, QuestionForm):
        return _form_html(_rendered(question))
    return ""  # an external question has no document here


@lru_cache(maxsize=64)  # asked for twice, for the frame and for the form
def _question(question_id: int) -> HTMLQuestion | ExternalQuestion | QuestionForm | None:
    found = queries.question(question_id=question_id)
    return None if found is None else parse_question(found.content, allow_http=True)


# A requester's preview is rendered again with every row and every keystroke.
_trial_frame = lru_cache(maxsize=32)(prepare)


def work(
    *,
    worker_id: WorkerId,
    assignment_id: AssignmentId,
    hit_id: HITId,
    source: Source,
    row: Mapping[str, Any],
    deadline_at: datetime,
    now: datetime,
    draft: Answer | None = None,
    missing: Sequence[str] = (),
    notice: str = "",
    submitted: Mapping[str, Any] | None = None,
    frame: Frame | None = None,
    files: Files | None = None,
    problems: Mapping[str, str] | None = None,
    is_blank: bool = False,
) -> bytes:
    """The document of an assignment in work.

    ``missing`` and ``notice`` say why an answer was just refused; ``submitted`` tells of the one handed
    in before this task; ``frame`` stands in for the
    source's own, with each problem at its question. ``files`` are kept from before; ``problems`` says what is
    wrong with fields that are not missing. ``is_blank``: nothing was filled in, and the next time that is the answer.
    """
    files = files or {}
    frame = frame or _form_with_files(source, files, draft or ()) or frame_of(source)
    good_for_s = max(0, int((deadline_at - now).total_seconds())) + TOKEN_GRACE_S
    token = tokens.make("assignment", assignment_id, worker_id, good_for_s=good_for_s)
    layout_token = tokens.make("layout", assignment_id, source.key, good_for_s=good_for_s)
    turk = parameters(hit_id=hit_id, assignment_id=assignment_id, worker_id=worker_id, token=token)
    assignment = turk["assignmentId"]
    data: dict[str, Any] = {
        "mode": "work",
        "assignmentId": assignment,
        "texts": pages.texts(),
        "required": frame.required(row),
        "turk": turk,
    }
    if frame.has_crowd:
        data["crowd"] = crowd.texts()
    if draft:
        data["draft"] = draft
    if frame.has_file:
        data["files"] = {
            name: {"name": file.name, "size": filesizeformat(file.bytes)} for name, file in files.items()
        }
        data["fileLimits"] = {
            name: {"bytes": limits.bytes_max, "words": filesizeformat(limits.bytes_max)}
            for name, limits in answer_files.limits(
                layout_id=source.layout_id, question_id=source.question_id, row=row
            ).items()
        }
        data["texts"] = data["texts"] | file_texts()
    if problems:
        data["problems"] = problems
    if missing:
        data["missing"] = missing
    if notice:
        data["notice"] = notice
    if submitted:
        data["submitted"] = submitted
    return frame.render(
        row,
        slots(
            action=work_path(token, turk),
            assignment=assignment,
            token=token,
            layout_token=layout_token,
            is_blank=is_blank,
            title=pages.texts()["title"],
            submit_label=pages.texts()["submit"],
            data=data,
            notice=_notice(
                frame,
                row,
                missing,
                notice,
                problems=problems or {},
                files=files if form_of(source.question_id) is None else {},  # a form says so at its questions
            ),
        ),
    )


def preview(*, source: Source, row: Mapping[str, Any], hit_id: HITId) -> bytes:
    """The document of a HIT that is not accepted: to be read, not to be submitted."""
    return _not_accepted(frame_of(source), row, parameters(hit_id=hit_id), pages.texts())


def trial(*, html: str, row: Mapping[str, Any]) -> bytes:
    """A template that is not saved, with a row: what the requester's editor shows."""
    texts = {name: text for name, text in pages.texts().items() if name != "preview"}
    return _not_accepted(_trial_frame(html), row, {"assignmentId": PREVIEW_ASSIGNMENT}, texts)


def _not_accepted(
    frame: Frame, row: Mapping[str, Any], turk: Mapping[str, str], texts: Mapping[str, str]
) -> bytes:
    data: dict[str, Any] = {"mode": "preview", "texts": texts, "turk": turk}
    if frame.has_crowd:
        data["crowd"] = crowd.texts()
    return frame.render(
        row,
        slots(
            action="",
            assignment=PREVIEW_ASSIGNMENT,
            title=texts["title"],
            submit_label=texts["submit"],
            data=data,
            preview=True,
        ),
    )


def _form_with_files(source: Source, files: Files, draft: Answer) -> Frame | None:
    """A form that says which files it has, also to readers without scripts."""
    form = form_of(source.question_id) if files else None
    if form is None:
        return None
    checked = check_answers(form, by_field(draft), files)
    return form_frame(source.question_id, Checked(checked.answers, {}))


def file_texts() -> dict[str, str]:
    """What the frame's script says of files. ``{name}`` is filled in by the script."""
    return {
        "file_sending": gettext("Sending {name}"),
        "file_kept": gettext("{name} is kept"),
        "file_removed": gettext("{name} is removed"),
        "file_remove": gettext("Remove {name}"),
        "file_stop": gettext("Stop sending {name}"),
        "file_remove_short": gettext("Remove"),
        "file_stop_short": gettext("Stop"),
        "file_too_large": gettext("The file is larger than {most}."),
        "file_wait": gettext("Wait until the file has been sent."),
        "file_later": gettext("{name} could not be sent now. It goes with your answer when you submit."),
    }


def _notice(
    frame: Frame,
    row: Mapping[str, Any],
    missing: Sequence[str],
    notice: str,
    *,
    problems: Mapping[str, str],
    files: Files,
) -> str:
    """For readers without scripts; the frame's script marks the fields themselves."""
    labels = frame.labels(row)
    items = [escape(labels.get(name, name)) for name in missing]
    items += [f"{escape(labels.get(name, name))}: {escape(sentence)}" for name, sentence in problems.items()]
    shown = ""
    if items or notice:
        heading = escape(notice or pages.texts()["summary"])
        listed = "".join(f"<li>{item}</li>" for item in items)
        shown = f'<div class="mh-summary"><strong>{heading}</strong><ul>{listed}</ul></div>'
    if files:
        heading = escape(gettext("These files are kept. Another one for the same field takes its place:"))
        listed = "".join(
            f"<li>{escape(labels.get(name, name))}: {escape(file.name)} ({escape(filesizeformat(file.bytes))})</li>"
            for name, file in files.items()
        )
        shown += f'<div class="mh-note"><p>{heading}</p><ul>{listed}</ul></div>'
    return f"<noscript>{shown}</noscript>" if shown else ""
