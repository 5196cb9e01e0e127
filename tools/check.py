"""All checks of the code that need no test run; each is tried, so that one run shows everything."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CODE = ["src", "tests", "tools", "bench"]
TEMPLATES = "src/manyhands/web/templates"


def main() -> int:
    checks: dict[str, list[str]] = {
        "format": [str(BIN / "ruff"), "format", "--check", "--quiet", *CODE],
        "lint": [str(BIN / "ruff"), "check", "--quiet", *CODE],
        "types": [str(BIN / "mypy"), "--no-error-summary"],
        "layers": [str(BIN / "lint-imports"), "--no-cache"],
        "templates": [str(BIN / "djlint"), TEMPLATES, "--lint", "--quiet"],
        "migrations": [
            sys.executable,
            "-m",
            "django",
            "makemigrations",
            "--check",
            "--dry-run",
            "--skip-checks",
        ],
    }
    if not list((ROOT / TEMPLATES).rglob("*.html")):
        del checks["templates"]
    chosen = sys.argv[1:] or list(checks)
    with tempfile.TemporaryDirectory() as home:
        failed = [name for name in chosen if not _passes(name, checks[name], home)]
    print(f"Failed: {', '.join(failed)}." if failed else "Everything is in order.")
    return 1 if failed else 0


def _passes(name: str, command: list[str], home: str) -> bool:
    started = time.monotonic()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "manyhands.config.settings",
        "MANYHANDS_HOME": home,
        "MANYHANDS_SECRET_KEY": "for checks only",
        # makemigrations asks the database which migrations ran, and warns that there is none to ask.
        "PYTHONWARNINGS": "ignore::RuntimeWarning",
    }
    ran = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    verdict = "ok" if ran.returncode == 0 else "FAILED"
    print(f"{name:<12} {verdict:<7} {time.monotonic() - started:5.1f} s", flush=True)
    if ran.returncode != 0:
        print(ran.stdout + ran.stderr, flush=True)
    return ran.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
