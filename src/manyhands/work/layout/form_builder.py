"""The form builder: a ``FormSpec`` becomes a template like any other, with ``${placeholders}``.

The HTML carries no style of its own: its ``mh-`` classes are drawn by the content origin's frame
style sheet, in light and dark. What the requester typed is escaped; placeholders pass through.
"""

from collections.abc import Iterator
from html import escape

from django.utils.translation import gettext

from manyhands.work.layout.fields import CHECK
from manyhands.work.layout.form_spec import (
    FormSpec,
    Option,
    Question,
    QuestionKind,
    ShownColumn,
    ShownKind,
    from_json,
    to_json,
)

__all__ = [
    "FormSpec",
    "Option",
    "Question",
    "QuestionKind",
    "ShownColumn",
    "ShownKind",
    "from_json",
    "to_html",
    "to_json",
]


def to_html(spec: FormSpec) -> str:
    """The template of a form: labels, fieldsets, marked instructions, a submit button."""
    lines = [
        '<form class="mh-form" data-color-scheme="light dark">',
        f"<h1>{escape(spec.title)}</h1>",
        *_instructions(spec),
        *_shown(spec),
    ]
    for number, question in enumerate(spec.questions, start=1):
        lines += _question(question, f"mh-q{number}")
    lines += [
        f'<p class="mh-actions" data-supplied><button type="submit">{escape(gettext("Submit"))}</button></p>',
        "</form>",
    ]
    return "\n".join(lines) + "\n"


def _instructions(spec: FormSpec) -> Iterator[str]:
    if not spec.instructions:
        return
    yield '<section class="mh-instructions" data-instructions>'
    yield f"<h2>{escape(gettext('Instructions'))}</h2>"
    for paragraph in spec.instructions:
        yield f"<p>{_lines(paragraph)}</p>"
    yield "</section>"


def _shown(spec: FormSpec) -> Iterator[str]:
    if not spec.shown:
        return
    yield '<div class="mh-shown">'
    for item in spec.shown:
        hole = "${" + item.column + "}"
        label = escape(item.label)
        heading = f"<h2>{label}</h2>" if label else ""
        if item.kind is ShownKind.IMAGE:
            caption = f"<figcaption>{label}</figcaption>" if label else ""
            yield f'<figure><img src="{hole}" alt="{label or escape(item.column)}">{caption}</figure>'
        elif item.kind is ShownKind.LINK:
            yield (
                f'<section>{heading}<p><a href="{hole}" target="_blank" rel="noopener noreferrer">'
                f"{hole}</a></p></section>"
            )
        else:
            yield f'<section>{heading}<p class="mh-text">{hole}</p></section>'
    yield "</div>"


def _question(question: Question, id_: str) -> Iterator[str]:
    if question.kind in {QuestionKind.SHORT_TEXT, QuestionKind.LONG_TEXT, QuestionKind.NUMBER}:
        yield from _text_question(question, id_)
        return
    many = question.kind is QuestionKind.MULTIPLE_CHOICE
    marks = _described(question, id_) + (" data-required" if many and question.required else "")
    style = " mh-rating" if question.kind is QuestionKind.RATING else ""
    if question.check:
        marks += f' {CHECK}="{escape(question.check)}"'
    yield f'<fieldset class="mh-question{style}"{marks}>'
    yield f"<legend>{_label(question)}</legend>"
    yield from _help(question, id_)
    type_ = "checkbox" if many else "radio"
    required = " required" if question.required and not many else ""
    for option in _options(question):
        yield (
            f'<label class="mh-option"><input type="{type_}" name="{escape(question.name)}"'
            f' value="{escape(option.value)}"{required}> <span>{escape(option.label)}</span></label>'
        )
    yield "</fieldset>"


def _text_question(question: Question, id_: str) -> Iterator[str]:
    attributes = f'id="{id_}" name="{escape(question.name)}"{_described(question, id_)}'
    attributes += " required" if question.required else ""
    yield '<div class="mh-question">'
    yield f'<label for="{id_}">{_label(question)}</label>'
    yield from _help(question, id_)
    if question.kind is QuestionKind.LONG_TEXT:
        yield f'<textarea {attributes} rows="5"></textarea>'
    elif question.kind is QuestionKind.NUMBER:
        yield f'<input type="number" step="any" inputmode="decimal" {attributes}>'
    else:
        yield f'<input type="text" autocomplete="off" {attributes}>'
    yield "</div>"


def _options(question: Question) -> tuple[Option, ...]:
    if question.kind is QuestionKind.YES_NO:
        return (Option("yes", gettext("Yes")), Option("no", gettext("No")))
    if question.kind is QuestionKind.RATING:
        return tuple(Option(str(mark), str(mark)) for mark in range(1, 6))
    return question.options


def _label(question: Question) -> str:
    optional = (
        "" if question.required else f' <span class="mh-optional">{escape(gettext("(optional)"))}</span>'
    )
    return _lines(question.label) + optional


def _help(question: Question, id_: str) -> Iterator[str]:
    if question.help:
        yield f'<p class="mh-help" id="{id_}-help">{_lines(question.help)}</p>'


def _described(question: Question, id_: str) -> str:
    return f' aria-describedby="{id_}-help"' if question.help else ""


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")
