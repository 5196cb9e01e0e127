"""A QuestionForm as HTML: complete fields with labels, hints and problems, and nothing that needs a script.

It is drawn by the same ``mh-`` classes as forms of the form builder. The caller supplies the form element
around it, its hidden fields and the submit button.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

from django.template.defaultfilters import filesizeformat as filesize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from manyhands.questions import media
from manyhands.questions.answers import Answer
from manyhands.questions.controls import (
    OTHER_VALUE,
    Control,
    FieldNames,
    control_of,
    field_names,
    needs_answer,
)
from manyhands.questions.forms import (
    Choice,
    Content,
    FileUpload,
    FormattedContent,
    FreeText,
    Overview,
    Question,
    QuestionForm,
    Selections,
    Style,
    Text,
    Title,
)

_LIST_ROWS_MAX = 8
_SCROLLED = frozenset({Style.LIST, Style.MULTICHOOSER})


def render_form(
    form: QuestionForm,
    answers: Mapping[str, Answer] | None = None,
    problems: Mapping[str, str] | None = None,
    *,
    heading: int = 2,
    file_bytes_max: int | None = None,
) -> SafeString:
    """The form's fields, filled with what was answered, each problem at its question.

    ``answers`` and ``problems``: by QuestionIdentifier, as ``Checked`` has them. ``heading``: the level of
    titles above the questions. ``file_bytes_max``: the largest file that is taken whatever the
    form says; None where no file can be handed in.
    """
    names = field_names(form)
    views = {
        question.identifier: _View(
            question=question,
            id=f"mh-q{number}",
            number=number,
            names=names[question.identifier],
            answer=(answers or {}).get(question.identifier),
            problem=(problems or {}).get(question.identifier, ""),
        )
        for number, question in enumerate(form.questions, start=1)
    }
    lines = list(_summary(list(views.values())))
    for part in form.parts:
        if isinstance(part, Overview):
            lines += ['<section class="mh-overview">', *media.contents(part.contents, heading), "</section>"]
        else:
            lines += _question(views[part.identifier], file_bytes_max)
    return mark_safe("\n".join(lines) + "\n")  # noqa: S308 -- every part is escaped where it is written


@dataclass(frozen=True, slots=True)
class _View:
    """A question, and how it stands in this page."""

    question: Question
    id: str
    number: int
    names: FieldNames
    answer: Answer | None
    problem: str

    @property
    def label(self) -> tuple[str, tuple[Content, ...]]:
        """What the field is called, and the contents that are left to show."""
        contents = self.question.contents
        if self.question.display_name:
            return self.question.display_name, contents
        first = contents[0]
        if isinstance(first, Title | Text) and first.text.strip():
            return first.text.strip(), contents[1:]
        return gettext("Question %(number)d") % {"number": self.number}, contents

    @property
    def rest(self) -> tuple[Content, ...]:
        return self.label[1]

    def label_html(self) -> str:
        optional = "" if needs_answer(self.question) else gettext("(optional)")
        mark = f' <span class="mh-optional">{escape(optional)}</span>' if optional else ""
        return media.lines(self.label[0]) + mark

    def described(self, hints: list[str]) -> str:
        ids = [f"{self.id}-content"] if self.rest else []
        ids += [f"{self.id}-help"] if hints else []
        ids += [self.error_id] if self.problem else []
        return f' aria-describedby="{" ".join(ids)}"' if ids else ""

    @property
    def box(self) -> str:
        """The attributes of the element around the question."""
        return f'class="mh-question mh-invalid"{self.marked}' if self.problem else 'class="mh-question"'

    @property
    def error_id(self) -> str:
        return f"mh-error-{self.number}"

    @property
    def marked(self) -> str:
        """By this the frame's script takes a problem away once it is mended."""
        return f' data-mh-name="{escape(self.names.answer)}"'

    @property
    def invalid(self) -> str:
        return ' aria-invalid="true"' if self.problem else ""

    @property
    def target(self) -> str:
        """The id of the first field, to go to from the summary."""
        answer = self.question.answer
        grouped = isinstance(answer, Selections) and control_of(answer) is not Control.SELECT
        return f"{self.id}-1" if grouped else self.id


