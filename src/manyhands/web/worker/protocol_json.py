"""The JSON of Mechanical Turk's worker site, as tools of workers expect it (MTurk API, 4.4)."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from manyhands.catalog.projects import Project, Required
from manyhands.core import ids, money
from manyhands.core.ids import WorkerId
from manyhands.qualifications import system_types
from manyhands.web import external, frames
from manyhands.work.queries.statistics import Statistics
from manyhands.work.queries.tools import Day, DayLine, Queued

# What is approved is in the worker's balance at once.
_STATES = {"submitted": "Submitted", "correction": "Submitted", "approved": "Paid", "rejected": "Rejected"}


def dollars(minor: int) -> float:
    return float(money.as_decimal(minor))


def amount(minor: int) -> dict[str, Any]:
    return {"amount_in_dollars": dollars(minor), "currency_code": money.currency().code}


def project(group: Project, count: int) -> dict[str, Any]:
    """A group; ``count`` of its tasks are left for the reader."""
    unmet = [each for each in group.requirements if not each.is_met]
    here = reverse("group", args=[group.hit_type_id])
    requester = ids.encode_account(group.requester_id)
    return {
        "hit_set_id": ids.encode("hit_group", group.hit_type_id),
        "requester_id": requester,
        "requester_name": group.requester_name,
        "requester_url": reverse("requester_projects", args=[requester]),
        "title": group.title,
        "description": group.description,
        "assignment_duration_in_seconds": group.assignment_duration_s,
        "creation_time": group.created_at.isoformat(),
        # A published group never changes.
        "last_updated_time": group.created_at.isoformat(),
        "latest_expiration_time": group.expires_at.isoformat(),
        "assignable_hits_count": count,
        "monetary_reward": amount(group.reward_minor),
        "caller_meets_preview_requirements": all(each.guard == "Accept" for each in unmet),
        "caller_meets_requirements": not unmet,
        "accept_project_task_url": reverse("accept_next", args=[group.hit_type_id]),
        "project_tasks_url": here,
        "project_requirements": [_requirement(each) for each in group.requirements],
    }


def _requirement(asked: Required) -> dict[str, Any]:
    public_id = system_types.public_id(asked.qualification_type_id)
    country, _, subdivision = (asked.place or "").partition("-")
    return {
        "qualification_type_id": public_id,
        "qualification_type": {
            "qualification_type_id": public_id,
            "name": asked.name,
            "description": asked.description,
            "keywords": asked.keywords,
            "has_test": asked.has_test,
            "is_requestable": asked.is_requestable,
            "visibility": asked.is_active,
        },
        "comparator": asked.comparator,
        "qualification_values": [str(value) for value in asked.values],
        "caller_meets_requirement": asked.is_met,
        "caller_qualification_value": {
            "integer_value": asked.score,
            "locale_value": {"country": country or None, "subdivision": subdivision or None},
        },
        "worker_action": _action(asked),
    }


def _action(asked: Required) -> str:
    if asked.is_met or not asked.is_requestable:
        return "none"
    return "take_test" if asked.has_test else "request"


def task(held: Queued, group: Project, worker_id: WorkerId) -> dict[str, Any]:
    """An assignment in the queue."""
    shown = project(group, group.open_count)
    hit, assignment = ids.encode("hit", held.hit_id), ids.encode("assignment", held.assignment_id)
    address = task_address(held.hit_type_id, hit, assignment)
    return {
        "task_id": hit,
        "assignment_id": assignment,
        "accepted_at": held.accepted_at.isoformat(),
        "deadline": held.deadline_at.isoformat(),
        "time_to_deadline_in_seconds": held.left_s,
        "state": "Assigned",
        "task_url": address,
        "expired_task_action_url": reverse("group", args=[held.hit_type_id]),
        "project": shown,
        "question": _question(held, worker_id),
        "hit_requirements": shown["project_requirements"],
    }


def task_address(hit_type_id: int, hit: str, assignment: str) -> str:
    return f"{reverse('hit_preview', args=[hit_type_id, hit])}?{urlencode({'assignment_id': assignment})}"


def _question(held: Queued, worker_id: WorkerId) -> dict[str, Any]:
    question = external.external_question(held.question_id)
    named: dict[str, Any] = {
        "hit_id": held.hit_id, "assignment_id": held.assignment_id, "worker_id": worker_id,
    }  # fmt: skip
    if question is None:
        address = frames.work_address(**named, left_s=held.left_s)
    else:
        address = external.address(question, **named)
    return {
        "type": "ExternalQuestion",
        "value": address,
        "attributes": {"FrameHeight": "600", "FrameSourceAttribute": "src"},
    }


def dashboard(figures: Statistics, days: list[Day], rewards_minor: int, bonus_minor: int) -> dict[str, Any]:
    """Figures of all time and by day."""
    balance = figures.balance.earned_available_minor
    decided = figures.approved + figures.rejected
    return {
        "availableEarnings": dollars(balance),
        "current_balance": dollars(balance + figures.balance.held_minor),
        "earnings_to_date": {
            "approved": dollars(rewards_minor),
            "bonuses": dollars(bonus_minor),
            "total_earnigns": dollars(rewards_minor + bonus_minor),
        },
        "hits_overview": {
            "approved": figures.approved,
            "approvalRate": figures.approved * 100 / decided if decided else 0.0,
            "pending": figures.earned.pending_count,
            "rejected": figures.rejected,
            "rejection_rate": figures.rejected * 100 / decided if decided else 0.0,
        },
        "daily_hit_statistics_overview": [
            {
                "date": each.date.isoformat(),
                "submitted": each.submitted,
                "approved": each.approved,
                "rejected": each.rejected,
                "pending": each.pending,
                "earnings": dollars(each.earned_minor),
            }
            for each in days
        ],
        "reward_payment_balances": {
            "available": dollars(balance),
            "held": dollars(figures.balance.held_minor),
        },
    }


def day_line(line: DayLine) -> dict[str, Any]:
    return {
        "assignment_id": ids.encode("assignment", line.assignment_id),
        "hit_id": ids.encode("hit", line.hit_id),
        "requester_id": ids.encode_account(line.requester_id),
        "requester_name": line.requester_name,
        "requester_feedback": line.feedback,
        "reward": amount(line.reward_minor),
        "state": _STATES[line.status],
        "title": line.title,
    }
