"""The pages of guests: the photos of an event, one of them, and those that were marked."""

from typing import Annotated, Any

from fastapi import Query, Request, Response

from albumen.events import doings, favorites, gallery_views, grid, neighbours, sight
from albumen.events.doings import Did
from albumen.events.grid import Wanted
from albumen.events.queries import Part
from albumen.http.deps import public_id
from albumen.kernel.errors import Denied
from albumen.libraries.models import File
from albumen.web import galleries, render
from albumen.web.forms import Form
from albumen.web.galleries import Bar
from albumen.web.router import Pages
from albumen.web.visits import Acting, Here, Visiting

routes = Pages()

_PER_PAGE = 60
SetId = Annotated[str, Query(alias="set")]


@routes.get("/e/{user}/{word}/photos")
def photos(here: Visiting, request: Request, which: SetId = "", cursor: str = "", choose: str = "") -> Response:
    """What the guest sees, a page at a time; more come by themselves where a module runs."""
    bar = galleries.bar(here)
    if "view" not in bar.may:
        return render.go(f"{here.base}/add" if "upload" in bar.may else here.base)
    if not sight.is_revealed(here.unit, here.visit):
        return render.page(request, "guest/later.html", bar=bar, reveal=here.visit.event.reveal_at)
    values = _page(here, bar, Wanted(public_id(which) if which else None), cursor)
    values |= {"sets": grid.sets_seen(here.unit, here.visit), "chosen": which, "is_first": not cursor}
    values["choosing"] = choose == "1"
    values["cover"] = _cover(here) if not cursor and not which else None
    return render.page(request, "guest/photos.html", **values)


def _page(here: Here, bar: Bar, wanted: Wanted, cursor: str) -> dict[str, Any]:
    found = grid.page(here.unit, here.visit, wanted, Part(_PER_PAGE, cursor or None))
    return {"bar": bar, "tiles": galleries.tiles(here, found.items), "more": found.next or ""}


def _cover(here: Here) -> galleries.Tile | None:
    file = grid.cover(here.unit, here.visit)
    return galleries.tiles(here, [file])[0] if file is not None else None


@routes.get("/e/{user}/{word}/favourites")
def favourites(here: Visiting, request: Request, cursor: str = "") -> Response:
    """What this guest marked."""
    bar = galleries.bar(here)
    return render.page(request, "guest/favourites.html", **_page(here, bar, Wanted(favorites=True), cursor))


@routes.get("/e/{user}/{word}/photos/{file_id}")
def photo(here: Acting, request: Request, file_id: str) -> Response:
    """One photo, large."""
    file = sight.file(here.unit, here.visit, public_id(file_id))
    doings.note(here.unit, here.visit, Did.view, file.id)
    return render.page(request, "guest/photo.html", bar=galleries.bar(here), **_one(here, file))


def _one(here: Here, file: File) -> dict[str, Any]:
    [view] = gallery_views.of_files(here.unit, here.app, here.visit, [file])
    before, after = neighbours.beside(here.unit, here.visit, file)
    return {"view": view, "label": galleries.label(view), "before": before, "after": after}


@routes.post("/e/{user}/{word}/hearts")
def heart(here: Acting, form: Form) -> Response:
    """Mark a photo, or take that back, and go back to where it was."""
    if "favorite" not in galleries.bar(here).may:
        raise Denied("This code does not allow to mark photos.")
    word = form.text("file")
    deed = favorites.mark if form.text("on") == "1" else favorites.unmark
    deed(here.unit, here.visit, public_id(word))
    back = {"photo": f"/photos/{word}", "favourites": "/favourites"}.get(form.text("back"), f"/photos#p-{word}")
    return render.go(here.base + back)
