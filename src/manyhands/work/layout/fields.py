"""The answer fields of a layout: what a worker fills in, for results, checks and the summary.

Found in the template itself; fields that a script makes later are not known here.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import lxml.html
from django.utils.translation import gettext
from lxml import etree

from manyhands.core.markup import ATTRIBUTES_MAX, is_treacherous
from manyhands.work.layout import crowd
from manyhands.work.layout.problems import LayoutProblem, error, warning

# Names the protocol uses itself: they are never answers (MTurk's list, and our own).
RESERVED_NAMES = frozenset(
    {
        "assignmentId",
        "hitId",
        "turkSubmitTo",
        "workerId",
        "manyhandsToken",
        "manyhandsLayout",
        "manyhandsOptional",
        "manyhandsReport",
        "manyhandsDrop",
        "manyhandsBlank",
    }
)
# The attribute of an attention check; the content origin leaves it out.
CHECK = "data-check"
_BUTTONS = frozenset({"submit", "button", "reset", "image"})
_PARSER = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True)


@dataclass(frozen=True, slots=True)
class FieldOption:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class LayoutField:
    """One answer. ``type`` is the input's type, ``select`` or ``textarea``; a group is one field."""

    name: str
    type: str
    required: bool
    options: tuple[FieldOption, ...]
    label: str
    # The answer an attention check asks for (``data-check``); never sent to workers.
    check: str | None = None


def fields(html: str) -> tuple[LayoutField, ...]:
    """The fields of the template, each name once, in order. Names may hold placeholders.

    Crowd elements, and what stands with them, are one field.
    """
    found: dict[str, LayoutField] = {}
    tree = _parse(html)
    if tree is not None and crowd.is_crowd(tree):
        return (LayoutField(crowd.ANSWER, "crowd", required=False, options=(), label=""),)
    for element in _controls(tree):
        field = _field(tree, element)
        before = found.get(field.name)
        found[field.name] = field if before is None else _merged(before, field)
    return tuple(found.values())


def file_fields(html: str) -> tuple[str, ...]:
    """The names of the fields that take a file, each once, also in templates of crowd elements."""
    found = (str(each.get("name")) for each in _controls(_parse(html)) if _type(each) == "file")
    return tuple(dict.fromkeys(found))


