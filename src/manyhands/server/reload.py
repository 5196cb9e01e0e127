"""Tells when the project's own Python files changed, for ``make dev``."""

import time
from pathlib import Path

_LOOK_EVERY_S = 1.0


class Sources:
    """The Python files of the package and their times."""

    def __init__(self) -> None:
        self._seen = self._times()
        self._due_at = 0.0

    def changed(self) -> bool:
        """True once for each change; looks at the disk once a second at most."""
        now = time.monotonic()
        if now < self._due_at:
            return False
        self._due_at = now + _LOOK_EVERY_S
        before, self._seen = self._seen, self._times()
        return before != self._seen

    @staticmethod
    def _times() -> dict[Path, int]:
        package = Path(__file__).resolve().parent.parent
        times = {}
        for path in package.rglob("*.py"):
            try:
                times[path] = path.stat().st_mtime_ns
            except FileNotFoundError:  # saved anew at this moment
                continue
        return times
