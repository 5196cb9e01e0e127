"""The template under which a recorded set is published: its columns, its question, its source."""

import re
from html import escape

from manyhands.replay.recorded import RecordedSet

# The worker's answer; a column of the results is named after it.
ANSWER_FIELD = "label"
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_]")


def column_names(recorded_set: RecordedSet) -> tuple[str, ...]:
    """The set's columns as names a placeholder can have, each another."""
    names: list[str] = []
    for number, column in enumerate(recorded_set.columns):
        name = _NOT_IN_A_NAME.sub("_", column)
        if not name[:1].isalpha() or name in names:
            name = f"column_{number}"
        names.append(name)
    return tuple(names)


def html(recorded_set: RecordedSet) -> str:
    """HTML with ``${placeholders}``, as a requester would write it."""
    named = dict(zip(recorded_set.columns, column_names(recorded_set), strict=True))
    shown = [column for column in named if column != "task"] or ["task"]
    return "\n".join(
        [
            '<form class="mh-form" data-color-scheme="light dark" data-task="${task}">',
            f"<h1>{_text(recorded_set.title)}</h1>",
            '<section class="mh-instructions" data-instructions>',
            "<h2>Instructions</h2>",
            f"<p>{_text(recorded_set.question)}</p>",
            f"<p>{_instruction(recorded_set)}</p>",
            "</section>",
            '<div class="mh-shown">',
            *(
                f'<section><h2>{_text(_heading(column))}</h2><p class="mh-text">${{{named[column]}}}</p></section>'
                for column in shown
            ),
            "</div>",
            *_question(recorded_set),
            '<p class="mh-actions"><button type="submit">Submit</button></p>',
            f"<p><small>{_source(recorded_set)}</small></p>",
            "</form>",
            "",
        ]
    )


def _question(recorded_set: RecordedSet) -> list[str]:
    if recorded_set.is_free_text:
        return [
            f'<p><label for="answer">{_text(recorded_set.question)}</label></p>',
            f'<p><textarea id="answer" name="{ANSWER_FIELD}" rows="4" required></textarea></p>',
        ]
    return [
        "<fieldset>",
        f"<legend>{_text(recorded_set.question)}</legend>",
        *(
            f'<p><label><input type="radio" name="{ANSWER_FIELD}" value="{_text(label)}" required> '
            f"{_text(name)}</label></p>"
            for label, name in recorded_set.choices.items()
        ),
        "</fieldset>",
    ]


def _instruction(recorded_set: RecordedSet) -> str:
    if recorded_set.is_free_text:
        return "Write what a fluent speaker would say. Do not use machine translation."
    if recorded_set.columns == ("task",):
        return "The items of this recorded set are not public: you see the item’s number in its place."
    return "Decide by what is written here alone."


def _source(recorded_set: RecordedSet) -> str:
    source, licence = (str(recorded_set.meta.get(key, "not stated")) for key in ("source", "licence"))
    return f"Source: {_text(source)}. Licence: {_text(licence)}."


def _heading(column: str) -> str:
    return column.replace("_", " ").capitalize()


def _text(raw: str) -> str:
    # A dollar sign of the record must not start a placeholder.
    return escape(raw).replace("$", "&#36;")
