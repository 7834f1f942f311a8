"""How a guest asks for a download, and what is answered."""

from typing import Final

from pydantic import Field

from albumen.events.downloads import LEAST_PART_BYTES, Asked, Offer, Offered
from albumen.events.manifests import MOST_FILES, Sizes
from albumen.http.views import Form, Time, View
from albumen.kernel import ids


class DownloadForm(Form):
    """Some photos, or all that the guest sees; in which sizes; and in ZIPs of at most so many bytes, where wanted."""

    file_ids: list[str] | None = Field(None, min_length=1, max_length=MOST_FILES)
    sizes: Sizes | None = None
    part_bytes: int | None = Field(None, ge=LEAST_PART_BYTES)

    def asked(self) -> Asked:
        """What is asked for.  Raises NotFound where an id can be none."""
        file_ids = None if self.file_ids is None else [ids.decode(each) for each in self.file_ids]
        return Asked(file_ids, self.sizes, self.part_bytes, zipped=True)


EVERYTHING: Final = DownloadForm()


class PartView(View):
    """One ZIP: where it is fetched, until when, and how long it is."""

    url: str
    filename: str
    file_count: int
    size_bytes: int
    expires_on: Time


class GuestDownloadView(View):
    """What was granted: one address, or `parts`.  `leftOut` counts files of which nothing can be given (yet)."""

    url: str | None
    filename: str | None
    parts: list[PartView] | None
    file_count: int
    size_bytes: int
    expires_on: Time
    left_out: int


def of_offer(offer: Offer, *, in_parts: bool) -> GuestDownloadView:
    """What a guest is told."""
    first = offer.parts[0]
    return GuestDownloadView(
        url=None if in_parts else first.url,
        filename=None if in_parts else first.filename,
        parts=[_part(each) for each in offer.parts] if in_parts else None,
        file_count=sum(each.file_count for each in offer.parts),
        size_bytes=sum(each.size_bytes for each in offer.parts),
        expires_on=first.expires_at,
        left_out=offer.left_out,
    )


def _part(offered: Offered) -> PartView:
    return PartView(
        url=offered.url,
        filename=offered.filename,
        file_count=offered.file_count,
        size_bytes=offered.size_bytes,
        expires_on=offered.expires_at,
    )
