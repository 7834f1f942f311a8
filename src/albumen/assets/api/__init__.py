"""The doors of what versions show: bytes and metadata, exports, and the image server's `/images`."""

from albumen.assets.api import duplicates, exports, files, pictures, places, search, timeline

ROUTES = (
    *(files.images, files.routes, exports.routes, places.routes, duplicates.routes),
    *(search.routes, timeline.routes, pictures.routes),
)
