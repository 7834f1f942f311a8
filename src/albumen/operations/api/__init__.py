"""The doors of operations: of the image server, of the whole service, and on many files at once."""

from albumen.operations.api import leaving, selection, service, tags, takeaways

ROUTES = (service.routes, service.service, selection.routes, tags.routes, leaving.routes, takeaways.routes)
