"""PostgreSQL refuses to run as root: as root we run it as a system user who can reach its files.

Ancestors of those files get the right to be walked through (``o+x``), never to be listed or read.
"""

import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path

from manyhands.server.errors import CannotStart

NAME = "pgserver"


def needed() -> bool:
    return os.geteuid() == 0


def ensure() -> pwd.struct_passwd:
    """The system user, made when absent. Raises CannotStart when this system cannot make users."""
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        pass
    if shutil.which("useradd"):
        command = ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", NAME]
    elif shutil.which("adduser"):
        command = ["adduser", "-S", "-D", "-H", "-s", "/bin/false", NAME]
    else:
        raise CannotStart(
            "PostgreSQL does not run as root, and this system has neither useradd nor adduser to make "
            f"the user {NAME}. Run Manyhands as an ordinary user, or set DATABASE_URL to a server of yours."
        )
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        # Another program may have made it a moment ago: what counts is that it is there.
        return pwd.getpwnam(NAME)
    except KeyError:
        raise CannotStart(
            f"PostgreSQL does not run as root, and the user {NAME} could not be made: {made.stderr.strip()} "
            "Run Manyhands as an ordinary user, or set DATABASE_URL to a server of yours."
        ) from None


def let_through(path: Path) -> None:
    """Let every user walk through the folders above ``path``."""
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def let_read(folder: Path) -> None:
    """Let every user read ``folder`` and all in it, as a strict umask at install time may forbid."""
    for path in (folder, *folder.rglob("*")):
        if path.is_symlink():
            continue
        mode = stat.S_IMODE(path.stat().st_mode)
        wanted = mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0)
        if wanted != mode:
            path.chmod(wanted)


def check_reach(user: pwd.struct_passwd, path: Path) -> None:
    """Raise CannotStart when the system user cannot reach ``path`` (mount options, network folders)."""
    seen = subprocess.run(
        ["test", "-x", str(path)],
        user=user.pw_uid,
        group=user.pw_gid,
        extra_groups=[],
        cwd="/",
        check=False,
    )
    if seen.returncode != 0:
        raise CannotStart(
            f"PostgreSQL runs as the user {NAME} here, who cannot reach {path}. Choose a home that other "
            "users may pass through (MANYHANDS_HOME=/var/lib/manyhands), or run as an ordinary user."
        )
