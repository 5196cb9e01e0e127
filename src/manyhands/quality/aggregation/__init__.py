"""One answer per item out of the answers of many: votes, Dawid-Skene, and medoids for free text.

Pure NumPy, no database. Labels and people come in as integer codes (``coding.coded`` makes them).
"""

from manyhands.quality.aggregation.coding import Answers, Coded, coded
from manyhands.quality.aggregation.dawid_skene import DawidSkene, TooManyClasses, dawid_skene
from manyhands.quality.aggregation.text import Medoid, edit_distance, medoid, normalise
from manyhands.quality.aggregation.votes import (
    NO_LABEL,
    MajorityVote,
    expected_accuracy_under_ties,
    majority_vote,
)

__all__ = [
    "NO_LABEL",
    "Answers",
    "Coded",
    "DawidSkene",
    "MajorityVote",
    "Medoid",
    "TooManyClasses",
    "coded",
    "dawid_skene",
    "edit_distance",
    "expected_accuracy_under_ties",
    "majority_vote",
    "medoid",
    "normalise",
]
