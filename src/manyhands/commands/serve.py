"""``manyhands serve``: the marketplace on this machine."""

import argparse
import os

from manyhands.commands import _sandbox
from manyhands.commands._home import home, uses_embedded_server
from manyhands.config import env
from manyhands.config.environment import PORT_OFFSET

NAME = "serve"
_REMEDY = "Stop that program, or choose another port: --port 8100"
HELP = "Serve the marketplace: database, site, content origin and jobs."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port of the site; the content origin is on the next one")
    parser.add_argument(
        "--workers", type=int, help="processes for the site (default: one per core, 4 at most)"
    )
    parser.add_argument("--threads", type=int, default=16, help="threads per process (default: 16)")
    _sandbox.add_argument(parser)
    parser.add_argument("--no-jobs", action="store_true", help="background jobs run elsewhere")
    parser.add_argument("--reload", action="store_true", help="start again when the code changes")


def run(args: argparse.Namespace) -> int:
    from manyhands.server import database_setup, programs, supervisor
    from manyhands.server.readiness import answers

    port = args.port or env.integer("PORT", 8000)
    sandbox = _sandbox.is_wanted(args)
    _sandbox.name_origins(port, sandbox=sandbox)
    running = [
        programs.site(host=args.host, port=port, workers=args.workers, threads=args.threads),
        *programs.content(host=args.host, port=port + 1),
    ]
    if not args.no_jobs:
        running.append(programs.jobs())
    return supervisor.run(
        home=home(),
        check=lambda: _sandbox.check_ports(args.host, port, sandbox=sandbox, remedy=_REMEDY),
        prepare=database_setup.prepare,
        programs=running,
        is_ready=lambda: answers(args.host, port),
        on_ready=lambda: print(f"Manyhands answers on {os.environ['MANYHANDS_SITE_ORIGIN']}", flush=True),
        follow_up=programs.sandbox(host=args.host, port=port + PORT_OFFSET) if sandbox else [],
        embedded_database=uses_embedded_server(),
        reload_on_change=args.reload,
    )
