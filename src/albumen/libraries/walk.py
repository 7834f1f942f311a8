"""A folder on disk, walked: what is there, what lies beside it, and what is passed over."""

import os
import stat
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from albumen.media.sidecars import sidecar_names

_SIDECARS: Final = (".xmp", ".json")
_JUNK: Final = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", "@eadir", "#recycle", "$recycle.bin"})


class Fate(StrEnum):
    """What became of a file that was found; each has exactly one."""

    added = "added"
    present = "already here"
    unsupported = "unsupported"
    failed = "failed"
    sidecar = "sidecar"
    ignored = "ignored"


@dataclass(frozen=True, slots=True)
class Found:
    """A file by its path below the walked folder, with those beside it that may describe it.

    Where `fate` is set there is nothing to read: `reason` says why.
    """

    path: str
    size_bytes: int = 0
    sidecars: tuple[str, ...] = ()
    fate: Fate | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Folder:
    path: str
    is_ignored: bool = False


def walk(root: Path, *, without: Collection[Path] = ()) -> Iterator[Found]:
    """Every file below `root`, lazily; the folders of `without` are not entered.

    Links to folders are not followed.  Files in hidden folders and in those that devices keep for themselves
    are told of as ignored.  No more is held in memory than the folders yet to visit and one folder's sidecars.
    """
    closed = {_identity(each) for each in without if each.is_dir()}
    waiting = [_Folder("")]
    while waiting:
        folder = waiting.pop()
        try:
            if _identity(root / folder.path) in closed:
                yield Found(folder.path, fate=Fate.ignored, reason="The installation's own folder.")
            else:
                yield from _files(root, folder, waiting)
        except OSError as error:
            told = f"This folder cannot be read: {error.strerror}."
            yield Found(folder.path or ".", fate=Fate.failed, reason=told)


def _identity(folder: Path) -> tuple[int, int]:
    facts = folder.stat()
    return facts.st_dev, facts.st_ino


def _files(root: Path, folder: _Folder, waiting: list[_Folder]) -> Iterator[Found]:
    beside = {} if folder.is_ignored else _beside(root / folder.path)
    described: set[str] = set()
    with os.scandir(root / folder.path) as entries:
        for entry in entries:
            path = f"{folder.path}/{entry.name}".lstrip("/")
            is_ignored = folder.is_ignored or _is_passed_over(entry.name)
            if entry.is_dir(follow_symlinks=False):
                waiting.append(_Folder(path, is_ignored))
            elif is_ignored or entry.name not in beside:
                sidecars = tuple(name for name in sidecar_names(entry.name) if name in beside) if beside else ()
                described.update(sidecars)
                yield _found(entry, path, sidecars, is_ignored=is_ignored)
    for name, size_bytes in beside.items():
        # One that describes nothing is looked at like any other file, and found to be none.
        fate = Fate.sidecar if name in described else None
        yield Found(f"{folder.path}/{name}".lstrip("/"), size_bytes, fate=fate)


def _beside(folder: Path) -> dict[str, int]:
    """The files that may be sidecars, with their sizes."""
    found = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.lower().endswith(_SIDECARS) and not _is_passed_over(entry.name):
                facts = _facts(entry)
                if facts and stat.S_ISREG(facts.st_mode):
                    found[entry.name] = facts.st_size
    return found


def _facts(entry: os.DirEntry[str]) -> os.stat_result | None:
    """What the system says of a file, or of what a link leads to; None where that cannot be said."""
    with suppress(OSError):
        return entry.stat()
    return None


def _is_passed_over(name: str) -> bool:
    return name.startswith(".") or name.casefold() in _JUNK


def _found(entry: os.DirEntry[str], path: str, sidecars: tuple[str, ...], *, is_ignored: bool) -> Found:
    if is_ignored:
        return Found(path, fate=Fate.ignored, reason="Hidden, or kept by a device for itself.")
    facts = _facts(entry)
    if facts is None and entry.is_symlink():
        return Found(path, fate=Fate.ignored, reason="A link that leads nowhere.")
    if facts is None:
        return Found(path, fate=Fate.failed, reason="It went away, or cannot be looked at.")
    if stat.S_ISREG(facts.st_mode):
        return Found(path, facts.st_size, sidecars)
    told = "A link to a folder is not followed." if stat.S_ISDIR(facts.st_mode) else "Not a file with content."
    return Found(path, fate=Fate.ignored, reason=told)
