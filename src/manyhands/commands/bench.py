"""``manyhands bench``: the measures of ``docs/performance.md``, each in a process of its own."""

import argparse
import subprocess
import sys
from pathlib import Path

NAME = "bench"
HELP = "Measure how fast this checkout is: all measures, or the one named."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("measure", nargs="?", help="the measure's name (default: all, one after another)")


def run(args: argparse.Namespace) -> int:
    folder = _folder()
    if folder is None:
        print("The measures belong to a checkout of the source: run this command from one.", file=sys.stderr)
        return 1
    measures = _measures(folder)
    if args.measure and args.measure not in measures:
        print(f"No measure is called {args.measure}. There are: {', '.join(measures)}.", file=sys.stderr)
        return 1
    chosen = [args.measure] if args.measure else measures
    failed = [name for name in chosen if _measure(folder.parent, name) != 0]
    if failed:
        print(f"Failed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def _measure(checkout: Path, name: str) -> int:
    """Run one measure; its words go to the terminal as they come."""
    return subprocess.run([sys.executable, "-m", f"bench.{name}"], cwd=checkout, check=False).returncode


def _measures(folder: Path) -> list[str]:
    """The modules that can be run; the others are what these stand on."""
    return sorted(
        file.stem for file in folder.glob("*.py") if 'if __name__ == "__main__"' in file.read_text()
    )


def _folder() -> Path | None:
    """The checkout's ``bench``, when this package is run from one."""
    folder = Path(__file__).resolve().parents[3] / "bench"
    return folder if (folder / "support.py").is_file() else None
