"""Answers to the profile questions, with consent: they give the premium qualifications, and nothing else.

Every change takes and gives qualifications in the same transaction, so that answers and scores agree at any
moment. The worker is locked first.
"""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from manyhands.core import db
from manyhands.core.errors import InvalidInput, NotFound
from manyhands.core.ids import QualificationTypeId, WorkerId
from manyhands.qualifications import errors, scores
from manyhands.qualifications.models import ProfileAnswer, ProfileConsent
from manyhands.qualifications.profile_questions import BY_KEY, CONSENT_VERSION
from manyhands.qualifications.states import ChangeReason

_COUNTRY = "SELECT coalesce((SELECT country FROM account_profile WHERE account_id = %(worker_id)s), '')"
_WANTED = """
SELECT rule.qualification_type_id, max(rule.score)
  FROM profile_answer AS answer
  JOIN profile_rule AS rule ON rule.question = answer.question AND rule.option = answer.option
 WHERE answer.worker_id = %(worker_id)s
 GROUP BY rule.qualification_type_id
"""
_HELD = """
SELECT qualification.qualification_type_id, qualification.score
  FROM qualification
  JOIN qualification_type AS kind ON kind.id = qualification.qualification_type_id AND kind.route = 'profile'
 WHERE qualification.worker_id = %(worker_id)s
   AND qualification.status = 'granted'
"""
_FORGET_FOR = """
DELETE FROM profile_answer AS answer
 USING profile_rule AS rule
 WHERE answer.worker_id = %(worker_id)s
   AND rule.question = answer.question
   AND rule.option = answer.option
   AND rule.qualification_type_id = %(type_id)s
"""


def answer_profile(*, worker_id: WorkerId, answers: Mapping[str, Sequence[str]], consents: bool) -> None:
    """Keep these answers, and give and take the premium qualifications that follow, at once.

    ``answers``: question to options; an empty list takes an answer back, a question left out stays as it is.
    One transaction, the worker locked. Raises NotFound, ConsentNeeded, InvalidInput.
    """
    with transaction.atomic():
        scores.lock_worker(worker_id)
        _check(worker_id, answers)
        _consent(worker_id, consents=consents)
        for question, options in answers.items():
            _replace(worker_id, question, options)
        _bring_in_step(worker_id, ChangeReason.PROFILE)


def remove_premium(*, worker_id: WorkerId, qualification_type_id: QualificationTypeId) -> None:
    """Take a premium qualification away on its worker's wish, and forget the answer that gave it.

    granted -> revoked. One transaction, the worker locked. Raises NotFound when it is no premium one held.
    """
    with transaction.atomic():
        scores.lock_worker(worker_id)
        if qualification_type_id not in dict(db.many(_pair, _HELD, worker_id=worker_id)):
            raise NotFound
        db.run(_FORGET_FOR, worker_id=worker_id, type_id=qualification_type_id)
        _bring_in_step(worker_id, ChangeReason.REMOVED)


def revoke_consent(*, worker_id: WorkerId) -> None:
    """Forget every answer, and take away every premium qualification; nothing follows from them any more.

    One transaction, the worker locked. Again: changes nothing.
    """
    with transaction.atomic():
        scores.lock_worker(worker_id)
        db.run(
            "UPDATE profile_consent SET revoked_at = now() WHERE worker_id = %(worker_id)s AND revoked_at IS NULL",
            worker_id=worker_id,
        )
        ProfileAnswer.objects.filter(worker_id=worker_id).delete()
        _bring_in_step(worker_id, ChangeReason.REMOVED)


def _check(worker_id: WorkerId, answers: Mapping[str, Sequence[str]]) -> None:
    country = db.one(str, _COUNTRY, worker_id=worker_id)
    found: dict[str, str] = {}
    for key, options in answers.items():
        question = BY_KEY.get(key)
        if question is None or not question.is_for(country):
            raise NotFound
        if not set(options) <= {option.key for option in question.options}:
            found[key] = gettext("Choose from the answers that are offered.")
        elif len(set(options)) > 1 and not question.several:
            found[key] = gettext("Choose one answer.")
    if found:
        raise InvalidInput(found)


def _consent(worker_id: WorkerId, *, consents: bool) -> None:
    given = ProfileConsent.objects.filter(worker_id=worker_id, revoked_at=None, version=CONSENT_VERSION)
    if given.exists():
        return
    if not consents:
        raise errors.ConsentNeeded
    ProfileConsent.objects.filter(worker_id=worker_id, revoked_at=None).update(revoked_at=timezone.now())
    ProfileConsent.objects.create(worker_id=worker_id, version=CONSENT_VERSION)


def _replace(worker_id: WorkerId, question: str, options: Sequence[str]) -> None:
    """Said again, an answer is as fresh as a new one."""
    ProfileAnswer.objects.filter(worker_id=worker_id, question=question).delete()
    ProfileAnswer.objects.bulk_create(
        ProfileAnswer(worker_id=worker_id, question=question, option=option)
        for option in sorted(set(options))
    )


def _bring_in_step(worker_id: WorkerId, reason: ChangeReason) -> None:
    """Give what follows from the answers, and take what no longer does."""
    wanted = dict(db.many(_pair, _WANTED, worker_id=worker_id))
    held = dict(db.many(_pair, _HELD, worker_id=worker_id))
    why = scores.Change(reason, {})
    for type_id in sorted(held.keys() - wanted.keys()):
        scores.take_away(worker_id=worker_id, qualification_type_id=QualificationTypeId(type_id), why=why)
    for type_id, score in sorted(wanted.items()):
        if held.get(type_id) != score:
            scores.set_score(
                worker_id=worker_id, qualification_type_id=QualificationTypeId(type_id), score=score, why=why
            )


def _pair(type_id: int, score: int) -> tuple[int, int]:
    return type_id, score
