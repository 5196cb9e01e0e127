"""Which of an installation's two environments a process serves: production, or the sandbox beside it.

Both read the same variables; MANYHANDS_ENVIRONMENT alone tells a process which one it is (ADR 0014).
"""

from dataclasses import dataclass
from typing import Literal

from manyhands.config import env

SANDBOX = "sandbox"
# What the sandbox's origins are on one machine: so far above production's ports.
PORT_OFFSET = 10


@dataclass(frozen=True, slots=True)
class Origins:
    """Where browsers find an environment: its site, and its requesters' HTML."""

    site: str
    content: str


def environment() -> Literal["production", "sandbox"]:
    is_sandbox = env.one_of("MANYHANDS_ENVIRONMENT", "production", {"production", SANDBOX}) == SANDBOX
    return "sandbox" if is_sandbox else "production"


def production_origins() -> Origins:
    return Origins(
        _origin("MANYHANDS_SITE_ORIGIN", "http://localhost:8000"),
        _origin("MANYHANDS_CONTENT_ORIGIN", "http://localhost:8001"),
    )


def sandbox_origins() -> Origins | None:
    """None where no sandbox runs."""
    found = Origins(
        _origin("MANYHANDS_SANDBOX_SITE_ORIGIN", ""), _origin("MANYHANDS_SANDBOX_CONTENT_ORIGIN", "")
    )
    if not found.site and not found.content:
        return None
    if not (found.site and found.content):
        raise env.BadEnvironment(
            "MANYHANDS_SANDBOX_SITE_ORIGIN and MANYHANDS_SANDBOX_CONTENT_ORIGIN go together."
        )
    return found


def own_and_other_origins() -> tuple[Origins, Origins | None]:
    """This process's own origins, and the other environment's if there is one."""
    production, sandbox = production_origins(), sandbox_origins()
    own, other = production, sandbox
    if environment() == SANDBOX:
        own, other = sandbox or Origins("http://localhost:8010", "http://localhost:8011"), production
    distinct = [own.site, own.content, *((other.site, other.content) if other else ())]
    if len(set(distinct)) < len(distinct):
        raise env.BadEnvironment("Each of the MANYHANDS_..._ORIGIN variables must differ from the others.")
    return own, other


def _origin(name: str, default: str) -> str:
    return env.text(name, default).rstrip("/")
