"""The one table from what operations refuse to the faults of the wire."""

from collections.abc import Callable
from typing import cast

from django.utils import translation

from manyhands.accounts import errors as accounts
from manyhands.core.errors import Forbidden, InvalidInput, NotFound, Refusal
from manyhands.ledger import errors as ledger
from manyhands.messaging import errors as messaging
from manyhands.mturk import faults
from manyhands.mturk.faults import Fault, ParameterValidationError, RequestError
from manyhands.qualifications import errors as qualifications
from manyhands.quality.policies import PolicyInvalid
from manyhands.questions import errors as questions
from manyhands.work import errors as work

ToFault = Callable[[Refusal], Fault]


def _as(code: str) -> ToFault:
    """The refusal's own sentence under this TurkErrorCode."""
    return lambda refusal: RequestError(str(refusal), code)


FAULTS: dict[type[Refusal], ToFault] = {
    NotFound: _as("AWS.NotAuthorized"),
    Forbidden: _as("PermissionDeniedException"),
    InvalidInput: lambda refusal: ParameterValidationError(str(refusal)),
    questions.HTMLInvalid: lambda refusal: faults.html_invalid(
        cast("questions.QuestionInvalid", refusal).reason
    ),
    questions.QuestionInvalid: lambda refusal: faults.xml_invalid(
        cast("questions.QuestionInvalid", refusal).reason
    ),
    qualifications.QualificationTypeExists: lambda _: faults.qualification_type_exists(),
    qualifications.QualificationTypeDisposed: lambda _: faults.qualification_type_state(),
    qualifications.RequestDecided: lambda _: faults.qualification_request_state(),
    PolicyInvalid: lambda refusal: ParameterValidationError(str(refusal)),
    work.QuestionTooLarge: lambda _: faults.too_long("Question", 65_535),
    work.QualificationTypeNotActive: lambda _: faults.qualification_type_state("Active"),
    work.TooManyAssignments: _as("InvalidMaximumAssignmentsIncrease"),
    work.HITOfFile: _as("InvalidHITState"),
    work.NotHandedIn: lambda _: faults.assignment_state("Reviewable,Approved,Rejected"),
    work.NotRejected: lambda _: faults.assignment_state(),
    work.AccountNotActive: _as("AWS.NotAuthorized"),
    ledger.InsufficientFunds: lambda _: faults.insufficient_funds(),
    accounts.SpendLimitReached: lambda refusal: faults.insufficient_funds(str(refusal)),
    accounts.AccountNotActive: _as("AWS.NotAuthorized"),
    messaging.DestinationNotValid: _as("InvalidTransportEndpoint"),
    messaging.NotDelivered: _as("InvalidTransportEndpoint"),
}
# What is not listed is a rule that a value of the request breaks.
OTHERWISE = _as("InvalidParameterValue")


def fault_of(refusal: Refusal) -> Fault:
    """The fault for the refusal's class or its nearest base, in English as all of the wire."""
    with translation.override("en"):
        made = next((FAULTS[kind] for kind in type(refusal).__mro__ if kind in FAULTS), OTHERWISE)
        return made(refusal)
