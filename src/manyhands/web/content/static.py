"""The frame's own files, and no others: read once, served with a version in the address."""

import hashlib
from functools import cache
from importlib import resources

TYPES = {
    "frame.js": "text/javascript; charset=utf-8",
    "frame.css": "text/css; charset=utf-8",
    "externalHIT_v1.js": "text/javascript; charset=utf-8",
}


@cache
def content(name: str) -> bytes | None:
    """The file's bytes, or None when there is no such file here."""
    if name not in TYPES:
        return None
    return resources.files("manyhands").joinpath("frontend", "frame", name).read_bytes()


@cache
def versioned(name: str) -> str:
    """The address of a file, which changes with its content, so that browsers may keep it for good."""
    digest = hashlib.blake2b(content(name) or b"", digest_size=6).hexdigest()
    return f"/static/{name}?v={digest}"
