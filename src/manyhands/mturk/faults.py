"""What the API answers when it does not do what was asked: types, codes, and texts clients match on.

The texts of the named functions are Amazon's, verbatim: programs compare them. A reason that helps may
follow after them, never stand before. The classes are the wire's own names.
"""

import time

from manyhands.mturk.environment import is_sandbox

_PREFIX = "AWS.MechanicalTurk."
# A message quotes a value, but not a megabyte of it.
QUOTED_MAX = 1_000


class Fault(Exception):
    """An answer that is an error. ``code`` is the TurkErrorCode, without its prefix."""

    status = 400

    def __init__(self, message: str, code: str = "") -> None:
        self.message = message
        self.code = code
        super().__init__(message)

    @property
    def type(self) -> str:
        return type(self).__name__

    def body(self) -> dict[str, str]:
        """The document of the wire. A fault with a code carries the time after its message."""
        if not self.code:
            return {"__type": self.type, "Message": self.message}
        code = self.code if self.code.startswith("AWS.") else _PREFIX + self.code
        return {"__type": self.type, "Message": self.message + _suffix(), "TurkErrorCode": code}


def _suffix() -> str:
    mark = " s" if is_sandbox() else ""
    return f" ({time.time_ns() // 1_000_000}{mark})"


# Business rules; these carry a code ------------------------------------------------------------


class RequestError(Fault):
    """A rule or a state stands against it."""


class ParameterValidationError(Fault):
    """A value that the model allows makes no sense."""

    def __init__(self, message: str, code: str = "InvalidParameterValue") -> None:
        super().__init__(message, code)


class ServiceFault(Fault):
    """We failed; clients try again by themselves."""

    status = 500

    def __init__(self, message: str = "The service failed. Please try again.") -> None:
        super().__init__(message, "AWS.ServiceUnavailable")


# The protocol's own ----------------------------------------------------------------------------


class ValidationException(Fault):
    """The input breaks a constraint of the model."""


class SerializationException(Fault):
    """The input is no JSON, or a value has another type."""


class UnknownOperationException(Fault):
    """X-Amz-Target names no operation."""


class RequestEntityTooLarge(Fault):
    """The body is larger than any request needs."""

    status = 413


class ThrottlingException(Fault):
    """Too many requests in a second."""


class MissingAuthenticationTokenException(Fault):
    """There is no signature."""

    status = 403


class IncompleteSignatureException(Fault):
    """The signature's header cannot be read."""


class InvalidSignatureException(Fault):
    """The signature does not fit, or is too old."""

    status = 403


class UnrecognizedClientException(Fault):
    """There is no such access key."""


class ExpiredTokenException(Fault):
    """The access key is past its end."""

    status = 403


class AccessDeniedException(Fault):
    """The key or its account may not do this."""


# Texts clients match on ------------------------------------------------------------------------


def invalid_value(value: object, parameter: str) -> ParameterValidationError:
    """A value out of its bounds: a reward, a duration, a worker unknown in this environment."""
    text = str(value)
    shown = text if len(text) <= QUOTED_MAX else text[:QUOTED_MAX] + "…"
    return ParameterValidationError(f'The value "{shown}" is not valid for the parameter {parameter}.')


def no_such_hit(hit_id: str) -> RequestError:
    return RequestError(f"Hit {hit_id} does not exist.", "HITDoesNotExist")


def no_such_hit_type(hit_type_id: str) -> RequestError:
    return RequestError(f"HITType {hit_type_id} does not exist.", "HITTypeDoesNotExist")


def no_such_assignment(assignment_id: str) -> RequestError:
    return RequestError(f"Assignment {assignment_id} does not exist.", "AssignmentDoesNotExist")


def no_such_qualification_type(qualification_type_id: str) -> RequestError:
    return RequestError(
        f"QualificationType {qualification_type_id} does not exist.", "QualificationTypeDoesNotExist"
    )


def no_such_qualification_request(request_id: str) -> RequestError:
    return RequestError(
        f"QualificationRequest {request_id} does not exist.", "QualificationRequestDoesNotExist"
    )


