"""The language a page is written in, and the texts of that language from `locale/*.po`.

English is what stands in templates and code.  `en-XA` is English with accents and a third longer, to see what was not
marked for translation and what does not fit.
"""

import gettext as gnu
import io
import json
import re
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel import Locale
from babel.core import negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from fastapi import Request
from markupsafe import Markup

FOLDER = Path(__file__).parent / "locale"
LANGUAGES: Mapping[str, str] = {"en": "English", "de": "Deutsch"}
PSEUDO = "en-XA"
COOKIE = "language"
_ACCENTED = str.maketrans("aceinouyACEINOUY", "áçéíñóúýÁÇÉÍÑÓÚÝ")
_KEPT = re.compile(r"(%\(\w+\)[sd]|<[^>]*>|\{\w+\}|&\w+;)")

_language: ContextVar[str] = ContextVar("language", default="en")


class _Pseudo(gnu.NullTranslations):
    """English, accented and lengthened; names in braces and tags stay."""

    def gettext(self, message: str) -> str:
        parts = _KEPT.split(message)
        told = "".join(each if number % 2 else each.translate(_ACCENTED) for number, each in enumerate(parts))
        return f"{told} {'·' * (len(message) // 3)}".rstrip() if message.strip() else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@cache
def _texts(language: str) -> gnu.NullTranslations:
    file = FOLDER / f"{language}.po"
    if language == PSEUDO:
        return _Pseudo()
    if not file.exists():
        return gnu.NullTranslations()
    compiled = io.BytesIO()
    with file.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return gnu.GNUTranslations(compiled)


def gettext(message: str) -> str:
    """The message in the page's language."""
    return _texts(_language.get()).gettext(message) if message else ""


def ngettext(one: str, many: str, number: int) -> str:
    """One or the other of two messages, in the page's language, by how many there are."""
    return _texts(_language.get()).ngettext(one, many, number)


async def speak(request: Request) -> None:
    """Answer this request in its language: the one chosen, else the first of the browser's that is known."""
    use(language_of(request))


def use(language: str) -> None:
    """Write in this language from here on, within this request."""
    _language.set(language)


def spoken() -> str:
    """The language that is written in."""
    return _language.get()


def locale() -> Locale:
    """How that language writes dates and numbers."""
    return Locale.parse("en_GB" if spoken().startswith("en") else spoken(), sep="_")


def language_of(request: Request) -> str:
    """The language to answer a request in."""
    chosen = request.cookies.get(COOKIE, "")
    if chosen in LANGUAGES or chosen == PSEUDO:
        return chosen
    wanted = [each.partition(";")[0].strip() for each in request.headers.get("accept-language", "").split(",")]
    return negotiate_locale([each for each in wanted if each], list(LANGUAGES), sep="-") or "en"


def of_scripts() -> Markup:
    """The messages of the modules in the page's language, as JSON; empty in English."""
    found = {} if spoken() == "en" else _of_scripts(spoken())
    return Markup(json.dumps(found, ensure_ascii=False).replace("<", "\\u003c"))  # noqa: S704 - our own texts


@cache
def _of_scripts(language: str) -> dict[str, str | list[str]]:
    """What the modules say; `template.po` tells which messages are theirs."""
    with (FOLDER / "template.po").open("rb") as source:
        known = [each for each in read_po(source) if any(file.endswith(".js") for file, _ in each.locations)]
    texts = _texts(language)
    found: dict[str, str | list[str]] = {}
    for each in known:
        if isinstance(each.id, str):
            found[each.id] = texts.gettext(each.id)
        else:
            found[each.id[0]] = [texts.ngettext(each.id[0], each.id[1], number) for number in (1, 2)]
    return found
