"""HIT types: what all tasks of a group share. The same terms are always the same type."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.db import IntegrityError, transaction

from manyhands.catalog.models import SubCategory
from manyhands.core import db
from manyhands.core.errors import InvalidInput
from manyhands.core.ids import HITTypeId, RequesterId
from manyhands.core.money import AMOUNT_MINOR_MAX
from manyhands.qualifications import requirements
from manyhands.qualifications.requirements import Requirement
from manyhands.work.models import HITType, QualificationRequirement
from manyhands.work.operations.projects import DAY_S, YEAR_S, length, within
from manyhands.work.operations.telling import new_type_keeps_events

# Where the groups of the API stand until their requester says better.
UNCATEGORISED = ("uncategorised", "other")


@dataclass(frozen=True, slots=True)
class Terms:
    """What workers are told of a task before they take it. Money in minor units, durations in seconds."""

    title: str
    description: str
    keywords: str
    reward_minor: int
    assignment_duration_s: int
    auto_approval_delay_s: int

    def check(self) -> None:
        """Raise InvalidInput naming each field that breaks a rule (MTurk API, CreateHITType)."""
        found: dict[str, str] = {}
        length(found, "title", self.title, 128)
        length(found, "description", self.description, 2_000)
        length(found, "keywords", self.keywords, 1_000, required=False)
        within(found, "reward_minor", self.reward_minor, 0, AMOUNT_MINOR_MAX)
        within(found, "assignment_duration_s", self.assignment_duration_s, 30, YEAR_S)
        within(found, "auto_approval_delay_s", self.auto_approval_delay_s, 0, 30 * DAY_S)
        if found:
            raise InvalidInput(found)


def make_hit_type(*, requester_id: RequesterId, terms: Terms, asked: Sequence[Requirement] = ()) -> HITTypeId:
    """The type with exactly these terms and requirements, found or made (MTurk API, CreateHITType).

    One statement when it is there, and a read of what is asked. Raises InvalidInput.
    """
    terms.check()
    return hit_type_with(requester_id, terms, asked=asked)


def hit_type_with(
    requester_id: RequesterId,
    terms: Terms,
    *,
    sub_category_id: int | None = None,
    layout_id: int | None = None,
    qualification_type_id: int | None = None,
    in_job_type_id: int | None = None,
    asked: Sequence[Requirement] = (),
) -> HITTypeId:
    """Find or make a type. Without a sub-category its place in the catalogue is no part of what it is."""
    required = requirements.checked(asked) if asked else ()
    shared = asdict(terms) | {
        "sub_category": sub_category_id,
        "layout": layout_id,
        # In whatever order they are asked, they ask for the same.
        "requirements": sorted((each.as_json() for each in required), key=str),
    }
    if qualification_type_id is not None:
        shared["qualification_type"] = qualification_type_id
    if in_job_type_id is not None:
        shared["in_job_type"] = in_job_type_id
    digest = hashlib.sha256(json.dumps(shared, sort_keys=True).encode()).hexdigest()
    found = db.one_or_none(
        int,
        "SELECT id FROM hit_type WHERE requester_id = %(requester_id)s AND digest = %(digest)s",
        requester_id=requester_id,
        digest=digest,
    )
    if found is not None:
        return HITTypeId(found)
    try:
        with transaction.atomic():
            made = HITType.objects.create(
                requester_id=requester_id,
                digest=digest,
                sub_category_id=sub_category_id or uncategorised(),
                layout_id=layout_id,
                qualification_type_id=qualification_type_id,
                keeps_events=new_type_keeps_events(requester_id),
                in_job_type_id=in_job_type_id,
                **asdict(terms),
            )
            ask_for(made, required)
            return HITTypeId(made.pk)
    except IntegrityError:  # made by another request for the same terms a moment ago
        return HITTypeId(HITType.objects.get(requester_id=requester_id, digest=digest).pk)


def uncategorised() -> int:
    """The sub-category of work that says nothing about itself, as everything from Mechanical Turk."""
    category, branch = UNCATEGORISED
    return SubCategory.objects.values_list("pk", flat=True).get(category__slug=category, slug=branch)


def ask_for(hit_type: HITType, asked: Sequence[Requirement]) -> None:
    """Write what a group just made asks of workers; in the transaction that makes it, and never later."""
    QualificationRequirement.objects.bulk_create(
        QualificationRequirement(
            hit_type=hit_type,
            qualification_type_id=each.qualification_type_id,
            comparator=each.comparator,
            scores=list(each.values),
            actions_guarded=each.guard,
        )
        for each in asked
    )
