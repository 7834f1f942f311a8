"""The doors of what versions show: bytes and metadata, and the image server's `/images`."""

from albumen.assets.api import files, places, timeline

ROUTES = (files.images, files.routes, places.routes, timeline.routes)
