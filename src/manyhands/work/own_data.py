"""What of the work belongs to a person: every task they did, every batch they published."""

from manyhands.accounts.errors import WorkOpen
from manyhands.accounts.own_data import Obstacle, Section, add
from manyhands.core.ids import AccountId, WorkerId
from manyhands.work.operations import answer_files


def forget_files(account_id: AccountId) -> None:
    """Delete the files of work that was never handed in."""
    answer_files.forget_those_of(worker_id=WorkerId(account_id))


add(
    sections=[
        Section(
            "tasks_done",
            "SELECT jsonb_build_object('title', hit_type.title, 'input', hit.input, 'status', assignment.status,"
            " 'reward_minor', assignment.reward_minor, 'accepted_at', assignment.accepted_at,"
            " 'submitted_at', assignment.submitted_at, 'decided_at', assignment.decided_at,"
            " 'rejection_reason', assignment.rejection_reason, 'feedback', assignment.feedback,"
            " 'answer', assignment.answer)"
            " FROM assignment JOIN hit ON hit.id = assignment.hit_id"
            " JOIN hit_type ON hit_type.id = assignment.hit_type_id"
            " WHERE assignment.worker_id = %(account_id)s ORDER BY assignment.id",
        ),
        Section(
            "files_handed_in",
            "SELECT jsonb_build_object('name', answer_file.name, 'field', answer_file.field,"
            " 'bytes', answer_file.bytes, 'content_type', answer_file.content_type, 'sha256', answer_file.sha256,"
            " 'path', '/files/' || answer_file.key, 'created_at', answer_file.created_at)"
            " FROM answer_file JOIN assignment ON assignment.id = answer_file.assignment_id"
            " WHERE assignment.worker_id = %(account_id)s ORDER BY answer_file.id",
        ),
        Section(
            "batches_published",
            "SELECT jsonb_build_object('name', name, 'status', status, 'rows', row_count,"
            " 'reward_minor', reward_minor, 'created_at', created_at, 'published_at', published_at)"
            " FROM batch WHERE requester_id = %(account_id)s ORDER BY id",
        ),
        Section(
            "bonuses",
            "SELECT jsonb_build_object('title', hit_type.title, 'amount_minor', bonus.amount_minor,"
            " 'reason', bonus.reason, 'created_at', bonus.created_at,"
            " 'paid', bonus.requester_id = %(account_id)s)"
            " FROM bonus JOIN hit ON hit.id = bonus.hit_id JOIN hit_type ON hit_type.id = hit.hit_type_id"
            " WHERE bonus.worker_id = %(account_id)s OR bonus.requester_id = %(account_id)s ORDER BY bonus.id",
        ),
        Section(
            "questions_asked",
            "SELECT jsonb_build_object('kind', kind, 'content', content, 'created_at', created_at)"
            " FROM question WHERE requester_id = %(account_id)s ORDER BY id",
        ),
        Section(
            "workers_blocked",
            "SELECT jsonb_build_object('reason', reason, 'at', at) FROM worker_block"
            " WHERE requester_id = %(account_id)s ORDER BY id",
        ),
        Section(
            "goal",
            "SELECT to_jsonb(worker_goal) - 'worker_id' FROM worker_goal WHERE worker_id = %(account_id)s",
        ),
    ],
    # What was handed in is the requester's, like the answer it belongs to; the rest goes.
    erasers=[forget_files],
    obstacles=[
        Obstacle(
            WorkOpen,
            "SELECT EXISTS (SELECT FROM assignment WHERE worker_id = %(account_id)s"
            " AND status IN ('accepted', 'submitted', 'correction'))"
            " OR EXISTS (SELECT FROM assignment WHERE requester_id = %(account_id)s"
            " AND (status IN ('accepted', 'submitted', 'correction') OR release_due_at IS NOT NULL))"
            " OR EXISTS (SELECT FROM batch WHERE requester_id = %(account_id)s"
            " AND status IN ('publishing', 'published'))",
        )
    ],
)
