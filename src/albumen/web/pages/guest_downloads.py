"""Where guests take photos with them: all, their favourites, some, or one part of the event, whole or in pieces."""

from typing import Any, Final

from fastapi import Request, Response
from sqlalchemy import func, select

from albumen.events import downloads, grid, sight
from albumen.events.downloads import Asked
from albumen.events.grid import Wanted
from albumen.events.manifests import Sizes
from albumen.events.queries import Part
from albumen.events.sight import Permission
from albumen.http.deps import TheApp, public_id
from albumen.http.guest_tokens import guest_token
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Invalid
from albumen.libraries.models import File
from albumen.web import galleries, render
from albumen.web.forms import Form, Sent
from albumen.web.router import Pages
from albumen.web.visits import Visiting, resume

routes = Pages()

PART_BYTES: Final = 2_000_000_000
_BATCH: Final = 1000


@routes.get("/e/{user}/{word}/download")
def download_page(here: Visiting, request: Request) -> Response:
    """What there is to take, and how large it is."""
    bar = galleries.bar(here)
    sight.require(here.visit, Permission.download)
    total = select(func.sum(File.size_bytes)).where(sight.shown(here.unit, here.visit))
    values: dict[str, Any] = {
        "bar": bar,
        "sizes": here.visit.accessor.sizes,
        "total": int(here.unit.db.scalar(total) or 0),
    }
    values |= {"sets": grid.sets_seen(here.unit, here.visit), "part": PART_BYTES}
    return render.page(request, "guest/download.html", **values)


@routes.post("/e/{user}/{word}/download")
def download(app: TheApp, request: Request, form: Form, user: str, word: str) -> Response:
    """Send the browser to what was granted, or show it the parts."""
    token = guest_token(request)
    with app.reading(SYSTEM) as unit:
        here = resume(app, unit, token, f"{user}/{word}")
        bar, chosen = galleries.bar(here), _chosen(here, form)
    offer = downloads.offer(app, token, Asked(chosen, _sizes(form), PART_BYTES if form.text("parts") else None))
    if len(offer.parts) == 1:
        return render.go(offer.parts[0].url)
    return render.page(request, "guest/parts.html", bar=bar, offer=offer)


def _chosen(here: Visiting, form: Sent) -> list[int] | None:
    """The photos that a form asks for; None stands for all.  Raises Invalid where there are none."""
    which = form.text("which")
    if which in ("", "all"):
        return None
    if which == "some":
        chosen = [public_id(each) for each in " ".join(form.texts("file")).split()]
    else:
        chosen = _listed(here, Wanted(favorites=True) if which == "favourites" else Wanted(public_id(which)))
    if not chosen:
        raise Invalid("There are no photos among these.")
    return chosen


def _listed(here: Visiting, wanted: Wanted) -> list[int]:
    found: list[int] = []
    cursor: str | None = None
    while True:
        page = grid.page(here.unit, here.visit, wanted, Part(_BATCH, cursor))
        found += [file.id for file in page.items]
        cursor = page.next
        if cursor is None:
            return found


def _sizes(form: Sent) -> Sizes | None:
    told = form.text("sizes")
    return Sizes(told) if told in list(Sizes) else None
