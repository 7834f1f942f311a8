"""The route behind signed links."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePath

from anyio import to_thread
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from albumen.blobs.layout import ORIGINAL, STRIPPED
from albumen.blobs.links import Grant, Signer
from albumen.blobs.port import Blobs
from albumen.http import problems
from albumen.http.bytes import BlobResponse, Shown
from albumen.http.disposition import attachment
from albumen.kernel.clock import Clock
from albumen.kernel.errors import Problem
from albumen.kernel.pieces import Pieces


@dataclass(frozen=True, slots=True)
class StandIn:
    """What is sent for an original that is not to tell everything: pieces of it, or (None) another blob altogether.

    `extension` is that of a name to save it under, where it is another than the original's.
    """

    key: str
    mime: str
    tag: str
    pieces: Pieces | None
    extension: str | None = None


def media_app(blobs: Blobs, signer: Signer, clock: Clock, stand_in: Callable[[str], StandIn]) -> ASGIApp:
    """The route behind signed links, as bare ASGI: it verifies, and serves the blob.

    `stand_in` finds what is sent for a stripped original, by its signature; all other links need nothing but the store.
    """

    async def media(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope["method"] not in {"GET", "HEAD"}:
                return await problems.only_get(scope, receive, send)
            now = clock()
            grant = signer.verify(scope["path"], scope["query_string"], now)
            if grant.variant == STRIPPED:
                answer: Response = await to_thread.run_sync(_stripped, grant, _shown(grant, now))
            elif (address := await _elsewhere(blobs, grant, scope, now)) is not None:
                answer = address
            else:
                answer = BlobResponse(blobs, grant.key, _shown(grant, now))
            await answer(scope, receive, send)
        except Problem as problem:
            await problems.response(problem)(scope, receive, send)

    def _stripped(grant: Grant, shown: Shown) -> BlobResponse:
        found = stand_in(grant.signature)
        name = grant.download_as and _named(grant.download_as, found.extension)
        disposition = None if name is None else attachment(name)
        shown = replace(shown, tag=found.tag, mime=found.mime, disposition=disposition)
        return BlobResponse(blobs, found.key, shown, found.pieces)

    return media


async def _elsewhere(blobs: Blobs, grant: Grant, scope: Scope, now: datetime) -> Response | None:
    """The way to the bucket, where the store has one and the client can go there."""
    if not blobs.origin or scope["method"] != "GET" or _is_script(scope):
        return None
    seconds = max(1, int((grant.expires_at - now).total_seconds()))
    headers = {"Content-Type": grant.mime, "Cache-Control": f"private, max-age={seconds}, immutable"}
    if grant.download_as is not None:
        headers["Content-Disposition"] = attachment(grant.download_as)
    address = await to_thread.run_sync(blobs.link, grant.key, headers, seconds)
    return None if address is None else _moved(address, seconds)


def _is_script(scope: Scope) -> bool:
    """Whether a script asks, which no bucket answers unless it is told to (CORS)."""
    return (b"sec-fetch-mode", b"cors") in scope["headers"]


def _moved(address: str, seconds: int) -> Response:
    """Go there instead; browsers remember it for half of the time that it holds."""
    return RedirectResponse(address, 302, {"Cache-Control": f"private, max-age={seconds // 2}"})


def _named(name: str, extension: str | None) -> str:
    return name if extension is None else f"{PurePath(name).stem}{extension}"


def _shown(grant: Grant, now: datetime) -> Shown:
    seconds = int((grant.expires_at - now).total_seconds())
    return Shown(
        tag=grant.signature if grant.variant == ORIGINAL else f"{grant.signature}.{grant.variant}",
        mime=grant.mime,
        cache_control=f"private, max-age={seconds}, immutable",
        disposition=None if grant.download_as is None else attachment(grant.download_as),
    )
