"""Making a frame document of a requester's template: prepared once per layout, rendered per task.

Preparing splices into the template as it was written: forms post to our own address, every form
carries the assignment's fields, a submit button is always there, the frame's script and style are
linked. What differs from task to task is a hole (a column of the row) or a slot (our own values).
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape as escape_html
from typing import Any
from urllib.parse import urljoin

import orjson

from manyhands.web.content import crowd
from manyhands.web.content.static import versioned
from manyhands.web.frames import submit_address
from manyhands.work.layout.fields import CHECK, LayoutField, fields
from manyhands.work.layout.scan import RawText, Tag, scan
from manyhands.work.layout.template import PLACEHOLDER, Hole, compile_layout

# Addresses of MTurk that templates carry: they mean the platform, and the platform is we.
_SUBMIT_ADDRESS = re.compile(r"(?:https?:)?//(?:www|workersandbox)\.mturk\.com/+mturk/externalSubmit")
_EXTERNAL_HIT = re.compile(r"(?:https?:)?//s3\.amazonaws\.com/mturk-public/externalHIT_v1\.js")

# Scripts that may look for the assignment in the address: their own words, or a file that is no known library.
_ADDRESS = re.compile(r"\blocation\b|\bdocument\s*\.\s*(?:URL|documentURI|baseURI)\b")
_LIBRARY = re.compile(
    r"^(?:https:)?//(?:code\.jquery\.com|ajax\.googleapis\.com|cdnjs\.cloudflare\.com|cdn\.jsdelivr\.net|unpkg\.com"
    r"|(?:maxcdn|stackpath|netdna)\.bootstrapcdn\.com|d3js\.org|www\.gstatic\.com|assets\.crowd\.aws)/"
    r"|externalHIT_v1|crowd-html-elements"
)

# NUL cannot occur in a template, so it marks our own slots.
_SLOT = re.compile("\x00([a-z]+)\x00")
_FORM_ATTRIBUTES = frozenset({"action", "method", "target", "enctype", "accept-charset"})
_BUTTON_ATTRIBUTES = frozenset({"formaction", "formmethod", "formtarget", "formenctype"})
_SUPPLIED_BUTTON = (
    '<p class="mh-actions" data-supplied><button type="submit"\x00disabled\x00>\x00submit\x00</button></p>'
)


def _slot(value: str) -> str:
    """Slots are filled with text that is already markup."""
    return value


@dataclass(frozen=True, slots=True)
class Frame:
    """A prepared layout. ``required`` are the fields the server itself checks."""

    parts: tuple[str | Hole, ...]
    fields: tuple[LayoutField, ...]
    has_script: bool
    names_vary: bool
    """Whether a required field's name, or that of one for a file, holds a placeholder: checking needs the row."""
    has_crowd: bool = False
    """Whether it uses crowd elements, which say things of their own."""
    has_file: bool = False
    """Whether a field takes a file."""
    reads_address: bool = False
    """Whether its scripts may read the assignment from the document's address."""

    def render(self, row: Mapping[str, Any], slots: Mapping[str, str]) -> bytes:
        out: list[str] = []
        for part in self.parts:
            if isinstance(part, str):
                out.append(part)
            elif part.escape is _slot:
                out.append(slots.get(part.name, ""))
            else:
                value = row.get(part.name)
                out.append(part.unfilled if value is None else part.escape(str(value)))
        return "".join(out).encode("utf-8", "replace")

    def required(self, row: Mapping[str, Any]) -> list[str]:
        """The names of required fields in this task."""
        return [_filled(each.name, row) for each in self.fields if each.required]

    def labels(self, row: Mapping[str, Any]) -> dict[str, str]:
        """What the fields are called, by name."""
        return {_filled(each.name, row): _filled(each.label, row) or each.name for each in self.fields}

    def missing(
        self, row: Mapping[str, Any], answer: Mapping[str, list[str]], optional: frozenset[str]
    ) -> list[str]:
        """Required fields without an answer, by the names they have in this task.

        ``optional``: fields the template's own script had made optional when the worker submitted;
        only templates with a script may do that.
        """
        excused = optional if self.has_script else frozenset()
        return [
            name
            for name in self.required(row)
            if name not in excused and not any(value.strip() for value in answer.get(name, ()))
        ]


