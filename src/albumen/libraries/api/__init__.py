"""The routes of libraries, folders and files, and the cataloguing door."""

from albumen.libraries.api import changes, direct, files, folders, library, roles, statistics, trash, uploads, versions
from albumen.libraries.api.door import door

ROUTES = (
    library.routes,
    folders.routes,
    files.routes,
    versions.routes,
    trash.routes,
    statistics.routes,
    changes.routes,
    uploads.routes,
    direct.routes,
    roles.routes,
    door,
)

__all__ = ["ROUTES", "door"]
