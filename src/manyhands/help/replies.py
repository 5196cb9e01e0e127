"""Which ticket an answer by mail belongs to, and what lets somebody without an account see theirs.

A reply address (``help+klm-482-<mark>@…``) and a guest's link both carry a mark that only we can make,
each of its own kind: who is forwarded a mail cannot make the link of it.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from email.utils import formataddr, parseaddr

from django.conf import settings

_NUMBER = r"[A-Za-z]{3}-[0-9]{3}"
_TOKEN = re.compile(rf"\[#({_NUMBER})\]")
_ADDRESS = re.compile(rf"\+({_NUMBER})-([a-zA-Z2-7]{{13}})@")


def _mark(kind: str, number: str) -> str:
    key = hashlib.sha256(f"help {kind}/{settings.SECRET_KEY}".encode()).digest()
    digest = hashlib.blake2b(number.encode(), key=key, digest_size=8).digest()
    return base64.b32encode(digest).decode().rstrip("=").lower()


def guest_mark(number: str) -> str:
    """What the link of a guest's ticket ends with."""
    return _mark("guest", number)


def is_guest_mark(number: str, mark: str) -> bool:
    return hmac.compare_digest(mark.encode(), guest_mark(number).encode())


def subject(number: str, words: str) -> str:
    """The subject of a mail about a ticket, which finds its way back."""
    return f"[#{number}] {words}"


def number_in_subject(text: str) -> str | None:
    found = _TOKEN.search(text)
    return found[1].upper() if found else None


def sender(number: str) -> str:
    """Where a mail about a ticket comes from: our address for it, when mail can come in."""
    name, address = parseaddr(settings.HELP_ADDRESS)
    if "@" not in address:
        return str(settings.DEFAULT_FROM_EMAIL)
    local, _at, domain = address.partition("@")
    return formataddr((name or "Manyhands", f"{local}+{number.lower()}-{_mark('reply', number)}@{domain}"))


def number_in_addresses(addresses: Iterable[str]) -> str | None:
    """The ticket of the first address that carries a mark of ours."""
    for address in addresses:
        found = _ADDRESS.search(address)
        if found:
            number = found[1].upper()
            if hmac.compare_digest(found[2].lower(), _mark("reply", number)):
                return number
    return None


def cut_line(number: str) -> str:
    """The line above which an answer is written."""
    return f"----- [#{number}] -----"


def without_quoted(text: str) -> str:
    """An answer without the mail it answers: cut at our line, and quoted lines at its end dropped."""
    lines = text.replace("\r\n", "\n").split("\n")
    for index, line in enumerate(lines):
        if re.search(rf"-{{3,}} \[#{_NUMBER}\] -{{3,}}", line):
            lines = lines[:index]
            break
    end, whole = len(lines), text.count("\n") + 1
    while end and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith(">")):
        end -= 1
    # 'On Monday … wrote:', which stands above the quoted mail in every language.
    if 1 < end < whole and lines[end - 1].rstrip().endswith((":", "：")):
        end -= 1
        # Some programs break that line before its last word.
        if end > 1 and re.search(r"<[^<>\s]+@[^<>\s]+>\s*$", lines[end - 1]):
            end -= 1
    return "\n".join(lines[:end]).strip() or text.strip()
