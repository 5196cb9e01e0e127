"""The frame's own files, and no others: read once, served with a version in the address."""

import hashlib
from functools import cache
from importlib import resources

_SCRIPT = "text/javascript; charset=utf-8"
_STYLE = "text/css; charset=utf-8"
TYPES = {
    "frame.js": _SCRIPT,
    "frame.css": _STYLE,
    "externalHIT_v1.js": _SCRIPT,
    "crowd-html-elements.js": _SCRIPT,
    "crowd-html-elements.css": _STYLE,
}
_BUILT = frozenset({"crowd-html-elements.js", "crowd-html-elements.css"})


@cache
def content(name: str) -> bytes | None:
    """The file's bytes, or None when there is no such file here, or it is not built."""
    if name not in TYPES:
        return None
    folder = ("web", "static", "built") if name in _BUILT else ("frontend", "frame")
    file = resources.files("manyhands").joinpath(*folder, name)
    return file.read_bytes() if file.is_file() else None


@cache
def versioned(name: str) -> str:
    """The address of a file, which changes with its content, so that browsers may keep it for good."""
    digest = hashlib.blake2b(content(name) or b"", digest_size=6).hexdigest()
    return f"/static/{name}?v={digest}"
