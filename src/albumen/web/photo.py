"""What the page of one photo shows: the picture or film, its neighbours, and the facts in words."""

from dataclasses import dataclass
from datetime import timedelta

from albumen.app import App
from albumen.assets import delivery, metadata
from albumen.kernel import ids
from albumen.libraries import access, edits, queries
from albumen.libraries.models import File, Role
from albumen.media.facts import Facts
from albumen.media.kinds import KINDS
from albumen.unit import Unit
from albumen.web import around, atlas, beside, films, grid, words
from albumen.web.around import Around
from albumen.web.beside import Happened, InAlbum
from albumen.web.grid import Source
from albumen.web.texts import gettext as _


@dataclass(frozen=True)
class Fact:
    """One line of what is known; `note` says where it comes from, `url` leads to more of the kind."""

    name: str
    value: str
    note: str = ""
    url: str = ""


@dataclass(frozen=True)
class Photo:
    """The page of a photo or video."""

    id: str
    title: str
    label: str
    picture: Source | None
    film: str
    stream: str
    motion: str
    is_video: bool
    is_waiting: bool
    failure: str | None
    newer: str
    older: str
    back: Around
    near: list[str]
    description: str
    tags: list[str]
    facts: list[Fact]
    rating: int
    albums: list[InAlbum]
    history: list[Happened]
    is_favourite: bool
    is_archived: bool
    may_change: bool


def photo(app: App, unit: Unit, file: File, told: str = "") -> Photo:
    """All that the page of this file shows; `told` says where it was opened from.  Raises NotFound."""
    content = queries.contents(unit, [file])[file.signature]
    read, original = metadata.facts(unit, file), content.original
    back = around.of(unit, file, told)
    newer, older = back.newer, back.older
    role = access.role_on_file(unit, file)
    return Photo(
        id=ids.encode(file.id),
        title=title(file),
        label=grid.label(file, is_video=original.is_video),
        picture=_picture(app, unit, file),
        film=films.film(app, unit, file) if original.is_video else "",
        stream=films.stream(file, content),
        motion="" if original.is_video else films.motion(app, unit, file),
        is_video=original.is_video,
        is_waiting=content.is_processing,
        failure=original.failure,
        newer=ids.encode(newer.id) if newer else "",
        older=ids.encode(older.id) if older else "",
        back=back,
        near=_near(app, unit, [each for each in (older, newer) if each]),
        description=file.comments or "",
        tags=file.tags,
        facts=facts(file, read),
        rating=file.rating or 0,
        albums=beside.albums(unit, file),
        history=beside.history(unit, file),
        is_favourite=bool(file.favorite),
        is_archived=file.archived,
        may_change=access.is_enough(role, Role.contributor),
    )


def facts(file: File, read: Facts) -> list[Fact]:
    """What is known of a file, in the order it is shown."""
    found = [
        Fact(_("Taken"), *_taken(file, read)),
        Fact(_("Camera"), words.camera(file.camera_make, file.camera_model)),
        Fact(_("Lens"), file.lens or ""),
        Fact(_("Exposure"), words.exposure(read)),
        Fact(_("Length"), words.length(read.duration_seconds) if read.is_video else ""),
        Fact(_("Size"), f"{words.frame(read.width, read.height)} · {words.size(file.size_bytes)}"),
        Fact(_("Place"), _place(file), _named(file), url=_map(file)),
        Fact(_("File"), file.name, _kind(read)),
        Fact(_("Added"), f"{words.plain_day(file.imported_at)}, {words.clock(file.imported_at)} UTC"),
    ]
    return [fact for fact in found if fact.value]


def title(file: File) -> str:
    """What a photo is called: its title, else the day it was taken, else its file."""
    if file.title:
        return file.title
    return words.day(file.taken_local) if file.taken_local else file.name


def _taken(file: File, read: Facts) -> tuple[str, str]:
    if file.taken_local is None or file.taken_at is None:
        return "", ""
    minutes = round((file.taken_local - file.taken_at) / timedelta(minutes=1))
    when = f"{words.plain_day(file.taken_local)}, {file.taken_local:%H:%M:%S}, {words.offset(minutes)}"
    return when, "; ".join(filter(None, (words.source(file.taken_source), _zone(read))))


def _zone(read: Facts) -> str:
    """Where the time zone was learnt from, unless the date brought its own."""
    if read.taken is None or read.taken.offset_minutes is not None:
        return ""
    return _("time zone of the library") if read.latitude is None else _("time zone of the place")


def _place(file: File) -> str:
    if file.latitude is None or file.longitude is None:
        return ""
    height = f", {file.altitude:.0f} m" if file.altitude is not None else ""
    return words.place(file.latitude, file.longitude) + height


def _named(file: File) -> str:
    """`Lisbon, Portugal`, where that is known of the place."""
    return ", ".join(filter(None, (file.city, file.country)))


def _map(file: File) -> str:
    """The map round the place."""
    if file.latitude is None or file.longitude is None:
        return ""
    return atlas.around(file.latitude, file.longitude)


def _kind(read: Facts) -> str:
    name = _("camera raw") + ", " + read.kind.upper() if KINDS[read.kind].family == "raw" else read.kind.upper()
    return f"{name}, {read.video_codec}" if read.video_codec else name


def _picture(app: App, unit: Unit, file: File) -> Source | None:
    """The largest picture there is for a screen."""
    for variant in ("lg", "md", "sm"):
        row = delivery.made(unit, [file], variant).get(file.signature)
        if row is not None:
            return Source(grid.link(app, unit, row), row.width, row.height)
    return None


def _near(app: App, unit: Unit, files: list[File]) -> list[str]:
    """The pictures of the neighbours, which the browser fetches ahead."""
    return [grid.link(app, unit, row) for row in delivery.made(unit, files, "lg").values()]


def favour(unit: Unit, file: File, *, wanted: bool) -> None:
    """Mark a file as a favourite, or no longer.  Raises NotFound, Denied."""
    edits.edit(unit, file, {"favorite": wanted})


def archive(unit: Unit, file: File, *, wanted: bool) -> None:
    """Keep a file out of the timeline, or no longer.  Raises NotFound, Denied."""
    edits.edit(unit, file, {"archived": wanted})


def download_link(app: App, unit: Unit, file: File) -> str:
    """A signed link that saves the original.  Raises NotFound."""
    return films.original_link(app, unit, file, download=True)
