"""The routes of libraries, folders and files, and the cataloguing door."""

from albumen.libraries.api import files, folders, library
from albumen.libraries.api.door import door

ROUTES = (library.routes, folders.routes, files.routes, door)

__all__ = ["ROUTES", "door"]
