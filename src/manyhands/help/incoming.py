"""Reading a mail that came in: hostile by assumption, bounded, the text part only."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parseaddr
from itertools import islice

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from lxml import etree, html
from lxml.etree import ParserError

from manyhands.core.markup import is_treacherous
from manyhands.help.errors import MailTooLarge, MailUnreadable

BYTES_MAX = 10 * 1024 * 1024
_TEXT_BYTES_MAX = 200_000
_PARTS_MAX = 100
_TAG = re.compile(r"<[^>]*>")
_SILENT = {"script", "style", "head", "title", "template"}
_BLOCKS = {"br", "p", "div", "li", "tr", "h1", "h2", "h3", "blockquote"}
_RECIPIENT_HEADERS = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")


@dataclass(frozen=True, slots=True)
class Incoming:
    """What we take of a mail. ``is_automatic``: no person wrote it, and nobody may be answered."""

    sender: str
    recipients: list[str]
    subject: str
    words: str
    mail_id: str | None
    is_automatic: bool


def parse(raw: bytes) -> Incoming:
    """Read a mail. Raises MailTooLarge, MailUnreadable (also when it has no sender to answer)."""
    if len(raw) > BYTES_MAX:
        raise MailTooLarge
    try:
        mail = message_from_bytes(raw, policy=policy.compat32)
        sender = parseaddr(_header(mail, "From"))[1].strip().lower()[:254]
        validate_email(sender)
        return Incoming(
            sender=sender,
            recipients=_recipients(mail),
            subject=_header(mail, "Subject"),
            words=_text(mail),
            mail_id=_header(mail, "Message-ID").strip()[:250] or None,
            is_automatic=_is_automatic(mail),
        )
    except (MessageError, ValidationError, RecursionError, ValueError, LookupError):
        raise MailUnreadable from None


def _header(mail: "Message[str, str]", name: str) -> str:
    raw = str(mail.get(name, ""))[:2_000]
    try:
        text = str(make_header(decode_header(raw)))
    except (MessageError, ValueError, LookupError):
        text = raw
    return " ".join(text.replace("\0", "").encode("utf-8", "replace").decode().split())


def _recipients(mail: "Message[str, str]") -> list[str]:
    headers = [str(value)[:5_000] for name in _RECIPIENT_HEADERS for value in mail.get_all(name, [])[:10]]
    return [address for _name, address in getaddresses(headers)[:100]]


def _is_automatic(mail: "Message[str, str]") -> bool:
    """Answers of machines, bounces and lists: to answer them is how mail begins to go in circles."""
    submitted = _header(mail, "Auto-Submitted").lower()
    return (
        (submitted != "" and not submitted.startswith("no"))
        or _header(mail, "Precedence").lower() in {"bulk", "junk", "list", "auto_reply"}
        or "List-Id" in mail
        or "X-Auto-Response-Suppress" in mail
        or str(mail.get("Return-Path", "x")).strip() == "<>"
        or mail.get_content_type() == "multipart/report"
    )


def _text(mail: "Message[str, str]") -> str:
    """The plain text; from HTML only when there is no other."""
    parts = [part for part in islice(mail.walk(), _PARTS_MAX) if not part.is_multipart()]
    readable = [part for part in parts if part.get_content_disposition() != "attachment"]
    for kind in ("text/plain", "text/html"):
        for part in readable:
            if part.get_content_type() == kind:
                text = _decoded(part)
                return _without_markup(text) if kind == "text/html" else text
    return ""


def _decoded(part: "Message[str, str]") -> str:
    payload = part.get_payload(decode=True)
    raw = payload[:_TEXT_BYTES_MAX] if isinstance(payload, bytes) else b""
    try:
        return raw.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        return raw.decode("utf-8", "replace")


def _without_markup(text: str) -> str:
    """The words of an HTML text, a line for each block."""
    content = text.encode("utf-8", "replace")
    if is_treacherous(content):
        return _TAG.sub(" ", text)
    parser = html.HTMLParser(encoding="utf-8")
    try:
        tree = html.document_fromstring(content, parser=parser)
    except (ParserError, ValueError):
        return ""
    words: list[str] = []
    for step, element in etree.iterwalk(tree, events=("start", "end")):
        is_silent = element.tag in _SILENT or not isinstance(element.tag, str)
        if step == "start" and not is_silent:
            words += ["\n" if element.tag in _BLOCKS else "", element.text or ""]
        elif step == "end":
            words.append(element.tail or "")
    return "\n".join(line.strip() for line in "".join(words).splitlines())
