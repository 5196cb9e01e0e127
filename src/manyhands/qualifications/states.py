"""The states of qualifications, of types and of requests; ways to one; comparators of requirements."""

from django.db import models


class TypeStatus(models.TextChoices):
    """MTurk API, QualificationTypeStatus; ``disposed`` is what a deleted type stays as."""

    ACTIVE = "active"  # may be asked for -> inactive, disposed
    INACTIVE = "inactive"  # held and required as before, but not to be had now -> active, disposed
    DISPOSED = "disposed"  # gone for good; scores stay with those who hold them: the end


TYPE_TRANSITIONS: dict[TypeStatus, frozenset[TypeStatus]] = {
    TypeStatus.ACTIVE: frozenset({TypeStatus.INACTIVE, TypeStatus.DISPOSED}),
    TypeStatus.INACTIVE: frozenset({TypeStatus.ACTIVE, TypeStatus.DISPOSED}),
    TypeStatus.DISPOSED: frozenset(),
}


class Route(models.TextChoices):
    """How a worker comes by a qualification. Only those of REQUESTABLE can be asked for."""

    GRANT = "grant"  # its owner gives it; with graded_by_owner a worker may ask, and the owner decides
    TEST = "test"  # one test, graded by its key, by its owner, or both
    AGREEMENT = "agreement"  # the worker accepts a text
    AUTO = "auto"  # asking is enough
    TASKS = "tasks"  # so many qualification tasks, scored by known answers
    ASSESSMENT = "assessment"  # several stages: training, questions, writing graded by an editor
    PROFILE = "profile"  # premium: follows from profile answers
    SYSTEM = "system"  # computed by the platform


REQUESTABLE = (Route.TEST, Route.AGREEMENT, Route.AUTO, Route.ASSESSMENT)


def is_requestable(route: str, *, graded_by_owner: bool) -> bool:
    """Whether a worker may ask for a type of this route."""
    return route in REQUESTABLE or (route == Route.GRANT and graded_by_owner)


class ScoreKind(models.TextChoices):
    PERCENT = "percent"  # 0 to 100, as on the site
    INTEGER = "integer"  # any whole number, as MTurk's API has it
    LOCALE = "locale"  # a country, with a state for the USA: the system's own type only


class QualificationStatus(models.TextChoices):
    GRANTED = "granted"  # -> revoked
    REVOKED = "revoked"  # -> granted


TRANSITIONS: dict[QualificationStatus, frozenset[QualificationStatus]] = {
    QualificationStatus.GRANTED: frozenset({QualificationStatus.REVOKED}),
    QualificationStatus.REVOKED: frozenset({QualificationStatus.GRANTED}),
}


class RequestStatus(models.TextChoices):
    """A worker's way to one qualification, from asking to the outcome."""

    TAKING = "taking"  # a test or assessment is under way -> pending, granted, failed, lapsed
    PENDING = "pending"  # waits for its owner or an editor -> granted, refused, failed, taking
    GRANTED = "granted"  # the end
    REFUSED = "refused"  # by its owner, with words: the end
    FAILED = "failed"  # below the score asked for: the end
    LAPSED = "lapsed"  # not handed in in time: the end


REQUEST_TRANSITIONS: dict[RequestStatus, frozenset[RequestStatus]] = {
    RequestStatus.TAKING: frozenset(
        {RequestStatus.PENDING, RequestStatus.GRANTED, RequestStatus.FAILED, RequestStatus.LAPSED}
    ),
    RequestStatus.PENDING: frozenset(
        {RequestStatus.GRANTED, RequestStatus.REFUSED, RequestStatus.FAILED, RequestStatus.TAKING}
    ),
    RequestStatus.GRANTED: frozenset(),
    RequestStatus.REFUSED: frozenset(),
    RequestStatus.FAILED: frozenset(),
    RequestStatus.LAPSED: frozenset(),
}

# A worker has at most one request of a type in these states.
OPEN_REQUEST = (RequestStatus.TAKING, RequestStatus.PENDING)


class StageKind(models.TextChoices):
    """What a stage of an assessment asks of the worker."""

    TRAINING = "training"  # to be read
    QUESTIONS = "questions"  # graded by its key, in percent
    WRITING = "writing"  # graded by an editor


class Grade(models.TextChoices):
    """An editor's word on a text."""

    UNSATISFACTORY = "unsatisfactory"
    SATISFACTORY = "satisfactory"
    EXTREMELY_SATISFIED = "extremely-satisfied"


class ChangeReason(models.TextChoices):
    """Why a score changed. Its inputs are kept beside it, and the worker reads both."""

    GRANTED = "granted"  # by its owner
    REVOKED = "revoked"  # by its owner
    TEST = "test"
    AGREEMENT = "agreement"
    AUTO = "auto"
    TASKS = "tasks"
    ASSESSMENT = "assessment"
    PROFILE = "profile"
    COMPUTED = "computed"  # by the platform's published formula
    EDITOR_GRADE = "editor-grade"
    KNOWN_ANSWER = "known-answer"
    IN_JOB = "in-job"  # the questions at the start of a project
    REMOVED = "removed"  # on the worker's own wish


class Comparator(models.TextChoices):
    """MTurk API, QualificationRequirement: how the worker's score is compared with the values."""

    LESS_THAN = "LessThan"
    LESS_THAN_OR_EQUAL_TO = "LessThanOrEqualTo"
    GREATER_THAN = "GreaterThan"
    GREATER_THAN_OR_EQUAL_TO = "GreaterThanOrEqualTo"
    EQUAL_TO = "EqualTo"
    NOT_EQUAL_TO = "NotEqualTo"
    EXISTS = "Exists"
    DOES_NOT_EXIST = "DoesNotExist"
    IN = "In"
    NOT_IN = "NotIn"


class Guard(models.TextChoices):
    """MTurk API, ActionsGuarded: what a worker who does not meet a requirement may not do."""

    ACCEPT = "Accept"
    PREVIEW_AND_ACCEPT = "PreviewAndAccept"
    DISCOVER_PREVIEW_AND_ACCEPT = "DiscoverPreviewAndAccept"
