"""``manyhands mturk-proxy``: programs with Mechanical Turk's address written into them reach a server here."""

import argparse
import sys
from urllib.parse import urlsplit

from manyhands.commands._home import home

NAME = "mturk-proxy"
HELP = "Lead programs that insist on Mechanical Turk's own address to this or another Manyhands."
PORT = 8800


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--production", metavar="URL", type=_address, help="the site that stands for MTurk")
    parser.add_argument(
        "--sandbox", metavar="URL", type=_address, help="the site that stands for its sandbox"
    )
    parser.add_argument("--port", type=int, default=PORT, help=f"on this machine only (default: {PORT})")


def run(args: argparse.Namespace) -> int:
    from manyhands.mturk.proxy import certificates
    from manyhands.mturk.proxy.server import LOOPBACK, NAMES, PRODUCTION, SANDBOX, Proxy

    given = {PRODUCTION: args.production, SANDBOX: args.sandbox}
    servers = {name: url for name, url in given.items() if url}
    if not servers:
        print("Say where requests go: --production URL, --sandbox URL, or both.", file=sys.stderr)
        return 2
    try:
        made = certificates.kept_in(home() / "mturk-proxy", NAMES)
        proxy = Proxy(args.port, servers, str(made.server))
    except OSError as reason:
        print(f"The proxy cannot start on port {args.port}: {reason}", file=sys.stderr)
        return 1
    with proxy:
        print(f"export HTTPS_PROXY=http://{LOOPBACK}:{proxy.server_port}")
        print(f"export AWS_CA_BUNDLE={made.authority}", flush=True)
        for name, url in servers.items():
            print(f"{name} is {url}", file=sys.stderr)
        print("Set both variables for the program. Ctrl-C stops the proxy.", file=sys.stderr)
        proxy.serve_forever()
    return 0


def _address(given: str) -> str:
    parts = urlsplit(given)
    try:
        good = parts.scheme in {"http", "https"} and parts.hostname and (parts.port or True)
    except ValueError:  # a port that is none
        good = False
    if not good or parts.path.strip("/") or parts.query or parts.username:
        raise argparse.ArgumentTypeError(f"{given!r} is no address such as https://work.example.org")
    return f"{parts.scheme}://{parts.netloc}"
