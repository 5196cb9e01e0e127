"""Addresses in questions: absolute, of a scheme that is allowed, and nothing that reads two ways."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

WEB = frozenset({"http", "https"})
# Browsers drop or turn these round, so that what is checked is not what is fetched.
_AMBIGUOUS = re.compile(r"[\x00-\x20\x7f<>\"\\^`{|}]")


def is_address(value: str, schemes: Collection[str] = WEB) -> bool:
    """Whether the value is an absolute address of one of the schemes, with a host where it needs one."""
    if _AMBIGUOUS.search(value):
        return False
    try:
        parts = urlsplit(value)
        port_is_valid = parts.port is None or parts.port > 0
    except ValueError:
        return False
    if parts.scheme not in schemes:
        return False
    if parts.scheme == "mailto":
        return bool(parts.path)
    return value[len(parts.scheme) :].startswith("://") and bool(parts.hostname) and port_is_valid
