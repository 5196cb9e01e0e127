"""One supervised process: started in a group of its own, its lines kept, stopped with all it started."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from manyhands.server.postgres import die_with_parent

STOP_TIMEOUT_S = 15
_LOG_BYTES_MAX = 20_000_000
_BACK_OFF_S = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
# A process that ran this long was well: its next crash is a first one again.
_WELL_AFTER_S = 60
# A line to show at the terminal: an error logged, or the last line of a traceback (all of it is in the log).
_TROUBLE = re.compile(r"\b(ERROR|CRITICAL)\b|^[\w.]+(Error|Exception|Exit)\b")


@dataclass(frozen=True)
class Program:
    """What to run: a name for its log, the command, and variables on top of our own.

    ``once``: it ends by itself; run again only if it fails.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    once: bool = False


class Child:
    """A running program. Only the supervisor's main thread calls its methods."""

    def __init__(self, program: Program, logs: Path) -> None:
        self.program = program
        self.crashes = 0
        self.is_done = False  # a program that runs once did what it was for
        self._log_path = logs / f"{program.name}.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._started_at = 0.0
        self._due_at = 0.0

    def start(self) -> None:
        if self._log_path.exists() and self._log_path.stat().st_size > _LOG_BYTES_MAX:
            self._log_path.replace(self._log_path.with_suffix(".log.1"))
        self._started_at = time.monotonic()
        self._process = subprocess.Popen(
            self.program.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, **self.program.environment, "PYTHONUNBUFFERED": "1"},
            # A group of its own: Ctrl-C reaches it through us only, and we can stop all it started.
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509
        )
        self._reader = threading.Thread(target=self._read, args=[self._process], daemon=True)
        self._reader.start()

    def keep_alive(self) -> None:
        """Start it again when it ended by itself, later and later while it goes on crashing."""
        now = time.monotonic()
        if self.is_done:
            return
        if self._process is None:
            if now >= self._due_at:
                self.start()
            return
        code = self._process.poll()
        if code is None:
            return
        self._end_group(signal.SIGKILL)
        if self.program.once and code == 0:
            self.is_done, self._process = True, None
            return
        self.crashes = 1 if now - self._started_at > _WELL_AFTER_S else self.crashes + 1
        wait_s = _BACK_OFF_S[min(self.crashes, len(_BACK_OFF_S)) - 1]
        self._due_at = now + wait_s
        self._process = None
        self._say(f"ended with exit code {code}, see {self._log_path}; started again in {wait_s:g} s")

    def ask_to_stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def wait_stopped(self, deadline: float) -> None:
        """Wait until it and all it started are gone; what is left at the deadline is killed."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._say(f"{self.program.name} does not stop; it is killed.")
        self._end_group(signal.SIGKILL)
        self._process.wait()
        if self._reader is not None:
            self._reader.join(5)
        self._process = None

    def _end_group(self, signal_: signal.Signals) -> None:
        """The group outlives its leader while a member lives, so its number is still ours."""
        if self._process is not None:
            try:
                os.killpg(self._process.pid, signal_)
            except (ProcessLookupError, PermissionError):
                return

    def _read(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdout is not None  # noqa: S101
        with process.stdout as lines, self._log_path.open("a", encoding="utf-8") as log:
            for raw in lines:
                line = raw.decode(errors="replace").rstrip("\n")
                log.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {line}\n")
                log.flush()
                if _TROUBLE.search(line):
                    self._say(line)

    def _say(self, line: str) -> None:
        print(f"{self.program.name:>8} | {line}", file=sys.stderr, flush=True)
