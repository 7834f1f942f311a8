"""How gifts look over the API: to the guests who gave them, and to those who decide about them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from pydantic import Field
from sqlalchemy import select

from albumen.blobs.links import Grant, Signer, rounded_expiry
from albumen.events import links, sight
from albumen.events.called import told
from albumen.events.contributions import Given, State
from albumen.events.gallery_views import ThumbnailsView
from albumen.events.guest_models import Contribution
from albumen.events.links import THUMBNAILS
from albumen.events.moderation import Gift
from albumen.events.sight import Permission
from albumen.events.visits import Visit
from albumen.http.views import Form, Time, View
from albumen.kernel import ids
from albumen.kernel.errors import Invalid
from albumen.kernel.pages import Page
from albumen.libraries.models import File, Original, Rendition, Resumable
from albumen.unit import Unit

_small = select(Rendition).where(Rendition.variant.in_(THUMBNAILS))
_LINK_LIFE = timedelta(minutes=30)
SENDING = "sending"


class MyUploadView(View):
    """What a guest has sent, or is sending (with `uploadId` and `offset`); `state` says what became of it."""

    state: str
    name: str
    file_size: int
    file_id: str | None = None
    upload_id: str | None = None
    offset: int | None = None
    sent_on: Time | None = None
    duplicate: bool | None = None
    thumbnails: ThumbnailsView | None = None


class MyUploadsView(View):
    """What a guest has sent, the newest first."""

    uploads: list[MyUploadView]
    next: str | None = None


class GiftView(View):
    """What a guest gave, and what was decided about it."""

    file_id: str
    state: State
    name: str
    mime_type: str
    is_video: bool
    width: int
    height: int
    file_size: int
    sent_on: Time
    decided_on: Time | None
    guest_name: str | None
    accessor_id: str | None
    accessor_label: str | None
    set_id: str | None
    thumbnails: ThumbnailsView


class GiftsView(View):
    """A page of what guests gave, the oldest first."""

    contributions: list[GiftView]
    next: str | None


class DecisionForm(Form):
    """About which gifts somebody decides: these, or all that wait."""

    file_ids: list[str] | None = Field(None, min_length=1, max_length=1000)
    all: bool = False

    def chosen(self) -> list[int] | None:
        """Their ids; None: all that wait.  Raises Invalid, and NotFound where one can be none."""
        if self.all == (self.file_ids is not None):
            raise Invalid("Name fileIds, or all.", errors=[("fileIds", "or all: true")])
        return None if self.file_ids is None else [ids.decode(each) for each in self.file_ids]


class DecidedView(View):
    """How many gifts changed by the decision."""

    decided: int


def of_given(given: Sequence[Given]) -> MyUploadsView:
    """What a guest has just sent."""
    listed = [
        MyUploadView(
            state=each.state,
            name=each.name,
            file_size=each.file.size_bytes,
            file_id=ids.encode(each.file.id),
            duplicate=None if each.is_new else True,
        )
        for each in given
    ]
    return MyUploadsView(uploads=listed)


def of_mine(
    unit: Unit, signer: Signer, visit: Visit, found: Page[tuple[Contribution, File]], coming: Sequence[Resumable]
) -> MyUploadsView:
    """What a guest has sent and is sending; with links to see it, where the code allows to view."""
    files = [file for row, file in found.items if file.deleted_at is None and row.state != State.declined]
    seen = links.of_files(unit, signer, visit, files) if sight.may(visit, Permission.view) else {}
    sent = [_sent(row, file, seen[file.id].thumbnails if file.id in seen else None) for row, file in found.items]
    return MyUploadsView(uploads=[*map(_sending, coming), *sent], next=found.next)


def _sending(row: Resumable) -> MyUploadView:
    return MyUploadView(
        state=SENDING,
        name=row.filename,
        file_size=row.size_bytes,
        upload_id=ids.encode(row.id),
        offset=row.offset_bytes,
        sent_on=row.created_at,
    )


def _sent(row: Contribution, file: File, thumbnails: Mapping[str, str] | None) -> MyUploadView:
    return MyUploadView(
        state=State.declined if file.deleted_at is not None else row.state,
        name=told(file.name, row.sent_as),
        file_size=file.size_bytes,
        file_id=ids.encode(file.id),
        sent_on=row.sent_at,
        thumbnails=None if thumbnails is None else ThumbnailsView(**thumbnails),
    )


def of_gifts(unit: Unit, signer: Signer, found: Page[Gift]) -> GiftsView:
    """A page of gifts, for those who decide about them."""
    seen = _thumbnails(unit, signer, [gift.file for gift in found.items])
    originals = {gift.file.signature: unit.db.get_one(Original, gift.file.signature) for gift in found.items}
    listed = [_gift(gift, originals[gift.file.signature], seen.get(gift.file.signature, {})) for gift in found.items]
    return GiftsView(contributions=listed, next=found.next)


def _gift(gift: Gift, original: Original, seen: Mapping[str, str]) -> GiftView:
    row, file = gift.row, gift.file
    return GiftView(
        file_id=ids.encode(file.id),
        state=State.declined if file.deleted_at is not None else State(row.state),
        name=file.name,
        mime_type=original.mime,
        is_video=original.is_video,
        width=original.width,
        height=original.height,
        file_size=file.size_bytes,
        sent_on=row.sent_at,
        decided_on=row.decided_at,
        guest_name=row.guest_name,
        accessor_id=ids.encode(row.accessor_id) if row.accessor_id is not None else None,
        accessor_label=gift.label,
        set_id=ids.encode(row.set_id) if row.set_id is not None else None,
        thumbnails=ThumbnailsView(**seen),
    )


def _thumbnails(unit: Unit, signer: Signer, files: Sequence[File]) -> dict[str, dict[str, str]]:
    """Signed links to the small forms, by signature: what waits may be seen by those without a role on the library."""
    expires_at = rounded_expiry(unit.now, _LINK_LIFE)
    found: dict[str, dict[str, str]] = {}
    for row in unit.db.scalars(_small.where(Rendition.signature.in_({file.signature for file in files}))):
        grant = Grant(variant=row.variant, signature=row.signature, key=row.key, mime=row.mime, expires_at=expires_at)
        found.setdefault(row.signature, {})[row.variant] = signer.sign(grant)
    return found
