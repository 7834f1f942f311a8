"""Static files: held in memory and compressed, under names that carry a hash, so that browsers keep them for good."""

import gzip
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePosixPath

import brotli
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from albumen.http import problems
from albumen.web import ratios

PREFIX = "/static/"
FOLDER = Path(__file__).parent / "static"
RATIOS = "css/ratios.css"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".json": "application/json",
}
_SEEN_BY_WORKERS = "js/vault"
"""Modules that workers load too: import maps do not reach workers, so these name what they import by its address."""
_IMPORT = re.compile(r'(?<=")(app|vendor)/([\w.-]+)(?=";)')
_OWN = ("js/", "css/")
_COMMENT = re.compile(rb"^[ \t]*(?://[^\n]*|/\*(?:(?!\*/).)*\*/[ \t]*)\n", re.MULTILINE | re.DOTALL)
"""A comment with lines of its own.  A quarter of what modules weigh is for who reads the repository."""
_HEADERS = {
    "Cache-Control": "max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Encoding",
}


@dataclass(frozen=True)
class StaticFile:
    """A file as it is served; compressed when it is first asked for."""

    mime: str
    plain: bytes

    @cached_property
    def gzipped(self) -> bytes:
        """As older browsers, and those on plain HTTP, take it."""
        return gzip.compress(self.plain, 9, mtime=0)

    @cached_property
    def brotlied(self) -> bytes:
        """As all others do."""
        return bytes(brotli.compress(self.plain))


@dataclass(frozen=True)
class Statics:
    """All static files: `addresses` by their own name (`css/base.css`), `files` by the end of their address."""

    addresses: Mapping[str, str]
    files: Mapping[str, StaticFile]

    @property
    def modules(self) -> dict[str, str]:
        """The import map: `app/x` is the module `js/x.js`, `vendor/x` one of `vendor`."""
        rooms = {"js": "app", "vendor": "vendor"}
        paths = [PurePosixPath(name) for name in sorted(self.addresses) if name.endswith(".js")]
        return {f"{rooms[path.parts[0]]}/{path.stem}": self.addresses[str(path)] for path in paths}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer GET or HEAD below the prefix, as an ASGI app."""
        found = self.files.get(str(scope["path"]).removeprefix(PREFIX))
        answer = problems.plain(404, "Not found") if found is None else _answer(found, scope)
        await answer(scope, receive, send)


@cache
def statics() -> Statics:
    """The static files of this version, read at first need."""
    addresses: dict[str, str] = {}
    files: dict[str, StaticFile] = {}
    contents = dict(_contents())

    def address(name: str) -> str:
        """Where a file is, which depends on what is in it, and so on the addresses in that."""
        if name not in addresses:
            content = contents[name]
            if name.startswith(_SEEN_BY_WORKERS):
                content = _IMPORT.sub(lambda found: address(_file_of(found)), content.decode()).encode()
            path = PurePosixPath(name)
            mark = hashlib.sha256(content).hexdigest()[:8]
            hashed = f"{path.with_suffix('')}.{mark}{path.suffix}"
            addresses[name] = PREFIX + hashed
            files[hashed] = StaticFile(_TYPES[path.suffix], content)
        return addresses[name]

    for name in contents:
        address(name)
    return Statics(addresses, files)


def _file_of(specifier: re.Match[str]) -> str:
    return f"{'js' if specifier[1] == 'app' else 'vendor'}/{specifier[2]}.js"


def _contents() -> Iterator[tuple[str, bytes]]:
    for file in sorted(FOLDER.rglob("*")):
        if file.suffix in _TYPES and ".lock" not in file.suffixes:
            name, content = file.relative_to(FOLDER).as_posix(), file.read_bytes()
            yield name, _COMMENT.sub(b"", content) if name.startswith(_OWN) else content
    yield RATIOS, ratios.stylesheet().encode()


def _answer(file: StaticFile, scope: Scope) -> Response:
    accepted = next((value for name, value in scope["headers"] if name == b"accept-encoding"), b"")
    forms = (
        ("br", file.brotlied) if b"br" in accepted else None,
        ("gzip", file.gzipped) if b"gzip" in accepted else None,
    )
    for coding, body in filter(None, forms):
        if len(body) < len(file.plain):
            return Response(body, headers=_HEADERS | {"Content-Encoding": coding}, media_type=file.mime)
    return Response(file.plain, headers=dict(_HEADERS), media_type=file.mime)
