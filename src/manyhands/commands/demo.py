"""``manyhands demo``: a living marketplace on this machine, to look at and to try."""

import argparse
import importlib
import importlib.util
import os
from pathlib import Path

from manyhands.commands import _sandbox
from manyhands.config import env
from manyhands.config.environment import PORT_OFFSET

NAME = "demo"
HELP = "Start a demonstration: people to log in as, and a recorded crowd at work."
_SEED_MODULE = "manyhands.replay.demo_seed"
_HOST = "127.0.0.1"
_ORIGINS = ("SITE", "CONTENT", "SANDBOX_SITE", "SANDBOX_CONTENT")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, help="port of the site (default: PORT, or 8000)")
    _sandbox.add_argument(parser)
    parser.add_argument("--no-crowd", action="store_true", help="no recorded people at work")


def run(args: argparse.Namespace) -> int:
    from manyhands.server import programs, supervisor
    from manyhands.server.readiness import answers

    port = args.port or env.integer("PORT", 8000)
    home = env.folder("MANYHANDS_HOME", Path.home() / ".manyhands-demo")
    sandbox = args.sandbox is not False
    _set_environment(home, port, sandbox=sandbox)
    return supervisor.run(
        home=home,
        check=lambda: _check(port, sandbox=sandbox),
        prepare=_prepare,
        programs=[
            programs.site(host=_HOST, port=port),
            *programs.content(host=_HOST, port=port + 1),
            programs.jobs(concurrency=2),
            *([] if args.no_crowd else programs.crowd()),
        ],
        follow_up=programs.sandbox(host=_HOST, port=port + PORT_OFFSET) if sandbox else [],
        is_ready=lambda: answers(_HOST, port),
        on_ready=lambda: print(_welcome(port, home, sandbox=sandbox), flush=True),
    )


def _set_environment(home: Path, port: int, *, sandbox: bool) -> None:
    """A demo is on this machine, with a database of its own, whatever the person's environment says."""
    for name in ("DATABASE_URL", "MANYHANDS_ENVIRONMENT", *(f"MANYHANDS_{each}_ORIGIN" for each in _ORIGINS)):
        os.environ.pop(name, None)
    _sandbox.name_origins(port, sandbox=sandbox)
    os.environ |= {
        "MANYHANDS_HOME": str(home),
        "MANYHANDS_DEMO": "1",
    }


def _check(port: int, *, sandbox: bool) -> None:
    remedy = "Stop that program, or choose another port: PORT=8100 make demo"
    _sandbox.check_ports(_HOST, port, sandbox=sandbox, remedy=remedy)
    print("Starting Manyhands. The first start takes a little longer ...", flush=True)


def _prepare() -> None:
    from manyhands.server import database_setup

    database_setup.prepare()
    from manyhands.accounts import demo

    demo.ensure_demo_people()
    if importlib.util.find_spec(_SEED_MODULE):
        importlib.import_module(_SEED_MODULE).seed()
    from django.db import connections

    connections.close_all()


def _welcome(port: int, home: Path, *, sandbox: bool) -> str:
    lines = ["", f"  Manyhands is ready:  http://localhost:{port}", "", *_log_ins(), ""]
    if sandbox:
        lines += [
            f"  In a moment, the sandbox:  http://localhost:{port + PORT_OFFSET}  (the same people)",
            "",
        ]
    lines += [f"  Data and logs lie in {home}. Stop with Ctrl-C.", ""]
    return "\n".join(lines)


def _log_ins() -> list[str]:
    from manyhands.accounts import demo

    people = [f"    {person.email:<28} {person.name}" for person in demo.DEMO_PEOPLE]
    return [f"  Log in as one of these people, with the password  {demo.DEMO_PASSWORD}", *people]
