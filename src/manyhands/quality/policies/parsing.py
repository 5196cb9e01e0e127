"""Review policies as a request gives them: name and parameters, at most one of each level."""

from collections.abc import Mapping
from typing import Any

from manyhands.quality.policies import known_answers, plurality
from manyhands.quality.policies.known_answers import ScoreMyKnownAnswers
from manyhands.quality.policies.parameters import Parameters, PolicyInvalid
from manyhands.quality.policies.plurality import SimplePlurality

SCORE_MY_KNOWN_ANSWERS = "ScoreMyKnownAnswers/2011-09-01"
SIMPLE_PLURALITY = "SimplePlurality/2011-09-01"


def parse_assignment_policy(given: Mapping[str, Any]) -> ScoreMyKnownAnswers:
    """Read an AssignmentReviewPolicy: ``PolicyName`` and ``Parameters``. Raises PolicyInvalid."""
    return known_answers.read(_parameters(given, SCORE_MY_KNOWN_ANSWERS))


def parse_hit_policy(given: Mapping[str, Any], *, scores_known_answers: bool) -> SimplePlurality:
    """Read a HITReviewPolicy. ``scores_known_answers``: whether the HIT has the other policy too.

    Raises PolicyInvalid.
    """
    return plurality.read(_parameters(given, SIMPLE_PLURALITY), scores_known_answers=scores_known_answers)


def _parameters(given: Mapping[str, Any], policy: str) -> Parameters:
    name = str(given.get("PolicyName", ""))
    if name != policy:
        raise PolicyInvalid("PolicyName", name[:100], f"The policy of this level is {policy}.")
    return Parameters(policy, given.get("Parameters"))
