"""Files of this machine that are read for an import: photos, and the sidecars that lie beside them."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec

from albumen.kernel.errors import Problem, Unsupported
from albumen.libraries.walk import Found
from albumen.media import sidecars
from albumen.media.facts import Overlay

NO_LINKS = "A link. Links are not followed here."


@contextmanager
def opened(path: Path, *, no_links: bool = False) -> Iterator[BinaryIO]:
    """The file, unbuffered, without waiting for the other end of what turns out to be a pipe.

    With `no_links` the path, itself without links, has none at all.  Raises OSError, and Unsupported where it is not a
    file with content.
    """
    if no_links and path.resolve() != path:
        raise Unsupported(NO_LINKS)
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | (os.O_NOFOLLOW if no_links else 0)
    with os.fdopen(os.open(path, flags), "rb", buffering=0) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise Unsupported("This is not a file with content.")
        yield file


def described(root: Path, found: Found, *, no_links: bool = False) -> tuple[Overlay | None, str]:
    """What the sidecars of a file say, XMP before JSON; and a warning, in a sentence, where one was of no use."""
    told: Overlay | None = None
    warnings = []
    for ending in (".json", ".xmp"):
        name = next((each for each in found.sidecars if each.lower().endswith(ending)), None)
        if name is None:
            continue
        try:
            told = _laid(told, _read((root / found.path).with_name(name), no_links=no_links))
        except (Problem, OSError) as fault:
            reason = fault.detail if isinstance(fault, Problem) else f"It cannot be read: {fault.strerror}"
            warnings.append(f"Its sidecar {printable(name)} was not used. {reason.rstrip('.')}.")
    return told, " ".join(warnings)


def _read(path: Path, *, no_links: bool) -> Overlay:
    with opened(path, no_links=no_links) as file:
        return sidecars.read_sidecar(file.read(sidecars.MAX_BYTES + 1), path.name)


def _laid(below: Overlay | None, above: Overlay) -> Overlay:
    """Two sidecars of one photo as one; what the second says wins."""
    if below is None:
        return above
    said = {name: value for name in Overlay.__struct_fields__ if (value := getattr(above, name)) is not None}
    if above.latitude is not None:
        said["altitude"] = above.altitude
    return msgspec.structs.replace(below, **said | {"groups": {**below.groups, **above.groups}})


def printable(path: str) -> str:
    """A path from the disk as text that can be written anywhere; bytes that are no text show as `�`."""
    return os.fsencode(path).decode(errors="replace")
