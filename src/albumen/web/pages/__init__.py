"""The pages, each of which declares its own routes."""

from fastapi import FastAPI

from albumen.web import errors
from albumen.web.pages import library, settings, signing, upload
from albumen.web.statics import PREFIX, statics


def install(app: FastAPI) -> None:
    """Let this app serve the pages, their static files, and errors as pages."""
    for pages in (signing, settings, upload, library):
        app.include_router(pages.routes)
    app.mount(PREFIX.rstrip("/"), statics())
    errors.install(app)
