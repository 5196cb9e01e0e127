"""The life of a HIT and of an assignment, as data.

The same tables make the database trigger (migration 0002), docs/states.md and the test of every pair.
"""

from django.db import models


class HITStatus(models.TextChoices):
    ASSIGNABLE = "assignable"  # a place is free -> unassignable, reviewable
    UNASSIGNABLE = "unassignable"  # no place free, work still out -> assignable, reviewable
    REVIEWABLE = "reviewable"  # nothing out, nothing free -> assignable, unassignable, reviewing, disposed
    REVIEWING = "reviewing"  # parked by the requester -> reviewable, assignable, unassignable, disposed
    DISPOSED = "disposed"  # closed for good: the end


HIT_TRANSITIONS: dict[HITStatus, frozenset[HITStatus]] = {
    HITStatus.ASSIGNABLE: frozenset({HITStatus.UNASSIGNABLE, HITStatus.REVIEWABLE}),
    HITStatus.UNASSIGNABLE: frozenset({HITStatus.ASSIGNABLE, HITStatus.REVIEWABLE}),
    HITStatus.REVIEWABLE: frozenset(
        {HITStatus.ASSIGNABLE, HITStatus.UNASSIGNABLE, HITStatus.REVIEWING, HITStatus.DISPOSED}
    ),
    HITStatus.REVIEWING: frozenset(
        {HITStatus.ASSIGNABLE, HITStatus.UNASSIGNABLE, HITStatus.REVIEWABLE, HITStatus.DISPOSED}
    ),
    HITStatus.DISPOSED: frozenset(),
}


class AssignmentStatus(models.TextChoices):
    ACCEPTED = "accepted"  # a worker holds it, until its deadline -> submitted, returned, abandoned
    SUBMITTED = "submitted"  # waits for a decision -> approved, rejected, correction
    CORRECTION = "correction"  # sent back to the worker -> submitted
    APPROVED = "approved"  # paid: the end
    REJECTED = "rejected"  # not paid; may be overturned for 30 days -> approved
    RETURNED = "returned"  # given up by the worker: the end
    ABANDONED = "abandoned"  # the time allotted ran out: the end


ASSIGNMENT_TRANSITIONS: dict[AssignmentStatus, frozenset[AssignmentStatus]] = {
    AssignmentStatus.ACCEPTED: frozenset(
        {AssignmentStatus.SUBMITTED, AssignmentStatus.RETURNED, AssignmentStatus.ABANDONED}
    ),
    AssignmentStatus.SUBMITTED: frozenset(
        {AssignmentStatus.APPROVED, AssignmentStatus.REJECTED, AssignmentStatus.CORRECTION}
    ),
    AssignmentStatus.CORRECTION: frozenset({AssignmentStatus.SUBMITTED}),
    AssignmentStatus.REJECTED: frozenset({AssignmentStatus.APPROVED}),
    AssignmentStatus.APPROVED: frozenset(),
    AssignmentStatus.RETURNED: frozenset(),
    AssignmentStatus.ABANDONED: frozenset(),
}

# A worker has at most one assignment of a HIT in these states, and each takes up a place.
PLACE_TAKEN = (
    AssignmentStatus.ACCEPTED,
    AssignmentStatus.SUBMITTED,
    AssignmentStatus.CORRECTION,
    AssignmentStatus.APPROVED,
    AssignmentStatus.REJECTED,
)


class BatchStatus(models.TextChoices):
    DRAFT = "draft"  # rows uploaded, not yet priced and published -> publishing, discarded
    PUBLISHING = "publishing"  # its HITs are being made -> published, draft (when it failed)
    PUBLISHED = "published"  # its HITs are there -> disposed
    DISPOSED = "disposed"  # closed for good: the end
    DISCARDED = "discarded"  # thrown away unpublished: the end


BATCH_TRANSITIONS: dict[BatchStatus, frozenset[BatchStatus]] = {
    BatchStatus.DRAFT: frozenset({BatchStatus.PUBLISHING, BatchStatus.DISCARDED}),
    BatchStatus.PUBLISHING: frozenset({BatchStatus.PUBLISHED, BatchStatus.DRAFT}),
    BatchStatus.PUBLISHED: frozenset({BatchStatus.DISPOSED}),
    BatchStatus.DISPOSED: frozenset(),
    BatchStatus.DISCARDED: frozenset(),
}


class RejectionReason(models.TextChoices):
    """A rejection needs one of these codes and words (product.md, due process)."""

    INCOMPLETE = "incomplete"
    WRONG = "wrong"
    INSTRUCTIONS_IGNORED = "instructions-ignored"
    INCONSISTENT = "inconsistent"
    DUPLICATE = "duplicate"
    OTHER = "other"
