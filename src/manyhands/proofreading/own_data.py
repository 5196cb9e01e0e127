"""What of proofreading belongs to a person: what editors said of their texts, and what they said as editors."""

from manyhands.accounts.own_data import Section, add

add(
    sections=[
        Section(
            "proofread_texts",
            "SELECT jsonb_build_object('grade', proofread.grade, 'corrected', proofread.corrected,"
            " 'words', proofread.words, 'at', proofread.at)"
            " FROM proofread_submission AS proofread JOIN assignment ON assignment.id = proofread.assignment_id"
            " WHERE assignment.worker_id = %(account_id)s OR proofread.editor_id = %(account_id)s"
            " ORDER BY proofread.assignment_id",
        )
    ]
)
