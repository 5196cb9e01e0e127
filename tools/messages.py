"""Keeps the catalogues of translations in step with the source: ``make messages``, or ``--check`` to compare.

Every sentence that people read is collected: from templates, from calls of gettext in Python, from the
docstrings of refusals (which are their messages) and from the first categories. GNU gettext is not needed.
"""

import argparse
import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "manyhands"
LOCALE = SOURCE / "web" / "locale"
CATEGORIES = [
    SOURCE / "catalog" / "migrations" / f"{name}.py"
    for name in ("0002_first_categories", "0004_uncategorised")
]

# The language's own count of plural forms; Django keeps catalogues with other formulas beside ours.
PLURAL_FORMS = {
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);",
    "ja": "nplurals=1; plural=0;",
}

# Where each function's arguments are: context, singular, plural.
_PLACES: dict[str, tuple[int | None, int, int | None]] = {
    "gettext": (None, 0, None),
    "ngettext": (None, 0, 1),
    "pgettext": (0, 1, None),
    "npgettext": (0, 1, 2),
}
_STRING = r"""[uU]?(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
_CALL = re.compile(rf"\b(n?p?gettext|_)\(\s*({_STRING}(?:\s*,\s*{_STRING})*)", re.DOTALL)
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]")

Key = tuple[str | None, str]


class Unreadable(Exception):
    """A call of gettext whose text the collector cannot read: it must be one literal."""


@dataclass
class Message:
    """A text to translate, and the files that say it. ``plural`` is empty without a number in it."""

    context: str | None
    text: str
    plural: str = ""
    files: set[str] = field(default_factory=set)

    @property
    def key(self) -> Key:
        """What tells two messages of a catalogue apart."""
        return self.context, self.text


def main() -> int:
    """Update the catalogues, or with ``--check`` print what they lack; exit 1 when something is wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("languages", nargs="*", help="only these (all by default)")
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit 1 unless all is translated"
    )
    args = parser.parse_args()
    messages = collect()
    wrong = []
    for language in args.languages or PLURAL_FORMS:
        if not args.check:
            update(language, messages)
        wrong += faults(language, messages)
        count = sum(entry.translated() for entry in catalogue(language))
        print(f"{language}: {count} of {len(messages)} messages are translated.")
    if args.check:
        print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if args.check and wrong else 0


def collect() -> dict[Key, Message]:
    """Every message of the source, in the order of files.

    Raises Unreadable for a text that is not one literal, and for one text with and without a plural:
    a catalogue cannot hold both.
    """
    found: dict[Key, Message] = {}
    for file, message in _all_messages():
        known = found.setdefault(message.key, message)
        if known.plural != message.plural:
            raise Unreadable(
                f"{file}: {message.text!r} has another plural in {sorted(known.files)}: add a context."
            )
        known.files.add(file)
    return found


def _all_messages() -> Iterator[tuple[str, Message]]:
    pythons = sorted(SOURCE.rglob("*.py"))
    templates = sorted(path for path in (SOURCE / "web" / "templates").rglob("*") if path.is_file())
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in pythons}
    readers: list[tuple[Path, Iterable[Message]]] = [(path, _of_template(path)) for path in templates]
    readers += [(path, _of_python(path, tree)) for path, tree in trees.items()]
    refusals = _refusals(trees.values())
    readers += [(path, _of_refusals(tree, refusals)) for path, tree in trees.items()]
    readers += [(path, _of_categories(trees[path])) for path in CATEGORIES]
    for path, messages in readers:
        for message in messages:
            if message.text:
                yield path.relative_to(ROOT).as_posix(), message


def _of_template(path: Path) -> Iterator[Message]:
    """Django turns a template into calls among blots; the calls are all that is read here."""
    _configure()
    for match in _CALL.finditer(templatize(path.read_text(encoding="utf-8"), origin=str(path))):
        name = "gettext" if match[1] == "_" else match[1]
        yield _message(name, [ast.literal_eval(text) for text in re.findall(_STRING, match[2], re.DOTALL)])


