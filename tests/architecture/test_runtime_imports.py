"""What runs imports only what an installation has: the standard library and the locked packages."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "manyhands"


def _name(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def _locked() -> set[str]:
    """The distributions of the lock an installation is made from, and of the extras it may have."""
    lock = (ROOT / "requirements.lock").read_text()
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"].get("optional-dependencies", {})
    optional = [requirement for each in extras.values() for requirement in each]
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==", lock, re.MULTILINE)
    named = [re.split(r"[\[<>=!~; ]", requirement)[0] for requirement in optional]
    # py-vapid comes with pywebpush.
    return {_name(each) for each in [*found, *named]} | ({"py-vapid"} if "pywebpush" in named else set())


def _only_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.iter_child_nodes(tree):
        if _only_for_types(node):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]
        yield from _imported(node)


def test_modules_import_only_what_an_installation_has() -> None:
    locked, distributions = _locked(), packages_distributions()
    foreign = {
        f"{path.relative_to(ROOT)} imports {module}"
        for path in SOURCE.rglob("*.py")
        for module in _imported(ast.parse(path.read_text(encoding="utf-8")))
        if module not in sys.stdlib_module_names
        and module != "manyhands"
        and not {_name(each) for each in distributions.get(module, [])} & locked
    }
    assert not foreign
