"""The platform's own qualification types, and the public ids of all.

Their numbers are fixed and negative, so that statements and the view ``held_qualification`` name them
without a look-up. Their public ids are those of Mechanical Turk, of both its environments.
"""

from typing import Final

from manyhands.core import ids
from manyhands.core.ids import QualificationTypeId

HITS_APPROVED: Final = QualificationTypeId(-1)
PERCENT_APPROVED: Final = QualificationTypeId(-2)
LOCALE: Final = QualificationTypeId(-3)
ADULT: Final = QualificationTypeId(-4)
MASTERS: Final = QualificationTypeId(-5)
# Old ones that scripts still send.
PERCENT_SUBMITTED: Final = QualificationTypeId(-6)
PERCENT_ABANDONED: Final = QualificationTypeId(-7)
PERCENT_RETURNED: Final = QualificationTypeId(-8)
PERCENT_REJECTED: Final = QualificationTypeId(-9)
# Ours alone: requesters' ratings of the work, 0 (one star) to 100 (five).
RATING: Final = QualificationTypeId(-10)

# The first public id of each is the one we show; the others are understood as well (MTurk API, 5.1).
PUBLIC_IDS: Final[dict[QualificationTypeId, tuple[str, ...]]] = {
    HITS_APPROVED: ("00000000000000000040",),
    PERCENT_APPROVED: ("000000000000000000L0",),
    LOCALE: ("00000000000000000071",),
    ADULT: ("00000000000000000060",),
    MASTERS: (
        "2F1QJWKUDD8XADTFD2Q0G6UTO95ALH",
        "2ARFPLSP75KLA8M8DH1HTEQVJT3SY6",
        # Masters of one kind of work, as they once were.
        "2F1KVCNHMVHV8E9PBUB2A4J79LU20F",
        "2NDP2L92HECWY8NS8H3CK0CP5L9GHO",
        "2TGBB6BFMFFOM08IBMAFGGESC1UWJX",
        "21VZU98JHSTLZ5BPP4A9NOBJEK3DPG",
    ),
    PERCENT_SUBMITTED: ("00000000000000000000",),
    PERCENT_ABANDONED: ("00000000000000000070",),
    PERCENT_RETURNED: ("000000000000000000E0",),
    PERCENT_REJECTED: ("000000000000000000S0",),
    RATING: ("000000000000000000R0",),
}
_BY_PUBLIC_ID = {public: number for number, publics in PUBLIC_IDS.items() for public in publics}


def public_id(qualification_type_id: int) -> str:
    """The id of a qualification type as pages and the API show it."""
    known = PUBLIC_IDS.get(QualificationTypeId(qualification_type_id))
    return known[0] if known else ids.encode("qualification_type", qualification_type_id)


def from_public_id(text: str) -> QualificationTypeId | None:
    """The type behind a public id, or None when it is not one of ours."""
    if text in _BY_PUBLIC_ID:
        return _BY_PUBLIC_ID[text]
    number = ids.decode("qualification_type", text)
    return None if number is None else QualificationTypeId(number)
