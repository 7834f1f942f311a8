"""How pages look by choice (theme, single-letter keys), and which modules they load."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from fastapi import Request

from albumen.web.statics import PREFIX, statics

THEMES = ("auto", "light", "dark")
THEME, KEYS = "theme", "keys"
_IMPORT = re.compile(r'^import [^;]*?"(?:app/|/static/js/)([\w-]+)[".]', re.MULTILINE)
_NAMED = re.compile(r'"((?:app|vendor)/[\w.-]+|/static/[\w./-]+)"')


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


def reachable(names: tuple[str, ...]) -> set[str]:
    """What the import map of a page with these modules holds: all that they name, now or when it is needed."""
    modules = statics().modules
    at = {address: name for name, address in modules.items()}
    found: set[str] = set()
    ahead = {f"app/{name}" for name in names}
    while ahead:
        found |= ahead
        told = {name for each in ahead for name in _NAMED.findall(_source(modules[each]))}
        ahead = {at.get(name, name) for name in told} & modules.keys() - found
    return found


def _imported(name: str) -> list[str]:
    return _IMPORT.findall(_source(statics().addresses[f"js/{name}.js"]))


def _source(address: str) -> str:
    return statics().files[address.removeprefix(PREFIX)].plain.decode()
