"""The typed environment: every variable Manyhands reads, with its default, checked at start.

Nothing else in the project reads ``os.environ`` for configuration.
"""

import os
from pathlib import Path


class BadEnvironment(SystemExit):
    """A variable has a value that cannot be understood."""


def text(name: str, default: str) -> str:
    return os.environ.get(name, "") or default


def flag(name: str, *, default: bool) -> bool:
    raw = os.environ.get(name, "")
    if raw == "":
        return default
    if raw.lower() in {"1", "true", "yes", "on"}:
        return True
    if raw.lower() in {"0", "false", "no", "off"}:
        return False
    raise BadEnvironment(f"{name} must be 1 or 0, not {raw!r}.")


def integer(name: str, default: int) -> int:
    raw = os.environ.get(name, "")
    if raw == "":
        return default
    try:
        return int(raw)
    except ValueError:
        raise BadEnvironment(f"{name} must be a whole number, not {raw!r}.") from None


def folder(name: str, default: Path) -> Path:
    raw = os.environ.get(name, "")
    return Path(raw).expanduser().resolve() if raw else default


def one_of(name: str, default: str, values: set[str]) -> str:
    raw = text(name, default)
    if raw not in values:
        raise BadEnvironment(f"{name} must be one of {', '.join(sorted(values))}, not {raw!r}.")
    return raw
