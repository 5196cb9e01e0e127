"""What of the qualifications belongs to a person: their scores."""

from manyhands.accounts.own_data import Section, add

add(
    sections=[
        Section(
            "qualifications",
            "SELECT jsonb_build_object('name', qualification_type.name, 'score', qualification.score,"
            " 'status', qualification.status, 'granted_at', qualification.granted_at)"
            " FROM qualification JOIN qualification_type"
            " ON qualification_type.id = qualification.qualification_type_id"
            " WHERE qualification.worker_id = %(account_id)s ORDER BY qualification.id",
        )
    ]
)
