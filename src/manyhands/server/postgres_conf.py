"""The embedded server's configuration, written anew at each start and sized for the machine."""

import os
from collections.abc import Mapping
from pathlib import Path

_MEGABYTE = 1024 * 1024
SHARED_BUFFERS_MB_MAX = 512


def text(*, socket_folder: Path, overrides: Mapping[str, str] | None = None) -> str:
    """The whole ``postgresql.conf``. An installation's own wishes go to ``../local.conf``."""
    ram_mb = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // _MEGABYTE
    settings = {
        # Only programs of this machine, through the socket, and only its owner's (and root's).
        "listen_addresses": "",
        "unix_socket_directories": str(socket_folder),
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        # Memory: a quarter for the server, what the system caches counted in.
        "shared_buffers": f"{max(32, min(ram_mb // 4, SHARED_BUFFERS_MB_MAX))}MB",
        "effective_cache_size": f"{max(64, ram_mb // 2)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": f"{max(32, min(ram_mb // 16, 256))}MB",
        # An acknowledged submission survives a power cut.
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "wal_buffers": "16MB",
        "min_wal_size": "256MB",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "checkpoint_completion_target": "0.9",
        # Hot tables change whole within minutes: vacuum little and often, before bloat is felt.
        "autovacuum_naptime": "15s",
        "autovacuum_vacuum_scale_factor": "0.02",
        "autovacuum_vacuum_insert_scale_factor": "0.05",
        "autovacuum_analyze_scale_factor": "0.02",
        "autovacuum_vacuum_cost_limit": "1000",
        # Statements are short: compiling them costs more than it saves.
        "jit": "off",
        "random_page_cost": "1.1",
        "default_statistics_target": "200",
        "idle_in_transaction_session_timeout": "10min",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] %a ",
        "log_checkpoints": "off",
        "log_lock_waits": "on",
        "log_min_duration_statement": "2s",
        "log_autovacuum_min_duration": "-1",
    }
    settings |= dict(overrides or {})
    lines = [f"{name} = {_quoted(value)}" for name, value in settings.items()]
    heading = "# Written by Manyhands at each start. Put settings of your own into ../local.conf."
    return "\n".join([heading, *lines, "include_if_exists = '../local.conf'", ""])


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