def _summary(views: list[_View]) -> Iterator[str]:
    wrong = [view for view in views if view.problem]
    if not wrong:
        return
    heading = ngettext(
        "%(count)d answer needs another look.", "%(count)d answers need another look.", len(wrong)
    ) % {"count": len(wrong)}
    yield '<div class="mh-summary" role="alert" tabindex="-1">'
    yield f"<p>{escape(heading)}</p>"
    yield "<ul>"
    for view in wrong:
        label = view.label[0].splitlines()[0]
        yield f'<li{view.marked}><a href="#{view.target}">{escape(label)}</a>: {escape(view.problem)}</li>'
    yield "</ul>"
    yield "</div>"


def _question(view: _View, file_bytes_max: int | None) -> Iterator[str]:
    answer = view.question.answer
    if isinstance(answer, FreeText):
        yield from _free_text(view, answer)
    elif isinstance(answer, FileUpload):
        yield from _no_upload(view) if file_bytes_max is None else _upload(view, answer, file_bytes_max)
    elif control_of(answer) is Control.SELECT:
        yield from _select(view, answer)
    else:
        yield from _group(view, answer)


def _below_label(view: _View, hints: list[str]) -> Iterator[str]:
    if view.rest:
        yield f'<div class="mh-content" id="{view.id}-content">'
        yield from media.contents(view.rest, heading=3)
        yield "</div>"
    if hints:
        yield f'<p class="mh-help" id="{view.id}-help">{escape(" ".join(hints))}</p>'
    if view.problem:
        yield f'<p class="mh-error" id="{view.error_id}"{view.marked}>{escape(view.problem)}</p>'


def _free_text(view: _View, spec: FreeText) -> Iterator[str]:
    hints = text_hints(spec)
    text = view.answer.text if view.answer else spec.default
    yield f"<div {view.box}>"
    yield f'<label for="{view.id}">{view.label_html()}</label>'
    yield from _below_label(view, hints)
    required = " required" if needs_answer(view.question) else ""
    attributes = (
        f'id="{view.id}" name="{escape(view.names.answer)}"{required}{view.invalid}{view.described(hints)}'
    )
    yield _text_field(spec, text, attributes)
    yield "</div>"


def _text_field(spec: FreeText, text: str, attributes: str) -> str:
    if spec.numeric:
        low = "" if spec.value_min is None else f' min="{spec.value_min}"'
        high = "" if spec.value_max is None else f' max="{spec.value_max}"'
        kind = f'type="number" step="any" inputmode="decimal"{low}{high}'
        return f'<input {kind} {attributes} value="{escape(text)}">'
    low = f' minlength="{spec.length_min}"' if spec.length_min else ""
    high = f' maxlength="{spec.length_max}"' if spec.length_max else ""
    if spec.lines > 1:
        # A browser drops a line end right after the tag.
        rows = min(spec.lines, 40)
        return f'<textarea {attributes} rows="{rows}"{low}{high}>\n{escape(text, quote=False)}</textarea>'
    return f'<input type="text" autocomplete="off" {attributes}{low}{high} value="{escape(text)}">'


