"""Calls about albums and exports."""

import time
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from albumen_client.errors import Unavailable
from albumen_client.libraries import Room, of_library
from albumen_client.models import Album, Download, ExportJob, File
from albumen_client.transport import Call

ExportMetadata = Literal["original", "sidecars", "embedded"]
"""What becomes of what users say of their photos."""


def of_album(library_id: str, album_id: str) -> str:
    """The path of an album."""
    return f"{of_library(library_id)}/albums/{album_id}"


class Albums(Room):
    """Albums, as the caller may see them."""

    def albums(self, library_id: str) -> Iterator[Album]:
        """All of them, by name."""
        return self.transport.pages(Album, Call("GET", f"{of_library(library_id)}/albums"))

    def album(self, library_id: str, album_id: str) -> Album:
        """One album."""
        return self.transport.fetch(Album, Call("GET", of_album(library_id, album_id)))

    def create_album(self, library_id: str, name: str, **more: Any) -> Album:
        """Make an album, with `fileIds` or a `query`."""
        form = {"name": name, **more}
        return self.transport.fetch(Album, Call("POST", f"{of_library(library_id)}/albums", json=form, once=True))

    def change_album(self, library_id: str, album_id: str, **changed: Any) -> Album:
        """Change what is given, in the API's names."""
        return self.transport.fetch(Album, Call("PATCH", of_album(library_id, album_id), json=changed))

    def delete_album(self, library_id: str, album_id: str) -> None:
        """Delete it; its files stay."""
        self.transport.make(Call("DELETE", of_album(library_id, album_id)))

    def album_files(self, library_id: str, album_id: str) -> Iterator[File]:
        """The files in it, in its order."""
        return self.transport.pages(File, Call("GET", f"{of_album(library_id, album_id)}/files"), inside="files")

    def add_to_album(self, library_id: str, album_id: str, file_ids: Sequence[str]) -> Album:
        """Put files in."""
        call = Call("POST", f"{of_album(library_id, album_id)}/files", json={"fileIds": list(file_ids)}, once=True)
        return self.transport.fetch(Album, call)

    def remove_from_album(self, library_id: str, album_id: str, file_ids: Sequence[str]) -> None:
        """Take files out."""
        self.transport.make(Call("DELETE", f"{of_album(library_id, album_id)}/files", json={"fileIds": list(file_ids)}))


class Exports(Room):
    """Many files at once."""

    def zip_link(self, library_id: str, file_ids: Sequence[str]) -> Download:
        """A signed link to a ZIP of the originals, good for a day."""
        path = f"{of_library(library_id)}/selection/download"
        return self.transport.fetch(Download, Call("POST", path, json={"fileIds": list(file_ids)}, once=True))

    def export(
        self,
        library_id: str,
        file_ids: Sequence[str],
        filename: str | None = None,
        *,
        metadata: ExportMetadata = "original",
    ) -> ExportJob:
        """Begin an export.  `metadata` is what becomes of what users say of their photos.

        `original` leaves it out, `sidecars` lays an XMP file beside each photo, `embedded` writes it into the copies.
        """
        chosen = {} if metadata == "original" else {"metadata": metadata}
        form = {"fileIds": list(file_ids), **({"filename": filename} if filename else {}), **chosen}
        path = f"{of_library(library_id)}/exportjobs"
        return self.transport.fetch(ExportJob, Call("POST", path, json=form, once=True))

    def export_job(self, library_id: str, job_id: str) -> ExportJob:
        """How far an export is."""
        return self.transport.fetch(ExportJob, Call("GET", f"{of_library(library_id)}/exportjobs/{job_id}"))

    def exports(self, library_id: str) -> Iterator[ExportJob]:
        """The exports that the caller asked for."""
        return self.transport.pages(ExportJob, Call("GET", f"{of_library(library_id)}/exportjobs"), inside="jobs")

    def delete_export(self, library_id: str, job_id: str) -> None:
        """Cancel an export, or delete what it made."""
        self.transport.make(Call("DELETE", f"{of_library(library_id)}/exportjobs/{job_id}"))

    def wait_for_export(self, library_id: str, job_id: str, *, seconds: float = 3600) -> ExportJob:
        """The job once it has ended, well or not.  Raises Unavailable where that takes too long."""
        ends_at, pause = time.monotonic() + seconds, 0.1
        while (job := self.export_job(library_id, job_id)).status in ("pending", "processing"):
            if time.monotonic() > ends_at:
                raise Unavailable(504, "late", "The export takes too long.")
            self.transport.patience.pause(pause)
            pause = min(pause * 2, 5.0)
        return job
