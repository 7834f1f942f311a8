"""The route behind signed links."""

from datetime import datetime

from starlette.types import ASGIApp, Receive, Scope, Send

from albumen.blobs.layout import ORIGINAL
from albumen.blobs.links import Grant, Signer
from albumen.blobs.port import Blobs
from albumen.http import problems
from albumen.http.bytes import BlobResponse, Shown
from albumen.http.disposition import attachment
from albumen.kernel.clock import Clock
from albumen.kernel.errors import Problem


def media_app(blobs: Blobs, signer: Signer, clock: Clock) -> ASGIApp:
    """The route behind signed links, as bare ASGI: it verifies, and serves the blob."""

    async def media(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope["method"] not in {"GET", "HEAD"}:
                return await problems.only_get(scope, receive, send)
            now = clock()
            grant = signer.verify(scope["path"], scope["query_string"], now)
            await BlobResponse(blobs, grant.key, _shown(grant, now))(scope, receive, send)
        except Problem as problem:
            await problems.response(problem)(scope, receive, send)

    return media


def _shown(grant: Grant, now: datetime) -> Shown:
    seconds = int((grant.expires_at - now).total_seconds())
    return Shown(
        tag=grant.signature if grant.variant == ORIGINAL else f"{grant.signature}.{grant.variant}",
        mime=grant.mime,
        cache_control=f"private, max-age={seconds}, immutable",
        disposition=None if grant.download_as is None else attachment(grant.download_as),
    )
