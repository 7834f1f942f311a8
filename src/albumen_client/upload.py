"""Uploads: small files in one request, large ones bit by bit, gone on with after whatever breaks them off."""

import base64
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from albumen_client.direct import Straight
from albumen_client.errors import ClientError, Conflict, Damaged, Invalid, Unavailable, Unreachable
from albumen_client.files import of_file, of_folder
from albumen_client.libraries import V1, Room
from albumen_client.models import File, Metadata, Upload
from albumen_client.signatures import signature, signature_of
from albumen_client.transport import Call

LARGE_BYTES = 32 << 20
"""From this size on a file is sent bit by bit."""
PIECE_BYTES = 16 << 20
DIRECT_BYTES = 64 << 20
"""From this size on a file goes straight into the server's store, where the server offers that."""
_DIRECT = "direct:"
"""What the ids of such uploads begin with, for those who go on with them."""
_BODY = "application/offset+octet-stream"
_PERHAPS = (Unreachable, Unavailable, Conflict)
"""After these an upload may be gone on with from where the server stands."""


@dataclass(frozen=True)
class Progress:
    """How far an upload is; with `upload_id` it can be gone on with, also by another process."""

    sent_bytes: int
    size_bytes: int
    upload_id: str | None = None


@dataclass(frozen=True)
class Wanted:
    """How a file is to be uploaded: into a folder (`library`, `folder`), or without one through the cataloguing door.

    `metadata` are tags as ExifTool names them; `resume` is the id of an upload that was broken off.
    """

    library: str | None = None
    folder: str | None = None
    name: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    progress: Callable[[Progress], None] = lambda progress: None
    resume: str | None = None


class Uploads(Room):
    """Bringing photos in."""

    def upload(self, path: Path, wanted: Wanted | None = None) -> File:
        """Upload a file; the file as the server has it then.

        Raises Refused (in its kinds), Unreachable, and Damaged where the server holds other bytes.
        """
        wanted = wanted or Wanted()
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            if size < LARGE_BYTES and not wanted.metadata and wanted.resume is None:
                return self._whole(stream.read(), wanted.name or path.name, wanted)
            if (file := self._straight(stream, size, wanted.name or path.name, wanted)) is not None:
                return file
            return self._bit_by_bit(stream, size, wanted.name or path.name, wanted)

    def add_version(self, library_id: str, file_id: str, path: Path) -> File:
        """Give a file a new content."""
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").digest()
        call = _bare(f"{of_file(library_id, file_id)}/versions", path, path.name, digest)
        return self.transport.fetch(File, call)

    def _whole(self, content: bytes, name: str, wanted: Wanted) -> File:
        sha256 = hashlib.sha256(content).digest()
        if wanted.library is not None and wanted.folder is not None:
            path = f"{of_folder(wanted.library, wanted.folder)}/files"
            [file] = self.transport.fetch(list[File], _bare(path, content, name, sha256))
        else:
            file = self.transport.fetch(File, _bare(f"{V1}/upload/", content, name, sha256))
        wanted.progress(Progress(len(content), len(content)))
        return file

    def _straight(self, stream: BufferedReader, size: int, name: str, wanted: Wanted) -> File | None:
        """Put a file straight into the store; None where it is to go through the server."""
        known = wanted.resume or ""
        if not known.startswith(_DIRECT) and (known or size < DIRECT_BYTES):
            return None

        def tell(upload_id: str, sent: int) -> None:
            wanted.progress(Progress(sent, size, _DIRECT + upload_id))

        straight = Straight(self.transport, stream, size, tell)
        begun = (
            straight.look(known.removeprefix(_DIRECT))
            if known
            else straight.begin(name, wanted.folder, {**wanted.metadata})
        )
        if begun is None:
            return None
        tell(begun.upload_id, 0)
        file_id, sha256 = straight.finish(begun)
        return self._checked(file_id, signature(sha256))

    def _bit_by_bit(self, stream: BinaryIO, size: int, name: str, wanted: Wanted) -> File:
        upload = self.upload_at(wanted.resume) if wanted.resume else self._announce(size, name, wanted)
        if upload.size != size:
            raise Invalid(409, "size", "The upload was begun with a file of another size.")
        turn = 0
        while upload.file_id is None:
            wanted.progress(Progress(upload.offset, size, upload.upload_id))
            stream.seek(upload.offset)
            before = upload
            upload, error = self._send(upload, stream.read(PIECE_BYTES))
            turn = 0 if upload.offset > before.offset else turn + 1
            if turn >= self.transport.patience.tries:
                raise error or Unavailable(503, "stuck", "The upload does not go on.")
            if turn:
                self.transport.patience.rest(turn)
        wanted.progress(Progress(size, size, upload.upload_id))
        return self._checked(upload.file_id, signature_of(Path(stream.name)))

    def _announce(self, size: int, name: str, wanted: Wanted) -> Upload:
        told = {"filename": name, "folderId": wanted.folder or ""}
        if wanted.metadata:
            told["metadata"] = json.dumps(dict(wanted.metadata))
        pairs = (f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items() if value)
        headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(size), "Upload-Metadata": ",".join(pairs)}
        return self.transport.fetch(Upload, Call("POST", f"{V1}/uploads", headers=headers, once=True))

    def upload_at(self, upload_id: str) -> Upload:
        """Where an upload stands.  Raises NotFound, Gone."""
        return self.transport.fetch(Upload, Call("GET", f"{V1}/uploads/{upload_id}"))

    def give_up_upload(self, upload_id: str) -> None:
        """Have the server forget what has come."""
        if upload_id.startswith(_DIRECT):
            self.transport.make(Call("DELETE", f"{V1}/direct-uploads/{upload_id.removeprefix(_DIRECT)}"))
            return
        headers = {"Tus-Resumable": "1.0.0"}
        self.transport.make(Call("DELETE", f"{V1}/uploads/{upload_id}", headers=headers))

    def _send(self, upload: Upload, piece: bytes) -> tuple[Upload, ClientError | None]:
        """Send a piece; where the upload stands after it, and what went wrong."""
        headers = {
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": str(upload.offset),
            "Content-Type": _BODY,
            "Upload-Checksum": f"sha256 {base64.b64encode(hashlib.sha256(piece).digest()).decode()}",
        }
        try:
            path = f"{V1}/uploads/{upload.upload_id}"
            told = self.transport.make(Call("PATCH", path, content=piece, headers=headers, seconds=600)).headers
        except _PERHAPS as error:
            return self.upload_at(upload.upload_id), error
        offset, file_id = int(told["upload-offset"]), told.get("albumen-file-id")
        return msgspec.structs.replace(upload, offset=offset, file_id=file_id), None

    def _checked(self, file_id: str, sent: str) -> File:
        file = self.transport.fetch(Metadata, Call("GET", f"{V1}/images/{file_id}/metadata")).file
        if sent != file.signature:
            raise Damaged("The file was changed while it was uploaded.")
        return file


def _bare(path: str, content: bytes | Path, name: str, sha256: bytes) -> Call:
    digest = base64.b64encode(sha256).decode()
    headers = {"Content-Type": "application/octet-stream", "Repr-Digest": f"sha-256=:{digest}:"}
    return Call("POST", path, {"name": name}, content=content, headers=headers, seconds=300, once=True)
