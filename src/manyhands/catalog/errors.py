"""What the catalogue's operations refuse: the class is the condition, the docstring the message."""

from manyhands.core.errors import Refusal


class SearchNameNeeded(Refusal):
    """Give the search a name, so that you find it again."""


class SearchNameTaken(Refusal):
    """You keep another search under this name. Choose another one."""


class NothingToSave(Refusal):
    """This search asks for everything. Narrow it first: by words, a category or a filter."""


class TooManySearches(Refusal):
    """You keep as many searches as there is room for. Remove one first."""
