"""State changes of qualifications: types made and changed, scores given and taken.

Granting and types are re-exported, because everybody calls them; ways to a qualification that a worker
takes have modules of their own.
"""

from manyhands.qualifications.operations.granting import grant_qualification, revoke_qualification
from manyhands.qualifications.operations.types import (
    TypeTerms,
    create_qualification_type,
    dispose_qualification_type,
    update_qualification_type,
)

__all__ = [
    "TypeTerms",
    "create_qualification_type",
    "dispose_qualification_type",
    "grant_qualification",
    "revoke_qualification",
    "update_qualification_type",
]
