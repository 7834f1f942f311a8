"""Pages from templates: with the headers that guard them, a nonce for their scripts, and packed where that is taken."""

import gzip
import json
import secrets
from functools import cache
from pathlib import Path
from typing import Any

import brotli
from fastapi import Request
from fastapi.responses import RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from albumen.accounts import sessions
from albumen.http.auth import credentials
from albumen.kernel import ids
from albumen.web import looks, texts, words
from albumen.web.statics import statics

_PACKED_FROM_BYTES = 1000
_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; img-src 'self' blob: data:{store}; "
    "media-src 'self' blob: data:{store}; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def _environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_callables(texts.gettext, texts.ngettext, newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    env.policies["ext.i18n.trimmed"] = True
    env.filters |= {**words.FILTERS, "word": ids.encode}
    env.globals |= {"static": lambda name: statics().addresses[name], "import_map": _import_map}
    env.globals |= {"spoken": texts.spoken, "texts_of_scripts": texts.of_scripts, "preloads": _preloads}
    return env


@cache
def _import_map(names: tuple[str, ...]) -> Markup:
    """The import map of some modules and what they may ever import, as it stands in a script; `<` cannot end it."""
    modules, needed = statics().modules, sorted(looks.reachable(names))
    told = json.dumps({"imports": {name: modules[name] for name in needed}}, separators=(",", ":"))
    return Markup(told.replace("<", "\\u003c"))  # noqa: S704 - our own names


def _preloads(names: tuple[str, ...]) -> list[str]:
    """The addresses of all that some modules import, themselves included, so that none waits for another."""
    return [statics().addresses[f"js/{name}.js"] for name in looks.with_imports(names)]


_env = _environment()


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    """A whole page.  Templates know `csrf` (empty where nobody is signed in), `nonce` and `section`."""
    texts.use(texts.language_of(request))
    nonce = secrets.token_urlsafe(16)
    base = {"csrf": csrf_of(request), "nonce": nonce, "section": "", "notice": "", "look": looks.look(request), "q": ""}
    base["is_keeper"] = getattr(request.state, "is_keeper", False)
    html = _env.get_template(template).render(base | values)
    answer = _html(request, html, status)
    store = request.app.state.albumen.blobs.origin
    answer.headers["Content-Security-Policy"] = _POLICY.format(nonce=nonce, store=store and f" {store}")
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer


def fragment(request: Request, template: str, **values: Any) -> Response:
    """A part of a page, as modules fetch it."""
    texts.use(texts.language_of(request))
    base = {"csrf": csrf_of(request)}
    answer = _html(request, _env.get_template(template).render(base | values), 200)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return answer


def go(path: str) -> RedirectResponse:
    """Send the browser on to a page, by GET."""
    return RedirectResponse(path, 303)


def word(number: int) -> str:
    """An id as addresses have it."""
    return ids.encode(number)


def csrf_of(request: Request) -> str:
    """What forms of this session repeat; empty where there is none."""
    token = None if "authorization" in request.headers else credentials(request).session
    return sessions.csrf_token(token) if token else ""


def _html(request: Request, html: str, status: int) -> Response:
    body = html.encode()
    headers = {"Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}
    headers["Vary"] = "Accept-Encoding, Accept-Language, Cookie"
    accepted = request.headers.get("accept-encoding", "") if len(body) >= _PACKED_FROM_BYTES else ""
    if "br" in accepted:
        body, headers["Content-Encoding"] = brotli.compress(body, quality=5), "br"
    elif "gzip" in accepted:
        body, headers["Content-Encoding"] = gzip.compress(body, 5), "gzip"
    return HTMLResponse(body, status, headers)
