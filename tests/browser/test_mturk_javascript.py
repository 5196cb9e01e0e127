"""Amazon's SDK for JavaScript in a page on another origin: it lists HITs after changing the endpoint and the keys.

The SDK comes from the package registry when this test first runs (tests/js), and is bundled as a requester
would bundle it.
"""

import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from tests import factories
from tests.harness.mturk import make_key
from tests.harness.servers import LiveServer
from tools import build_frontend

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FOLDER = Path(__file__).resolve().parent.parent / "js"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page's script with the SDK in it."""
    node, npm = build_frontend.node_and_npm()
    if not (FOLDER / "node_modules" / "@aws-sdk" / "client-mturk").is_dir():
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"]
        subprocess.run([*npm, "ci", *options], cwd=FOLDER, check=True, stdin=subprocess.DEVNULL)
    made = tmp_path_factory.mktemp("js") / "tool.js"
    esbuild = [*node, str(build_frontend.MODULES / "esbuild" / "bin" / "esbuild")]
    subprocess.run(
        [*esbuild, "lists_hits.js", "--bundle", "--format=iife", "--log-level=warning", f"--outfile={made}"],
        cwd=FOLDER, check=True,
    )  # fmt: skip
    return made.read_text(encoding="utf-8")


@pytest.fixture
def tool(bundle: str) -> Iterator[str]:
    """The page's address, on a server of its own: another port is another origin."""
    body = f"<!doctype html><title>Tool</title><script>{bundle}</script>".encode()

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_a_page_with_the_javascript_sdk_lists_hits(
    new_context: Callable[..., BrowserContext], live_server: LiveServer, tool: str
) -> None:
    requester = factories.make_requester()
    factories.create_hit(requester)
    factories.publish(requester, 2, title="From a file")
    key = make_key(requester)
    page = new_context().new_page()
    page.goto(tool)
    given = {
        "endpoint": live_server.url, "accessKeyId": key.access_key_id, "secretAccessKey": key.secret,
    }  # fmt: skip

    listed = page.evaluate("given => listHITs(given)", given)
    refused = page.evaluate("given => listHITs(given)", given | {"secretAccessKey": "x" * 40})

    assert listed == {
        "titles": ["From a file", "From a file", factories.TERMS.title], "count": 3, "created": True,
    }  # fmt: skip
    assert refused["refused"] == "InvalidSignatureException"
