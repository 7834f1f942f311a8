"""The routes of blobs: sealed bytes in, out by range, and away again."""

from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response

from albumen.http.bytes import BlobResponse, Shown
from albumen.http.deps import TheApp
from albumen.http.views import Routes
from albumen.kernel.actor import Scope
from albumen.vault import blobs, receiving, sending, vaults, views
from albumen.vault.api.holding import Holder, HolderReading
from albumen.vault.blobs import Name
from albumen.vault.receiving import Body
from albumen.vault.views import BegunView, BlobsView, BlobView

routes = Routes(tags=["Vaults"])
MIME = "application/octet-stream"
_BODY: dict[str, Any] = {"requestBody": {"required": True, "content": {MIME: {}}}}
_THERE: dict[int | str, dict[str, Any]] = {201: {"model": BlobView, "description": "It is new"}}
After = Annotated[str, Query(pattern="^[A-Za-z0-9+_-]{0,43}=?$", description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=1000)]
OfThis = Annotated[str, Query(pattern="^[0-9a-fA-F]{64}$", description="The SHA-256 of the very bytes, in hex.")]


async def _name(vault_id: str, signature: str) -> Name:
    return Name(vault_id, signature)


OfBlob = Annotated[Name, Depends(_name)]


@routes.get("/vaults/{vault_id}/blobs", summary="The blobs of a vault")
def list_blobs(unit: HolderReading, vault_id: str, after: After = "", limit: Limit = 500) -> BlobsView:
    """By name."""
    vault = vaults.require(unit, vault_id, Scope.read)
    return views.of_blobs(blobs.listed(unit, vault, after=after, limit=limit), limit)


@routes.put("/vaults/{vault_id}/blobs/{signature}", summary="Store a blob", openapi_extra=_BODY, responses=_THERE)
async def put_blob(request: Request, response: Response, app: TheApp, actor: Holder, name: OfBlob) -> BlobView:
    """With `Repr-Digest`.  The same bytes again are no error, others are a conflict.  Large ones: tus at `/v1/uploads`
    with `vault`, `signature` and `sha256` (hex) in `Upload-Metadata`."""
    body = Body(request.stream(), request.headers)
    blob, is_new = await receiving.receive(app, actor, name, body)
    response.status_code = 201 if is_new else 200
    return views.of_blob(blob)


@routes.serve_bytes("/vaults/{vault_id}/blobs/{signature}", summary="A blob")
def get_blob(app: TheApp, unit: HolderReading, name: OfBlob) -> Response:
    """The sealed bytes, whole or by range; the entity tag is their SHA-256 in hex."""
    blob = blobs.get(unit, name)
    return BlobResponse(app.blobs, blob.key, Shown(blob.sha256.hex(), MIME, "private, no-cache"))


@routes.delete("/vaults/{vault_id}/blobs/{signature}", summary="Delete a blob", status_code=204)
def drop_blob(app: TheApp, actor: Holder, name: OfBlob, sha256: OfThis) -> None:
    """If it still has this hash; nothing happens where it is gone or other bytes have its name."""
    blobs.drop(app, actor, name, sha256)


@routes.get("/vaults/{vault_id}/uploads", summary="The uploads into a vault that can be gone on with")
def list_uploads(
    unit: HolderReading, vault_id: str, signature: Annotated[str | None, Query(max_length=44)] = None
) -> list[BegunView]:
    """The oldest first; with `signature`, those of one blob."""
    wanted = None if signature is None else blobs.signature(signature)
    return [views.of_begun(each) for each in sending.begun(unit, vault_id, wanted)]
