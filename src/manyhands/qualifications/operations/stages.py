"""The stages of an assessment, set by operators: training, questions, writing."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from manyhands.accounts import audit
from manyhands.accounts.operators import require_operator
from manyhands.core.errors import InvalidInput, NotFound
from manyhands.core.ids import AccountId, QualificationTypeId
from manyhands.qualifications import question_list
from manyhands.qualifications.models import AssessmentStage, QualificationType
from manyhands.qualifications.states import Route, StageKind, TypeStatus

STAGES_MAX = 12
TEXT_MAX = 65_535
WORDS_MAX = 5_000


@dataclass(frozen=True, slots=True)
class StageTerms:
    """One stage as an operator writes it; ``questions`` is text as ``question_list`` reads it."""

    kind: StageKind
    title: str
    text: str = ""
    questions: str = ""
    pass_percent: int | None = None
    topic: str = ""
    words_min: int | None = None
    words_max: int | None = None


def set_stages(
    *, actor_id: AccountId, qualification_type_id: QualificationTypeId, stages: Sequence[StageTerms]
) -> int:
    """Give an assessment of the platform's its stages: a new version, which attempts begun before do not see.

    Returns the version. One transaction, with an audit entry.
    Raises OperatorsOnly, NotFound, InvalidInput that names the stage and the field (``stages.1.topic``).
    """
    require_operator(actor_id)
    made = _checked(stages)
    with transaction.atomic():
        kind = (
            QualificationType.objects.select_for_update(no_key=True)
            .filter(pk=qualification_type_id, requester_id__isnull=True, route=Route.ASSESSMENT)
            .exclude(status=TypeStatus.DISPOSED)
            .first()
        )
        if kind is None:
            raise NotFound
        latest = AssessmentStage.objects.filter(qualification_type=kind).order_by("-version").first()
        version = latest.version + 1 if latest else 1
        for ordinal, stage in enumerate(made, start=1):
            stage.qualification_type, stage.version, stage.ordinal = kind, version, ordinal
        AssessmentStage.objects.bulk_create(made)
        audit.record(
            actor_id=actor_id, act="assessment.stages", subject=f"qualification:{kind.pk}", version=version
        )
    return version


def _checked(stages: Sequence[StageTerms]) -> list[AssessmentStage]:
    found: dict[str, str] = {}
    if not 1 <= len(stages) <= STAGES_MAX:
        found["stages"] = gettext("From %(least)s to %(most)s.") % {"least": 1, "most": STAGES_MAX}
    elif not any(stage.kind != StageKind.TRAINING for stage in stages):
        found["stages"] = gettext("Reading alone proves nothing: add questions or a text to write.")
    made = []
    for place, stage in enumerate(stages):
        try:
            made.append(_stage(stage))
        except InvalidInput as refusal:
            found |= {f"stages.{place}.{field}": sentence for field, sentence in refusal.errors.items()}
    if found:
        raise InvalidInput(found)
    return made


def _stage(terms: StageTerms) -> AssessmentStage:
    """Raises InvalidInput."""
    found: dict[str, str] = {}
    if not 1 <= len(terms.title.strip()) <= 200:
        found["title"] = gettext("At most %(count)s characters.") % {"count": 200}
    if len(terms.text) > TEXT_MAX:
        found["text"] = gettext("At most %(count)s characters.") % {"count": TEXT_MAX}
    made = AssessmentStage(kind=terms.kind, title=terms.title.strip(), text=terms.text)
    if terms.kind == StageKind.TRAINING and not terms.text.strip():
        found["text"] = gettext("This is needed.")
    if terms.kind == StageKind.QUESTIONS:
        if terms.pass_percent is None or not 0 <= terms.pass_percent <= 100:
            found["pass_percent"] = gettext("From %(least)s to %(most)s.") % {"least": 0, "most": 100}
        made.pass_percent = terms.pass_percent
        try:
            made.question_form, made.answer_key = question_list.to_xml(made.title, terms.questions)
        except InvalidInput as refusal:
            found |= refusal.errors
    if terms.kind == StageKind.WRITING:
        least, most = terms.words_min or 1, terms.words_max or WORDS_MAX
        if not terms.topic.strip() or len(terms.topic) > 500:
            found["topic"] = gettext("This is needed.")
        if not 1 <= least <= most <= WORDS_MAX:
            found["words_min"] = gettext("From %(least)s to %(most)s.") % {"least": 1, "most": WORDS_MAX}
        made.topic, made.words_min, made.words_max = terms.topic.strip(), least, most
    if found:
        raise InvalidInput(found)
    return made
