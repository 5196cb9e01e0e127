"""Reading what people write by mail: the answer without what it answers."""

import re

# Stands above the text in our own mail; in the languages of the site it is the same line.
MARK = "-- reply above this line --"
_WROTE = re.compile(
    r"^(on .{4,200} wrote:|.{4,200} (написал|написала|пишет)(\(а\))?( .*)?:"
    r"|.{4,200}(のメール|書きました|wrote):?)$",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"^-{2,}\s*(original message|forwarded message|исходное сообщение|元のメッセージ)", re.IGNORECASE
)
_LONGEST = 100_000


def without_quotes(text: str) -> str:
    """The lines up to our mark, a quotation's introduction or a signature; quoted lines at the end go."""
    kept: list[str] = []
    lines = text[:_LONGEST].replace("\r\n", "\n").split("\n")
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        bare = line.strip()
        plain = bare.lstrip("> ").strip()
        if plain.startswith(MARK) or line == "-- " or _HEADER.match(bare):
            break
        # Mail programs break the introduction of a quotation into two lines.
        if _WROTE.match(bare) or (bare and after.strip() and _WROTE.match(f"{bare} {after.strip()}")):
            break
        kept.append(line)
    while kept and (not kept[-1].strip() or kept[-1].lstrip().startswith(">")):
        kept.pop()
    return "\n".join(kept).strip()
