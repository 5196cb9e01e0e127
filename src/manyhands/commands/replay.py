"""``manyhands replay``: the recorded answers of a real crowd, given again through the site's pages."""

import argparse
import sys
from collections.abc import Callable

NAME = "replay"
HELP = "Replay a recorded crowd over HTTP, and print what came of it as one line of JSON."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("set", nargs="?", default="rte", help="a set's name, or a folder (default: rte)")
    parser.add_argument("--url", help="a demo site on this machine (default: start one for the replay)")
    parser.add_argument("--limit", type=_positive, help="only the first tasks")
    parser.add_argument(
        "--workers-at-once", type=_positive, default=8, metavar="K", help="how many act at once (default: 8)"
    )


def run(args: argparse.Namespace) -> int:
    from manyhands.replay import own_server, player, recorded
    from manyhands.replay.loopback import require_loopback
    from manyhands.replay.outcome import Outcome
    from manyhands.replay.progress import Progress

    site = require_loopback(args.url) if args.url else None
    recorded_set = recorded.load(args.set)
    if args.limit:
        recorded_set = recorded_set.first(args.limit)
    progress = Progress(sys.stderr)

    def play(site: str, ledger_is_ok: Callable[[], bool | None]) -> Outcome:
        return player.play(
            recorded_set,
            site=site,
            progress=progress,
            ledger_is_ok=ledger_is_ok,
            workers_at_once=args.workers_at_once,
        )

    try:
        if site is not None:
            # Another program's books are not ours to open.
            outcome = play(site, lambda: None)
        else:
            progress.step("Starting a server for the replay")
            with own_server.running() as server:
                outcome = play(server.url, server.ledger_is_ok)
    finally:
        progress.end()
    print(outcome.line(), flush=True)
    return 0 if outcome.ledger_ok is not False else 1


def _positive(raw: str) -> int:
    number = int(raw)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number
