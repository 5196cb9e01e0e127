"""What review policies found and did."""

from typing import Any

from manyhands.core import ids
from manyhands.mturk import faults, inputs
from manyhands.mturk.actions import Call, action
from manyhands.mturk.paging import page_of
from manyhands.quality import review_queries as queries
from manyhands.work.queries import api

LEVELS = ("Assignment", "HIT")


@action("ListReviewPolicyResultsForHIT", scope="read")
def list_review_policy_results_for_hit(call: Call) -> dict[str, Any]:
    """The reports of a HIT's policies, actions and results in the order they came about."""
    hit_id, page = inputs.hit_id(call), page_of(call)
    if api.hit(requester_id=call.requester_id, hit_id=hit_id) is None:
        raise faults.no_such_hit(call.input["HITId"])
    levels = call.input.get("PolicyLevels") or LEVELS
    rows = queries.lines(
        hit_id=hit_id,
        levels=levels,
        actions=call.input.get("RetrieveActions", True),
        results=call.input.get("RetrieveResults", True),
        after=page.after[0] if page.after else 0,
        limit=page.limit,
    )
    answer: dict[str, Any] = {"HITId": call.input["HITId"]}
    for level, name in queries.policy_names(hit_id).items():
        answer[f"{level}ReviewPolicy"] = {"PolicyName": name}
        if level in levels:
            answer[f"{level}ReviewReport"] = _report(call, [row for row in rows if row.level == level])
    if rows:
        answer["NextToken"] = page.token((rows[-1].id,))
    return answer


def _report(call: Call, rows: list[queries.Line]) -> dict[str, Any]:
    return {
        "ReviewResults": [_result(call, row) for row in rows if row.of is not None],
        "ReviewActions": [_action(call, row) for row in rows if row.of is None],
    }


def _subject(call: Call, row: queries.Line) -> tuple[str, str]:
    if row.assignment_id is None:
        return call.input["HITId"], "HIT"
    return ids.encode("assignment", row.assignment_id), "Assignment"


def _result(call: Call, row: queries.Line) -> dict[str, Any]:
    subject_id, subject_type = _subject(call, row)
    return {
        "ActionId": ids.encode("review_action", row.of or 0),
        "SubjectId": subject_id,
        "SubjectType": subject_type,
        "QuestionId": row.question or None,
        "Key": row.name,
        "Value": row.text,
    }


def _action(call: Call, row: queries.Line) -> dict[str, Any]:
    target_id, target_type = _subject(call, row)
    return {
        "ActionId": ids.encode("review_action", row.id),
        "ActionName": row.name,
        "TargetId": target_id,
        "TargetType": target_type,
        "Status": "Succeeded" if row.is_done else "Failed",
        "CompleteTime": row.at,
        "Result": row.text,
        "ErrorCode": f"AWS.MechanicalTurk.{row.error_code}" if row.error_code else None,
    }
