"""Input, read by the model: the wire's JSON becomes a plain dict of Python values, or a fault says why not.

A value of another type is a SerializationException at once. Broken constraints are collected and told
together in the words of the real service. Members the model does not know are passed over.
"""

import math
import re
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import orjson
from botocore.model import ListShape, Shape, StructureShape

from manyhands.mturk import model
from manyhands.mturk.faults import QUOTED_MAX, SerializationException, ValidationException

_INTEGERS = {"integer": 2**31, "long": 2**63}
_NAMES = {
    "integer": "an Integer",
    "long": "a Long",
    "string": "a String",
    "boolean": "a Boolean",
    "timestamp": "a Date",
}
ERRORS_MAX = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read(operation: str, body: bytes) -> dict[str, Any]:
    """The operation's input. Raises SerializationException, ValidationException."""
    shape = model.operation(operation).input_shape
    given = _parsed(body)
    problems: list[str] = []
    found: dict[str, Any] = {} if shape is None else _structure(shape, given, "", problems)
    if problems:
        told = problems[:ERRORS_MAX]
        noun = "error" if len(problems) == 1 else "errors"
        raise ValidationException(f"{len(problems)} validation {noun} detected: {'; '.join(told)}")
    return found


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        given = orjson.loads(body) if body.strip() else {}
    except orjson.JSONDecodeError as failure:
        raise SerializationException(f"The body is no JSON: {failure}") from None
    if not isinstance(given, dict):
        raise SerializationException("The body must be a JSON object.")
    return given


def _structure(shape: StructureShape, given: Any, path: str, problems: list[str]) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise SerializationException(f"Unexpected value at '{path}': a structure is expected.")
    found = {}
    for name, member in shape.members.items():
        value, place = given.get(name), _below(path, name)
        if value is not None:
            found[name] = _value(member, value, place, problems)
        elif name in shape.required_members:
            problems.append(f"Value null at '{place}' failed to satisfy constraint: Member must not be null")
    return found


def _value(shape: Shape, given: Any, path: str, problems: list[str]) -> Any:
    if isinstance(shape, StructureShape):
        return _structure(shape, given, path, problems)
    if isinstance(shape, ListShape):
        return _list(shape, given, path, problems)
    value = _scalar(shape, given, path)
    problems += [
        f"Value '{_quoted(value)}' at '{path}' failed to satisfy constraint: {broken}"
        for broken in _broken(shape, value)
    ]
    return value


def _list(shape: ListShape, given: Any, path: str, problems: list[str]) -> list[Any]:
    if not isinstance(given, list):
        raise SerializationException(f"Unexpected value at '{path}': a list is expected.")
    found = []
    whole = f"Value '[{_quoted(', '.join(map(str, given)))}]' at '{path}' failed to satisfy constraint: "
    problems += [whole + broken for broken in _out_of_bounds(shape, len(given), "length")]
    member, is_scalar_broken = shape.member, False
    for number, each in enumerate(given, start=1):
        place = f"{path}.{number}.member"
        if each is None:
            problems.append(f"Value null at '{place}' failed to satisfy constraint: Member must not be null")
        elif isinstance(member, (StructureShape, ListShape)):
            found.append(_value(member, each, place, problems))
        else:
            value = _scalar(member, each, place)
            is_scalar_broken = is_scalar_broken or bool(_broken(member, value))
            found.append(value)
    if is_scalar_broken:
        # The real service tells all constraints of a list's members, at the list.
        problems.append(f"{whole}Member must satisfy constraint: [{', '.join(_constraints(member))}]")
    return found


def _below(path: str, name: str) -> str:
    lower = name[0].lower() + name[1:]
    return f"{path}.{lower}" if path else lower


def _quoted(value: object) -> str:
    text = str(value)
    return text if len(text) <= QUOTED_MAX else text[:QUOTED_MAX] + "…"


# Types ----------------------------------------------------------------------------------------


def _scalar(shape: Shape, given: Any, path: str) -> Any:
    kind = shape.type_name
    if kind == "string" and isinstance(given, str):
        if "\0" in given:
            raise SerializationException(f"The value at '{path}' holds the character U+0000.")
        return given
    if kind in _INTEGERS and isinstance(given, (int, float)) and not isinstance(given, bool):
        return _whole(given, kind, path)
    if kind == "boolean" and isinstance(given, bool):
        return given
    if kind == "timestamp":
        return _instant(given, path)
    raise _unfit(given, kind, path)


