"""A judge of answers: what a response's JSON has that the service model does not allow, or lacks.

Independent of the product's own writer: it reads botocore's model and the raw JSON of the wire.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape, StructureShape

_MONEY = re.compile(r"[0-9]+\.[0-9]{2}")
# Structures that clients index without asking; everything else may lack what has no value.
_WHOLE = {"HIT"}


@cache
def service() -> ServiceModel:
    return ServiceModel(Loader().load_service_model("mturk", "service-2"))


def operations() -> list[str]:
    return sorted(service().operation_names)


def operation(name: str) -> OperationModel:
    return service().operation_model(name)


def check(name: str, body: Any) -> None:
    """Fail with everything that is wrong with an operation's answer."""
    found = list(faults(name, body))
    assert not found, f"{name}: " + "; ".join(found)


def faults(name: str, body: Any) -> Iterator[str]:
    """What is wrong with the body of a response of status 200."""
    shape = operation(name).output_shape
    if shape is None or not shape.members:
        if body != {}:
            yield f"an operation without output answered {body!r}"
        return
    yield from _structure(shape, body, "", whole=True)
    yield from _paging(shape, body)


def _paging(shape: StructureShape, body: Any) -> Iterator[str]:
    lists = [name for name, member in shape.members.items() if member.type_name == "list"]
    if "NumResults" not in shape.members or len(lists) != 1:
        return
    rows = body.get(lists[0], [])
    if body.get("NumResults") != len(rows):
        yield f"NumResults is {body.get('NumResults')!r} for {len(rows)} rows"
    if bool(rows) != ("NextToken" in body):
        yield f"NextToken {'lacks' if rows else 'stands'} on a page of {len(rows)} rows"


def _structure(shape: StructureShape, value: Any, path: str, *, whole: bool = False) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: {value!r} is no structure"
        return
    for name in value.keys() - shape.members.keys():
        yield f"{path}.{name} is not in the model"
    for name in shape.required_members:
        if name not in value:
            yield f"{path}.{name} is required"
    for name, member in shape.members.items():
        if name in value:
            yield from _value(member, value[name], f"{path}.{name}")
        elif whole and member.type_name == "list":
            yield f"{path}.{name} is a list and not there"


def _value(shape: Shape, value: Any, path: str) -> Iterator[str]:
    kind = shape.type_name
    if kind == "structure":
        yield from _structure(shape, value, path, whole=shape.name in _WHOLE)
    elif kind == "list":
        if not isinstance(value, list):
            yield f"{path}: {value!r} is no list"
            return
        for index, each in enumerate(value):
            yield from _value(shape.member, each, f"{path}[{index}]")
    elif not _is(kind, value):
        yield f"{path}: {value!r} is no {kind}"
    else:
        yield from _constraints(shape, value, path)


def _is(kind: str, value: Any) -> bool:
    if kind == "boolean":
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    if kind in {"integer", "long"}:
        return isinstance(value, int) and abs(value) < 2 ** (31 if kind == "integer" else 63)
    if kind == "timestamp":
        return isinstance(value, (int, float))
    return isinstance(value, str)


def _constraints(shape: Shape, value: Any, path: str) -> Iterator[str]:
    told = shape.metadata
    if isinstance(value, str):
        if "enum" in told and value not in told["enum"]:
            yield f"{path}: {value!r} is none of {told['enum']}"
        if "pattern" in told and not re.fullmatch(told["pattern"], value):
            yield f"{path}: {value!r} breaks {told['pattern']}"
        if shape.name == "CurrencyAmount" and not _MONEY.fullmatch(value):
            yield f"{path}: {value!r} has not two decimals"
        if not told.get("min", 0) <= len(value) <= told.get("max", len(value)):
            yield f"{path}: {len(value)} characters"
