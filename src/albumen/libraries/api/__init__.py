"""The routes of libraries, folders and files, and the cataloguing door."""

from albumen.libraries.api import changes, files, folders, library, roles
from albumen.libraries.api.door import door

ROUTES = (library.routes, folders.routes, files.routes, changes.routes, roles.routes, door)

__all__ = ["ROUTES", "door"]
