"""Characters: what XML 1.0 can hold, and how text is written into it."""

import re

# Everything but the production Char of XML 1.0. Lone surrogates cannot be encoded either.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord("\r"): "&#13;"}
_ATTRIBUTE_ESCAPES = {**_ESCAPES, ord('"'): "&quot;", ord("\n"): "&#10;", ord("\t"): "&#9;"}


def legal(text: str) -> str:
    """The text without the characters that no XML document can hold."""
    return _ILLEGAL.sub("", text)


def escaped(text: str) -> str:
    """Element content. A carriage return is written as a reference, or parsers would drop it."""
    return legal(text).translate(_ESCAPES)


def escaped_attribute(text: str) -> str:
    """An attribute's value, to stand between double quotes."""
    return legal(text).translate(_ATTRIBUTE_ESCAPES)
