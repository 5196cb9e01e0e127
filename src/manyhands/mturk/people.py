"""Worker ids of the wire."""

from collections.abc import Sequence

from manyhands.accounts.queries import workers_among
from manyhands.core import ids
from manyhands.core.ids import WorkerId
from manyhands.mturk import faults
from manyhands.mturk.environment import is_sandbox


def worker_id_of(public_id: str) -> WorkerId:
    """The worker behind an id. Raises ParameterValidationError when nobody here has it."""
    return worker_ids_of([public_id])[0]


def worker_ids_of(public_ids: Sequence[str]) -> list[WorkerId]:
    """The workers behind ids, in their order. Raises ParameterValidationError for the first unknown one."""
    numbers = [ids.decode_account(public_id) for public_id in public_ids]
    known = workers_among([number for number in numbers if number is not None])
    found = []
    for public_id, number in zip(public_ids, numbers, strict=True):
        if number is None or number not in known:
            raise unknown_worker(public_id)
        found.append(WorkerId(number))
    return found


def unknown_worker(public_id: str) -> faults.ParameterValidationError:
    """Nobody here has this id; the reason said after the text is the usual one: the other environment's id."""
    here = "the sandbox" if is_sandbox() else "production"
    fault = faults.invalid_value(public_id, "WorkerId")
    return faults.ParameterValidationError(f"{fault.message} There is no such worker in {here}.", fault.code)
