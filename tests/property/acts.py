"""How a history chooses its acts: each is noted under the party who does it, with what it draws."""

from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import strategies as st

picks = st.sampled_from(range(120))

Strategies = dict[str, st.SearchStrategy[Any]]
ACTS: dict[str, list[tuple[str, Strategies]]] = {"worker": [], "requester": [], "time": []}
Method = TypeVar("Method", bound=Callable[..., None])


def act(who: str, weight: int = 1, **strategies: st.SearchStrategy[Any]) -> Callable[[Method], Method]:
    """Let this party do the act, so many times as often as others.

    Three rules choose among the acts, because Hypothesis leaves rules out of a history at random, and
    with one rule an act most histories would go nowhere.
    """

    def note(method: Method) -> Method:
        ACTS[who] += [(method.__name__, strategies)] * weight
        return method

    return note
