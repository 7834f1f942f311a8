"""The job that makes an export: settles who may still see what, streams it into a ZIP, and keeps that.

Harmless to repeat, also twice at once: each try begins anew and keeps its own bytes, the first to end is told of, and
what a try that was cut off has left goes with the sweep.
"""

import os
import secrets
import time
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import select, update

from albumen.app import App
from albumen.assets.exports import packing
from albumen.assets.exports.archives import Archive
from albumen.assets.exports.exports import OPEN, Metadata, Stage
from albumen.assets.exports.packing import Copy, Packing, Piece
from albumen.assets.models import Export
from albumen.blobs.port import Spool
from albumen.http.manifest import Member
from albumen.jobs.registry import Task
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM, Actor
from albumen.kernel.clock import iso
from albumen.kernel.errors import Conflict, NotFound, OverQuota, Problem, Unavailable
from albumen.libraries import uploads
from albumen.media import xmp_writing
from albumen.media.guard import EMBEDDING

_REPORT_SECONDS = 0.4
_BLOCK_BYTES = 1 << 20


def run(app: App, task: Task) -> None:
    """Make an export, unless it was called off.  Raises what reading and storing raise, and Cancelled."""
    export = _taken_up(app, ids.decode(task.subject))
    if export is None or export.created_by is None:
        return
    with app.reading(Actor(export.created_by)) as unit:
        packing_list = packing.settle(unit, export)
    try:
        uploads.check_space(app, packing_list.size_bytes)
        with app.blobs.spool() as spool:
            packed = _Export(app, export, _Meter(task, packing_list.size_bytes)).fill(spool, packing_list)
            _keep(app, export, spool, packed)
    except OverQuota as full:  # waiting for room would keep its asker in the dark
        raise Conflict(full.detail) from full


def fail(app: App, task: Task, reason: str) -> None:
    """Say why an export could not be made."""
    with app.writing(SYSTEM) as unit:
        ending = {"state": Stage.failed, "error": reason, "updated_at": unit.now, "expires_at": _end(app)}
        wanted = update(Export).where(Export.id == ids.decode(task.subject), Export.state.in_(OPEN))
        unit.db.execute(wanted.values(ending))


def _end(app: App) -> datetime:
    return app.clock() + timedelta(days=app.settings.libraries.export_days)


def _taken_up(app: App, export_id: int) -> Export | None:
    with app.writing(SYSTEM) as unit:
        export = unit.db.get(Export, export_id)
        if export is None or export.state not in OPEN:
            return None
        export.state, export.updated_at = Stage.processing, unit.now
        return export


def _keep(app: App, export: Export, spool: Spool, packed: Set[int]) -> None:
    """Bytes before row, under a key of this try alone: of two at once, neither can take away what the other has noted.

    Where the other was quicker, or the export was called off meanwhile, the bytes go again.  The row names the files
    that went in, by which it is known later who may have them.
    """
    key, size_bytes = f"export/{ids.encode(export.id)}-{secrets.token_hex(4)}.zip", spool.size_bytes
    app.blobs.put(key, spool)
    with app.writing(SYSTEM) as unit:
        ending = {"state": Stage.success, "key": key, "size_bytes": size_bytes, "expires_at": _end(app)}
        waiting = update(Export).where(Export.id == export.id, Export.state == Stage.processing)
        named = [each for each in export.file_ids if ids.decode(each) in packed]
        unit.db.execute(waiting.values({**ending, "file_ids": named, "updated_at": unit.now}))
        is_kept = unit.db.scalar(select(Export.key).where(Export.id == export.id)) == key
    if not is_kept:
        app.blobs.delete(key)


@dataclass
class _Meter:
    """Tells how far the job is, a few times a second; by this a cancelled one is noticed, too."""

    task: Task
    total: int
    done: int = 0
    told_at: float = 0.0

    def add(self, size_bytes: int) -> None:
        """So many bytes more are written.  Raises Cancelled."""
        self.done += size_bytes
        if time.monotonic() - self.told_at >= _REPORT_SECONDS:
            self.told_at = time.monotonic()
            self.task.progress(min(1.0, self.done / max(1, self.total)))


