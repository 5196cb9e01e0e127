"""``manyhands import mturk``: a template and results files from Mechanical Turk's requester site, taken over."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from manyhands.commands import _django

if TYPE_CHECKING:
    from manyhands.core.ids import RequesterId
    from manyhands.mturk.importing import Imported, Results, Template

NAME = "import"
HELP = "Take a study over from Mechanical Turk: a template and results files become a project with drafts."
_TEMPLATES = frozenset({".html", ".htm"})
_BYTES_MAX = 200 * 1024 * 1024


class _Refused(Exception):
    """Said at the terminal as it is."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", choices=["mturk"])
    parser.add_argument(
        "files", nargs="+", metavar="FILE", type=Path,
        help="one template (.html) and any number of results files (.csv)",
    )  # fmt: skip
    parser.add_argument("--requester", metavar="EMAIL", required=True, help="whose project it will be")


def run(args: argparse.Namespace) -> int:
    with _django.database():
        from manyhands.core.errors import Refusal
        from manyhands.mturk.importing import BadRows, import_study

        try:
            template, results = _read(args.files)
            imported = import_study(
                requester_id=_requester(args.requester), template=template, results=results
            )
        except BadRows as bad:
            for name, row in bad.found:
                print(f"{name}, {row}", file=sys.stderr)
            if bad.hidden_count:
                print(f"and {bad.hidden_count} more", file=sys.stderr)
            print(f"{len(bad.found) + bad.hidden_count} bad rows: nothing was imported.", file=sys.stderr)
            return 1
        except (_Refused, Refusal, OSError) as refusal:
            print(f"{refusal}\nNothing was imported.", file=sys.stderr)
            return 1
        _tell(imported, template, results)
    return 0


def _requester(email: str) -> "RequesterId":
    from manyhands.accounts.models import Requester
    from manyhands.accounts.queries import person_by_email
    from manyhands.core.ids import RequesterId

    person = person_by_email(email)
    if person is None or not Requester.objects.filter(pk=person.id).exists():
        raise _Refused(f"{email} is no requester here.")
    return RequesterId(person.id)


def _read(files: list[Path]) -> "tuple[Template, list[Results]]":
    from manyhands.mturk import results_files
    from manyhands.mturk.importing import Results, Template

    templates = [file for file in files if file.suffix.lower() in _TEMPLATES]
    if len(templates) != 1:
        raise _Refused(f"One template is needed, a file that ends in .html; there are {len(templates)}.")
    try:
        html = _content(templates[0]).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _Refused(f"{templates[0]} is not UTF-8.") from None
    results = []
    for file in files:
        if file == templates[0]:
            continue
        try:
            results.append(Results(file.name, results_files.read(_content(file))))
        except results_files.Unreadable as reason:
            raise _Refused(f"{file} cannot be taken: {reason}.") from None
    return Template(templates[0].name, html), results


def _content(file: Path) -> bytes:
    if file.stat().st_size > _BYTES_MAX:
        raise _Refused(f"{file} is larger than {_BYTES_MAX // 1024**2} MB.")
    return file.read_bytes()


def _tell(imported: "Imported", template: "Template", results: "list[Results]") -> None:
    print(f"{template.name}: taken as a project. Look at it under Requester, Projects.")
    for each in results:
        file = each.file
        print(f"{each.name}: {len(file.tasks)} tasks of {file.row_count} rows taken as a draft batch.")
        if file.other_terms_count:
            count = file.other_terms_count
            print(f"{each.name}: {count} tasks had another title, reward or time; the first task's hold.")
        answers = f", and the answers in {', '.join(file.left_columns)}" if file.left_columns else ""
        print(f"{each.name}: not taken: workers, decisions and payments{answers}.")
    if results:
        print("Nothing is published and nothing is reserved until you publish a draft.")
