"""What lets the pages be installed on a phone: the manifest, the service worker, and the page without a connection."""

import hashlib
import json
from typing import Any

from fastapi import Request, Response

from albumen.web import render
from albumen.web.router import Pages
from albumen.web.statics import PREFIX, statics
from albumen.web.texts import gettext as _
from albumen.web.texts import spoken

routes = Pages()
_STYLES = ("css/tokens.css", "css/base.css", "css/components.css", "css/offline.css")
_MODULES = ("js/offline.js",)
_WORKER = "js/service-worker.js"


@routes.get("/manifest.webmanifest")
def manifest() -> Response:
    """Name, icons, shortcuts, and that photos can be shared to it."""
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Language, Cookie"}
    body = json.dumps(_manifest(), ensure_ascii=False).encode()
    return Response(body, headers=headers, media_type="application/manifest+json")


def _manifest() -> dict[str, Any]:
    return {
        "id": "/",
        "name": "Albumen",
        "short_name": "Albumen",
        "description": _("Your photos and videos at home."),
        "lang": spoken(),
        "start_url": "/library",
        "scope": "/",
        "display": "standalone",
        "background_color": "#fafafa",
        "theme_color": "#fafafa",
        "icons": [_icon("icon-192", 192), _icon("icon-512", 512), _icon("maskable-512", 512, "maskable")],
        "shortcuts": [{"name": _("Upload"), "url": "/upload"}, {"name": _("Search"), "url": "/search"}],
        "share_target": _share_target(),
    }


def _icon(name: str, side: int, purpose: str = "any") -> dict[str, str]:
    address = statics().addresses[f"icons/{name}.png"]
    return {"src": address, "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}


def _share_target() -> dict[str, Any]:
    files = [{"name": "files", "accept": ["image/*", "video/*"]}]
    return {
        "action": "/share-target",
        "method": "POST",
        "enctype": "multipart/form-data",
        "params": {"title": "title", "text": "text", "url": "url", "files": files},
    }


@routes.get("/sw.js")
def service_worker() -> Response:
    """The worker, with the addresses of what it keeps; another version of any of them makes it another worker."""
    found = statics()
    files = [found.addresses[name] for name in (*_STYLES, *_MODULES)]
    source = found.files[found.addresses[_WORKER].removeprefix(PREFIX)].plain.decode()
    mark = hashlib.sha256("".join((*files, source)).encode()).hexdigest()[:10]
    shell = json.dumps({"name": f"shell-{mark}", "files": files})
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return Response(f"const SHELL = {shell};\n{source}", headers=headers, media_type="text/javascript; charset=utf-8")


@routes.get("/offline")
def offline(request: Request) -> Response:
    """What is shown where there is no connection."""
    answer = render.page(request, "offline.html", styles=_STYLES, csrf="")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@routes.post("/share-target")
def share_target() -> Response:
    """Where the service worker is not there to take what another app shares: the files are to be chosen again."""
    return render.go("/upload")
