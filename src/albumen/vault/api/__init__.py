"""The routes of vaults."""

from fastapi import Request

from albumen.app import App
from albumen.http import tus
from albumen.http.deps import public_id
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import Resumable
from albumen.vault import sending
from albumen.vault.api import blobs, holding, keys, links, log, vaults
from albumen.vault.sending import VaultSender

ROUTES = (vaults.routes, blobs.routes, log.routes, keys.routes, links.routes, links.visiting)

shown_token, holder = holding.shown_token, holding.holder

__all__ = ["ROUTES", "find_sender", "holder", "shown_token"]


def find_sender(app: App, request: Request) -> VaultSender | None:
    """Who sends a resumable upload into a vault: announced with `vault` in its metadata; None where it is another."""
    upload_id = str(request.path_params.get("upload_id", ""))
    if not upload_id:
        told = tus.metadata(request.headers.get("upload-metadata", ""))
        return sending.announcing(app, holding.holder(app, request), told) if told.get(sending.VAULT) else None
    with app.reading(SYSTEM) as unit:
        row = unit.db.get(Resumable, public_id(upload_id.partition(".")[0]))
    if row is None or not sending.is_for_vault(row):
        return None
    return sending.going_on(app, holding.holder(app, request), row)
