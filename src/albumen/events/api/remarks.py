"""The routes of what guests write about photos."""

from albumen.events import gallery_views, remarks
from albumen.events.api.events import OfEvent
from albumen.events.api.visiting import GuestReading, GuestWriting
from albumen.events.gallery_views import RemarkForm, RemarksView, RemarkView
from albumen.events.queries import Part
from albumen.http.deps import Paging, Reading, Writing, public_id
from albumen.http.views import Routes

routes = Routes(tags=["Comments"])


@routes.get("/access/files/{file_id}/comments", summary="What was written about a photo")
def list_comments(here: GuestReading, file_id: str) -> RemarksView:
    """By those who came by the same code, the oldest first."""
    found = remarks.about(here.unit, here.visit, public_id(file_id))
    return gallery_views.of_remarks(found, guest_id=here.visit.guest.id)


@routes.post("/access/files/{file_id}/comments", summary="Write about a photo")
def write_comment(here: GuestWriting, file_id: str, form: RemarkForm) -> RemarkView:
    """Where the host wants comments."""
    made = remarks.write(here.unit, here.visit, public_id(file_id), form.text)
    return gallery_views.of_remarks([(made, here.visit.guest)], guest_id=here.visit.guest.id).comments[0]


@routes.delete("/access/comments/{comment_id}", summary="Take back what one wrote", status_code=204)
def withdraw_comment(here: GuestWriting, comment_id: str) -> None:
    """One's own only."""
    remarks.withdraw(here.unit, here.visit, public_id(comment_id))


@routes.get("/events/{event_id}/comments", summary="All comments in an event")
def list_event_comments(unit: Reading, where: OfEvent, page: Paging) -> RemarksView:
    """The newest first.  For contributors of the album and owners."""
    found = remarks.of(unit, where.get(unit), Part(page.limit, page.cursor))
    return gallery_views.of_remarks(found.items, more=found.next)


@routes.delete("/events/{event_id}/comments/{comment_id}", summary="Take a comment away", status_code=204)
def remove_comment(unit: Writing, where: OfEvent, comment_id: str) -> None:
    """Contributors of the album and owners do."""
    remarks.remove(unit, where.get(unit), public_id(comment_id))
