"""How far a replay is, on stderr: one line that changes on a terminal, a line now and then elsewhere."""

import sys
import threading
import time
from typing import TextIO

_TERMINAL_EVERY_S = 0.1
_FILE_EVERY_S = 5.0


class Progress:
    """Counts up from any thread; ``step`` begins a new phase."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._is_terminal = self._stream.isatty()
        self._lock = threading.Lock()
        self._started = self._shown = time.monotonic()
        self._what, self._done, self._total = "", 0, 0

    def step(self, what: str, total: int = 0) -> None:
        with self._lock:
            self._end_line()
            self._what, self._done, self._total = what, 0, total
            self._started = time.monotonic()
            self._show()

    def add(self, count: int = 1) -> None:
        with self._lock:
            self._done += count
            every = _TERMINAL_EVERY_S if self._is_terminal else _FILE_EVERY_S
            if time.monotonic() - self._shown >= every:
                self._show()

    def end(self) -> None:
        with self._lock:
            self._end_line()
            self._what = ""

    def _end_line(self) -> None:
        if self._what and self._total and self._done:
            self._show()
        if self._what and self._is_terminal:
            self._stream.write("\n")

    def _show(self) -> None:
        self._shown = time.monotonic()
        line = self._what
        if self._total:
            rate = self._done / max(self._shown - self._started, 1e-9)
            line += f": {self._done:,} of {self._total:,}" + (f", {rate:,.0f} a second" if self._done else "")
        self._stream.write(f"\r\x1b[K{line}" if self._is_terminal else f"{line}\n")
        self._stream.flush()