def slots(
    *,
    action: str,
    assignment: str,
    title: str,
    submit_label: str,
    data: Mapping[str, Any],
    token: str = "",
    layout_token: str = "",
    notice: str = "",
    preview: bool = False,
    is_blank: bool = False,
) -> dict[str, str]:
    """Our own values for one document, escaped for where they stand."""
    hidden = f'<input type="hidden" name="assignmentId" value="{escape_html(assignment)}">'
    if layout_token:
        hidden += f'<input type="hidden" name="manyhandsLayout" value="{escape_html(layout_token)}">'
    if token:
        hidden += f'<input type="hidden" name="manyhandsToken" value="{escape_html(token)}">'
    if is_blank:
        hidden += '<input type="hidden" name="manyhandsBlank" value="1">'
    return {
        "action": escape_html(action),
        "assignment": escape_html(assignment),
        "hidden": hidden,
        "disabled": " disabled" if preview else "",
        "title": escape_html(title),
        "submit": escape_html(submit_label),
        "data": script_json(data),
        "notice": notice,
        "external": urljoin(submit_address(token), "mturk/externalSubmit"),
    }


def script_json(data: Mapping[str, Any]) -> str:
    """JSON that cannot end the script element it stands in."""
    text = orjson.dumps(data).decode()
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def prepare(html: str) -> Frame:
    """Turn a template into a frame. Slow (milliseconds): its result is kept per layout."""
    html = html.replace("\x00", "")
    html = _SUBMIT_ADDRESS.sub("\x00external\x00", html)
    html = _EXTERNAL_HIT.sub(versioned("externalHIT_v1.js"), html)
    html = crowd.with_own_elements(html)
    seen = _survey(html)
    edits = _Edits(html)
    # Two insertions at one place stand in the order they were made: the head comes first.
    _edit_head(seen, edits)
    _edit_forms(seen, edits)
    compiled = compile_layout(edits.applied())
    found = fields(html)
    vary = [each.name for each in found if each.required] + seen.file_names
    names_vary = any("${" in name for name in vary)
    return Frame(
        _with_slots(compiled.parts),
        found,
        seen.has_script,
        names_vary,
        crowd.is_crowd(html),
        bool(seen.file_names),
        seen.reads_address,
    )


@dataclass(slots=True)
class _Survey:
    """Where in the template the things are that preparing touches."""

    html: str
    forms: list[Tag] = field(default_factory=list)
    form_ends: list[Tag] = field(default_factory=list)
    crowd_forms: list[Tag] = field(default_factory=list)
    crowd_form_ends: list[Tag] = field(default_factory=list)
    buttons: list[Tag] = field(default_factory=list)
    controls: list[Tag] = field(default_factory=list)
    checks: list[Tag] = field(default_factory=list)
    head: Tag | None = None
    html_tag: Tag | None = None
    body: Tag | None = None
    body_end: Tag | None = None
    has_title: bool = False
    has_viewport: bool = False
    file_names: list[str] = field(default_factory=list)
    has_script: bool = False
    reads_address: bool = False
    color_scheme: str | None = None
    """None: the template does not say. '': it says so itself. Else what to say for it."""


def _survey(html: str) -> _Survey:
    seen = _Survey(html)
    for token in scan(html):
        if isinstance(token, RawText):
            if token.name == "script":
                seen.has_script = True
                seen.reads_address = seen.reads_address or bool(_ADDRESS.search(html, token.start, token.end))
            if token.name == "style" and "color-scheme" in html[token.start : token.end]:
                seen.color_scheme = ""
        elif isinstance(token, Tag) and token.closing:
            if token.name == "form":
                seen.form_ends.append(token)
            elif token.name == "crowd-form":
                seen.crowd_form_ends.append(token)
            elif token.name == "body":
                seen.body_end = token
        elif isinstance(token, Tag):
            _note(seen, token)
    return seen


