"""How a person comes in: signs up, follows the link in the mail, logs in."""

import re
import time
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import httpx

from manyhands.replay.browser import Browser, Page, ReplayFailed
from manyhands.replay.loopback import own_address

# Of invented people on this machine; a demo's mailbox is open to everybody anyway.
PASSWORD = "many recorded hands"  # noqa: S105
# A job sends the mail: after a restart it may lie for a while.
MAIL_WITHIN_S = 120.0
_LOOK_EVERY_S = 0.2
_LINK = re.compile(r"https?://[^\s\"'<>]+/account/confirm-email/[-:\w]+/")


@dataclass(frozen=True, slots=True)
class Newcomer:
    """``number`` tells people apart: each comes from an address of its own, as rate limits go by address."""

    number: int
    name: str
    email: str
    wants: tuple[str, ...]


def arrive(site: str, person: Newcomer, transport: httpx.BaseTransport) -> Browser:
    """Sign up, confirm and log in; the browser then goes on over the shared ``transport``.

    Raises ReplayFailed: the site keeps no readable mail (it is no demo), or refuses.
    """
    door = httpx.HTTPTransport(local_address=own_address(person.number))
    with door:
        browser = Browser(site, door)
        _sign_up(browser, person)
        _confirm(browser, person)
        log_in(browser, person.email, PASSWORD)
        return browser.moved_to(transport)


def arrive_again(site: str, person: Newcomer, transport: httpx.BaseTransport) -> Browser:
    """Log in, or sign up first if the person was never here."""
    with httpx.HTTPTransport(local_address=own_address(person.number)) as door:
        browser = Browser(site, door)
        if _is_logged_in(_try_log_in(browser, person.email, PASSWORD)):
            return browser.moved_to(transport)
    return arrive(site, person, transport)


def log_in(browser: Browser, email: str, password: str) -> Page:
    """Raises ReplayFailed when the site does not let the person in."""
    page = _try_log_in(browser, email, password)
    if not _is_logged_in(page):
        raise ReplayFailed(f"{email} cannot log in. The site says: {page.words[:500]}")
    return page


def _try_log_in(browser: Browser, email: str, password: str) -> Page:
    form = browser.get("/account/login/").form(field="login")
    return browser.submit(form, {"login": email, "password": password})


def _is_logged_in(page: Page) -> bool:
    path = urlsplit(page.url).path
    return page.status == 200 and not path.startswith(("/account/login", "/account/confirm-email"))


def _sign_up(browser: Browser, person: Newcomer) -> None:
    form = browser.get("/account/signup/").form(field="password1")
    fields = {
        "name": person.name,
        "email": person.email,
        "password1": PASSWORD,
        "wants": person.wants,
        "country": "US",
        "agrees": "on",
        "keeps_quiet": "on",
    }
    page = browser.submit(form, fields)
    if page.find_form(field="password1") is not None:
        raise ReplayFailed(f"{person.email} cannot sign up. The site says: {page.words[:500]}")


def _confirm(browser: Browser, person: Newcomer) -> None:
    give_up_at = time.monotonic() + MAIL_WITHIN_S
    while (link := _link(browser, person)) is None:
        if time.monotonic() > give_up_at:
            raise ReplayFailed(f"No confirmation for {person.email} in the mailbox of {browser.site}.")
        time.sleep(_LOOK_EVERY_S)
    browser.get(link)


def _link(browser: Browser, person: Newcomer) -> str | None:
    """The confirmation's path, once the mail is there."""
    mailbox = browser.get(f"/demo/mail?to={quote(person.email)}")
    if mailbox.status == 404:
        raise ReplayFailed(
            f"{browser.site} has no mailbox to read: a replay needs a demo server (manyhands demo)."
        )
    found = _LINK.search(mailbox.root.text_content())
    return urlsplit(found[0]).path if found else None
