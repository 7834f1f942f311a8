"""Where guests add photos, see what became of these, and take them back."""

from fastapi import Request, Response

from albumen.events import contribution_views, contributions, guest_arrivals, guest_uploads, sight
from albumen.events.models import GuestUpload
from albumen.events.queries import Part
from albumen.events.sight import Permission
from albumen.http.deps import TheApp, public_id
from albumen.http.guest_tokens import guest_token
from albumen.libraries.incoming import Body
from albumen.web import galleries, render
from albumen.web.forms import Form
from albumen.web.router import Pages
from albumen.web.visits import Visiting, resume

routes = Pages()


@routes.get("/e/{user}/{word}/add")
def add_page(here: Visiting, request: Request) -> Response:
    """Take a photo, or choose some."""
    sight.require(here.visit, Permission.upload)
    is_moderated = here.visit.event.guest_upload == GuestUpload.moderated
    return render.page(request, "guest/add.html", bar=galleries.bar(here), is_moderated=is_moderated)


@routes.post("/e/{user}/{word}/add")
async def add(app: TheApp, request: Request, user: str, word: str) -> Response:
    """The photos of a plain form: all of them, or none."""
    body = Body(request.stream(), request.headers, "")
    await guest_arrivals.give(app, guest_token(request), body)
    return render.go(f"/e/{user}/{word}/mine")


@routes.get("/e/{user}/{word}/mine")
def mine(app: TheApp, here: Visiting, request: Request, cursor: str = "") -> Response:
    """What this guest has sent, the newest first."""
    coming = [] if cursor else contributions.sending(here.unit, here.visit)
    found = contributions.sent(here.unit, here.visit, Part(100, cursor or None))
    view = contribution_views.of_mine(here.unit, app.signer, here.visit, found, coming)
    return render.page(request, "guest/mine.html", bar=galleries.bar(here), view=view, is_first=not cursor)


@routes.post("/e/{user}/{word}/mine")
def withdraw(app: TheApp, request: Request, form: Form, user: str, word: str) -> Response:
    """Take a photo back."""
    sender = guest_uploads.by_token(app, guest_token(request))
    with app.writing(sender.actor) as unit:
        here = resume(app, unit, guest_token(request), f"{user}/{word}")
        contributions.withdraw(unit, sender.visit(unit), public_id(form.text("file")))
        back = f"{here.base}/mine"
    return render.go(back)