def _note(seen: _Survey, tag: Tag) -> None:
    if tag.has(CHECK):
        seen.checks.append(tag)
    if tag.name == "form":
        seen.forms.append(tag)
    elif tag.name == "script" and tag.get("src"):
        seen.reads_address = seen.reads_address or not _LIBRARY.search(tag.get("src") or "")
    elif tag.name == "crowd-form":
        seen.crowd_forms.append(tag)
    elif tag.name == "crowd-button" and (tag.get("form-action") or "").lower() == "submit":
        seen.buttons.append(tag)
    elif tag.name in {"input", "button", "select", "textarea"}:
        seen.controls.append(tag)
        type_ = (tag.get("type") or ("submit" if tag.name == "button" else "")).lower()
        if type_ == "file" and tag.name == "input":
            seen.file_names.append(tag.get("name") or "")
        if type_ in {"submit", "image"} and tag.name in {"input", "button"}:
            seen.buttons.append(tag)
    elif tag.name == "html":
        seen.html_tag = tag
    elif tag.name == "head":
        seen.head = tag
    elif tag.name == "body":
        seen.body = tag
    elif tag.name == "title":
        seen.has_title = True
    elif tag.name == "meta":
        name = (tag.get("name") or "").lower()
        seen.has_viewport = seen.has_viewport or name == "viewport"
        if name == "color-scheme":
            seen.color_scheme = ""
    if seen.color_scheme is None and tag.has("data-color-scheme"):
        seen.color_scheme = tag.get("data-color-scheme")


class _Edits:
    """Insertions and replacements by position in the source, applied in one go."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._edits: list[tuple[int, int, int, str]] = []

    def insert(self, position: int, text: str) -> None:
        self.replace(position, position, text)

    def replace(self, start: int, end: int, text: str) -> None:
        self._edits.append((start, end, len(self._edits), text))

    def applied(self) -> str:
        pieces: list[str] = []
        position = 0
        for start, end, _, text in sorted(self._edits):
            pieces += [self._html[position:start], text]
            position = end
        return "".join([*pieces, self._html[position:]])


def _edit_forms(seen: _Survey, edits: _Edits) -> None:
    enctype = "multipart/form-data" if seen.file_names else "application/x-www-form-urlencoded"
    pointed = f' method="post" action="\x00action\x00" enctype="{enctype}" accept-charset="utf-8"'
    spans = _crowd_spans(seen)
    inside, forms = _split(seen.forms, spans)
    inside_ends, form_ends = _split(seen.form_ends, spans)
    buttons = [button.start for button in seen.buttons]
    for tag in (*inside, *inside_ends):
        edits.replace(tag.start, tag.end, "")  # the form of the crowd-form holds what they held
    for start, end in spans:
        edits.insert(start, f"\x00notice\x00<form{pointed}>\x00hidden\x00")
        has_button = bisect_left(buttons, start) < bisect_left(buttons, end)
        edits.insert(end, ("" if has_button else _SUPPLIED_BUTTON) + "</form>")
    if not forms and not spans:
        edits.insert(seen.body.end if seen.body else 0, f"\x00notice\x00<form{pointed}>\x00hidden\x00")
        edits.insert(_end_of_body(seen), ("" if seen.buttons else _SUPPLIED_BUTTON) + "</form>")
    elif forms and not spans:
        edits.insert(forms[0].start, "\x00notice\x00")
    for form in forms:
        _drop_attributes(form, _FORM_ATTRIBUTES, edits)
        edits.insert(form.start + len("<form"), pointed)
        edits.insert(form.end, "\x00hidden\x00")
    if forms and not spans and not any(button.start > forms[0].start for button in seen.buttons):
        after = (end.start for end in form_ends if end.start > forms[0].start)
        edits.insert(next(after, _end_of_body(seen)), _SUPPLIED_BUTTON)
    for control in seen.controls:
        _drop_attributes(control, _BUTTON_ATTRIBUTES, edits)
        if (control.get("type") or "").lower() == "file":
            # One file a field; one that is kept from before is enough, so that only we can say what is missing.
            _drop_attributes(control, frozenset({"multiple", "required"}), edits)
        if control.get("name") == "assignmentId" and control.name == "input":
            _drop_attributes(control, frozenset({"value"}), edits)
            edits.insert(control.start + len("<input"), ' value="\x00assignment\x00"')
    for tag in seen.checks:  # what an attention check asks for is for its requester alone
        _drop_attributes(tag, frozenset({CHECK}), edits)
    for button in seen.buttons:
        edits.insert(button.start + 1 + len(button.name), "\x00disabled\x00")


def _end_of_body(seen: _Survey) -> int:
    return seen.body_end.start if seen.body_end else len(seen.html)


def _crowd_spans(seen: _Survey) -> list[tuple[int, int]]:
    """The insides of crowd-form elements, where a real form is put. One that a form holds has it around.

    Templates forget the end tag: then it reaches to the next one, or to the end.
    """
    spans: list[tuple[int, int]] = []
    forms, form_ends = ([tag.start for tag in tags] for tags in (seen.forms, seen.form_ends))
    starts = [tag for tag in seen.crowd_forms if not _is_open(forms, form_ends, tag.start)]
    limits = [*(tag.start for tag in starts[1:]), _end_of_body(seen)]
    ends = [tag.start for tag in seen.crowd_form_ends]
    for tag, limit in zip(starts, limits, strict=False):
        after = bisect_left(ends, tag.end)
        is_closed = after < len(ends) and ends[after] <= limit
        spans.append((tag.end, ends[after] if is_closed else max(limit, tag.end)))
    return spans


def _is_open(starts: list[int], ends: list[int], position: int) -> bool:
    """Whether the last element that began before a position had not ended there; all in the source's order."""
    begun = bisect_left(starts, position)
    return begun > 0 and bisect_right(ends, starts[begun - 1]) == bisect_left(ends, position)


