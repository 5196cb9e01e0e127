"""Write docs/states.md from work/states.py: the life cycles as tables and diagrams.

``--check`` writes nothing and fails when the file is not current.
"""

import argparse
import os
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "states.md"
SOURCE = ROOT / "src" / "manyhands" / "work" / "states.py"

HEAD = """# States

Made by `tools/make_states.py` from `src/manyhands/work/states.py`; do not edit. The database refuses any
other change by the triggers `hit_status_guard`, `assignment_status_guard` and `batch_status_guard`, and
`tests/db/test_work_transitions.py` tries every pair.
"""


def document() -> str:
    """The whole page."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "manyhands.config.settings")
    from manyhands.work import states

    lives: list[tuple[str, Any, Any]] = [
        ("HIT", states.HITStatus, states.HIT_TRANSITIONS),
        ("Assignment", states.AssignmentStatus, states.ASSIGNMENT_TRANSITIONS),
        ("Batch", states.BatchStatus, states.BATCH_TRANSITIONS),
    ]
    taken = ", ".join(states.PLACE_TAKEN)
    parts = [HEAD, *(_life(name, statuses, transitions) for name, statuses, transitions in lives)]
    parts.append(f"An assignment takes up a place of its HIT while it is {taken}.\n")
    return "\n".join(parts)


def _life(name: str, statuses: Any, transitions: Any) -> str:
    lines = [f"## {name}", "", "```mermaid", "stateDiagram-v2", f"    [*] --> {next(iter(statuses))}"]
    for before in statuses:
        afters = [after for after in statuses if after in transitions[before]]
        lines += [f"    {before} --> {after}" for after in afters] or [f"    {before} --> [*]"]
    lines += ["```", "", "| state | means | may become |", "|---|---|---|"]
    for before in statuses:
        afters = [str(after) for after in statuses if after in transitions[before]]
        lines.append(
            f"| {before} | {_meaning(statuses.__name__, before.name)} | {', '.join(afters) or 'nothing'} |"
        )
    return "\n".join(lines) + "\n"


def _meaning(owner: str, member: str) -> str:
    """The comment beside the member, without the arrows, which the table shows."""
    body = SOURCE.read_text(encoding="utf-8").split(f"class {owner}(", 1)[1]
    found = re.search(rf"^    {member} = .*?# (.*)$", body, re.MULTILINE)
    said = found[1] if found else ""
    return re.sub(r"\s*-> .*$|: the end$", "", said).strip()


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true")
    text = document()
    if not arguments.parse_args().check:
        TARGET.write_text(text, encoding="utf-8")
        return 0
    if TARGET.exists() and TARGET.read_text(encoding="utf-8") == text:
        return 0
    print("docs/states.md is not current: run tools/make_states.py")
    return 1


if __name__ == "__main__":
    sys.exit(main())