def _whole(given: float, kind: str, path: str) -> int:
    bound = _INTEGERS[kind]
    if given != int(given) or not -bound <= given < bound:
        raise SerializationException(f"The number at '{path}' is not {_NAMES[kind]}.")
    return int(given)


def _instant(given: Any, path: str) -> datetime:
    """Seconds since 1970 as a number or as text such as ``1.5E9``, or an ISO date and time."""
    if isinstance(given, bool) or not isinstance(given, (int, float, str)):
        raise _unfit(given, "timestamp", path)
    try:
        seconds = float(given)
    except ValueError:
        return _iso(str(given), path)
    if not math.isfinite(seconds):
        raise SerializationException(f"The time at '{path}' cannot be read.")
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        raise SerializationException(f"The time at '{path}' is out of range.") from None


def _iso(text: str, path: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise SerializationException(f"The time at '{path}' cannot be read.") from None


def _unfit(given: Any, kind: str, path: str) -> SerializationException:
    if isinstance(given, (dict, list)):
        what = "Start of structure or map" if isinstance(given, dict) else "Start of list"
        return SerializationException(f"{what} found where not expected: '{path}'.")
    if isinstance(given, bool):
        what = f"{str(given).upper()}_VALUE"
    else:
        what = "STRING_VALUE" if isinstance(given, str) else "NUMBER_VALUE"
    return SerializationException(f"{what} can not be converted to {_NAMES[kind]} at '{path}'.")


# Constraints ----------------------------------------------------------------------------------


def _broken(shape: Shape, value: Any) -> list[str]:
    broken = []
    if isinstance(value, str):
        if (values := shape.metadata.get("enum")) and value not in values:
            broken.append(_enum_text(values))
        if (pattern := shape.metadata.get("pattern")) and not _pattern(pattern).fullmatch(value):
            broken.append(_pattern_text(pattern))
        broken += _out_of_bounds(shape, len(value), "length")
    elif isinstance(value, int) and not isinstance(value, bool):
        broken += _out_of_bounds(shape, value, "value")
    return broken


def _constraints(shape: Shape) -> list[str]:
    """All constraints of a list's member, in the order of the real service."""
    measure = "length" if shape.type_name == "string" else "value"
    texts = []
    if values := shape.metadata.get("enum"):
        texts.append(_enum_text(values))
    if (most := shape.metadata.get("max")) is not None:
        texts.append(_bound_text(measure, "less", most))
    if (least := shape.metadata.get("min")) is not None:
        texts.append(_bound_text(measure, "greater", least))
    if pattern := shape.metadata.get("pattern"):
        texts.append(_pattern_text(pattern))
    return texts


def _out_of_bounds(shape: Shape, size: int, measure: str) -> list[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if most is not None and size > most:
        return [_bound_text(measure, "less", most)]
    if least is not None and size < least:
        return [_bound_text(measure, "greater", least)]
    return []


def _bound_text(measure: str, way: str, bound: int) -> str:
    return f"Member must have {measure} {way} than or equal to {bound}"


def _enum_text(values: list[str]) -> str:
    return f"Member must satisfy enum value set: [{', '.join(values)}]"


def _pattern_text(pattern: str) -> str:
    return f"Member must satisfy regular expression pattern: {pattern}"


# Java's names of character classes, where Python has none.
_JAVA_CLASSES = {
    r"\p{Alpha}": "a-zA-Z", r"\p{Digit}": "0-9", r"\p{Alnum}": "a-zA-Z0-9", r"\p{Upper}": "A-Z",
    r"\p{Lower}": "a-z", r"\p{L}": r"^\W\d_", r"\p{Space}": r"\s",
}  # fmt: skip


@cache
def _pattern(java: str) -> re.Pattern[str]:
    """A pattern of the model for Python: the same language, classes spelled out, ASCII meant by ``\\w``."""
    for name, letters in _JAVA_CLASSES.items():
        java = java.replace(name, f"[{letters}]")
    return re.compile(java, re.ASCII)
