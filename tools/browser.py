"""Finds a Chromium for the browser tests; ``python tools/browser.py`` also tries to install one.

It looks at CHROMIUM, at the system's Chromium and Chrome, and at Playwright's own download.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    Path("/usr/bin/chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)
ABSENT = "no Chromium on this machine: install one, or name it by CHROMIUM=/path/to/chromium"


def find() -> Path | None:
    """The browser's program, or None."""
    given = os.environ.get("CHROMIUM", "")
    if given:
        return Path(given) if Path(given).exists() else None
    on_path = [Path(found) for found in map(shutil.which, NAMES) if found]
    known = [place for place in PLACES if place.exists()]
    return next(iter([*on_path, *known]), None) or _of_playwright()


def _of_playwright() -> Path | None:
    caches = [Path.home() / ".cache/ms-playwright", Path.home() / "Library/Caches/ms-playwright"]
    programs = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*")
    found = [path for cache in caches for program in programs for path in cache.glob(program)]
    return max(found, default=None)


def install() -> bool:
    """Install the system's Chromium where we may; True when one is there afterwards."""
    if find():
        return True
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(f"Browser tests will be skipped: {ABSENT}.")
        return False
    print("Installing Chromium for the browser tests (apt-get install -y chromium) ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-q"], ["apt-get", "install", "-y", "-q", "chromium"]):
        ran = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
    if ran.returncode != 0 or not find():
        print(f"It could not be installed ({ran.stderr.strip()[-200:]}). Browser tests will be skipped.")
        return False
    return True


if __name__ == "__main__":
    install()
    sys.exit(0)
