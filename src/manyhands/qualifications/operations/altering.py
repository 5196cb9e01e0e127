"""Some of a type's terms change, and all others stay (MTurk API, CreateQualificationType and its Update)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from manyhands.core.errors import InvalidInput, NotFound
from manyhands.core.ids import QualificationTypeId, RequesterId
from manyhands.qualifications.operations.types import TypeTerms, lock_type, update_qualification_type
from manyhands.qualifications.owner_queries import TypePage, type_of
from manyhands.qualifications.states import Route, ScoreKind, TypeStatus

# The ways the API knows: given or asked for, granted for the asking, by a test.
_SIMPLE = (Route.GRANT, Route.AUTO, Route.TEST)


def asked_way(*, has_test: bool, is_automatic: bool) -> dict[str, Any]:
    """The route of a type by what the API says of it. Raises InvalidInput when it is granted and tested.

    Without either it can be asked for, and its owner decides.
    """
    if has_test and is_automatic:
        raise InvalidInput({"auto_granted": gettext("A qualification with a test is not granted by itself.")})
    route = Route.TEST if has_test else Route.AUTO if is_automatic else Route.GRANT
    return {"route": route, "graded_by_owner": route == Route.GRANT}


def alter_qualification_type(
    *,
    qualification_type_id: QualificationTypeId,
    requester_id: RequesterId,
    changes: Mapping[str, Any],
    is_automatic: bool | None = None,
) -> None:
    """Change only these of the type's ``TypeTerms``; ``is_automatic`` None: whether asking is enough stays.

    One transaction, the type locked first, so that two changes at once both count. A test stays once there
    is one. Raises InvalidInput, NotFound, QualificationTypeDisposed.
    """
    with transaction.atomic():
        lock_type(qualification_type_id, requester_id)
        page = type_of(requester_id=requester_id, type_id=qualification_type_id)
        if page is None:
            raise NotFound
        terms = replace(_terms(page), **changes)
        automatic = page.route == Route.AUTO if is_automatic is None else is_automatic
        if "test" in changes or (is_automatic is not None and (page.route in _SIMPLE or automatic)):
            others = page.route not in _SIMPLE
            terms = replace(
                terms, **asked_way(has_test=terms.test is not None or others, is_automatic=automatic)
            )
        update_qualification_type(
            qualification_type_id=qualification_type_id, requester_id=requester_id, terms=terms
        )


def _terms(page: TypePage) -> TypeTerms:
    test = None
    if page.test_duration_s is not None:
        test = (page.question_form, page.answer_key, page.test_duration_s)
    return TypeTerms(
        description=page.description,
        keywords=page.keywords,
        status=TypeStatus(page.status),
        route=Route(page.route),
        score_kind=ScoreKind(page.score_kind),
        auto_granted_score=page.auto_granted_score,
        pass_score=page.pass_score,
        retry_delay_s=page.retry_delay_s,
        validity_s=page.validity_s,
        tasks_needed=page.tasks_needed,
        training=page.training,
        eligibility=page.eligibility,
        graded_by_owner=page.graded_by_owner,
        test=test,
        agreement=page.agreement,
        prerequisites=[(QualificationTypeId(needed), least) for needed, least in page.needed],
    )
