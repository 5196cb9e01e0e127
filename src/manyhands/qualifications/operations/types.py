"""Qualification types: made, changed, disposed of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from manyhands.core import db
from manyhands.core.errors import InvalidInput, NotFound
from manyhands.core.ids import QualificationTypeId, RequesterId
from manyhands.qualifications.errors import (
    CircularPrerequisites,
    ComputedByPlatform,
    QualificationTypeDisposed,
    QualificationTypeExists,
)
from manyhands.qualifications.models import (
    QualificationAgreement,
    QualificationPrerequisite,
    QualificationTest,
    QualificationType,
)
from manyhands.qualifications.scores import INTEGER_MAX, INTEGER_MIN, SCORE_MAX
from manyhands.qualifications.states import Route, ScoreKind, TypeStatus

NAME_MAX, DESCRIPTION_MAX, KEYWORDS_MAX = 200, 2_000, 1_000
TEXT_MAX = 65_535
TASKS_NEEDED_MAX = 1_000
YEAR_S = 365 * 86_400
DURATION_S_MAX = 10 * YEAR_S

# What an edge may set by itself; the others follow from the route.
_COLUMNS = ("description", "keywords", "status", "route", "score_kind", "auto_granted_score", "pass_score",
            "retry_delay_s", "validity_s", "tasks_needed", "training", "eligibility", "graded_by_owner")  # fmt: skip


@dataclass(frozen=True, slots=True)
class TypeTerms:
    """Everything about a type but its name and owner; what each means stands in ``models.QualificationType``.

    ``test``: question form, answer key ('' for none) and seconds, as XML that ``questions`` has read.
    ``prerequisites``: types that must be held first, and the least score or None.
    """

    description: str = ""
    keywords: str = ""
    status: TypeStatus = TypeStatus.ACTIVE
    route: Route = Route.GRANT
    score_kind: ScoreKind = ScoreKind.PERCENT
    auto_granted_score: int = 1
    pass_score: int | None = None
    retry_delay_s: int | None = None
    validity_s: int | None = None
    tasks_needed: int | None = None
    training: str = ""
    eligibility: Mapping[str, Any] = field(default_factory=dict)
    graded_by_owner: bool = False
    test: tuple[str, str, int] | None = None
    agreement: str = ""
    prerequisites: Sequence[tuple[QualificationTypeId, int | None]] = ()

    def check(self) -> None:
        """Raise InvalidInput naming each field that breaks a rule (MTurk API, CreateQualificationType)."""
        found: dict[str, str] = {}
        for name, most in (("description", DESCRIPTION_MAX), ("keywords", KEYWORDS_MAX),
                           ("training", TEXT_MAX), ("agreement", TEXT_MAX)):  # fmt: skip
            if len(getattr(self, name)) > most:
                found[name] = gettext("At most %(count)s characters.") % {"count": most}
        least, most = (0, SCORE_MAX) if self.score_kind == ScoreKind.PERCENT else (INTEGER_MIN, INTEGER_MAX)
        for name, low, high in (
            ("auto_granted_score", least, most), ("pass_score", least, most), ("retry_delay_s", 0, DURATION_S_MAX),
            ("validity_s", 60, DURATION_S_MAX), ("tasks_needed", 1, TASKS_NEEDED_MAX),
        ):  # fmt: skip
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                found[name] = gettext("From %(least)s to %(most)s.") % {"least": low, "most": high}
        if self.route == Route.TEST and self.test is None:
            found["test"] = gettext("This way needs a test.")
        if self.route == Route.AGREEMENT and not self.agreement.strip():
            found["agreement"] = gettext("This way needs the text to accept.")
        if self.route == Route.TASKS and self.tasks_needed is None:
            found["tasks_needed"] = gettext("This way needs a number of tasks.")
        if self.test is not None and not 1 <= self.test[2] <= DURATION_S_MAX:
            found["test_duration"] = gettext("From %(least)s to %(most)s.") % {
                "least": 1,
                "most": DURATION_S_MAX,
            }
        if found:
            raise InvalidInput(found)


def create_qualification_type(
    *, requester_id: RequesterId | None, name: str, description: str = "", terms: TypeTerms | None = None
) -> QualificationTypeId:
    """Make a type; ``requester_id`` None makes one of the platform's. ``description`` alone is enough.

    One transaction. Raises InvalidInput, QualificationTypeExists when the owner has one of this name,
    NotFound for an unknown prerequisite.
    """
    terms = terms or TypeTerms(description=description)
    _check_name(name)
    terms.check()
    try:
        with transaction.atomic():
            made = QualificationType.objects.create(
                requester_id=requester_id,
                name=name.strip(),
                **{column: getattr(terms, column) for column in _COLUMNS},
            )
            _write_parts(made, terms)
    except IntegrityError as broken:
        if "qualification_type_name_unique" in str(broken):
            raise QualificationTypeExists from None
        raise
    return QualificationTypeId(made.pk)


def _check_name(name: str) -> None:
    if not name.strip():
        raise InvalidInput({"name": gettext("This is needed.")})
    if len(name.strip()) > NAME_MAX:
        raise InvalidInput({"name": gettext("At most %(count)s characters.") % {"count": NAME_MAX}})


def update_qualification_type(
    *, qualification_type_id: QualificationTypeId, requester_id: RequesterId | None, terms: TypeTerms
) -> None:
    """Change everything but the name; a changed test or text is a new version, and attempts keep theirs.

    One transaction, the type locked. Raises InvalidInput, NotFound, QualificationTypeDisposed,
    ComputedByPlatform, CircularPrerequisites.
    """
    terms.check()
    with transaction.atomic():
        kind = lock_type(qualification_type_id, requester_id)
        QualificationType.objects.filter(pk=kind.pk).update(
            **{column: getattr(terms, column) for column in _COLUMNS}
        )
        _write_parts(kind, terms)


def set_type_status(
    *, qualification_type_id: QualificationTypeId, requester_id: RequesterId | None, status: TypeStatus
) -> None:
    """Offer a type, or stop offering it; who holds it keeps it, and groups that ask for it go on asking.

    active <-> inactive; to be there already is as good. Raises NotFound, QualificationTypeDisposed,
    ComputedByPlatform.
    """
    with transaction.atomic():
        kind = lock_type(qualification_type_id, requester_id)
        if status == TypeStatus.DISPOSED:
            raise QualificationTypeDisposed
        QualificationType.objects.filter(pk=kind.pk).update(status=status)


def dispose_qualification_type(
    *, qualification_type_id: QualificationTypeId, requester_id: RequesterId | None
) -> None:
    """Delete a type: no new work may ask for it, nobody may ask for it; scores and groups keep it as it is.

    active | inactive -> disposed. Waiting requests are refused. Raises NotFound, QualificationTypeDisposed,
    ComputedByPlatform.
    """
    with transaction.atomic():
        kind = lock_type(qualification_type_id, requester_id)
        QualificationType.objects.filter(pk=kind.pk).update(status=TypeStatus.DISPOSED)
        db.run(
            "UPDATE qualification_request SET status = 'refused', decided_at = now()"
            " WHERE qualification_type_id = %(type_id)s AND status = 'pending'",
            type_id=kind.pk,
        )


def lock_type(
    qualification_type_id: QualificationTypeId, requester_id: RequesterId | None
) -> QualificationType:
    """The owner's type, locked. Raises NotFound, ComputedByPlatform, QualificationTypeDisposed."""
    kind = (
        QualificationType.objects.select_for_update(no_key=True)
        .filter(pk=qualification_type_id, requester_id=requester_id)
        .first()
    )
    if kind is None:
        raise NotFound
    if kind.route == Route.SYSTEM:
        raise ComputedByPlatform
    if kind.status == TypeStatus.DISPOSED:
        raise QualificationTypeDisposed
    return kind


