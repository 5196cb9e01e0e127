"""Public ids by the thousand are the ones made singly."""

from hypothesis import given
from hypothesis import strategies as st

from manyhands.core import bulk_ids, ids

NUMBERS = st.integers(min_value=0, max_value=2**63 - 1)


@given(st.lists(NUMBERS, max_size=40))
def test_many_ids_are_the_ids_one_by_one(numbers: list[int]) -> None:
    for kind in ("hit", "assignment"):
        assert bulk_ids.encode_many(kind, numbers) == [ids.encode(kind, each).encode() for each in numbers]
