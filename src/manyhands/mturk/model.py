"""The service model of the requester API, read from botocore at start: operations, shapes, constraints.

Nothing of it is written down here: a member, a pattern or a limit that the model has is in force, and
one it has not is not.
"""

from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape, StructureShape


@cache
def _description() -> dict[str, Any]:
    return dict(Loader().load_service_model("mturk", "service-2"))


@cache
def service() -> ServiceModel:
    return ServiceModel(_description())


@cache
def target_prefix() -> str:
    """What stands before the operation in ``X-Amz-Target``."""
    return f"{service().metadata['targetPrefix']}."


def signing_name() -> str:
    return str(service().signing_name)


@cache
def operation(name: str) -> OperationModel:
    return service().operation_model(name)


@cache
def operation_names() -> frozenset[str]:
    return frozenset(service().operation_names)


@cache
def repeats_safely(name: str) -> bool:
    """Whether the model calls the operation idempotent: a second run does no more than the first."""
    return bool(_description()["operations"][name].get("idempotent"))


@cache
def echoed_shapes() -> frozenset[str]:
    """The structures that come in and go out again, such as requirements: those return as they came."""
    found: set[str] = set()
    for name in operation_names():
        _walk(operation(name).input_shape, found)
    return frozenset(found)


def _walk(shape: Shape | None, found: set[str]) -> None:
    if shape is None or shape.name in found:
        return
    if isinstance(shape, StructureShape):
        found.add(shape.name)
        for member in shape.members.values():
            _walk(member, found)
    elif shape.type_name == "list":
        _walk(shape.member, found)
