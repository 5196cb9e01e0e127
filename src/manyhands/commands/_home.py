"""The home a command works in, read without loading Django's settings."""

from pathlib import Path

from manyhands.config import env


def home() -> Path:
    return env.folder("MANYHANDS_HOME", Path.home() / ".manyhands")


def uses_embedded_server() -> bool:
    return not env.text("DATABASE_URL", "")
