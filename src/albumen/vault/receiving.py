"""Blobs in one request: the body goes straight into a spool, and is kept if it is the one that was announced."""

from collections.abc import AsyncIterable, Mapping
from dataclasses import dataclass

from anyio import to_thread

from albumen.app import App
from albumen.http import bodies, lanes
from albumen.http.bodies import Limits
from albumen.kernel.actor import Actor
from albumen.kernel.errors import Invalid
from albumen.libraries import headroom
from albumen.vault import blobs
from albumen.vault.blobs import Name
from albumen.vault.models import VaultBlob


@dataclass(frozen=True)
class Body:
    """A body that is coming in."""

    stream: AsyncIterable[bytes]
    headers: Mapping[str, str]


async def receive(app: App, actor: Actor, name: Name, body: Body) -> tuple[VaultBlob, bool]:
    """Take a blob in; says whether it is new.

    Raises Invalid where it is not what was announced or no digest was sent, and what `admit` and `keep` raise; nothing
    is left then.
    """
    declared = bodies.declared_in(body.headers)
    if not declared.digests:
        raise Invalid("The header Repr-Digest with the SHA-256 is missing.", errors=[("Repr-Digest", "missing")])
    if declared.size_bytes is not None:
        blobs.check_size(declared.size_bytes)
    await to_thread.run_sync(blobs.admit, app, actor, name, declared.size_bytes or 0)
    spool = await to_thread.run_sync(headroom.spool, app)
    limits = Limits(part_bytes=app.settings.upload.max_bytes)
    await bodies.receive_body(body.stream, spool, limits, declared)
    with spool:
        return await lanes.FILING.run(blobs.keep, app, actor, name, spool)
