"""The routes that deliver bytes and metadata, and the image server's `/images`."""

from enum import StrEnum
from typing import Annotated, Any

from fastapi import Query, Response

from albumen.assets import delivery, ingest, metadata, renditions, views
from albumen.assets.delivery import Delivery
from albumen.assets.duplicates import similar
from albumen.assets.films import motion, streams
from albumen.assets.search import everywhere
from albumen.assets.search.language import LONGEST
from albumen.assets.timelines import selections
from albumen.assets.timelines.views import ChosenForm
from albumen.assets.views import DownloadView, IdsView, MetadataView, NearView
from albumen.http.bytes import BlobResponse, Shown
from albumen.http.deps import Caller, Paging, Reading, TheApp, Writing, public_id
from albumen.http.disposition import attachment, inline
from albumen.http.spans import Within
from albumen.http.views import Routes
from albumen.libraries import files
from albumen.libraries.models import File, Role
from albumen.media import convert, hls
from albumen.unit import Unit

routes = Routes(tags=["Files"])
images = Routes(tags=["Cataloguing"])


class Size(StrEnum):
    """The sizes of a thumbnail: at most 320, 640 and 1440 pixels."""

    sm = "sm"
    md = "md"
    lg = "lg"


class ImageForm(StrEnum):
    """The forms of an image."""

    original = "original"
    full_size = "full-size"
    thumbnail = "thumbnail"


Text = Annotated[str, Query(max_length=LONGEST, description="As in a search of a library.")]
_PLAYLIST: dict[str, Any] = {"response_class": Response, "response_model": None}
_VARIANTS = {ImageForm.full_size: (ingest.FULL,), ImageForm.thumbnail: ingest.SIZES}


@routes.serve_bytes("/libraries/{library_id}/files/{file_id}/contents", "The bytes of a file")
def get_contents(unit: Reading, library_id: str, file_id: str, *, attachment: bool = False) -> BlobResponse:
    """What a browser can show; `?attachment=true` gives the original, byte for byte, as a download."""
    file = files.get(unit, public_id(file_id), library_id=public_id(library_id))
    wanted = delivery.original(unit, file) if attachment else delivery.shown(unit, file)
    return served(unit, wanted, download=attachment)


@routes.serve_bytes("/libraries/{library_id}/files/{file_id}/thumbnails/{size}", "A thumbnail")
def get_thumbnail(unit: Reading, library_id: str, file_id: str, size: Size) -> BlobResponse:
    """At most 320, 640 or 1440 pixels a side."""
    file = files.get(unit, public_id(file_id), library_id=public_id(library_id))
    return served(unit, delivery.rendition(unit, file, size))


@routes.serve_bytes("/libraries/{library_id}/files/{file_id}/preview", "The beginning of a film, small and silent")
def get_preview(unit: Reading, library_id: str, file_id: str) -> BlobResponse:
    """Three seconds at most, as MP4."""
    return served(unit, delivery.rendition(unit, _file(unit, library_id, file_id), convert.PREVIEW))


@routes.serve_bytes("/libraries/{library_id}/files/{file_id}/motion", "The moving part of a photo")
def get_motion(unit: Reading, library_id: str, file_id: str) -> BlobResponse:
    """The film of a live or motion photo, as browsers play it."""
    return served(unit, motion.playable(unit, _file(unit, library_id, file_id)))


@routes.get("/libraries/{library_id}/files/{file_id}/hls/master.m3u8", summary="A film as a stream", **_PLAYLIST)
def get_master_playlist(unit: Reading, library_id: str, file_id: str) -> Response:
    """The playlist (HLS) that names the forms of a long film by their size."""
    return _listed(streams.master(unit, _file(unit, library_id, file_id)))


@routes.get("/libraries/{library_id}/files/{file_id}/hls/{side}.m3u8", summary="One form of a stream", **_PLAYLIST)
def get_playlist(unit: Reading, library_id: str, file_id: str, side: int) -> Response:
    """The playlist of the form whose shorter side has 360, 720 or 1080 pixels."""
    return _listed(streams.playlist(unit, _file(unit, library_id, file_id), side))


