"""Review policies of the protocol: what a requester lets rules decide, as pure functions.

Parameters in, a frozen policy out; answers in, a report with results and intended actions out. No
database: what carries the actions out, and keeps the report, stands elsewhere.
"""

from manyhands.quality.policies.known_answers import ScoreMyKnownAnswers, evaluate_known_answers
from manyhands.quality.policies.parameters import PolicyInvalid
from manyhands.quality.policies.parsing import parse_assignment_policy, parse_hit_policy
from manyhands.quality.policies.plurality import Evaluated, SimplePlurality, evaluate_plurality
from manyhands.quality.policies.report import Action, ActionName, Report, Result, given_answers

__all__ = [
    "Action",
    "ActionName",
    "Evaluated",
    "PolicyInvalid",
    "Report",
    "Result",
    "ScoreMyKnownAnswers",
    "SimplePlurality",
    "evaluate_known_answers",
    "evaluate_plurality",
    "given_answers",
    "parse_assignment_policy",
    "parse_hit_policy",
]
