"""Which statements of docs/features.csv the tests cover: the marker ``feature("W-31")`` names them.

The test files are read, not run. A statement is covered when a test that carries its id exists; that
the test passes is ``make test``'s affair.
"""

import argparse
import ast
import csv
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Print per area what is covered; exit 1 when a test names an id that does not exist."""
    args = _arguments()
    with (ROOT / "docs" / "features.csv").open(encoding="utf-8", newline="") as file:
        features = list(csv.DictReader(file))
    covered = _covered()
    known = {feature["id"] for feature in features}
    chosen = [
        feature
        for feature in features
        if (not args.ids or feature["id"] in args.ids) and args.area.lower() in feature["area"].lower()
    ]
    _print(chosen, covered)
    unknown = sorted(covered.keys() - known)
    for identifier in unknown:
        print(f"Unknown id {identifier} in {', '.join(sorted(covered[identifier]))}", file=sys.stderr)
    return 1 if unknown else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Which statements of docs/features.csv tests cover.")
    parser.add_argument("ids", nargs="*", help="only these ids")
    parser.add_argument("--area", default="", help="only areas with this in their name")
    return parser.parse_args()


def _print(features: list[dict[str, str]], covered: dict[str, set[str]]) -> None:
    by_area: dict[str, list[dict[str, str]]] = defaultdict(list)
    for feature in features:
        by_area[feature["area"]].append(feature)
    for area, members in sorted(by_area.items()):
        count = sum(feature["id"] in covered for feature in members)
        print(f"\n{area}: {count} of {len(members)}")
        for feature in members:
            mark = "covered    " if feature["id"] in covered else "not covered"
            print(f"  {mark}  {feature['id']:<6} {feature['statement'][:110]}")
    total = sum(feature["id"] in covered for feature in features)
    print(f"\n{total} of {len(features)} statements are covered by tests.")


def _covered() -> dict[str, set[str]]:
    """Feature id to the test files that name it."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for identifier in _ids_in(ast.parse(path.read_text(encoding="utf-8"))):
            found[identifier].add(str(path.relative_to(ROOT)))
    return found


def _ids_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "feature"
        ):
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


if __name__ == "__main__":
    sys.exit(main())