def _of_python(path: Path, tree: ast.Module) -> Iterator[Message]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        name = "gettext" if name == "_" else name.removesuffix("_lazy").removesuffix("_noop")
        if name not in _PLACES:
            continue
        texts = [part.value if isinstance(part, ast.Constant) else None for part in node.args]
        places = [place for place in _PLACES[name] if place is not None]
        if all(isinstance(texts[place], str) for place in places):
            yield _message(name, [str(text) for text in texts])
        elif any(isinstance(node.args[place], ast.JoinedStr | ast.BinOp) for place in places):
            raise Unreadable(
                f"{path}:{node.lineno}: a translatable text is one literal, filled in afterwards."
            )
        # A name or a call hands over a text that is collected where it is written.


def _message(name: str, texts: list[str]) -> Message:
    context, text, plural = _PLACES[name]
    return Message(
        None if context is None else texts[context], texts[text], "" if plural is None else texts[plural]
    )


def _refusals(trees: Iterable[ast.Module]) -> set[str]:
    """Names of the classes that descend from Refusal."""
    bases = {
        node.name: {getattr(base, "attr", getattr(base, "id", "")) for base in node.bases}
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    names = {"Refusal"}
    while more := {name for name, parents in bases.items() if parents & names} - names:
        names |= more
    return names


def _of_refusals(tree: ast.Module, refusals: set[str]) -> Iterator[Message]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name in refusals:
            # The rule of core.errors.Refusal.__str__.
            yield Message(None, " ".join((ast.get_docstring(node) or "").split()))


def _of_categories(tree: ast.Module) -> Iterator[Message]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "TREE":
            for _, name, branches in ast.literal_eval(node.value):
                yield Message(None, name)
                yield from (Message(None, branch) for _, branch in branches)


def _configure() -> None:
    """Templatize asks for no setting but the character set's."""
    if not settings.configured:
        settings.configure()


def path_of(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def catalogue(language: str) -> polib.POFile:
    """The language's catalogue; an empty one when there is none yet."""
    path = path_of(language)
    if path.exists():
        return polib.pofile(str(path), wrapwidth=110)
    return polib.POFile(wrapwidth=110)


def update(language: str, messages: dict[Key, Message]) -> None:
    """Write the catalogue anew: translations stay, what is new is empty, what nobody says is gone."""
    old = {(entry.msgctxt, entry.msgid): entry for entry in catalogue(language) if not entry.obsolete}
    fresh = polib.POFile(wrapwidth=110)
    fresh.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURAL_FORMS[language],
    }
    for message in messages.values():
        fresh.append(_entry(message, old.get(message.key), forms(language)))
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = f"{fresh}\n"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def _entry(message: Message, old: polib.POEntry | None, form_count: int) -> polib.POEntry:
    entry = polib.POEntry(
        msgctxt=message.context,
        msgid=message.text,
        # Without line numbers, which would change with every edit.
        occurrences=[(file, "") for file in sorted(message.files)],
        flags=["python-format"] if _PLACEHOLDER.search(message.text + message.plural) else [],
    )
    if message.plural:
        entry.msgid_plural = message.plural
        entry.msgstr_plural = dict.fromkeys(range(form_count), "")
    if old is None:
        return entry
    if message.plural and len(old.msgstr_plural) == form_count:
        entry.msgstr_plural = old.msgstr_plural
    elif not message.plural and not old.msgstr_plural:
        entry.msgstr = old.msgstr
    if old.fuzzy or (message.plural and old.msgid_plural != message.plural):
        entry.flags.append("fuzzy")
    return entry


def forms(language: str) -> int:
    """How many plural forms the language has."""
    count = re.search(r"nplurals=(\d+)", PLURAL_FORMS[language])
    return int(count[1]) if count else 1


def faults(language: str, messages: dict[Key, Message]) -> list[str]:
    """What keeps the catalogue from being complete, one line each."""
    entries = {(entry.msgctxt, entry.msgid): entry for entry in catalogue(language) if not entry.obsolete}
    wrong = [f"{language}: obsolete: {entry.msgid!r}" for entry in catalogue(language) if entry.obsolete]
    wrong += [f"{language}: no longer said: {key[1]!r}" for key in entries.keys() - messages.keys()]
    for key, message in messages.items():
        entry = entries.get(key)
        if entry is None:
            wrong.append(f"{language}: missing: {message.text!r} ({', '.join(sorted(message.files))})")
        elif entry.fuzzy or (entry.msgid_plural or "") != message.plural:
            wrong.append(f"{language}: fuzzy: {message.text!r}")
        elif not entry.translated():
            wrong.append(f"{language}: untranslated: {message.text!r} ({', '.join(sorted(message.files))})")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
