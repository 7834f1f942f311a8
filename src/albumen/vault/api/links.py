"""The routes of links: published by devices, opened by anybody who was given one."""

import base64
import binascii

from fastapi import Response

from albumen.http.bytes import BlobResponse, Shown
from albumen.http.deps import TheApp
from albumen.http.views import Routes
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Invalid
from albumen.vault import links, views
from albumen.vault.api.blobs import MIME
from albumen.vault.api.holding import HolderReading, HolderWriting
from albumen.vault.links import NewLink
from albumen.vault.views import LinkForm, LinkView

routes = Routes(tags=["Vaults"])
visiting = Routes(tags=["Vaults"])


@routes.get("/vaults/{vault_id}/links", summary="The links of a vault")
def list_links(app: TheApp, unit: HolderReading, vault_id: str) -> list[LinkView]:
    """The oldest first, with how often each was opened."""
    return [views.of_link(each, app.settings.address) for each in links.listed(unit, vault_id)]


@routes.put("/vaults/{vault_id}/links/{link_id}", summary="Publish a link")
def put_link(app: TheApp, unit: HolderWriting, vault_id: str, link_id: str, form: LinkForm) -> LinkView:
    """For everybody who is given its address, until it expires or was opened often enough."""
    new = NewLink(link_id, _manifest(form), form.signatures, form.expires_on, form.most_views)
    return views.of_link(links.put(unit, vault_id, new), app.settings.address)


@routes.delete("/vaults/{vault_id}/links/{link_id}", summary="Take a link back", status_code=204)
def drop_link(unit: HolderWriting, vault_id: str, link_id: str) -> None:
    """Nobody can open it from now on."""
    links.drop(unit, vault_id, link_id)


def _manifest(form: LinkForm) -> bytes:
    try:
        return base64.b64decode(form.manifest, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid("The manifest is not base64.", errors=[("manifest", "not base64")]) from None


@visiting.post(
    "/shared/{link_id}",
    summary="Open a link",
    response_class=Response,
    response_model=None,
    responses={200: {"content": {MIME: {}}, "description": "The sealed manifest"}, 410: {"description": "It is over"}},
)
def open_link(app: TheApp, link_id: str) -> Response:
    """Its sealed manifest.  Each time counts."""
    with app.writing(SYSTEM) as unit:
        manifest = links.view(unit, link_id)
    return Response(manifest, media_type=MIME, headers={"Cache-Control": "no-store"})


@visiting.serve_bytes("/shared/{link_id}/blobs/{signature}", summary="A blob that a link shows")
def get_shared_blob(app: TheApp, link_id: str, signature: str) -> Response:
    """The sealed bytes, whole or by range."""
    with app.reading(SYSTEM) as unit:
        blob = links.blob_of(unit, link_id, signature)
    return BlobResponse(app.blobs, blob.key, Shown(blob.sha256.hex(), MIME, "private, no-cache"))
