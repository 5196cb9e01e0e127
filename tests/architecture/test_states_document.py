"""docs/states.md is what tools/make_states.py writes."""

from tools import make_states


def test_the_page_on_states_is_current() -> None:
    assert make_states.TARGET.read_text(encoding="utf-8") == make_states.document()
