"""The pages, each of which declares its own routes."""

from fastapi import Depends, FastAPI

from albumen.http.late import include
from albumen.web import errors
from albumen.web.pages import (
    account,
    admin,
    admin_jobs,
    admin_users,
    album_changes,
    albums,
    choose,
    collections,
    duplicates,
    event_cards,
    event_clock,
    event_codes,
    event_settings,
    event_upload,
    event_watch,
    event_webhooks,
    events,
    folder_changes,
    folders,
    gate,
    guest,
    guest_downloads,
    guest_uploads,
    imports,
    installable,
    library,
    maps,
    more,
    passkeys,
    people,
    photo_changes,
    provider,
    recovery,
    screen,
    search,
    second_factor,
    settings,
    shared,
    signing,
    tags,
    trash,
    upload,
    versions,
    walls,
)
from albumen.web.statics import PREFIX, statics
from albumen.web.texts import speak

_PAGES = (
    signing,
    second_factor,
    passkeys,
    provider,
    recovery,
    account,
    admin,
    admin_users,
    admin_jobs,
    gate,
    guest,
    guest_downloads,
    guest_uploads,
    screen,
    installable,
    more,
    settings,
    upload,
    library,
    photo_changes,
    versions,
    folder_changes,
    folders,
    album_changes,
    albums,
    collections,
    shared,
    imports,
    search,
    maps,
    duplicates,
    tags,
    people,
    trash,
    choose,
    walls,
    event_clock,
    events,
    event_upload,
    event_codes,
    event_watch,
    event_cards,
    event_settings,
    event_webhooks,
)


def install(app: FastAPI) -> None:
    """Let this app serve the pages, their static files, and errors as pages."""
    for pages in _PAGES:
        include(app, pages.routes, dependencies=[Depends(speak)])
    app.mount(PREFIX.rstrip("/"), statics())
    errors.install(app)
