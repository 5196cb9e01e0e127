"""What of the measures of quality belongs to a person: how their work met known answers, and what came of it."""

from manyhands.accounts.own_data import Section, add

add(
    sections=[
        Section(
            "known_answers",
            "SELECT jsonb_build_object('title', hit_type.title, 'right', result.\"right\", 'asked', result.asked,"
            " 'submitted_at', result.submitted_at)"
            " FROM known_answer_result AS result JOIN assignment ON assignment.id = result.assignment_id"
            " JOIN hit_type ON hit_type.id = assignment.hit_type_id"
            " WHERE result.worker_id = %(account_id)s ORDER BY result.assignment_id",
        ),
        Section(
            "signals",
            "SELECT jsonb_build_object('title', hit_type.title, 'kind', signal.kind, 'value', signal.value,"
            " 'expectation', signal.expectation, 'name', signal.name, 'submitted_at', assignment.submitted_at)"
            " FROM submission_signal AS signal JOIN assignment ON assignment.id = signal.assignment_id"
            " JOIN hit_type ON hit_type.id = assignment.hit_type_id"
            " WHERE assignment.worker_id = %(account_id)s ORDER BY signal.id",
        ),
        Section(
            "qualification_tasks",
            "SELECT jsonb_build_object('name', qualification_type.name, 'right', series.\"right\","
            " 'asked', series.asked, 'score', series.score, 'passed', series.is_passed, 'at', series.at)"
            " FROM task_series AS series"
            " JOIN qualification_type ON qualification_type.id = series.qualification_type_id"
            " WHERE series.worker_id = %(account_id)s ORDER BY series.id",
        ),
    ]
)
