"""The pages of vaults: all that is on them is decrypted by their modules, in the browser; the server has no key."""

from typing import Any

from fastapi import Request, Response

from albumen.http.deps import Reading
from albumen.unit import Unit
from albumen.vault import keys, vaults
from albumen.vault.models import Vault
from albumen.web import render
from albumen.web.router import Pages
from albumen.web.statics import PREFIX, statics

routes = Pages()
_WORKER = "js/vault-service-worker.js"
_KEYS = "pass.age"


@routes.get("/vault")
def vault_page(unit: Reading, request: Request, v: str = "") -> Response:
    """A vault of the visitor's: set up, locked or open."""
    mine = vaults.mine(unit)
    shown = next((each for each in mine if each.name == v), mine[0] if mine else None)
    is_new = shown is None or not _has_keys(unit, shown)
    values: dict[str, Any] = {"vaults": mine, "shown": shown, "is_new": is_new, "section": "vault"}
    return render.page(request, "vault/vault.html", **values)


def _has_keys(unit: Unit, vault: Vault) -> bool:
    """Whether it was set up to its end: one that was broken off is set up again."""
    return any(each.name == _KEYS for each in keys.listed(unit, vault.name))


@routes.get("/s/{link_id}")
def link_page(request: Request, link_id: str) -> Response:
    """What a link to photos of a vault opens: the same page for every address, as only opening counts as a view."""
    answer = render.page(request, "vault/link.html", link_id=link_id, csrf="")
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@routes.get("/vault-sw.js")
def service_worker() -> Response:
    """What lets films of a vault be sought in."""
    found = statics()
    source = found.files[found.addresses[_WORKER].removeprefix(PREFIX)].plain
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return Response(source, headers=headers, media_type="text/javascript; charset=utf-8")
