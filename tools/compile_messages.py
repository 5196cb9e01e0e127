"""Compiles the translations (``.po`` to ``.mo``) with polib: GNU gettext is not needed."""

import sys
from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent.parent / "src" / "manyhands" / "web" / "locale"


def main() -> int:
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        catalogue = polib.pofile(str(source))
        # Whole under another name first: a running server never reads half a catalogue.
        fresh = source.with_suffix(".mo.new")
        catalogue.save_as_mofile(str(fresh))
        fresh.replace(source.with_suffix(".mo"))
        print(f"{source.parent.parent.name}: {catalogue.percent_translated()}% translated")
    return 0


if __name__ == "__main__":
    sys.exit(main())
