"""How pages look by choice (theme, single-letter keys), and which modules they load."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from fastapi import Request

from albumen.web.statics import statics

THEMES = ("auto", "light", "dark")
THEME, KEYS = "theme", "keys"
_IMPORT = re.compile(r'^import [^;]*?"(?:app/|/static/js/)([\w-]+)[".]', re.MULTILINE)


@dataclass(frozen=True)
class Look:
    """What the browser chose: a theme, and whether single letters are commands."""

    theme: str
    has_keys: bool


def look(request: Request) -> Look:
    """What a browser chose; its cookies say so."""
    theme = request.cookies.get(THEME, "")
    return Look(theme if theme in THEMES else "auto", request.cookies.get(KEYS) != "off")


@cache
def with_imports(names: tuple[str, ...]) -> list[str]:
    """Some modules and all that they import at once, each once, the deepest first."""
    found: dict[str, None] = {}

    def add(some: Iterable[str]) -> None:
        for name in some:
            if name not in found:
                add(_imported(name))
                found[name] = None

    add(names)
    return list(found)


def _imported(name: str) -> list[str]:
    address = statics().addresses[f"js/{name}.js"]
    source = statics().files[address.removeprefix("/static/")].plain.decode()
    return _IMPORT.findall(source)
