"""Keeping one of several duplicates: what was said of the others moves to it, they go to the trash; and back."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select

from albumen.assets.models import Dismissal, Resolution
from albumen.changes import feed
from albumen.changes.feed import Happening, Thing
from albumen.db.statements import insert_for, table_of
from albumen.kernel import ids
from albumen.kernel.errors import Gone, Invalid, NotFound
from albumen.libraries import access, edits, files, names, trash
from albumen.libraries.models import Album, AlbumItem, File, Original, Role
from albumen.unit import Unit

_items = table_of(AlbumItem)
TAKEN_OVER: list[Callable[[Unit, File, Sequence[File]], None]] = []
"""What rooms above do when a file is kept in the place of others, before those go to the trash."""


def resolve(unit: Unit, library_id: int, keep_id: int, drop_ids: Sequence[int]) -> Resolution:
    """Keep one file with the tags, comments, best rating and albums of all, and put the others into the trash.

    Contributors do.  Raises NotFound (and changes nothing), Denied, Invalid.
    """
    kept = files.get(unit, keep_id, library_id=library_id, least=Role.contributor)
    dropped = [files.get(unit, each, library_id=library_id, least=Role.contributor) for each in dict.fromkeys(drop_ids)]
    if kept in dropped or any(each.part_of is not None for each in (kept, *dropped)):
        raise Invalid("The file to keep is not among those to drop.", errors=[("drop", "the one to keep, or a part")])
    told = _gathered(kept, dropped)
    before = {name: getattr(kept, name) for name in told}
    corrected = list(kept.corrected)
    albums = [_inherit(unit, album, kept, dropped) for album in _albums(unit, kept, dropped)]
    edits.edit(unit, kept, told)
    for hand_over in TAKEN_OVER:
        hand_over(unit, kept, dropped)
    for each in dropped:
        files.delete(unit, each)
    after = {name: getattr(kept, name) for name in told}
    undo = {"before": before, "after": after, "corrected": corrected, "albums": albums}
    made = Resolution(
        id=ids.new_id(),
        library_id=library_id,
        user_id=unit.actor.user_id,
        kept_id=kept.id,
        dropped_ids=[ids.encode(each.id) for each in dropped],
        undo=undo,
        created_at=unit.now,
    )
    unit.db.add(made)
    return made


def _gathered(kept: File, dropped: Sequence[File]) -> dict[str, Any]:
    """What the kept file is to say that it does not say yet."""
    every = (kept, *dropped)
    tags = {names.fold(tag): tag for each in reversed(every) for tag in each.tags}
    in_order = [tags[fold] for fold in dict.fromkeys(names.fold(tag) for each in every for tag in each.tags)]
    told = {
        "tags": in_order[: edits.MOST_TAGS],
        "rating": max((each.rating for each in every if each.rating is not None), default=None),
        "title": next((each.title for each in every if each.title), None),
        "comments": "\n\n".join(dict.fromkeys(each.comments for each in every if each.comments)) or None,
        "favorite": any(each.favorite for each in every),
        "archived": all(each.archived for each in every),
    }
    return {name: value for name, value in told.items() if value != getattr(kept, name)}


def _albums(unit: Unit, kept: File, dropped: Sequence[File]) -> list[Album]:
    """The albums that the kept file takes over.

    Those that the actor may change, and those that show the same picture: nobody sees more by it.
    """
    held = select(AlbumItem.album_id).where(AlbumItem.file_id.in_([each.id for each in dropped]))
    found = unit.db.scalars(select(Album).where(Album.id.in_(held)).order_by(Album.id)).all()
    same = {each.id for each in dropped if _is_same(unit, kept, each)}
    shows = set(unit.db.scalars(select(AlbumItem.album_id).where(AlbumItem.file_id.in_(same))))
    strong = (access.is_enough(access.role_on_album(unit, each), Role.contributor) for each in found)
    return [album for album, may in zip(found, strong, strict=True) if may or album.id in shows]


def _is_same(unit: Unit, one: File, other: File) -> bool:
    mine, theirs = (unit.db.get_one(Original, each.signature).pixel_hash for each in (one, other))
    return one.signature == other.signature or (bool(mine) and mine == theirs)


def _inherit(unit: Unit, album: Album, kept: File, dropped: Sequence[File]) -> dict[str, Any]:
    """Put the kept file where the first of the dropped ones is, and say what that changed."""
    theirs = [each.id for each in dropped]
    in_album = _items.c.album_id == album.id
    place = unit.db.scalar(select(func.min(_items.c.position)).where(in_album, _items.c.file_id.in_(theirs)))
    row = {"album_id": album.id, "file_id": kept.id, "position": place}
    row |= {"added_by": unit.actor.user_id, "added_at": unit.now}
    added = insert_for(unit.db)(_items).on_conflict_do_nothing().returning(_items.c.file_id)
    is_new = unit.db.execute(added, row).first() is not None
    cover = album.cover_file_id
    if cover in theirs:
        album.cover_file_id = kept.id
    _changed(unit, album)
    return {"album": album.id, "added": is_new, "cover": cover if cover in theirs else None}


def _changed(unit: Unit, album: Album) -> None:
    album.modified_at = unit.now
    unit.db.flush()
    feed.record(unit, album.library_id, Happening(Thing.album), [album.id])


def undo(unit: Unit, library_id: int, undo_id: int, lasts: timedelta) -> File:
    """Take a resolution back: the dropped files, and what the kept one said before, where nobody changed it since.

    Whoever resolved does.  Raises NotFound, Denied, and Gone where it is too late.
    """
    made = unit.db.get(Resolution, undo_id)
    if made is None or (made.library_id, made.user_id) != (library_id, unit.actor.user_id):
        raise NotFound("There is nothing to undo by this id.")
    if made.created_at < unit.now - lasts:
        raise Gone("It is too late to undo this.")
    kept = files.get(unit, made.kept_id, library_id=library_id, least=Role.contributor)
    _restore(unit, library_id, [ids.decode(each) for each in made.dropped_ids])
    before, after, first = made.undo["before"], made.undo["after"], made.undo["corrected"]
    untouched = {name: value for name, value in before.items() if getattr(kept, name) == after[name]}
    edits.edit(unit, kept, untouched)
    kept.corrected = [name for name in kept.corrected if name in first or name not in untouched]
    for each in made.undo["albums"]:
        _disinherit(unit, kept, each)
    unit.db.delete(made)
    unit.db.flush()
    return kept


def _restore(unit: Unit, library_id: int, file_ids: Collection[int]) -> None:
    """Bring back those that nobody has brought back since.  Raises NotFound, Denied, Gone."""
    there = {file.id: file for file in unit.db.scalars(select(File).where(File.id.in_(file_ids)))}
    if len(there) != len(file_ids):
        raise Gone("A dropped file was purged.")
    trash.restore(unit, library_id, [file.id for file in there.values() if file.deleted_at is not None])


def _disinherit(unit: Unit, kept: File, change: dict[str, Any]) -> None:
    album = unit.db.get(Album, change["album"])
    if album is None:
        return
    if change["added"]:
        unit.db.execute(delete(_items).where(_items.c.album_id == album.id, _items.c.file_id == kept.id))
    if change["cover"] is not None and album.cover_file_id == kept.id:
        album.cover_file_id = change["cover"]
    _changed(unit, album)


def dismiss(unit: Unit, library_id: int, file_ids: Sequence[int]) -> None:
    """Offer these files together no more, in no group that has no other file.  Raises NotFound, Denied, Invalid."""
    chosen = [
        files.get(unit, each, library_id=library_id, least=Role.contributor).id for each in dict.fromkeys(file_ids)
    ]
    if len(chosen) < 2:
        raise Invalid("It takes two files to be no duplicates.", errors=[("fileIds", "fewer than two")])
    told = [str(each) for each in sorted(chosen)]
    unit.db.add(Dismissal(library_id=library_id, file_ids=told, dismissed_by=unit.actor.user_id, created_at=unit.now))


def expire(unit: Unit, before: datetime) -> None:
    """Forget what can no longer be undone."""
    unit.db.execute(delete(Resolution).where(Resolution.created_at < before))
