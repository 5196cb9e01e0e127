"""Inputs made from the service model: the least, the most, and every way to get one member wrong."""

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.model import Shape, StructureShape

from tests.harness.mturk_model import operation

LONG = "x" * 70_000
_EXTERNAL = (
    '<ExternalQuestion xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2006-07-14/'
    'ExternalQuestion.xsd"><ExternalURL>https://tasks.example.org/</ExternalURL><FrameHeight>600</FrameHeight>'
    "</ExternalQuestion>"
)
# Values that make sense, where any value of the shape would not get far.
GOOD: dict[str, Any] = {
    "Question": _EXTERNAL, "Reward": "0.05", "BonusAmount": "0.10", "AssignmentDurationInSeconds": 600,
    "LifetimeInSeconds": 3_600, "AutoApprovalDelayInSeconds": 3_600, "MaxAssignments": 2, "ExpireAt": 4_000_000_000,
    "MaxResults": 5, "IntegerValue": 5, "NumberOfAdditionalAssignments": 1, "Country": "US", "Subdivision": "CA",
    "TestDurationInSeconds": 60, "RetryDelayInSeconds": 60, "AutoGrantedValue": 1, "Version": "2014-08-15",
    "Destination": "https://events.example.org/", "Transport": "SQS", "QualificationTypeStatus": "Active",
}  # fmt: skip
# Text that has broken something somewhere.
ODD_TEXTS = (
    "", " ", "\n", "'; DROP TABLE hit; --", "%s %(x)s {0} ${a}", "\u202e\u0301\ufffd👩‍👩‍👧", "<a>&b;</a>", "a\u0001b",
    "\ud7ff\ue000", LONG,
)  # fmt: skip
ODD_NUMBERS = (0, -1, 1, 2**31 - 1, -(2**31), 2**31, 2**63 - 1, 2**63, 1.5)
ODD_TIMES = (0, -1, 1.5, "0", "1.5E9", "2030-01-01T00:00:00Z", 253_402_300_799, -62_135_596_800, 1e18, "x")
OTHER_TYPES: tuple[Any, ...] = (None, True, 5, 0.5, "text", [], {}, [[]], [None], {"a": 1})


def minimal(name: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """Only what is required."""
    return _input(name, known, only_required=True)


def maximal(name: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """Every member."""
    return _input(name, known, only_required=False)


def wrong(name: str, known: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is wrong (or only odd), and the input with just that; the rest is maximal, then minimal."""
    shape = operation(name).input_shape
    if shape is None:
        return
    for base in (maximal(name, known), minimal(name, known)):
        for path, member in _places(shape):
            for value in _odd(member):
                changed = _with(base, path, value)
                if changed is not None:
                    yield f"{'.'.join(map(str, path))} = {str(value)[:40]!r}", changed
    for member_name in shape.required_members:
        yield f"no {member_name}", {k: v for k, v in minimal(name, known).items() if k != member_name}


def _input(name: str, known: Mapping[str, Any], *, only_required: bool) -> dict[str, Any]:
    shape = operation(name).input_shape
    return {} if shape is None else _structure(shape, {**GOOD, **known}, only_required=only_required)


def _structure(shape: StructureShape, known: Mapping[str, Any], *, only_required: bool) -> dict[str, Any]:
    return {
        name: known[name] if name in known else _value(member, known, only_required=only_required)
        for name, member in shape.members.items()
        if name in shape.required_members or (not only_required and name != "NextToken")
    }


def _value(shape: Shape, known: Mapping[str, Any], *, only_required: bool) -> Any:
    kind = shape.type_name
    if kind == "structure":
        return _structure(shape, known, only_required=only_required)
    if kind == "list":
        return [_value(shape.member, known, only_required=only_required)]
    if kind == "string":
        return shape.metadata["enum"][0] if "enum" in shape.metadata else "A1"
    return {"boolean": True, "timestamp": 4_000_000_000}.get(kind, 1)


def _places(
    shape: StructureShape, above: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], Shape]]:
    """Every member at every depth, with the way to it: list members by the index 0."""
    for name, member in shape.members.items():
        path = (*above, name)
        yield path, member
        inner = member
        while inner.type_name == "list":
            path, inner = (*path, 0), inner.member
            yield path, inner
        if isinstance(inner, StructureShape):
            yield from _places(inner, path)


def _odd(shape: Shape) -> Iterator[Any]:
    yield from OTHER_TYPES
    told = shape.metadata
    if shape.type_name == "string":
        yield from ODD_TEXTS
        if "max" in told:
            yield from ("A" * told["max"], "A" * (told["max"] + 1))
        if "enum" in told:
            yield from told["enum"]
    elif shape.type_name in {"integer", "long"}:
        yield from ODD_NUMBERS
        yield from (told[bound] + step for bound in ("min", "max") if bound in told for step in (-1, 0, 1))
    elif shape.type_name == "timestamp":
        yield from ODD_TIMES
    elif shape.type_name == "list":
        yield ["A1"] * 300


def _with(base: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """A copy of the input with one member changed; None where the way to it is not there."""
    head, *rest = path
    inside = isinstance(base, dict) or (isinstance(base, list) and isinstance(head, int) and head < len(base))
    if not inside:
        return None
    if rest:
        present = base.get(head) if isinstance(base, dict) else base[head]  # type: ignore[index]
        value = _with(present, tuple(rest), value)
        if value is None:
            return None
    if isinstance(base, dict):
        return {**base, head: value}
    return [*base[:head], value, *base[head + 1 :]]  # type: ignore[operator]
