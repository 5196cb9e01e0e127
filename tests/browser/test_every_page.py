"""Every page of the site in a real browser: nothing for axe to find, no sideways scroll, a quiet console.

The pages come from the URLconf: a new one is visited by itself. Each is visited once, by the first
person who may see it; light and dark take turns.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

from manyhands.accounts.models import Account
from tests.harness.every_url import Address, World, make_world, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE_RUN = """axe.run({
  iframes: false,
  resultTypes: ['violations'],
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
})"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SCHEMES = ("light", "dark")


@dataclass
class Visit:
    """A person's browser at 320 pixels, and what its console complained of since it was last asked."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def faults_at(self, path: str, scheme: str) -> Iterator[str]:
        """What is wrong with the page at this address."""
        self.complaints.clear()
        self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        self.page.goto(path)
        if self.page.evaluate(SIDEWAYS) > 0:
            yield "scrolls sideways at 320 pixels"
        self.page.evaluate(AXE_SCRIPT)
        for each in self.page.evaluate(AXE_RUN)["violations"]:
            yield f"{each['id']}: {[node['html'][:160] for node in each['nodes'][:3]]}"
        yield from (f"console: {complaint}" for complaint in self.complaints)


def is_page(client: Client, address: Address) -> bool:
    """Whether this person gets a page there: not a file, a part of a page, or a refusal."""
    answer = client.get(address.path)
    is_html = answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html")
    return is_html and answer.content.lstrip().lower().startswith(b"<!doctype html")


@pytest.fixture
def world(live_server: object) -> World:
    return make_world()


@pytest.fixture
def visit(new_context: Callable[..., BrowserContext]) -> Callable[[Account | None, Client], Visit]:
    def make(account: Account | None, client: Client) -> Visit:
        context = new_context(viewport={"width": 320, "height": 700})
        if account is not None:
            name = settings.SESSION_COOKIE_NAME
            value = client.cookies[name].value
            context.add_cookies([{"name": name, "value": value, "url": settings.SITE_ORIGIN}])
        return Visit(context.new_page())

    return make


def test_every_page_is_without_barriers_fits_320_pixels_and_has_a_quiet_console(
    world: World, visit: Callable[[Account | None, Client], Visit]
) -> None:
    left = world.addresses()
    faults: list[str] = []
    seen = 0
    for person in (None, world.worker, world.requester, world.operator):
        client = Client() if person is None else signed_in(person)
        mine = [address for address in left if is_page(client, address)]
        left = [address for address in left if address not in mine]
        browser = visit(person, client)
        for address in mine:
            scheme = SCHEMES[seen % 2]
            seen += 1
            found = browser.faults_at(address.path, scheme)
            faults += [f"{address.name} ({scheme}): {fault}" for fault in found]
    assert seen > 50
    assert not faults, "\n".join(faults)
