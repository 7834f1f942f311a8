"""Large blobs on their way to our server: bit by bit, gone on with after whatever breaks them off (tus 1.0)."""

import base64
from collections.abc import Sequence
from typing import BinaryIO

from albumen_client.errors import ClientError, Conflict, Damaged, Unavailable, Unreachable
from albumen_client.libraries import V1
from albumen_client.models import Model
from albumen_client.transport import Call, Transport
from albumen_client.vault.remote import Blob, Report

PIECE_BYTES = 8 << 20
_TUS = {"Tus-Resumable": "1.0.0"}
_BODY = "application/offset+octet-stream"
_PERHAPS = (Unreachable, Unavailable, Conflict)
"""After these an upload may be gone on with from where the server stands."""


class _Begun(Model, frozen=True, kw_only=True):
    upload_id: str
    signature: str
    sha256: str
    size: int


class Pieces:
    """The way of large blobs into one vault."""

    def __init__(self, transport: Transport, vault: str) -> None:
        self.transport, self.vault = transport, vault

    def send(self, blob: Blob, content: BinaryIO, report: Report) -> None:
        """Send what the server has not got yet.  Raises Refused, Unreachable, and Conflict where it is not the one."""
        upload_id = self._begun(blob) or self._announce(blob)
        patience, turn = self.transport.patience, 0
        offset = self._stands(upload_id)
        while offset < blob.size_bytes:
            try:
                offset, turn = self._go_on(upload_id, offset, content), 0
                report(offset)
            except _PERHAPS as error:
                turn += 1
                if turn >= patience.tries or _is_final(error):
                    raise
                patience.rest(turn)
                offset = self._stands(upload_id)

    def _begun(self, blob: Blob) -> str | None:
        """The upload of this very blob that was broken off."""
        call = Call("GET", f"{V1}/vaults/{self.vault}/uploads", {"signature": blob.signature})
        found: Sequence[_Begun] = self.transport.fetch(list[_Begun], call)
        wanted = (blob.sha256, blob.size_bytes)
        return next((each.upload_id for each in found if (each.sha256, each.size) == wanted), None)

    def _announce(self, blob: Blob) -> str:
        told = {"vault": self.vault, "signature": blob.signature, "sha256": blob.sha256}
        pairs = ",".join(f"{name} {base64.b64encode(word.encode()).decode()}" for name, word in told.items())
        headers = {**_TUS, "Upload-Length": str(blob.size_bytes), "Upload-Metadata": pairs}
        answer = self.transport.make(Call("POST", f"{V1}/uploads", headers=headers, once=True))
        upload_id = answer.headers.get("location", "").rpartition("/")[2]
        return upload_id or str(answer.json()["uploadId"])

    def _stands(self, upload_id: str) -> int:
        answer = self.transport.make(Call("HEAD", f"{V1}/uploads/{upload_id}", headers=_TUS))
        return _offset(answer.headers.get("upload-offset", ""))

    def _go_on(self, upload_id: str, offset: int, content: BinaryIO) -> int:
        content.seek(offset)
        headers = {**_TUS, "Upload-Offset": str(offset), "Content-Type": _BODY}
        piece = content.read(PIECE_BYTES)
        if not piece:
            raise Damaged("The file is shorter than it was.")
        call = Call("PATCH", f"{V1}/uploads/{upload_id}", content=piece, headers=headers, seconds=300)
        return _offset(self.transport.make(call).headers.get("upload-offset", ""))


def _offset(told: str) -> int:
    if not told.isdigit():
        raise Damaged("The answer is not one that this client knows.")
    return int(told)


def _is_final(error: ClientError) -> bool:
    return isinstance(error, Conflict) and error.code == "blob-taken"
