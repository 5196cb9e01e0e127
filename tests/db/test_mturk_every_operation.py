"""Every operation of the API with inputs made from the model: odd ones are refused, none breaks anything.

An operation is tried as soon as it has an action.
"""

import json
from typing import Any

import pytest
from django.conf import settings

from manyhands.core import ids
from manyhands.mturk.actions import ACTIONS
from manyhands.qualifications.operations import request_qualification
from tests import factories, quals
from tests.harness import mturk_inputs, mturk_model
from tests.harness.mturk import call, make_key, send

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "API_REQUESTS_PER_S", 1_000_000)


def make_known() -> tuple[Any, dict[str, Any]]:
    """A requester with work of every kind, and its ids by the names of members."""
    requester = factories.make_requester(deposit_minor=10_000_000)
    worker = factories.make_worker()
    group = factories.publish(requester, 3)
    assignment_id = factories.accept(worker, group).assignment_id
    factories.submit(worker, assignment_id)
    type_id = factories.require(group, requester=requester)
    worker_id = ids.encode_account(worker.pk)
    asked = quals.make_type("By hand", requester=requester, graded_by_owner=True)
    request = request_qualification(worker_id=quals.worker(worker), qualification_type_id=asked)
    return requester, {
        "HITId": ids.encode("hit", group.hit_ids[0]), "HITTypeId": ids.encode("hit_type", group.hit_type_id),
        "AssignmentId": ids.encode("assignment", assignment_id), "WorkerId": worker_id, "WorkerIds": [worker_id],
        "QualificationTypeId": ids.encode("qualification_type", type_id),
        "QualificationRequestId": ids.encode("qualification_request", request.request_id),
    }  # fmt: skip


@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize("operation", sorted(ACTIONS))
def test_no_input_the_model_can_think_of_breaks_an_operation(operation: str) -> None:
    requester, known = make_known()
    key = make_key(requester)
    inputs = [
        ("minimal", mturk_inputs.minimal(operation, known)),
        ("maximal", mturk_inputs.maximal(operation, known)),
        *mturk_inputs.wrong(operation, known),
    ]
    broken = []
    for what, given in inputs:
        response = send(key, operation, given)
        if response.status >= 500:
            broken.append(f"{what}: {response.body.decode()}")
        elif response.status == 200:
            broken += [
                f"{what}: {fault}" for fault in mturk_model.faults(operation, json.loads(response.body))
            ]
    assert not broken, f"{len(broken)} of {len(inputs)}: " + "\n".join(broken[:20])


@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize("operation", sorted(ACTIONS))
def test_what_the_model_requires_is_required(operation: str) -> None:
    requester, known = make_known()
    key = make_key(requester)
    shape = mturk_model.operation(operation).input_shape
    given = mturk_inputs.minimal(operation, known)

    for name in shape.required_members if shape else ():
        lacking = {other: value for other, value in given.items() if other != name}
        answer = call(key, operation, lacking)
        place = name[0].lower() + name[1:]
        null = f"Value null at '{place}' failed to satisfy constraint: Member must not be null"
        assert answer.fault == ("ValidationException", "", f"1 validation error detected: {null}")


@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize("operation", sorted(ACTIONS))
def test_a_key_without_any_right_scope_is_refused(operation: str) -> None:
    requester, known = make_known()
    others = [scope for scope in ("read", "money") if scope != ACTIONS[operation].scope]

    answer = call(make_key(requester, scopes=others), operation, mturk_inputs.minimal(operation, known))

    assert answer.fault[0] == "AccessDeniedException"