def _write_parts(kind: QualificationType, terms: TypeTerms) -> None:
    """New versions of test and agreement where they changed, and the prerequisites as given."""
    if terms.test is not None:
        form, key, duration_s = terms.test
        test = QualificationTest.objects.filter(qualification_type=kind).order_by("-version").first()
        if test is None or (test.question_form, test.answer_key, test.duration_s) != (form, key, duration_s):
            QualificationTest.objects.create(
                qualification_type=kind, version=test.version + 1 if test else 1,
                question_form=form, answer_key=key, duration_s=duration_s,
            )  # fmt: skip
    if terms.agreement.strip():
        text = QualificationAgreement.objects.filter(qualification_type=kind).order_by("-version").first()
        if text is None or text.text != terms.agreement:
            QualificationAgreement.objects.create(
                qualification_type=kind, version=text.version + 1 if text else 1, text=terms.agreement
            )
    QualificationPrerequisite.objects.filter(qualification_type=kind).delete()
    wanted = dict(terms.prerequisites)
    if QualificationType.objects.filter(pk__in=wanted).exclude(status=TypeStatus.DISPOSED).count() != len(
        wanted
    ):
        raise NotFound
    _refuse_circles(kind, list(wanted))
    QualificationPrerequisite.objects.bulk_create(
        QualificationPrerequisite(qualification_type=kind, needed_id=needed, score_min=score_min)
        for needed, score_min in wanted.items()
    )


# Two edits at once could close a ring that neither sees: they take turns.
_CIRCLE_LOCK = 1_886_745_203
_REACHED = """
WITH RECURSIVE reached AS (
    SELECT id, ARRAY[id] AS path FROM unnest(%(needed)s::bigint[]) AS id
     UNION ALL
    SELECT prerequisite.needed_id, reached.path || prerequisite.needed_id
      FROM reached
      JOIN qualification_prerequisite AS prerequisite ON prerequisite.qualification_type_id = reached.id
     WHERE prerequisite.needed_id <> ALL(reached.path)
)
SELECT (SELECT string_agg(qualification_type.name, ' → ' ORDER BY step.place)
          FROM unnest(reached.path) WITH ORDINALITY AS step (id, place)
          JOIN qualification_type ON qualification_type.id = step.id)
  FROM reached
 WHERE reached.id = %(type_id)s
 LIMIT 1
"""


def _refuse_circles(kind: QualificationType, needed: list[QualificationTypeId]) -> None:
    if not needed:
        return
    db.one(str, "SELECT pg_advisory_xact_lock(%(lock)s)::text", lock=_CIRCLE_LOCK)
    names = db.one_or_none(str, _REACHED, needed=needed, type_id=kind.pk)
    if names is not None:
        raise CircularPrerequisites(names=f"{kind.name} → {names}")
