"""State changes of qualifications: types made and changed, scores given and taken.

Granting and types are re-exported, because everybody calls them; ways to a qualification that a worker
takes have modules of their own.
"""

from manyhands.qualifications.operations.altering import alter_qualification_type
from manyhands.qualifications.operations.deciding import accept_request, refuse_request
from manyhands.qualifications.operations.granting import grant_qualification, revoke_qualification
from manyhands.qualifications.operations.requesting import (
    accept_agreement,
    begin_test,
    request_qualification,
)
from manyhands.qualifications.operations.testing import lapse_due, save_test_draft, submit_test
from manyhands.qualifications.operations.types import (
    TypeTerms,
    create_qualification_type,
    dispose_qualification_type,
    update_qualification_type,
)

__all__ = [
    "TypeTerms",
    "accept_agreement",
    "accept_request",
    "alter_qualification_type",
    "begin_test",
    "create_qualification_type",
    "dispose_qualification_type",
    "grant_qualification",
    "lapse_due",
    "refuse_request",
    "request_qualification",
    "revoke_qualification",
    "save_test_draft",
    "submit_test",
    "update_qualification_type",
]