def _split(tags: list[Tag], spans: list[tuple[int, int]]) -> tuple[list[Tag], list[Tag]]:
    """The tags within the spans, which do not overlap and are in order, and the others."""
    starts = [start for start, _ in spans]
    within: list[Tag] = []
    outside: list[Tag] = []
    for tag in tags:
        before = bisect_right(starts, tag.start)
        (within if before and tag.start < spans[before - 1][1] else outside).append(tag)
    return within, outside


def _drop_attributes(tag: Tag, names: frozenset[str], edits: _Edits) -> None:
    for attribute in tag.attributes:
        if attribute.name in names:
            edits.replace(attribute.name_start, attribute.end + len(attribute.quote), "")


def _edit_head(seen: _Survey, edits: _Edits) -> None:
    scheme = "light" if seen.color_scheme is None else seen.color_scheme
    lines = [
        '<meta charset="utf-8">',
        "" if seen.has_viewport else '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta name="color-scheme" content="{escape_html(scheme)}">' if scheme else "",
        "" if seen.has_title else "<title>\x00title\x00</title>",
        f'<link rel="stylesheet" href="{versioned("frame.css")}">',
        '<script type="application/json" id="manyhands-data">\x00data\x00</script>',
        f'<script src="{versioned("frame.js")}" defer></script>',
    ]
    head = "".join(lines)
    if seen.head:
        edits.insert(seen.head.end, head)
    elif seen.html_tag:
        edits.insert(seen.html_tag.end, f"<head>{head}</head>")
    elif seen.body:
        edits.insert(seen.body.start, f'<!doctype html><html lang="en"><head>{head}</head>')
    else:
        edits.insert(0, f'<!doctype html><html lang="en"><head>{head}</head><body>')


def _with_slots(parts: tuple[str | Hole, ...]) -> tuple[str | Hole, ...]:
    cut: list[str | Hole] = []
    for part in parts:
        if isinstance(part, Hole):
            cut.append(part)
            continue
        position = 0
        for found in _SLOT.finditer(part):
            cut += [part[position : found.start()], Hole(found[1], _slot, "")]
            position = found.end()
        cut.append(part[position:])
    return tuple(part for part in cut if part != "")


def _filled(name: str, row: Mapping[str, Any]) -> str:
    if "${" not in name:
        return name
    return PLACEHOLDER.sub(lambda found: str(row.get(found[1], found[0])), name)
