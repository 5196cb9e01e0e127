"""The installation's secret key: from the environment, or made once and kept in its home."""

import contextlib
import hashlib
import hmac
import secrets
from pathlib import Path

from manyhands.config import env


def secret_key(home: Path, environment: str = "production") -> str:
    """The key all signatures, public ids and encrypted values depend on: losing it loses them.

    The sandbox's is made of production's, so that what the one signs is nothing to the other.
    """
    key = _installation_key(home)
    if environment == "production":
        return key
    return hmac.digest(key.encode(), environment.encode(), hashlib.sha256).hex()


def _installation_key(home: Path) -> str:
    given = env.text("MANYHANDS_SECRET_KEY", "")
    if given:
        return given
    path = home / "secret_key"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        # Written whole under another name first: two processes may start at once.
        fresh = home / f"secret_key.{secrets.token_hex(4)}"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(fresh)
        fresh.unlink()
    return path.read_text().strip()