def missing(required: Collection[LayoutField], answer: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """The names of required fields that have no answer: absent, empty or only white space."""
    return tuple(
        field.name
        for field in required
        if field.required and not any(value.strip() for value in answer.get(field.name, ()))
    )


def check_fields(html: str) -> list[LayoutProblem]:
    """No field at all; fields without a label; images without a description."""
    content = _content(html)
    if is_treacherous(content):
        sentence = gettext("An element has more than %(most)s attributes.")
        return [error(sentence % {"most": ATTRIBUTES_MAX})]
    tree = _tree(content)
    found: list[LayoutProblem] = []
    controls = list(_controls(tree))
    answering = [] if tree is None else list(crowd.answering(tree))
    if not controls and not answering:
        scripted = tree is not None and tree.find(".//script") is not None
        sentence = gettext("The template has no input field, so a worker cannot answer.")
        found.append(warning(sentence) if scripted else error(sentence))
    nameless = [
        element for element in _inputs(tree) if not element.get("name") and _type(element) not in _BUTTONS
    ]
    nameless += [each for each in answering if not (each.get("name") or each.get("crowd-form-element-id"))]
    found += [
        _on_line(element, gettext("A field has no name, so its answer is lost.")) for element in nameless
    ]
    if answering and not _has_crowd_script(tree):
        sentence = gettext("The template uses crowd elements, but does not load crowd-html-elements.js.")
        found.append(_on_line(answering[0], sentence))
    for element in controls:
        if _type(element) == "file" and element.get("multiple") is not None:
            sentence = gettext("A field takes one file: give each file a field of its own.")
            found.append(_on_line(element, sentence))
        if _type(element) != "hidden" and not _own_label(tree, element):
            sentence = gettext("The field “%(name)s” has no label.") % {"name": element.get("name")}
            found.append(_on_line(element, sentence))
    for image in [] if tree is None else tree.iter("img"):
        if image.get("alt") is None:
            found.append(_on_line(image, gettext("An image has no description (alt).")))
    return found


def _has_crowd_script(tree: lxml.html.HtmlElement | None) -> bool:
    return tree is not None and any(
        "crowd-html-elements" in (script.get("src") or "") for script in tree.iter("script")
    )


def _on_line(element: lxml.html.HtmlElement, sentence: str) -> LayoutProblem:
    problem = warning(sentence)
    return LayoutProblem(problem.severity, problem.message, element.sourceline)


def _parse(html: str) -> lxml.html.HtmlElement | None:
    content = _content(html)
    return None if is_treacherous(content) else _tree(content)  # check_fields says why


def _content(html: str) -> bytes:
    return html.replace("\x00", "").encode("utf-8", "replace")


def _tree(content: bytes) -> lxml.html.HtmlElement | None:
    try:
        return lxml.html.document_fromstring(content, parser=_PARSER)
    except etree.ParserError:  # nothing but white space and comments
        return None


def _inputs(tree: lxml.html.HtmlElement | None) -> Iterator[lxml.html.HtmlElement]:
    if tree is None:
        return
    for element in tree.iter("input", "select", "textarea"):
        if not any(ancestor.tag == "template" for ancestor in element.iterancestors()):
            yield element


def _controls(tree: lxml.html.HtmlElement | None) -> Iterator[lxml.html.HtmlElement]:
    for element in _inputs(tree):
        name = element.get("name")
        if name and name not in RESERVED_NAMES and _type(element) not in _BUTTONS:
            yield element


def _type(element: lxml.html.HtmlElement) -> str:
    return (element.get("type") or "text").strip().lower() if element.tag == "input" else str(element.tag)


def _field(tree: lxml.html.HtmlElement | None, element: lxml.html.HtmlElement) -> LayoutField:
    type_ = _type(element)
    label = _own_label(tree, element)
    options: tuple[FieldOption, ...] = ()
    if type_ in {"radio", "checkbox"}:
        options = (FieldOption(element.get("value", "on"), label),)
        label = _group_label(element) or label
    elif type_ == "select":
        options = tuple(
            FieldOption(_value_of(option), _text(option))
            for option in element.iter("option")
            if _value_of(option) != ""
        )
    disabled = element.get("disabled") is not None
    required = (element.get("required") is not None or _in_required_group(element)) and not disabled
    is_required = required and type_ != "hidden"
    return LayoutField(str(element.get("name")), type_, is_required, options, label, _check(element))


def _check(element: lxml.html.HtmlElement) -> str | None:
    """The answer asked for, said at the control or at the fieldset around it."""
    around = (element, *element.iterancestors("fieldset"))
    return next((str(each.get(CHECK)) for each in around if each.get(CHECK)), None)


def _merged(first: LayoutField, second: LayoutField) -> LayoutField:
    """Radio buttons and checkboxes of one name are one field with several options."""
    known = {option.value for option in first.options}
    more = tuple(option for option in second.options if option.value not in known)
    return LayoutField(
        first.name,
        first.type,
        first.required or second.required,
        first.options + more,
        first.label,
        first.check or second.check,
    )


def _value_of(option: lxml.html.HtmlElement) -> str:
    value = option.get("value")
    return _text(option) if value is None else str(value)


def _in_required_group(element: lxml.html.HtmlElement) -> bool:
    """The form builder marks a group of checkboxes of which one must be chosen on its fieldset."""
    return any(ancestor.get("data-required") is not None for ancestor in element.iterancestors("fieldset"))


def _own_label(tree: lxml.html.HtmlElement | None, element: lxml.html.HtmlElement) -> str:
    if aria := element.get("aria-label"):
        return " ".join(aria.split())
    if tree is not None and (ids := element.get("aria-labelledby")):
        named = [found for id_ in ids.split() for found in tree.xpath("//*[@id=$id]", id=id_)]
        if named:
            return " ".join(_text(found) for found in named)
    if tree is not None and (id_ := element.get("id")):
        labels = tree.xpath("//label[@for=$id]", id=id_)
        if labels:
            return _text(labels[0])
    for ancestor in element.iterancestors("label"):
        return _text(ancestor)
    return str(element.get("title") or "")


def _group_label(element: lxml.html.HtmlElement) -> str:
    for ancestor in element.iterancestors("fieldset"):
        legend = ancestor.find("legend")
        return "" if legend is None else _text(legend)
    for ancestor in element.iterancestors():
        if ancestor.get("role") in {"radiogroup", "group"} and ancestor.get("aria-label"):
            return str(ancestor.get("aria-label"))
    return ""


def _text(element: lxml.html.HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split())
