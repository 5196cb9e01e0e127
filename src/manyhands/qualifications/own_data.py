"""What of the qualifications belongs to a person: their scores, and what they told to get them."""

from manyhands.accounts.own_data import Section, add
from manyhands.core.ids import AccountId
from manyhands.qualifications.models import ProfileAnswer


def _erase(account_id: AccountId) -> None:
    """Forget what was told about oneself. Scores and decisions stay, as the work does."""
    ProfileAnswer.objects.filter(worker_id=account_id).delete()


add(
    erasers=[_erase],
    sections=[
        Section(
            "qualifications",
            "SELECT jsonb_build_object('name', qualification_type.name, 'score', qualification.score,"
            " 'status', qualification.status, 'granted_at', qualification.granted_at)"
            " FROM qualification JOIN qualification_type"
            " ON qualification_type.id = qualification.qualification_type_id"
            " WHERE qualification.worker_id = %(account_id)s ORDER BY qualification.id",
        ),
        Section(
            "qualification_changes",
            "SELECT jsonb_build_object('name', qualification_type.name, 'before', event.score_before,"
            " 'after', event.score_after, 'reason', event.reason, 'inputs', event.inputs, 'words', event.words,"
            " 'at', event.at)"
            " FROM qualification_event AS event JOIN qualification_type"
            " ON qualification_type.id = event.qualification_type_id"
            " WHERE event.worker_id = %(account_id)s ORDER BY event.id",
        ),
        Section(
            "qualification_requests",
            "SELECT jsonb_build_object('name', qualification_type.name, 'status', request.status,"
            " 'requested_at', request.requested_at, 'answer', request.answer, 'score', request.score,"
            " 'decided_at', request.decided_at, 'words', request.words)"
            " FROM qualification_request AS request JOIN qualification_type"
            " ON qualification_type.id = request.qualification_type_id"
            " WHERE request.worker_id = %(account_id)s ORDER BY request.id",
        ),
        Section(
            "qualification_agreements",
            "SELECT jsonb_build_object('name', qualification_type.name, 'version', agreement.version,"
            " 'text', agreement.text, 'accepted_at', acceptance.at)"
            " FROM qualification_agreement_acceptance AS acceptance"
            " JOIN qualification_agreement AS agreement ON agreement.id = acceptance.agreement_id"
            " JOIN qualification_type ON qualification_type.id = agreement.qualification_type_id"
            " WHERE acceptance.worker_id = %(account_id)s ORDER BY acceptance.id",
        ),
        Section(
            "profile_answers",
            "SELECT jsonb_build_object('question', question, 'option', option, 'answered_at', answered_at)"
            " FROM profile_answer WHERE worker_id = %(account_id)s ORDER BY id",
        ),
        Section(
            "profile_consents",
            "SELECT jsonb_build_object('version', version, 'given_at', given_at, 'revoked_at', revoked_at)"
            " FROM profile_consent WHERE worker_id = %(account_id)s ORDER BY id",
        ),
        Section(
            "standing",
            "SELECT jsonb_build_object('approved', approved, 'rejected', rejected)"
            " FROM worker_standing WHERE worker_id = %(account_id)s",
        ),
    ],
)
