"""Hot statements live in ``<domain>/sql/<name>.sql``, one a file, and are loaded here once.

They are never formatted or concatenated: parameters are the only thing that varies.
"""

from functools import cache
from importlib import resources
from typing import LiteralString, cast


@cache
def load(package: str, name: str) -> LiteralString:
    """The statement ``name`` of ``package``; the text comes from our own files, hence literal."""
    text = resources.files(package).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
    return cast("LiteralString", text)
