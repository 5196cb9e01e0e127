"""HIT types and HITs: made, read, listed, extended, ended, parked, moved, deleted."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from manyhands.accounts.api_keys import charge_key
from manyhands.core import ids
from manyhands.core.errors import InvalidInput, NotFound
from manyhands.core.ids import HITTypeId, LayoutId
from manyhands.mturk import faults, inputs, shown
from manyhands.mturk.actions import Call, action
from manyhands.mturk.paging import Page, page_of
from manyhands.quality.policies import parse_assignment_policy, parse_hit_policy
from manyhands.work import errors
from manyhands.work.operations import hits, single_hits
from manyhands.work.operations.hit_types import Terms, make_hit_type
from manyhands.work.operations.questions import Asked, question_of_layout, question_of_xml
from manyhands.work.queries import api as queries

AUTO_APPROVAL_DEFAULT_S = int(timedelta(days=30).total_seconds())
POLICIES = {
    "AssignmentReviewPolicy": ("Assignment", "ScoreMyKnownAnswers/2011-09-01"),
    "HITReviewPolicy": ("HIT", "SimplePlurality/2011-09-01"),
}


@action("CreateHITType", scope="publish")
def create_hit_type(call: Call) -> dict[str, Any]:
    """The type with these values, which may be there already."""
    return {"HITTypeId": ids.encode("hit_type", _hit_type(call))}


@action("CreateHIT", scope="publish")
def create_hit(call: Call) -> dict[str, Any]:
    """A HIT, and its type unless there is one with these values."""
    return _created(call, _hit_type(call))


@action("CreateHITWithHITType", scope="publish")
def create_hit_with_hit_type(call: Call) -> dict[str, Any]:
    """A HIT of a type made before."""
    return _created(call, inputs.hit_type_id(call))


def _hit_type(call: Call) -> HITTypeId:
    given = call.input
    terms = Terms(
        title=given["Title"],
        description=given["Description"],
        keywords=given.get("Keywords", ""),
        reward_minor=inputs.amount(call, "Reward", minimum_minor=0),
        assignment_duration_s=given["AssignmentDurationInSeconds"],
        auto_approval_delay_s=given.get("AutoApprovalDelayInSeconds", AUTO_APPROVAL_DEFAULT_S),
    )
    required = given.get("QualificationRequirements", [])
    asked = shown.requirements(required)
    with inputs.parameters(given):
        terms.check()
    try:
        return make_hit_type(requester_id=call.requester_id, terms=terms, asked=asked)
    except InvalidInput as refusal:
        raise shown.requirement_fault(refusal, required) from None


def _created(call: Call, hit_type_id: HITTypeId) -> dict[str, Any]:
    given = call.input
    places = given.get("MaxAssignments", 1)
    with inputs.parameters(given):
        new = hits.NewHIT(
            question=_question(call),
            lifetime_s=given["LifetimeInSeconds"],
            max_assignments=places,
            annotation=given.get("RequesterAnnotation", ""),
            policies=_policies(call),
            token=given.get("UniqueRequestToken"),
        )
        new.check()
    try:
        price_minor = hits.price_of(requester_id=call.requester_id, hit_type_id=hit_type_id, places=places)
        charge_key(key_id=call.key_id, amount_minor=price_minor)
        made = hits.create_hit(requester_id=call.requester_id, hit_type_id=hit_type_id, new=new)
    except NotFound:
        raise faults.no_such_hit_type(ids.encode("hit_type", hit_type_id)) from None
    except errors.RequestRepeated as refusal:
        raise faults.hit_exists(ids.encode("hit", refusal.result_id)) from None
    row = queries.hit(requester_id=call.requester_id, hit_id=made.hit_id)
    assert row is not None  # noqa: S101 - made a moment ago, in this transaction
    return {"HIT": shown.hit(row)}


def _question(call: Call) -> Asked:
    given = call.input
    question, layout = given.get("Question"), given.get("HITLayoutId")
    if (question is None) == (layout is None):
        raise faults.either_or("Question", "HITLayoutId")
    if layout is None:
        if not question:
            raise faults.too_short("Question", 1)
        return question_of_xml(question)
    layout_id = ids.decode("layout", layout)
    values = {each["Name"]: each["Value"] for each in given.get("HITLayoutParameters", ())}
    try:
        return question_of_layout(
            requester_id=call.requester_id, layout_id=LayoutId(layout_id or 0), parameters=values
        )
    except NotFound:
        raise faults.no_such_layout(layout) from None


def _policies(call: Call) -> dict[str, Any]:
    found = {}
    for member, (level, name) in POLICIES.items():
        policy = call.input.get(member)
        if policy is None:
            continue
        if policy["PolicyName"] != name:
            raise faults.invalid_value(policy["PolicyName"], "PolicyName")
        found[level] = policy
    if "Assignment" in found:
        parse_assignment_policy(found["Assignment"])
    if "HIT" in found:
        parse_hit_policy(found["HIT"], scores_known_answers="Assignment" in found)
    return found


@action("GetHIT", scope="read")
def get_hit(call: Call) -> dict[str, Any]:
    """One HIT, also when it was deleted."""
    row = queries.hit(requester_id=call.requester_id, hit_id=inputs.hit_id(call))
    if row is None:
        raise faults.no_such_hit(call.input["HITId"])
    return {"HIT": shown.hit(row)}


@action("ListHITs", scope="read")
def list_hits(call: Call) -> dict[str, Any]:
    """All HITs that are not deleted, newest first."""
    return _listed(call, page_of(call))


@action("ListReviewableHITs", scope="read")
def list_reviewable_hits(call: Call) -> dict[str, Any]:
    """HITs that wait for review, or are parked in it."""
    hit_type_id = inputs.hit_type_id(call) if "HITTypeId" in call.input else None
    status = call.input.get("Status", "Reviewable").lower()
    return _listed(call, page_of(call), status=status, hit_type_id=hit_type_id)


@action("ListHITsForQualificationType", scope="read")
def list_hits_for_qualification_type(call: Call) -> dict[str, Any]:
    """Own HITs that ask for this qualification."""
    return _listed(call, page_of(call), qualification_type_id=inputs.qualification_type_id(call))


def _listed(call: Call, page: Page, **filters: Any) -> dict[str, Any]:
    [before] = page.after or (queries.BEYOND_ALL,)
    rows = queries.hits(requester_id=call.requester_id, limit=page.limit, before=before, **filters)
    return page.result("HITs", rows, key=lambda row: (row.id,), shown=shown.hit)


@contextmanager
def _told(call: Call, allowed: str = "Assignable, Unassignable, Reviewable, Reviewing") -> Iterator[None]:
    """Name the HIT that is not there, or the state that does not fit."""
    try:
        yield
    except NotFound:
        raise faults.no_such_hit(call.input["HITId"]) from None
    except errors.WrongHITState as refusal:
        why = str(refusal) if type(refusal) is not errors.WrongHITState else ""
        raise faults.hit_state(refusal.status.capitalize(), allowed, why) from None


@action("UpdateExpirationForHIT", scope="publish")
def update_expiration_for_hit(call: Call) -> dict[str, Any]:
    """Set the end; one in the past ends the HIT now."""
    with _told(call):
        single_hits.set_expiration(
            requester_id=call.requester_id,
            actor_id=call.account_id,
            hit_id=inputs.hit_id(call),
            expires_at=call.input["ExpireAt"],
        )
    return {}


@action("CreateAdditionalAssignmentsForHIT", scope="publish")
def create_additional_assignments_for_hit(call: Call) -> dict[str, Any]:
    """Give a HIT more places."""
    hit_id, more = inputs.hit_id(call), call.input["NumberOfAdditionalAssignments"]
    row = queries.hit(requester_id=call.requester_id, hit_id=hit_id)
    if row is None:
        raise faults.no_such_hit(call.input["HITId"])
    token = call.input.get("UniqueRequestToken")
    price_minor = hits.price_of(
        requester_id=call.requester_id, hit_type_id=row.hit_type_id, places=max(0, more)
    )
    charge_key(key_id=call.key_id, amount_minor=price_minor)
    try:
        with _told(call), inputs.parameters(call.input):
            single_hits.extend_hit(
                requester_id=call.requester_id,
                actor_id=call.account_id,
                hit_id=hit_id,
                more_assignments=more,
                token=token,
            )
    except errors.RequestRepeated:
        raise faults.token_used(token or "") from None
    return {}


@action("UpdateHITReviewStatus", scope="review")
def update_hit_review_status(call: Call) -> dict[str, Any]:
    """Park a HIT in review, or take it back."""
    revert = call.input.get("Revert", False)
    with _told(call, "Reviewing" if revert else "Reviewable"):
        single_hits.set_reviewing(requester_id=call.requester_id, hit_id=inputs.hit_id(call), revert=revert)
    return {}


@action("UpdateHITTypeOfHIT", scope="publish")
def update_hit_type_of_hit(call: Call) -> dict[str, Any]:
    """Move a HIT nobody has worked on to another type."""
    hit_id, hit_type_id = inputs.hit_id(call), inputs.hit_type_id(call)
    if queries.hit(requester_id=call.requester_id, hit_id=hit_id) is None:
        raise faults.no_such_hit(call.input["HITId"])
    try:
        hits.price_of(requester_id=call.requester_id, hit_type_id=hit_type_id, places=1)
    except NotFound:
        raise faults.no_such_hit_type(call.input["HITTypeId"]) from None
    with _told(call, "Assignable"):
        single_hits.change_hit_type(
            requester_id=call.requester_id,
            actor_id=call.account_id,
            hit_id=hit_id,
            hit_type_id=hit_type_id,
        )
    return {}


@action("DeleteHIT", scope="publish")
def delete_hit(call: Call) -> dict[str, Any]:
    """Close a HIT for good; its answers stay."""
    with _told(call, "Reviewing, Reviewable"):
        single_hits.dispose_hit(
            requester_id=call.requester_id, actor_id=call.account_id, hit_id=inputs.hit_id(call)
        )
    return {}
