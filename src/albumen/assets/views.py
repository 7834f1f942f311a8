"""How metadata and lists of images look over the API."""

from typing import Any

import msgspec

from albumen.assets.exports import downloads
from albumen.assets.exports.downloads import Offer
from albumen.blobs.links import Signer
from albumen.http.views import Time, View
from albumen.kernel import ids
from albumen.kernel.pages import Page
from albumen.libraries import views
from albumen.libraries.models import File
from albumen.libraries.views import FileView
from albumen.media.facts import Facts
from albumen.unit import Unit


class IdsView(View):
    """A page of ids."""

    ids: list[str]
    next: str | None


class NearView(View):
    """A photo that looks alike; `distance` counts the differing bits of 64."""

    id: str
    distance: int


class MetadataView(View):
    """A file, and everything that was read from it: `facts` settled, `groups` as they stand in it."""

    file: FileView
    facts: dict[str, Any]
    groups: dict[str, dict[str, str]]


class DownloadView(View):
    """A ZIP that can be fetched from `url`, whole or in ranges, until it expires."""

    url: str
    filename: str
    file_count: int
    size_bytes: int
    expires_on: Time


def of_offer(signer: Signer, offer: Offer) -> DownloadView:
    """A download with its signed link."""
    download = offer.download
    return DownloadView(
        url=downloads.link(signer, download),
        filename=download.filename,
        file_count=offer.file_count,
        size_bytes=offer.size_bytes,
        expires_on=download.expires_at,
    )


def of_ids(page: Page[int]) -> IdsView:
    """A page of ids."""
    return IdsView(ids=[ids.encode(each) for each in page.items], next=page.next)


def of_metadata(unit: Unit, file: File, facts: Facts) -> MetadataView:
    """A file with what was read from it."""
    settled = msgspec.to_builtins(facts)
    groups = settled.pop("groups", {})
    return MetadataView(file=views.of_file(unit, file), facts=_camel(settled), groups=groups)


def _camel(values: dict[str, Any]) -> dict[str, Any]:
    return {_camel_name(name): _camel(value) if isinstance(value, dict) else value for name, value in values.items()}


def _camel_name(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
