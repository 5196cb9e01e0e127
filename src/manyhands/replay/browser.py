"""What a person's browser does, and no more: cookies, redirects, pages, and the forms in them.

Nothing here knows the site: names of fields and addresses come out of the pages.
"""

import random
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import lxml.html

from manyhands.server.errors import CannotStart

# A server that is restarted in the middle of a replay is back well within this time.
PATIENCE_S = 180.0
_FIRST_WAIT_S = 0.1
_LONGEST_WAIT_S = 5.0
_LATER = frozenset({429, 500, 502, 503, 504})
# 'Something went wrong' may be a database that is just away; if it stays, it is a fault to report.
_PATIENCE_WITH_FAULTS_S = 30.0

Values = Mapping[str, str | Iterable[str]]


class ReplayFailed(CannotStart):
    """The replay cannot go on; the message says which page said what."""


class Form:
    """A form of a page, filled in as a person would: only fields that are there can be set."""

    def __init__(self, page: "Page", element: Any) -> None:
        self.page = page
        self.element = element

    @property
    def action(self) -> str:
        return str(urljoin(self.page.url, self.element.get("action") or self.page.url))

    @property
    def method(self) -> str:
        return str(self.element.get("method") or "get").upper()

    @property
    def names(self) -> frozenset[str]:
        """The names of what can be filled in or pressed."""
        named = (control.get("name") for control in self._controls())
        return frozenset(name for name in named if name)

    def option(self, name: str, words: str) -> str:
        """The value of the option a person would pick by these words. Raises ReplayFailed."""
        for option in self.element.xpath(".//select[@name=$name]//option", name=name):
            if " ".join(option.text_content().split()) == words:
                return str(option.get("value", words))
        raise ReplayFailed(f"{self.page.url}: “{name}” offers no “{words}”.")

    def filled(self, values: Values, button: str | None = None) -> list[tuple[str, str]]:
        """What the browser would send: the form's own values, ``values`` in their place, the button pressed.

        ``button``: name of a submit button, or ``name=value`` for one of several.
        Raises ReplayFailed for a name the form does not have.
        """
        for name in values:
            if name not in self.names:
                raise ReplayFailed(
                    f"{self.page.url}: the form has no field “{name}”, only {sorted(self.names)}."
                )
        sent = [(name, value) for name, value in self.element.form_values() if name not in values]
        for name, value in values.items():
            sent += [(name, value)] if isinstance(value, str) else [(name, one) for one in value]
        if button is not None:
            name, _, value = button.partition("=")
            sent.append((name, value))
        return sent

    def _controls(self) -> list[Any]:
        return list(self.element.xpath(".//input | .//select | .//textarea | .//button"))


class Page:
    """An answer of the server, read as HTML when somebody looks into it."""

    def __init__(self, response: httpx.Response) -> None:
        self.url = str(response.url)
        self.status = response.status_code
        self.content = response.content
        self._root: Any = None

    @property
    def root(self) -> Any:
        if self._root is None:
            parser = lxml.html.HTMLParser(encoding="utf-8")
            self._root = lxml.html.document_fromstring(self.content or b"<html></html>", parser=parser)
        return self._root

    @property
    def words(self) -> str:
        """What a person reads on the page, for error messages."""
        main = self.root.xpath("//main") or [self.root]
        return " ".join(main[0].text_content().split())

    def forms(self) -> list[Form]:
        return [Form(self, element) for element in self.root.xpath("//form")]

    def form(self, *, field: str | None = None, action: str | None = None) -> Form:
        """The first form that has this field, or whose action ends so. Raises ReplayFailed."""
        found = self.find_form(field=field, action=action)
        if found is None:
            raise ReplayFailed(
                f"{self.url} (status {self.status}) has no form with {field or action}. "
                f"It says: {self.words[:500]}"
            )
        return found

    def find_form(self, *, field: str | None = None, action: str | None = None) -> Form | None:
        for form in self.forms():
            path = form.action.partition("?")[0]
            if (field is None or field in form.names) and (action is None or path.endswith(action)):
                return form
        return None

    def links(self, containing: str) -> list[str]:
        """Absolute addresses of the links whose address contains this, in order, each once."""
        found = (urljoin(self.url, href) for href in self.root.xpath("//a/@href") if containing in href)
        return list(dict.fromkeys(found))

    def frame(self) -> str | None:
        """The address of the task's frame, if the page has one."""
        sources = self.root.xpath("//iframe/@src")
        return urljoin(self.url, sources[0]) if sources else None


class Browser:
    """One person's browser. Connections are shared through ``transport``; cookies are the person's own."""

    def __init__(self, site: str, transport: httpx.BaseTransport, *, patience_s: float = PATIENCE_S) -> None:
        self.site = site.rstrip("/")
        self.patience_s = patience_s
        self._client = httpx.Client(
            transport=transport,
            trust_env=False,
            follow_redirects=True,
            timeout=60.0,
            headers={"User-Agent": "manyhands-replay", "Accept-Language": "en"},
        )

    def get(self, address: str) -> Page:
        return self._send("GET", urljoin(self.site + "/", address))

    def submit(
        self,
        form: Form,
        values: Values | None = None,
        *,
        button: str | None = None,
        files: Mapping[str, Path] | None = None,
    ) -> Page:
        """Fill the form in and press its button."""
        data: dict[str, list[str]] = {}
        for name, value in form.filled(values or {}, button):
            data.setdefault(name, []).append(value)
        if form.method == "GET":
            return self._send("GET", form.action, params=data)
        return self._send("POST", form.action, referer=form.page.url, data=data, files=files)

    def moved_to(self, transport: httpx.BaseTransport) -> "Browser":
        """The same person, cookies and all, over other connections."""
        moved = Browser(self.site, transport, patience_s=self.patience_s)
        moved._client.cookies.update(self._client.cookies)
        return moved

    def _send(
        self,
        method: str,
        address: str,
        *,
        referer: str | None = None,
        params: Mapping[str, list[str]] | None = None,
        data: dict[str, list[str]] | None = None,
        files: Mapping[str, Path] | None = None,
    ) -> Page:
        """Send, and send again with growing pauses while the server is away or asks for patience.

        A form may so be sent twice; the site's operations answer the second time as the first.
        """
        started = time.monotonic()
        wait_s = _FIRST_WAIT_S
        headers = {"Referer": referer, "Origin": _origin(referer)} if referer else {}
        while True:
            try:
                parts = {
                    name: (path.name, path.read_bytes(), "text/csv") for name, path in (files or {}).items()
                }
                response = self._client.request(
                    method, address, params=params, data=data, files=parts or None, headers=headers
                )
            except httpx.TransportError as error:
                reason, patience_s = f"{type(error).__name__}: {error}", self.patience_s
            else:
                if response.status_code not in _LATER:
                    return Page(response)
                reason, patience_s = f"status {response.status_code}", self.patience_s
                if response.status_code == 500:
                    patience_s = min(patience_s, _PATIENCE_WITH_FAULTS_S)
                wait_s = max(wait_s, _retry_after(response))
            if time.monotonic() + wait_s > started + patience_s:
                raise ReplayFailed(f"{method} {address} did not succeed in {patience_s:.0f} s ({reason}).")
            time.sleep(wait_s * random.uniform(0.8, 1.2))  # noqa: S311 (spreads load, guards nothing)
            wait_s = min(wait_s * 2, _LONGEST_WAIT_S)


def _origin(address: str) -> str:
    url = httpx.URL(address)
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def _retry_after(response: httpx.Response) -> float:
    raw = response.headers.get("Retry-After", "")
    return float(raw) if raw.isdigit() else 0.0
