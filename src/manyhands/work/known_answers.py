"""Known answers in a file of rows: columns ``Known.<field>`` hold what is right, and workers never get them.

Several answers that all count as right stand in one cell, parted by ``|``. Of a field with check boxes,
``|`` parts the boxes that must all be ticked, as in a file of results. No database.
"""

from collections.abc import Collection, Mapping, Sequence

from django.utils.translation import gettext

from manyhands.work.csv_input import CSVProblem
from manyhands.work.layout.fields import fields

PREFIX = "Known."
JOINT = "|"

# For each field, the answers that count as right; each is a list of values.
Known = dict[str, list[list[str]]]


def is_known(column: str) -> bool:
    return column.startswith(PREFIX)


def shown(columns: Sequence[str]) -> list[str]:
    """The columns that make the input."""
    return [column for column in columns if not is_known(column)]


def visible(cells: Mapping[str, str]) -> dict[str, str]:
    """The cells of a row that workers may see."""
    return {column: cell for column, cell in cells.items() if not is_known(column)}


def several_of(html: str) -> frozenset[str]:
    """The fields of a layout that may have several values."""
    return frozenset(each.name for each in fields(html) if each.type == "checkbox" and len(each.options) > 1)


def known(cells: Mapping[str, str], several: Collection[str]) -> Known:
    """What a row says is right; empty cells say nothing."""
    found: Known = {}
    for column, cell in cells.items():
        parts = [part.strip() for part in cell.split(JOINT) if part.strip()] if is_known(column) else []
        if parts:
            field = column.removeprefix(PREFIX)
            found[field] = [parts] if field in several else [[part] for part in parts]
    return found


def problems(columns: Sequence[str], html: str) -> list[CSVProblem]:
    """What is wrong with the columns of known answers. A template with scripts may make fields later."""
    names = {each.name for each in fields(html)}
    is_open = "<script" in html.lower() or any("${" in name for name in names)
    sentence = gettext("The template has no field of this name, so nobody can answer it.")
    return [
        CSVProblem(1, column, sentence)
        for column in columns
        if is_known(column) and not is_open and column.removeprefix(PREFIX) not in names
    ]
