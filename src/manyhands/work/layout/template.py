"""MTurk's template language: HTML with ``${column}`` placeholders, compiled once and rendered often.

Values are escaped for the place they land in, so that no cell of a row can become markup.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape as escape_html

from django.utils.translation import gettext

from manyhands.work.layout import fields as layout_fields
from manyhands.work.layout.problems import LayoutProblem, error, warning
from manyhands.work.layout.scan import Broken, RawText, Tag, scan

LAYOUT_BYTES_MAX = 1024 * 1024
PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_.-]*)\}")
_ALMOST_PLACEHOLDER = re.compile(r"\$\{([^}\n]{0,80})\}")

# Enough for strings of JavaScript and of JSON alike, whichever quotes stand around the placeholder.
_SCRIPT_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "\"'`\\<>&$\u2028\u2029\x00"}
_SCRIPT_ESCAPES |= {ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t"}
_STYLE_ESCAPES = {ord(character): f"\\{ord(character):x} " for character in "\"'\\<>\n\r\f\x00"}
_NOT_IN_A_NAME = re.compile(r"[^\w-]")

Escape = Callable[[str], str]


def _in_text(value: str) -> str:
    # A bare carriage return would be read as a line feed.
    return escape_html(value).replace("\r", "&#13;") if value else ""


def _in_script(value: str) -> str:
    return value.translate(_SCRIPT_ESCAPES)


def _in_style(value: str) -> str:
    return value.translate(_STYLE_ESCAPES)


def _in_tag(value: str) -> str:
    return _NOT_IN_A_NAME.sub("", value)


@dataclass(frozen=True, slots=True)
class Hole:
    """Where a value goes: its column, how it is escaped there, and what stands there without a value."""

    name: str
    escape: Escape
    unfilled: str


@dataclass(frozen=True, slots=True)
class CompiledLayout:
    """A template cut at its placeholders: literal text and holes in turn."""

    parts: tuple[str | Hole, ...]

    def render(self, row: Mapping[str, object]) -> str:
        """The HTML for one row. A placeholder without a column stays as it is written, to be seen."""
        out: list[str] = []
        for part in self.parts:
            if isinstance(part, str):
                out.append(part)
                continue
            value = row.get(part.name)
            out.append(part.unfilled if value is None else part.escape(str(value)))
        return "".join(out)


def placeholders(html: str) -> tuple[str, ...]:
    """The columns the template asks for, each once, in the order of their first use."""
    return tuple(dict.fromkeys(PLACEHOLDER.findall(html)))


def render(html: str, row: Mapping[str, object]) -> str:
    """Compile and render in one go, for the places that do it once."""
    return compile_layout(html).render(row)


def compile_layout(html: str) -> CompiledLayout:
    """Cut the template at its placeholders and choose, for each, the escaping of its place."""
    html = _quote_bare_values(html)
    contexts = _special_contexts(html)
    parts: list[str | Hole] = []
    position = 0
    for found in PLACEHOLDER.finditer(html):
        while contexts and contexts[0][1] <= found.start():
            contexts.pop(0)
        inside = contexts and contexts[0][0] <= found.start()
        parts += [
            html[position : found.start()],
            Hole(found[1], contexts[0][2] if inside else _in_text, found[0]),
        ]
        position = found.end()
    parts.append(html[position:])
    return CompiledLayout(tuple(part for part in parts if part != ""))


def _quote_bare_values(html: str) -> str:
    """Give quotes to attribute values that hold a placeholder and have none.

    An empty cell, or one with a space, would otherwise swallow or make the attribute after it.
    """
    if "${" not in html:
        return html
    pieces: list[str] = []
    position = 0
    for token in scan(html):
        for attribute in token.attributes if isinstance(token, Tag) else ():
            value = html[attribute.start : attribute.end]
            if attribute.quote == "" and "${" in value:
                pieces += [html[position : attribute.start], '"', value.replace('"', "&quot;"), '"']
                position = attribute.end
    return "".join([*pieces, html[position:]])


def _special_contexts(html: str) -> list[tuple[int, int, Escape]]:
    """The stretches where a value is not plain text: scripts, styles, names inside a tag."""
    contexts: list[tuple[int, int, Escape]] = []
    for token in scan(html):
        if isinstance(token, RawText) and token.name in {"script", "style"}:
            contexts.append((token.start, token.end, _in_script if token.name == "script" else _in_style))
        elif isinstance(token, Tag):
            contexts += _names_in_tag(token)
    return contexts


def _names_in_tag(tag: Tag) -> list[tuple[int, int, Escape]]:
    """The whole tag, less its attribute values: there a value could begin a new attribute."""
    contexts: list[tuple[int, int, Escape]] = []
    position = tag.start
    for attribute in tag.attributes:
        contexts.append((position, attribute.start, _in_tag))
        if attribute.name.startswith("on"):
            contexts.append((attribute.start, attribute.end, _in_handler))
        elif attribute.name == "srcdoc":
            contexts.append((attribute.start, attribute.end, _in_document))
        position = attribute.end
    return [*contexts, (position, tag.end, _in_tag)]


def _in_handler(value: str) -> str:
    # The browser resolves character references first and runs the rest as a script.
    return _in_text(_in_script(value))


def _in_document(value: str) -> str:
    # A document inside an attribute: its text is read twice.
    return _in_text(_in_text(value))


def check_layout(html: str, columns: Iterable[str] | None = None) -> list[LayoutProblem]:
    """What is wrong with a template, errors first. ``columns`` None leaves placeholders unchecked."""
    if not html.strip():
        return [error(gettext("The template is empty."))]
    size = len(html.encode("utf-8", "replace"))
    if size > LAYOUT_BYTES_MAX:
        return [
            error(
                gettext("The template has %(size)d KB; the most is %(limit)d KB.")
                % {"size": -(-size // 1024), "limit": LAYOUT_BYTES_MAX // 1024}
            )
        ]
    found = [*_malformed(html), *_placeholder_problems(html, columns), *layout_fields.check_fields(html)]
    return sorted(found, key=lambda problem: problem.severity)


def _malformed(html: str) -> list[LayoutProblem]:
    found: list[LayoutProblem] = []
    open_forms = 0
    if "\x00" in html:
        found.append(error(gettext("The template contains a NUL character."), html, html.index("\x00")))
    for token in scan(html):
        if isinstance(token, Broken):
            found.append(
                error(
                    gettext("“%(what)s” is opened and never closed.") % {"what": token.what},
                    html,
                    token.start,
                )
            )
        elif isinstance(token, Tag) and token.name == "form":
            if open_forms and not token.closing:
                found.append(warning(gettext("A form cannot stand inside another form."), html, token.start))
            open_forms = max(0, open_forms + (-1 if token.closing else 1))
        elif isinstance(token, Tag) and token.name in {"frameset", "base"} and not token.closing:
            found.append(
                error(gettext("A template cannot use <%(tag)s>.") % {"tag": token.name}, html, token.start)
            )
    return found


def _placeholder_problems(html: str, columns: Iterable[str] | None) -> list[LayoutProblem]:
    found: list[LayoutProblem] = []
    known = None if columns is None else set(columns)
    by_folded = {} if known is None else {column.casefold(): column for column in known}
    for name in placeholders(html):
        if known is None or name in known:
            continue
        if name.casefold() in by_folded:
            sentence = gettext("There is no column “%(name)s”; did you mean “%(other)s”?") % {
                "name": name,
                "other": by_folded[name.casefold()],
            }
        else:
            sentence = gettext("There is no column “%(name)s”, but the template asks for it.") % {
                "name": name
            }
        found.append(error(sentence, html, html.index("${" + name + "}")))
    sentence = gettext("“%(text)s” looks like a placeholder but is not one, and stays as it is.")
    found += [
        warning(sentence % {"text": almost[0]}, html, almost.start())
        for almost in _ALMOST_PLACEHOLDER.finditer(html)
        if not PLACEHOLDER.fullmatch(almost[0])
    ]
    return found
