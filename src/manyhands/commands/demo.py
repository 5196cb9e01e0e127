"""``manyhands demo``: a living marketplace on this machine, to look at and to try."""

import argparse
import importlib
import importlib.util
import os
from pathlib import Path

from manyhands.config import env

NAME = "demo"
HELP = "Start a demonstration: people to log in as, and a recorded crowd at work."
_SEED_MODULE = "manyhands.replay.demo_seed"
_HOST = "127.0.0.1"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, help="port of the site (default: PORT, or 8000)")
    parser.add_argument("--no-crowd", action="store_true", help="no recorded people at work")


def run(args: argparse.Namespace) -> int:
    from manyhands.server import programs, supervisor
    from manyhands.server.readiness import answers

    port = args.port or env.integer("PORT", 8000)
    home = env.folder("MANYHANDS_HOME", Path.home() / ".manyhands-demo")
    _set_environment(home, port)
    return supervisor.run(
        home=home,
        check=lambda: _check(port),
        prepare=_prepare,
        programs=[
            programs.site(host=_HOST, port=port),
            *programs.content(host=_HOST, port=port + 1),
            programs.jobs(concurrency=2),
            *([] if args.no_crowd else programs.crowd()),
        ],
        is_ready=lambda: answers(_HOST, port),
        on_ready=lambda: print(_welcome(port, home), flush=True),
    )


def _set_environment(home: Path, port: int) -> None:
    """A demo is on this machine, with a database of its own, whatever the person's environment says."""
    os.environ.pop("DATABASE_URL", None)
    os.environ |= {
        "MANYHANDS_HOME": str(home),
        "MANYHANDS_DEMO": "1",
        "MANYHANDS_SITE_ORIGIN": f"http://localhost:{port}",
        "MANYHANDS_CONTENT_ORIGIN": f"http://localhost:{port + 1}",
    }


def _check(port: int) -> None:
    from manyhands.server import ports

    for each in (port, port + 1):
        ports.check_free(_HOST, each, remedy="Stop that program, or choose another port: PORT=8100 make demo")
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


def _welcome(port: int, home: Path) -> str:
    lines = ["", f"  Manyhands is ready:  http://localhost:{port}", "", *_log_ins(), ""]
    lines += [f"  Data and logs lie in {home}. Stop with Ctrl-C.", ""]
    return "\n".join(lines)


def _log_ins() -> list[str]:
    from manyhands.accounts import demo

    people = [f"    {person.email:<28} {person.name}" for person in demo.DEMO_PEOPLE]
    return [f"  Log in as one of these people, with the password  {demo.DEMO_PASSWORD}", *people]