def hit_state(state: str, allowed: str = "Reviewing, Reviewable", why: str = "") -> RequestError:
    """A HIT in another state than the operation needs; ``why`` says the real reason after the text."""
    text = (
        f"This HIT is currently in the state '{state}'.  "
        f"This operation can be called with a status of: {allowed}"
    )
    return RequestError(f"{text}. {why}" if why else text, "InvalidHITState")


def assignment_state(allowed: str = "Submitted") -> RequestError:
    """``Submitted`` for approving and rejecting; ``Reviewable,Approved,Rejected`` for reading."""
    return RequestError(f"This operation can be called with a status of: {allowed}", "InvalidAssignmentState")


def qualification_state(allowed: str = "Granted") -> RequestError:
    """The score of a qualification that was revoked."""
    return RequestError(
        f"This operation can be called with a status of: {allowed}", "InvalidQualificationState"
    )


def qualification_type_state(allowed: str = "Active,Inactive") -> RequestError:
    return RequestError(
        f"This operation can be called with a status of: {allowed}", "InvalidQualificationTypeState"
    )


def qualification_request_state(allowed: str = "Submitted") -> RequestError:
    return RequestError(
        f"This operation can be called with a status of: {allowed}", "InvalidQualificationRequestState"
    )


def no_such_qualification() -> RequestError:
    """The worker never had it."""
    return RequestError("You requested a Qualification that does not exist.", "QualificationDoesNotExist")


def qualification_type_exists() -> RequestError:
    return RequestError(
        "You have already created a QualificationType with this name. A QualificationType's name must be "
        "unique among all of the QualificationTypes created by the same user.",
        "QualificationTypeAlreadyExists",
    )


def hit_exists(hit_id: str) -> RequestError:
    """CreateHIT with a UniqueRequestToken that made a HIT before."""
    return RequestError(f'The HIT with ID "{hit_id}" already exists.', "HitAlreadyExists")


def token_used(token: str) -> RequestError:
    """SendBonus and CreateAdditionalAssignmentsForHIT with a UniqueRequestToken seen before."""
    return RequestError(
        f'The idempotency token "{token}" has already been processed.', "InvalidParameterValue"
    )


def insufficient_funds(reason: str = "") -> RequestError:
    """In the words that clients match on; ``reason``: what it is here, after them."""
    words = (
        "This Requester has insufficient funds in their account to complete this transaction. Please visit "
        "https://requester.mturk.com/prepayments/new to purchase Prepaid HITs."
    )
    return RequestError(f"{words} {reason}".rstrip(), "InsufficientFunds")


def too_short(parameter: str, least: int) -> ParameterValidationError:
    return ParameterValidationError(f"Your request parameter {parameter} has a minimum length of {least}.")


def too_long(parameter: str, most: int) -> ParameterValidationError:
    return ParameterValidationError(f"Your request parameter {parameter} has a maximum length of {most}.")


def either_or(*parameters: str) -> ParameterValidationError:
    """Exactly one of these members must be there."""
    return ParameterValidationError(f"Your request must contain exactly one of {' and '.join(parameters)}.")


def no_such_layout(layout_id: str) -> RequestError:
    return RequestError(f"HITLayout {layout_id} does not exist.", "HITLayoutDoesNotExist")


def xml_invalid(details: str) -> ParameterValidationError:
    """Question, test or answer key that is no XML or not of its schema."""
    return ParameterValidationError(
        "There was an error parsing the XML question or answer data in your request.  Please make sure the "
        f"data is well-formed and validates against the appropriate schema. Details: {details}",
        "XMLParseError",
    )


def html_invalid(details: str) -> ParameterValidationError:
    """The content of an HTMLQuestion."""
    return ParameterValidationError(
        "There was an error parsing the HTML5 data in your request.  Please make sure the data is "
        f"well-formed and validates as HTML5.  Details: {details}",
        "XHTMLParseError",
    )


STRANGER = "Cannot send a notification to a worker who has not done any work for you"


def block_worker_invalid() -> ParameterValidationError:
    """DeleteWorkerBlock with an id nobody has."""
    return ParameterValidationError("WorkerId is invalid.")
