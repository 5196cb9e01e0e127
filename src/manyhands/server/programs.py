"""The programs that make up a running Manyhands, and how each is called."""

import os
import sys
from dataclasses import replace
from importlib.util import find_spec

from manyhands.server.child import Program

SETTINGS = {"DJANGO_SETTINGS_MODULE": "manyhands.config.settings"}
IN_SANDBOX = {"MANYHANDS_ENVIRONMENT": "sandbox"}
SANDBOX_MODULE = "manyhands.server.sandbox_setup"
CONTENT_MODULE = "manyhands.web.content.wsgi"
CROWD_MODULE = "manyhands.replay.demo_crowd"


def site(*, host: str, port: int, workers: int | None = None, threads: int = 16) -> Program:
    """The site: WSGI on blocking threads, each with a database connection of its own."""
    return _granian("site", "manyhands.config.wsgi:application", host, port, workers or _workers(), threads)


def content(*, host: str, port: int, threads: int = 8) -> list[Program]:
    """The content origin, where it is installed."""
    if not _exists(CONTENT_MODULE):
        return []
    return [_granian("content", f"{CONTENT_MODULE}:application", host, port, 1, threads)]


def jobs(*, concurrency: int = 4) -> Program:
    """What runs later or every so often."""
    command = (
        sys.executable, "-m", "django", "procrastinate", "--skip-checks", "worker",
        "--concurrency", str(concurrency), "--shutdown-graceful-timeout", "10", "--delete-jobs", "successful",
    )  # fmt: skip
    return Program("jobs", command, SETTINGS)


def crowd() -> list[Program]:
    """The demo's recorded people at work, where the replay is installed."""
    return [Program("crowd", (sys.executable, "-m", CROWD_MODULE), SETTINGS)] if _exists(CROWD_MODULE) else []


def sandbox(*, host: str, port: int) -> list[Program]:
    """The second environment, small: its database first, then site, content origin and jobs."""
    setup = Program("setup", (sys.executable, "-m", SANDBOX_MODULE), SETTINGS, once=True)
    found = [
        setup,
        site(host=host, port=port, workers=1, threads=4),
        *content(host=host, port=port + 1, threads=2),
        jobs(concurrency=1),
    ]
    return [
        replace(each, name=f"sandbox-{each.name}", environment={**each.environment, **IN_SANDBOX})
        for each in found
    ]


def _granian(name: str, application: str, host: str, port: int, workers: int, threads: int) -> Program:
    command = (
        sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1",
        "--workers", str(workers), "--blocking-threads", str(threads), "--respawn-failed-workers",
        "--workers-kill-timeout", "10", "--host", host, "--port", str(port), "--log-level", "warning",
        application,
    )  # fmt: skip
    return Program(name, command, SETTINGS)


def _workers() -> int:
    return max(1, min(4, os.cpu_count() or 1))


def _exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
