"""The audit log: what somebody did by the power of their role, written with the deed itself."""

from manyhands.accounts.models import AuditEntry
from manyhands.core.ids import AccountId


def record(*, actor_id: AccountId | None, act: str, subject: str, **facts: str | int | bool | None) -> None:
    """Note an act inside the caller's transaction, so that neither exists without the other.

    ``actor_id`` None is the installation itself: its command line or a job. ``act`` is
    ``<noun>.<verb>`` (``account.suspend``), ``subject`` is ``<noun>:<id>`` (``account:12``).
    """
    AuditEntry.objects.create(actor_id=actor_id, act=act, subject=subject, facts=facts)
