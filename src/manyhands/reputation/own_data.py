"""What of reputation belongs to a person: the ratings they gave, those they got once opened, and their merit."""

from manyhands.accounts.own_data import Section, add

_STARS = (
    "jsonb_build_object('assignment', assignment_id, 'pay', pay, 'fairness', fairness, 'communication',"
    " communication, 'speed', speed, 'work', work, 'words', words, 'rated_at', rated_at)"
)

add(
    sections=[
        Section(
            "ratings_given",
            f"SELECT {_STARS} FROM rating"  # noqa: S608 - a constant
            " WHERE (worker_id = %(account_id)s AND side = 'worker')"
            " OR (requester_id = %(account_id)s AND side = 'requester') ORDER BY id",
        ),
        Section(
            "ratings_received",
            f"SELECT {_STARS} FROM rating"  # noqa: S608 - a constant
            " WHERE is_counted AND ((worker_id = %(account_id)s AND side = 'requester')"
            " OR (requester_id = %(account_id)s AND side = 'worker')) ORDER BY id",
        ),
        Section(
            "merit",
            "SELECT jsonb_build_object('formula', formula, 'score', score, 'parts', parts, 'at', at)"
            " FROM worker_merit WHERE worker_id = %(account_id)s",
        ),
    ]
)