def _select(view: _View, spec: Selections) -> Iterator[str]:
    chosen = (view.answer.selections if view.answer else None) or ()
    needed = needs_answer(view.question)
    listed = spec.style in _SCROLLED
    size = f' size="{min(len(spec.choices) + 1, _LIST_ROWS_MAX)}"' if listed else ""
    required = " required" if needed and spec.other is None else ""
    yield f"<div {view.box}>"
    yield f'<label for="{view.id}">{view.label_html()}</label>'
    yield from _below_label(view, [])
    yield (
        f'<select id="{view.id}" name="{escape(view.names.answer)}"{size}{required}'
        f"{view.invalid}{view.described([])}>"
    )
    if spec.other is not None:
        nothing = gettext("Choose an answer, or write one below")
    else:
        nothing = gettext("Choose an answer") if needed else gettext("No answer")
    yield f'<option value="">{escape(nothing)}</option>'
    for choice in spec.choices:
        selected = " selected" if choice.identifier in chosen else ""
        text = choice.content.text if isinstance(choice.content, Text) else choice.identifier
        yield f'<option value="{escape(choice.identifier)}"{selected}>{escape(text.strip())}</option>'
    yield "</select>"
    if spec.other is not None:
        yield from _other_field(view, spec.other)
    yield "</div>"


def _group(view: _View, spec: Selections) -> Iterator[str]:
    chosen = (view.answer.selections if view.answer else None) or ()
    hints = count_hints(spec)
    control = control_of(spec)
    needed = needs_answer(view.question)
    together = " data-required" if needed and control is Control.CHECKBOX else ""
    required = " required" if needed and control is Control.RADIO else ""
    yield f'<fieldset {view.box} id="{view.id}"{view.described(hints)}{together}>'
    yield f"<legend>{view.label_html()}</legend>"
    yield from _below_label(view, hints)
    scrolled = spec.style in _SCROLLED
    if scrolled:
        yield '<div class="mh-scroll">'
    for number, choice in enumerate(spec.choices, start=1):
        checked = " checked" if choice.identifier in chosen else ""
        attributes = (
            f'type="{control}" id="{view.id}-{number}" name="{escape(view.names.answer)}"'
            f' value="{escape(choice.identifier)}"{required}{view.invalid}{checked}'
        )
        yield from _choice(choice, attributes)
    if scrolled:
        yield "</div>"
    if spec.other is not None:
        checked = " checked" if view.answer and view.answer.other else ""
        label = escape(gettext("Another answer"))
        yield (
            f'<label class="mh-option"><input type="{control}" name="{escape(view.names.answer)}"'
            f' value="{OTHER_VALUE}"{required}{view.invalid}{checked}> <span>{label}</span></label>'
        )
        yield from _other_field(view, spec.other)
    yield "</fieldset>"


def _choice(choice: Choice, attributes: str) -> Iterator[str]:
    content = choice.content
    after = ""
    if isinstance(content, Text):
        label = media.lines(content.text.strip() or choice.identifier)
    elif isinstance(content, FormattedContent):
        label = media.formatted(content)
    elif content.kind == "image":
        label = media.image(content, content.alt.strip() or choice.identifier)
    else:
        # A player inside a label would choose whenever it is played.
        label, after = escape(content.alt.strip() or choice.identifier), media.binary(content)
    yield f'<label class="mh-option"><input {attributes}> <span>{label}</span></label>{after}'


def _other_field(view: _View, spec: FreeText) -> Iterator[str]:
    hints = text_hints(spec)
    described = f' aria-describedby="{view.id}-other-help"' if hints else ""
    yield f'<div class="mh-other"><label for="{view.id}-other">{escape(gettext("Your own answer"))}</label>'
    if hints:
        yield f'<p class="mh-help" id="{view.id}-other-help">{escape(" ".join(hints))}</p>'
    placeholder = f' placeholder="{escape(spec.default)}"' if spec.default else ""
    attributes = (
        f'id="{view.id}-other" name="{escape(view.names.other)}"{placeholder}{view.invalid}{described}'
    )
    yield _text_field(spec, view.answer.other if view.answer else "", attributes)
    yield "</div>"


DROPPED_FIELD = "manyhandsDrop"


