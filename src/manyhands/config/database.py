"""Which database: DATABASE_URL for one's own server, else the embedded one's socket in the home."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from manyhands.config import env


def database_settings(home: Path, environment: str = "production") -> dict[str, Any]:
    """Django's DATABASES entry; the sandbox's is the database beside production's.

    Connections stay open per thread, so statements stay prepared.
    """
    settings: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        # Without a threshold Django forbids preparing altogether; with this one only core.db prepares.
        "OPTIONS": {"application_name": "manyhands", "prepare_threshold": 1_000_000},
    }
    url = env.text("DATABASE_URL", "")
    if not url:
        name = database_name("manyhands", environment)
        return settings | {"NAME": name, "USER": "postgres", "HOST": str(socket_folder(home))}
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise env.BadEnvironment("DATABASE_URL must start with postgresql://")
    query = dict(parse_qsl(parts.query))
    settings |= {
        "NAME": database_name(unquote(parts.path.lstrip("/")), environment),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
    }
    settings["OPTIONS"] |= query
    return settings


def database_name(production: str, environment: str) -> str:
    """Production's as it is named, the sandbox's beside it."""
    return f"{production}_sandbox" if environment == "sandbox" else production


def socket_folder(home: Path) -> Path:
    """Where the embedded server's socket lies: in the home, or, as socket paths are short, in /tmp."""
    folder = home / "postgres"
    if len(str(folder)) <= 80:
        return folder
    import hashlib

    return Path("/tmp") / f"manyhands-{hashlib.sha256(str(home).encode()).hexdigest()[:16]}"  # noqa: S108
