"""What of moderation belongs to a person: what they reported. The reports stay as cases, under the ID."""

from manyhands.accounts.own_data import Section, add

add(
    sections=[
        Section(
            "reports",
            "SELECT jsonb_build_object('reason', reason, 'words', words, 'status', status,"
            " 'reported_at', reported_at, 'outcome', outcome)"
            " FROM task_report WHERE reporter_id = %(account_id)s ORDER BY id",
        )
    ],
)
