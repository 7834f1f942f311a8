"""Gather the messages of pages, code and modules into locale/template.po, and bring each language up to date with it.

For maintainers: `tools/texts.py` after texts were changed; `--check` says what is missing instead.
"""

import argparse
import io
import sys
from collections.abc import Iterable
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

WEB = Path(__file__).resolve().parent.parent / "src/albumen/web"
LOCALE = WEB / "locale"
METHODS = [("templates/**.html", "jinja2"), ("static/js/**.js", "javascript"), ("**.py", "python")]
KEYWORDS = {"_": None, "gettext": None, "N_": None, "ngettext": (1, 2), "t": None, "tn": (1, 2)}
OPTIONS = {
    "templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "newstyle_gettext": "true", "trimmed": "true"}
}


def gathered() -> Catalog:
    """All messages there are, with the files they are in."""
    catalog = Catalog(project="Albumen", charset="utf-8")
    catalog.header_comment = "# Written by tools/texts.py"
    found = extract_from_dir(str(WEB), METHODS, OPTIONS, KEYWORDS)
    for file, _line, message, _comments, _context in sorted(found, key=lambda each: (each[0], each[1])):
        catalog.add(message, locations=[(file, 0)])
    return catalog


def written(catalog: Catalog) -> bytes:
    """A catalogue as a file, without line numbers and dates, so that it changes with the texts only."""
    body = io.BytesIO()
    write_po(body, catalog, width=100, omit_header=catalog.locale is None, include_lineno=False, sort_output=True)
    return body.getvalue()


def languages() -> Iterable[Path]:
    """The files of all languages."""
    return sorted(file for file in LOCALE.glob("*.po") if file.name != "template.po")


def updated(file: Path, template: Catalog) -> Catalog:
    """A language with the messages of the template."""
    with file.open("rb") as source:
        catalog = read_po(source, locale=file.stem)
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def missing(catalog: Catalog) -> list[str]:
    """What is not translated."""
    return [str(each.id) for each in catalog if each.id and not _is_told(each)]


def _is_told(message: Message) -> bool:
    """Whether a message is translated, in all its forms."""
    return all(message.string) if isinstance(message.string, list | tuple) else bool(message.string)


def main() -> int:
    """Write the catalogues, or check them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    is_check = parser.parse_args().check
    template = gathered()
    catalogs = {LOCALE / "template.po": template, **{file: updated(file, template) for file in languages()}}
    wrong = 0
    for file, catalog in catalogs.items():
        lacking = missing(catalog) if catalog is not template else []
        wrong += len(lacking)
        for each in lacking:
            print(f"{file.name} lacks {each!r}")
        if not is_check:
            file.write_bytes(written(catalog))
    return int(is_check and wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
