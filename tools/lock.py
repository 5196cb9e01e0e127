"""Makes requirements.lock and requirements-dev.lock from pyproject.toml: exact versions with hashes.

uv does the resolving, from a virtual environment of its own that is thrown away.
"""

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {
    "requirements.lock": ["--group", "build"],
    "requirements-dev.lock": ["--group", "dev", "--constraint", "requirements.lock"],
}


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        programs = Path(folder) / "bin"
        subprocess.run([programs / "pip", "install", "--quiet", "uv"], check=True)
        for lock, arguments in LOCKS.items():
            _compile(programs / "uv", lock, arguments)
    return 0


def _compile(uv: Path, lock: str, arguments: list[str]) -> None:
    """No registry is named in the lock, so it installs from whichever one the machine knows."""
    command = [
        uv, "pip", "compile", "pyproject.toml", *arguments, "--universal", "--python-version", "3.11",
        "--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--quiet",
        "--custom-compile-command", "make lock", "--output-file", lock, *sys.argv[1:],
    ]  # fmt: skip
    subprocess.run(command, cwd=ROOT, env={**os.environ, "UV_NO_CONFIG": "1"}, check=True)


if __name__ == "__main__":
    sys.exit(main())
