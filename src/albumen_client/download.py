"""Downloads: streamed to a file, gone on with where they broke off, and checked before they get their name."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from albumen_client.errors import Damaged, Unavailable, Unreachable
from albumen_client.files import of_file
from albumen_client.libraries import Room, of_library
from albumen_client.models import File
from albumen_client.signatures import signature_of

PART = ".albumen-part"
"""What a file is called at the end while it comes."""
_BLOCK_BYTES = 1 << 20
_NAME_BYTES = 200
"""As much of a name as leaves room for the ending."""


@dataclass(frozen=True)
class Source:
    """Where bytes come from; size and signature are checked where they are known."""

    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    size_bytes: int | None = None
    signature: str | None = None


class Downloads(Room):
    """Bringing photos home."""

    def download(self, file: File, to: Path) -> None:
        """Put a file's original at `to`, whole and checked.  Raises Refused, Unreachable, Damaged."""
        self.fetch_to(source_of(file), to)

    def download_version(self, file: File, number: int, to: Path) -> None:
        """The same for an earlier content."""
        path = f"{of_file(file.library_id, file.file_id)}/versions/{number}/contents"
        self.fetch_to(Source(path, {"attachment": "true"}), to)

    def download_export(self, library_id: str, job_id: str, to: Path) -> None:
        """The archive of an export that has ended well."""
        self.fetch_to(Source(f"{of_library(library_id)}/exports/{job_id}", {"attachment": "true"}), to)

    def fetch_to(self, source: Source, to: Path) -> None:
        """Put bytes at `to`, through a file of another name beside it."""
        part = to.with_name(f"{os.fsencode(to.name)[:_NAME_BYTES].decode(errors='ignore')}{PART}")
        patience = self.transport.patience
        for turn in range(1, patience.tries + 1):
            try:
                self._fetch(source, part)
                break
            except (Unreachable, Unavailable):
                if turn == patience.tries:
                    raise
                patience.rest(turn)
        _check(source, part)
        part.replace(to)

    def _fetch(self, source: Source, part: Path) -> None:
        """Have all of it in `part`, going on from what is there; a link in its place is not followed."""
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644), "r+b") as file:
            start = file.seek(0, os.SEEK_END) if source.signature else 0
            if start and start == source.size_bytes:
                return
            headers = {"Accept-Encoding": "identity", **_from(start, source)}
            with self.transport.stream(source.path, headers, source.params) as answer:
                file.seek(start if answer.status_code == 206 else 0)
                file.truncate()
                if answer.status_code == 416:
                    raise Unreachable("The part that was here was of no use.")
                for block in answer.iter_raw(_BLOCK_BYTES):
                    file.write(block)
            file.flush()
            os.fsync(file.fileno())


def source_of(file: File) -> Source:
    """Where the original of a file comes from."""
    path = f"{of_file(file.library_id, file.file_id)}/contents"
    return Source(path, {"attachment": "true"}, file.file_size, file.signature)


def _from(start: int, source: Source) -> dict[str, str]:
    return {"Range": f"bytes={start}-", "If-Range": f'"{source.signature}"'} if start else {}


def _check(source: Source, part: Path) -> None:
    """Raises Damaged, and forgets the bytes, where they are not those that were wanted."""
    size_bytes = part.stat().st_size
    is_whole = source.size_bytes in (None, size_bytes)
    if not is_whole or (source.signature is not None and signature_of(part) != source.signature):
        part.unlink()
        raise Damaged("What came is not what the server says it has.")
