"""How HITs, requirements and assignments look on the wire, and how requirements are read from it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from manyhands.core import ids
from manyhands.core.errors import InvalidInput
from manyhands.mturk import faults
from manyhands.qualifications import system_types
from manyhands.qualifications.models import QualificationType
from manyhands.qualifications.requirements import Requirement
from manyhands.qualifications.states import Comparator, Guard, TypeStatus
from manyhands.questions.answers import Answer, HandedFile, answers_to_xml
from manyhands.questions.checking import by_field, check_answers
from manyhands.questions.parsing import kept_form
from manyhands.questions.writing import html_question
from manyhands.work.layout.template import CompiledLayout, compile_layout
from manyhands.work.queries import api as queries
from manyhands.work.words import without_standard_words

# Of one layout many HITs are listed.
_compiled: Any = lru_cache(maxsize=64)(compile_layout)


def hit(row: queries.HIT) -> dict[str, Any]:
    """The structure HIT."""
    hit_type_id = ids.encode("hit_type", row.hit_type_id)
    annotation = row.annotation
    if row.source == "file":
        annotation = f"BatchId:{ids.encode('batch', row.batch_id)};"
    return {
        "HITId": ids.encode("hit", row.id),
        "HITTypeId": hit_type_id,
        # Pages of workers name a group by either id: it is the same.
        "HITGroupId": hit_type_id,
        "HITLayoutId": None if row.layout_id is None else ids.encode("layout", row.layout_id),
        "CreationTime": row.created_at,
        "Title": row.title,
        "Description": row.description,
        "Question": _question(row),
        "Keywords": row.keywords or None,
        "HITStatus": row.status.capitalize(),
        "MaxAssignments": row.max_assignments,
        "Reward": row.reward_minor,
        "AutoApprovalDelayInSeconds": row.auto_approval_delay_s,
        "Expiration": row.expires_at,
        "AssignmentDurationInSeconds": row.assignment_duration_s,
        "RequesterAnnotation": annotation or None,
        "QualificationRequirements": [_requirement(Requirement.from_json(each)) for each in row.requirements],
        "HITReviewStatus": "NotReviewed",
        "NumberOfAssignmentsPending": row.pending,
        "NumberOfAssignmentsAvailable": row.available,
        "NumberOfAssignmentsCompleted": row.completed,
    }


def _question(row: queries.HIT) -> str:
    if row.question is not None:
        return row.question
    layout: CompiledLayout = _compiled(row.layout_html or "")
    return html_question(layout.render(row.input))


def _requirement(asked: Requirement) -> dict[str, Any]:
    places = [_locale(value) for value in asked.values if isinstance(value, str)]
    numbers = [value for value in asked.values if isinstance(value, int)]
    return {
        "QualificationTypeId": system_types.public_id(asked.qualification_type_id),
        "Comparator": asked.comparator.value,
        "IntegerValues": numbers or None,
        "LocaleValues": places or None,
        "RequiredToPreview": asked.guard != Guard.ACCEPT,
        "ActionsGuarded": asked.guard.value,
    }


def _locale(place: str) -> dict[str, str]:
    country, _, subdivision = place.partition("-")
    return {"Country": country} | ({"Subdivision": subdivision} if subdivision else {})


def requirements(given: Sequence[Mapping[str, Any]]) -> list[Requirement]:
    """What a client asks of workers. Raises the faults of unknown types and of values that do not fit."""
    return [_asked(each) for each in given]


def _asked(given: Mapping[str, Any]) -> Requirement:
    public_id = given["QualificationTypeId"]
    type_id = system_types.from_public_id(public_id)
    if type_id is None:
        raise faults.no_such_qualification_type(public_id)
    places = [
        each["Country"] + (f"-{each['Subdivision']}" if each.get("Subdivision") else "")
        for each in given.get("LocaleValues", ())
    ]
    guard = given.get("ActionsGuarded")
    if guard is None:
        guard = Guard.PREVIEW_AND_ACCEPT if given.get("RequiredToPreview") else Guard.ACCEPT
    values = (*given.get("IntegerValues", ()), *places)
    return Requirement(type_id, Comparator(given["Comparator"]), values, Guard(guard))


def requirement_fault(refusal: InvalidInput, given: Sequence[Mapping[str, Any]]) -> faults.Fault:
    """The fault for what ``qualifications.requirements.checked`` refuses."""
    path, sentence = next(iter(refusal.errors.items()))
    _, _, rest = path.partition(".")
    place, _, member = rest.partition(".")
    if member != "qualification_type":
        return faults.ParameterValidationError(
            f"{faults.invalid_value('QualificationRequirements', 'QualificationRequirements').message} {sentence}"
        )
    public_id = given[int(place)]["QualificationTypeId"]
    type_id = system_types.from_public_id(public_id)
    if QualificationType.objects.filter(pk=type_id or 0, status=TypeStatus.INACTIVE).exists():
        return faults.qualification_type_state("Active")
    return faults.no_such_qualification_type(public_id)


def assignment(row: queries.Assignment) -> dict[str, Any]:
    """The structure Assignment."""
    return {
        "AssignmentId": ids.encode("assignment", row.id),
        "WorkerId": ids.encode_account(row.worker_id),
        "HITId": ids.encode("hit", row.hit_id),
        "AssignmentStatus": row.status.capitalize(),
        "AutoApprovalTime": row.auto_approve_at,
        "AcceptTime": row.accepted_at,
        "SubmitTime": row.submitted_at,
        "ApprovalTime": _when(row, "approved"),
        "RejectionTime": _when(row, "rejected"),
        "Deadline": row.deadline_at,
        "Answer": _answer(row),
        "RequesterFeedback": _feedback(row),
    }


def _when(row: queries.Assignment, status: str) -> datetime | None:
    return row.decided_at if row.status == status else None


def _feedback(row: queries.Assignment) -> str | None:
    if row.status == "rejected":
        return without_standard_words(row.feedback)
    return row.feedback or None


def _answer(row: queries.Assignment) -> str:
    files = {
        name: HandedFile(value, "", row.files[value]) for name, value in row.answer if value in row.files
    }
    if row.form is not None:
        return answers_to_xml(check_answers(kept_form(row.form), by_field(row.answer), files).answers)
    return answers_to_xml(
        Answer(name, file_key=value, file_bytes=files[name].bytes) if name in files else Answer(name, value)
        for name, value in row.answer
    )


def microseconds(moment: datetime) -> int:
    """The whole instant as a number, for tokens of pages."""
    return round(moment.timestamp() * 1_000_000)