@dataclass
class _Export:
    """One ZIP in the making: what is in it so far, as its `manifest.json` and `SHA256SUMS` will tell."""

    app: App
    export: Export
    meter: _Meter
    files: list[dict[str, Any]] = field(default_factory=list)
    sums: list[str] = field(default_factory=list)

    def fill(self, spool: Spool, packing_list: Packing) -> set[int]:
        """Write everything into the spool.  Raises Cancelled, OverQuota, Unavailable.

        Answers the files that are in it, be it by their moving part alone.
        """
        archive, packed = Archive(spool), set[int]()
        missing = list(packing_list.missing)
        for copy in packing_list.copies:
            try:
                self._add(archive, copy)
                packed.add(copy.piece.part_of or copy.piece.file_id)
            except NotFound:
                missing.append(copy.piece.file_id)
        told = {
            "exportedOn": iso(self.export.created_at),
            "metadata": self.export.metadata_mode,
            "files": self.files,
            "missing": [ids.encode(each) for each in missing],
        }
        self._text(archive, packing.MANIFEST, msgspec.json.format(msgspec.json.encode(told), indent=1))
        self._text(archive, packing.SUMS, "".join(self.sums).encode())
        archive.close()
        return packed

    def _add(self, archive: Archive, copy: Copy) -> None:
        """Add one file.  Raises NotFound, before anything is written, where its bytes are gone."""
        piece = copy.piece
        if self.app.blobs.stat(piece.key).size_bytes != piece.size_bytes:
            raise NotFound("The stored bytes are damaged.")
        mode = self.export.metadata_mode
        is_labelled = mode == Metadata.sidecars and not piece.part_of
        if mode == Metadata.embedded and piece.corrected:
            is_labelled = not self._embedded(archive, copy)
            if not is_labelled:
                return
        is_whole = archive.add(self._member(copy, piece.size_bytes, piece.crc32), self._blocks(piece))
        self._note(copy, piece.size_bytes, ids.digest(piece.signature).hex(), {} if is_whole else {"isDamaged": True})
        if is_labelled:
            self.files[-1]["sidecar"] = copy.sidecar
            self._text(archive, copy.sidecar, xmp_writing.packet(piece.label))

    def _embedded(self, archive: Archive, copy: Copy) -> bool:
        """Add a copy into which the user's corrections are written; False where the file does not allow that."""
        piece = copy.piece
        if piece.kind not in EMBEDDING:
            return False
        with self.app.blobs.spool() as spool:
            try:
                with self.app.blobs.local(piece.key) as original:
                    self.app.guard.embed(original, piece.label, piece.corrected, spool.fileno())
            except (Unavailable, NotFound, OverQuota):
                raise
            except Problem:  # a sidecar says it then
                return False
            spool.adopt()
            archive.add(self._member(copy, spool.size_bytes, spool.crc32), _read(spool))
            self._note(copy, spool.size_bytes, spool.digest.hex(), {"isEmbedded": True})
        self.meter.add(piece.size_bytes)
        return True

    def _blocks(self, piece: Piece) -> Iterator[bytes]:
        for block in self.app.blobs.read(piece.key, block_bytes=_BLOCK_BYTES):
            self.meter.add(len(block))
            yield block

    def _member(self, copy: Copy, size_bytes: int, crc32: int) -> Member:
        return Member(copy.name, copy.piece.key, size_bytes, crc32, copy.piece.moment)

    def _note(self, copy: Copy, size_bytes: int, sha256: str, more: dict[str, Any]) -> None:
        piece = copy.piece
        told: dict[str, Any] = {"name": copy.name, "fileId": ids.encode(piece.file_id)}
        told |= {"size": size_bytes, "sha256": sha256, **more}
        if piece.taken_at is not None:
            told["takenOn"] = iso(piece.taken_at)
        if piece.part_of is not None:
            told["partOf"] = ids.encode(piece.part_of)
        self.files.append(told)
        self.sums.append(f"{sha256}  {copy.name}\n")

    def _text(self, archive: Archive, name: str, text: bytes) -> None:
        """Add something written for the export."""
        member, sha256 = packing.text_member(name, text, self.export.created_at)
        archive.add(member, [text])
        self.sums.append(f"{sha256}  {name}\n")


def _read(spool: Spool) -> Iterator[bytes]:
    at = 0
    while block := os.pread(spool.fileno(), _BLOCK_BYTES, at):
        at += len(block)
        yield block
