"""Hot statements live in ``<domain>/sql/<name>.sql``, one a file, and are loaded here once.

They are never formatted or concatenated at run time: parameters are the only thing that varies. A
line ``-- include <package>: <name>`` stands for that file's text, so that what several statements
share (the tail that accepts, the posting of transfers) is written once.
"""

import re
from functools import cache
from importlib import resources
from typing import LiteralString, cast

_INCLUDE = re.compile(r"^-- include ([a-z_.]+): ([a-z_]+)$", re.MULTILINE)


@cache
def load(package: str, name: str) -> LiteralString:
    """The statement ``name`` of ``package``; the text comes from our own files, hence literal."""
    text = resources.files(package).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
    whole = _INCLUDE.sub(lambda found: load(found[1], found[2]), text)
    return cast("LiteralString", whole.strip())  # type: ignore[redundant-cast]  # mypy takes it for str