def _upload(view: _View, spec: FileUpload, bytes_max: int) -> Iterator[str]:
    """With a script the frame shows the file that is kept, and sends a new one at once."""
    kept = view.answer if view.answer and view.answer.file_key else None
    hints = [file_hint(spec, bytes_max)]
    required = " required" if needs_answer(view.question) and not kept else ""
    yield f"<div {view.box}>"
    yield f'<label for="{view.id}">{view.label_html()}</label>'
    yield from _below_label(view, hints)
    if kept:
        yield f"<noscript>{kept_file(view.names.answer, kept.file_name, kept.file_bytes or 0)}</noscript>"
    name = escape(view.names.answer)
    yield f'<input type="file" id="{view.id}" name="{name}"{required}{view.invalid}{view.described(hints)}>'
    yield "</div>"


def kept_file(field: str, name: str, size: int) -> str:
    """A file that is there already, and the box that takes it away; another file takes its place."""
    sentence = gettext("Kept: %(name)s (%(size)s)") % {"name": name, "size": filesize(size)}
    box = f'<input type="checkbox" name="{DROPPED_FIELD}" value="{escape(field)}">'
    remove = escape(gettext("Remove this file"))
    return f'<p class="mh-help">{escape(sentence)} <label>{box} {remove}</label></p>'


def file_hint(spec: FileUpload, bytes_max: int) -> str:
    """What sizes are taken, as a sentence. One byte at least has every file."""
    sizes = {"least": filesize(spec.bytes_min), "most": filesize(min(spec.bytes_max, bytes_max))}
    if spec.bytes_min > 1:
        return gettext("One file, from %(least)s to %(most)s.") % sizes
    return gettext("One file of up to %(most)s.") % sizes


def _no_upload(view: _View) -> Iterator[str]:
    """A file cannot be handed in, and nothing is asked for that cannot be given."""
    notice = gettext("Files cannot be handed in here. You can submit without one.")
    optional = escape(gettext("(optional)"))
    label = f'{media.lines(view.label[0])} <span class="mh-optional">{optional}</span>'
    yield '<div class="mh-question">'
    yield f"<p><strong>{label}</strong></p>"
    yield from _below_label(view, [])
    yield f'<p class="mh-note">{escape(notice)}</p>'
    yield "</div>"


def text_hints(spec: FreeText) -> list[str]:
    """What a free text must be like, as sentences."""
    hints: list[str] = []
    bounds = {"least": spec.value_min, "most": spec.value_max}
    if spec.numeric and spec.value_min is not None and spec.value_max is not None:
        hints.append(gettext("A number from %(least)d to %(most)d.") % bounds)
    elif spec.numeric and spec.value_min is not None:
        hints.append(gettext("A number, %(least)d or more.") % bounds)
    elif spec.numeric and spec.value_max is not None:
        hints.append(gettext("A number, %(most)d or less.") % bounds)
    elif spec.numeric:
        hints.append(gettext("A number."))
    low, high = spec.length_min, spec.length_max
    if low > 1 and high:
        hints.append(gettext("From %(least)d to %(most)d characters.") % {"least": low, "most": high})
    elif low > 1:
        hints.append(
            ngettext("At least %(count)d character.", "At least %(count)d characters.", low) % {"count": low}
        )
    elif high:
        hints.append(
            ngettext("At most %(count)d character.", "At most %(count)d characters.", high) % {"count": high}
        )
    return hints


def count_hints(spec: Selections) -> list[str]:
    """How many selections may be made, where that is not plain from the control."""
    if control_of(spec) is not Control.CHECKBOX:
        return []
    offered = len(spec.choices) + (spec.other is not None)
    low, high = spec.count_min, min(spec.count_max, offered)
    if low == high:
        return [ngettext("Choose %(count)d answer.", "Choose %(count)d answers.", low) % {"count": low}]
    if low > 1 and high < offered:
        return [gettext("Choose from %(least)d to %(most)d answers.") % {"least": low, "most": high}]
    if low > 1:
        return [
            ngettext("Choose at least %(count)d answer.", "Choose at least %(count)d answers.", low)
            % {"count": low}
        ]
    if high < offered:
        return [
            ngettext("Choose at most %(count)d answer.", "Choose at most %(count)d answers.", high)
            % {"count": high}
        ]
    return []
