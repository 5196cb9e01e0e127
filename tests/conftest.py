"""Fixtures for all tests. The environment is set on import, before anything reads Django's settings.

``database``       an empty, migrated PostgreSQL database; commits are real; emptied after the test
``client``         makes ``django.test.Client`` objects, logged in as an account when one is given
``live_server``    the site and the content origin as real servers on that database
``page``           a page of a real Chromium; ``new_context`` makes further contexts, for a second person
"""

# ruff: noqa: E402
from tests.harness import environment

environment.prepare()

import django

django.setup()

import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import hypothesis
import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.test.utils import setup_test_environment
from django.utils import timezone, translation
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.harness import databases, servers
from tools import browser as browsers

_real_connect = socket.socket.connect


def pytest_configure(config: pytest.Config) -> None:
    """Templates keep their contexts; mail still goes where the settings say, not into a list."""
    mail = settings.EMAIL_BACKEND
    setup_test_environment()
    settings.EMAIL_BACKEND = mail
    socket.socket.connect = _connect_to_this_machine  # type: ignore[method-assign, assignment]
    # An example that took long says that the machine was busy, not that the code is wrong.
    hypothesis.settings.register_profile("no deadline", hypothesis.settings(), deadline=None)
    hypothesis.settings.load_profile("no deadline")
    if _controls_workers(config):
        databases.start_server()


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    connections.close_all()
    databases.stop_server()
    shutil.rmtree(environment.home(), ignore_errors=True)


def _controls_workers(config: pytest.Config) -> bool:
    return bool(getattr(config.option, "dist", "no") != "no") and not hasattr(config, "workerinput")


def _connect_to_this_machine(self: socket.socket, address: Any) -> None:
    """Tests speak to nobody outside: a forgotten call to a provider fails here, by its address."""
    if self.family != socket.AF_UNIX and address[0] not in {"127.0.0.1", "::1", "localhost"}:
        raise RuntimeError(f"A test tried to reach {address}: tests stay on this machine.")
    _real_connect(self, address)


@dataclass
class Database:
    """This process's database. Connections made here are closed when the test ends."""

    connections: list[psycopg.Connection[tuple[Any, ...]]] = field(default_factory=list)

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        """A second connection (third, ...), in autocommit, for races."""
        connection = databases.connect()
        self.connections.append(connection)
        return connection


@pytest.fixture(scope="session")
def migrated() -> databases.Cleaner:
    """The server runs and this process's database is migrated."""
    databases.start_server()
    databases.create_database(_migrate)
    return databases.Cleaner()


def _migrate() -> None:
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    # A database with open connections cannot be copied.
    connections.close_all()


@pytest.fixture(autouse=True)
def _english() -> None:
    """Applications called in this thread leave their reader's language and time zone active."""
    translation.activate(settings.LANGUAGE_CODE)
    timezone.deactivate()


@pytest.fixture
def database(migrated: databases.Cleaner) -> Iterator[Database]:
    database = Database()
    yield database
    for connection in database.connections:
        connection.close()
    connections.close_all()
    migrated.clean()


@pytest.fixture
def client(database: Database) -> Callable[..., Client]:
    """``client()`` is a visitor; ``client(account)`` is logged in."""

    def make(account: Any = None, **extra: Any) -> Client:
        made = Client(**extra)
        if account is not None:
            made.force_login(account)
        return made

    return make


@pytest.fixture(scope="session")
def _servers(migrated: databases.Cleaner) -> Iterator[servers.LiveServer]:
    with servers.live() as running:
        yield running


@pytest.fixture
def live_server(_servers: servers.LiveServer, database: Database) -> servers.LiveServer:
    return _servers


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = browsers.find()
    if program is None:
        pytest.skip(browsers.ABSENT)
    with sync_playwright() as playwright:
        # The sandbox needs rights that containers and root do not give; only our own pages are visited.
        running = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def new_context(browser: Browser, live_server: servers.LiveServer) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser contexts (a person each) whose relative addresses are the site's."""
    contexts: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        # Requests that a service worker answers cannot be held up or refused by a test.
        options.setdefault("service_workers", "block")
        context = browser.new_context(base_url=live_server.url, **options)
        expect.set_options(timeout=15_000)
        context.set_default_timeout(30_000)  # two cores may be busy with more than this
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context().new_page()
