"""The server: one ASGI application put together from the routes of every room."""

import asyncio
import logging
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial

from anyio import to_thread
from fastapi import FastAPI, Request
from starlette.routing import compile_path
from starlette.types import ASGIApp, Scope

from albumen import __version__
from albumen.accounts import api as accounts
from albumen.accounts import sessions
from albumen.accounts.identify import identify
from albumen.accounts.providers import Provider
from albumen.albums import api as albums
from albumen.app import App
from albumen.assets import api as assets
from albumen.assets.exports import downloads
from albumen.assets.stripped import sending
from albumen.assets.timelines import listings
from albumen.events import api as events
from albumen.events import fetching, guests, queries
from albumen.http import admission, health, listening, openapi, problems
from albumen.http.attempts import Attempts
from albumen.http.auth import Credentials, check_same_origin, credentials
from albumen.http.deadlines import BodyDeadline
from albumen.http.drains import Drain
from albumen.http.front import Front
from albumen.http.guest_tokens import shown_token
from albumen.http.idempotency import Idempotency
from albumen.http.late import include
from albumen.http.leaving import Leaving
from albumen.http.limits import BodyLimit, ConnectionLimit
from albumen.http.links import media_app
from albumen.http.metrics import Metrics
from albumen.http.proxies import TrustedProxies
from albumen.http.tus_door import TusDoor
from albumen.http.zips import Bundle, zip_app
from albumen.kernel.actor import SYSTEM, Actor
from albumen.libraries import api as libraries
from albumen.operations import api as operations
from albumen.operations.gauges import House
from albumen.vault import api as vault
from albumen.web import pages

V1 = "/v1"
LOOPBACK = frozenset({"127.0.0.1", "::1"})
RECEIVING: Mapping[str, Sequence[str]] = {
    "POST": (
        "/upload",
        "/upload/",
        f"{V1}/upload",
        f"{V1}/upload/",
        f"{V1}/uploads",
        f"{V1}/libraries/{{library_id}}/folders/{{folder_id}}/files",
        f"{V1}/libraries/{{library_id}}/files/{{file_id}}/versions",
        f"{V1}/events/{{event_id}}/files",
        f"{V1}/access/files",
        "/library/upload",
        "/library/p/{file_id}/versions",
        "/events/{event_id}/upload",
        "/e/{user}/{word}/add",
    ),
    "PATCH": (f"{V1}/uploads/{{upload_id}}",),
    "PUT": (f"{V1}/vaults/{{vault_id}}/blobs/{{signature}}",),
}
"""The routes that stream their bodies; on all others a body is held in memory, and so is bounded."""
_RECEIVING = {method: [compile_path(path)[0] for path in paths] for method, paths in RECEIVING.items()}


def build(app: App) -> FastAPI:
    """The API and the pages, without the front; for OpenAPI and for tests."""
    api = FastAPI(
        title="Albumen",
        version=__version__,
        openapi_url=f"{V1}/openapi.json",
        docs_url=f"{V1}/docs",
        redoc_url=None,
        redirect_slashes=False,
    )
    api.state.albumen, api.state.identify = app, _identify
    api.state.turns = admission.of_server(app.settings.server.threads, is_sqlite=app.database.is_sqlite)
    api.state.attempts, api.state.senders = Attempts(app.clock), (*events.SENDERS, vault.find_sender)
    chosen = app.settings.oidc
    api.state.provider = Provider(chosen, app.clock) if chosen.issuer else None
    listings.ALBUMS["event"] = queries.album_id_of
    problems.install(api)
    openapi.describe(api)
    include(api, health.routes)
    own = (accounts.routes, *libraries.ROUTES, *assets.ROUTES, albums.routes)
    for routes in (*own, *events.ROUTES, *vault.ROUTES, *operations.ROUTES):
        include(api, routes, V1)
    include(api, libraries.door, listed=False)
    pages.install(api)
    return api


def serve(app: App) -> ASGIApp:
    """Everything a listening server needs: limits and deadlines round the API, and signed links beside it."""
    metrics = Metrics()
    metrics.registry.register(House(app))
    api = build(app)
    guarded = BodyDeadline(
        Drain(Idempotency(BodyLimit(api, _takes_files), app, partial(_recheck, app))),
        window_seconds=app.settings.server.body_seconds,
    )
    media = media_app(app.blobs, app.signer, app.clock, partial(sending.stand_in, app))
    zips = zip_app(app.blobs, app.signer, app.clock, partial(_bundle, app))
    front = Front(TusDoor(guarded, f"{V1}/uploads"), {"media": media, "zip": zips, "metrics": metrics}, metrics)
    limited = ConnectionLimit(front, app.settings.server.connections_per_address, exempt=LOOPBACK)
    proxies = [each.strip() for each in app.settings.server.trusted_proxies.split(",") if each.strip()]
    return TrustedProxies(limited, proxies) if proxies else limited


async def listen(app: App, leave: Callable[[], None] = lambda: None) -> None:
    """Serve until SIGINT or SIGTERM; then say so, and let what is in flight finish within the grace time.

    `leave` is called when it begins; a second signal ends the time in which requests are still taken.
    """
    chosen = app.settings.server
    to_thread.current_default_thread_limiter().total_tokens = chosen.threads
    door = Leaving(serve(app))
    room = listening.make_room(chosen.connections)
    listener = listening.listener(door, chosen.host, chosen.port, connections=room)
    stopping = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopping.set)
    serving, asked = asyncio.ensure_future(listener.serve()), asyncio.ensure_future(stopping.wait())
    await asyncio.wait({serving, asked}, return_when=asyncio.FIRST_COMPLETED)
    door.begin()
    leave()
    if not serving.done():
        stopping.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), chosen.drain_seconds)
    app.works.chimes.close()
    listener.stop()  # type: ignore[no-untyped-call]  # granian leaves this one untyped
    _, late = await asyncio.wait({serving}, timeout=chosen.grace_seconds)
    asked.cancel()
    if late:
        _hush()


def _hush() -> None:
    """Keep quiet about requests that are cut off now: their time was up."""
    logging.getLogger("_granian").handlers[:] = [logging.NullHandler()]
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)


def _bundle(app: App, name: str) -> Bundle:
    """What a link to a ZIP stands for: a user's download, or a guest's."""
    if name.startswith(fetching.GUESTS):
        return fetching.bundle(app, name.removeprefix(fetching.GUESTS))
    return downloads.bundle(app, name)


def _identify(request: Request, shown: Credentials) -> Actor:
    return _check(request.app.state.albumen, request, shown)


def _check(app: App, request: Request, given: Credentials | None = None) -> Actor:
    """Who a request's credentials stand for; a session's unsafe requests must come from our own pages."""
    shown = given or credentials(request)
    actor = identify(app, shown)
    if shown.key is None and shown.session is not None:
        check_same_origin(request, sessions.csrf_token(shown.session))
    return actor


def _recheck(app: App, request: Request) -> None:
    """Refuse who repeats a request with credentials, whosever they are, that have ended since."""
    token = shown_token(request)
    if token and ("authorization" in request.headers or request.url.path.startswith(f"{V1}/access")):
        with app.reading(SYSTEM) as unit:
            guests.resume(unit, token)
    elif vault.shown_token(request):
        vault.holder(app, request)
    else:
        _check(app, request)


def _takes_files(scope: Scope) -> bool:
    """Whether a request is for a route that receives its body by itself, and asks before it does who sends it."""
    return any(path.fullmatch(scope["path"]) for path in _RECEIVING.get(scope["method"], ()))
