"""The little of makers' own notes that is needed: Apple's identifier of a live photo, Canon's name of the lens."""

import io
from typing import Final

from albumen.media import tiff
from albumen.media.facts import Overlay, decode, line

NOTE: Final = 37500
APPLE: Final = b"Apple iOS\0\0\x01"
APPLE_IDENTIFIER: Final = 17
CANON_LENS: Final = 0x95


def read(window: tiff.Window, how: tiff.Layout, photo: tiff.Directory, make: str | None) -> Overlay:
    """What the note in the exposure's directory says, if its maker is one of those."""
    note = photo.blob(NOTE)
    if note.startswith(APPLE):
        return _named(content_identifier=_apple(note))
    if note and (make or "").lower().startswith("canon"):
        # Canon's note has no head, and counts its offsets from the start of the whole block.
        lens = tiff.directory(window, how, photo.offsets[NOTE]).blob(CANON_LENS)
        return _named(lens=line(decode(lens), 256))
    return Overlay()


def _apple(note: bytes) -> str | None:
    """The head ends in the byte order; offsets count from the note's start, and the directory is at 14."""
    order = {b"MM": ">", b"II": "<"}.get(note[12:14])
    if order is None:
        return None
    found = tiff.directory(tiff.Window(io.BytesIO(note)), tiff.Layout(order, big=False, first=14), 14)
    return line(decode(found.blob(APPLE_IDENTIFIER)), 100)


def _named(*, lens: str | None = None, content_identifier: str | None = None) -> Overlay:
    shown = {"LensModel": lens, "ContentIdentifier": content_identifier}
    values = {name: text for name, text in shown.items() if text}
    return Overlay(lens=lens, content_identifier=content_identifier, groups={"MakerNote": values} if values else {})
