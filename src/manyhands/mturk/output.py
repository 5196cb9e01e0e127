"""Output, written by the model: what an action returns becomes the wire's JSON.

Times go out as numbers of seconds, money (whole minor units inside) as text with its decimals. A member
without a value is left out, except lists: clients index them without asking. A structure that came in as
input, such as a requirement, goes out with the members it came with.
"""

from datetime import datetime
from typing import Any

import orjson
from botocore.model import ListShape, Shape, StructureShape

from manyhands.core import money
from manyhands.mturk import model

_MONEY = "CurrencyAmount"


class WrongOutput(TypeError):
    """An action returned what its operation has no place for: a mistake of ours, never of a client."""


def write(operation: str, found: dict[str, Any]) -> bytes:
    """The body for what an action returned. Raises WrongOutput."""
    shape = model.operation(operation).output_shape
    return orjson.dumps({} if shape is None else _structure(shape, found, operation))


def _structure(shape: StructureShape, found: Any, path: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise WrongOutput(f"{path}: a dict is expected")
    unknown = found.keys() - shape.members.keys()
    if unknown:
        raise WrongOutput(f"{path} has no {', '.join(sorted(unknown))}")
    is_echo = shape.name in model.echoed_shapes()
    written = {}
    for name, member in shape.members.items():
        value = found.get(name)
        if value is None and isinstance(member, ListShape) and not is_echo:
            value = []
        if value is not None:
            written[name] = _value(member, value, f"{path}.{name}")
    return written


def _value(shape: Shape, value: Any, path: str) -> Any:
    if isinstance(shape, StructureShape):
        return _structure(shape, value, path)
    if isinstance(shape, ListShape):
        return [_value(shape.member, each, f"{path}[{index}]") for index, each in enumerate(value)]
    kind = shape.type_name
    if kind == "timestamp" and isinstance(value, datetime):
        return round(value.timestamp(), 3)
    if shape.name == _MONEY and isinstance(value, int) and not isinstance(value, bool):
        return money.plain(value)
    if kind == "string" and isinstance(value, str):
        return str(value)
    if kind == "boolean" and isinstance(value, bool):
        return value
    if kind in {"integer", "long"} and isinstance(value, int) and not isinstance(value, bool):
        return value
    raise WrongOutput(f"{path}: {type(value).__name__} is no {shape.name}")
