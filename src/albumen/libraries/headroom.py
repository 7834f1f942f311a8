"""Spools for what comes in: while they fill, the disk keeps its reserve, whatever was announced or not."""

from functools import cache, partial
from pathlib import Path
from threading import Lock

from albumen.app import App
from albumen.blobs.port import Spool
from albumen.libraries import uploads

STRETCH_BYTES = 16 << 20
"""How much may come, in all uploads of a process together, until the disk is asked again."""


def spool(app: App) -> Spool:
    """An empty spool whose `write` raises OverQuota before the reserve is touched."""
    return watch(app, app.blobs.spool())


def watch[Watched: Spool](app: App, spool: Watched) -> Watched:
    """The spool itself, which is from now on such a one."""
    spool.allow = partial(_grant(app.settings.store_folder).take, app)
    return spool


@cache
def _grant(_folder: Path) -> "_Grant":
    """One for each disk, which a process has one of."""
    return _Grant()


class _Grant:
    """What may still be written before the disk is asked again; many small uploads share it as one large one."""

    def __init__(self) -> None:
        self._lock, self._left_bytes = Lock(), 0

    def take(self, app: App, size_bytes: int) -> None:
        """Count bytes that are about to be written.  Raises OverQuota where the disk has no room for them."""
        with self._lock:
            if self._left_bytes < size_bytes:
                self._left_bytes = _granted(app, size_bytes)
            self._left_bytes -= size_bytes


def _granted(app: App, size_bytes: int) -> int:
    most = max(size_bytes, STRETCH_BYTES)
    left = uploads.left_bytes(app)
    if left is not None and left < size_bytes:
        raise uploads.nearly_full()
    return most if left is None else min(left, most)