@routes.serve_bytes("/libraries/{library_id}/files/{file_id}/hls/{side}.mp4", "The bytes of a stream")
def get_stream(unit: Reading, library_id: str, file_id: str, side: int) -> BlobResponse:
    """What the playlist of the same name takes its ranges from."""
    return served(unit, streams.form(unit, _file(unit, library_id, file_id), side))


def _file(unit: Unit, library_id: str, file_id: str) -> File:
    return files.get(unit, public_id(file_id), library_id=public_id(library_id))


def _listed(playlist: str) -> Response:
    headers = {"Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}
    return Response(playlist, headers=headers, media_type=hls.MIME)


@routes.get("/libraries/{library_id}/files/{file_id}/metadata", summary="Everything read from a file")
def get_metadata(unit: Reading, library_id: str, file_id: str) -> MetadataView:
    """By group, as short texts, beside the facts that were settled from them."""
    file = files.get(unit, public_id(file_id), library_id=public_id(library_id))
    return views.of_metadata(unit, file, metadata.facts(unit, file))


@routes.post("/libraries/{library_id}/selection/download", summary="Download many files at once")
def download_selection(app: TheApp, actor: Caller, library_id: str, form: ChosenForm) -> DownloadView:
    """A signed link to a ZIP of the originals: known length, resumable by ranges, good for a day."""
    offer = selections.download(app, actor, public_id(library_id), form.selection())
    return views.of_offer(app.signer, offer)


@images.get("/images", summary="The ids of images, by the time taken and by a search")
def list_images(unit: Reading, page: Paging, within: Within, q: Text = "") -> IdsView:
    """Times are `YYYY-MM-DD[ hh:mm:ss]` on the photo's own clock, or RFC 3339; both ends are included.

    `q` is a search, in all libraries; a page of what it finds may be short, or empty, and yet have a `next`.
    """
    return views.of_ids(everywhere.images(unit, q, within.span(), limit=page.limit, cursor=page.cursor))


@images.get("/images/{image_id}/metadata", summary="Everything read from an image")
def get_image_metadata(unit: Reading, image_id: str) -> MetadataView:
    """By group, as short texts, beside the facts that were settled from them."""
    file = files.get(unit, public_id(image_id))
    return views.of_metadata(unit, file, metadata.facts(unit, file))


@images.get("/images/{image_id}/similar", summary="Images that look alike")
def list_similar(unit: Reading, image_id: str) -> list[NearView]:
    """Nearest first, within the same library."""
    near = similar.similar(unit, files.get(unit, public_id(image_id)))
    return [NearView(id=each, distance=distance) for each, distance in near]


@images.serve_bytes("/images/{image_id}/{form}", "A form of an image")
def get_image(unit: Reading, image_id: str, form: ImageForm) -> BlobResponse:
    """The original as it came, the full-size form, or the thumbnail."""
    file = files.get(unit, public_id(image_id))
    if form is ImageForm.original:
        return served(unit, delivery.original(unit, file))
    return served(unit, delivery.rendition(unit, file, _VARIANTS[form][0]))


@images.delete("/images/{image_id}/{form}", summary="Delete an image or one of its forms", status_code=204)
def delete_image(unit: Writing, image_id: str, form: ImageForm) -> None:
    """A deleted rendition is missing again; deleting the original puts the image into the trash.

    A rendition stays where somebody else shows the same bytes.
    """
    file = files.get(unit, public_id(image_id), least=Role.contributor)
    if form is ImageForm.original:
        files.delete(unit, file)
    else:
        renditions.withdraw(unit, file, _VARIANTS[form])


def served(unit: Unit, wanted: Delivery, *, download: bool = False) -> BlobResponse:
    """The answer that serves a blob; access was checked by whoever made the delivery."""
    disposition = attachment(wanted.name) if download else inline(wanted.name)
    return BlobResponse(unit.blobs, wanted.key, Shown(wanted.etag, wanted.mime, disposition=disposition))
