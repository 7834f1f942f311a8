"""Large files that go straight into the server's store, part by part, where the server offers that."""

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BufferedReader
from typing import Any

import httpx2

from albumen_client.errors import ClientError, Conflict, Damaged, Invalid, NotFound, Unreachable
from albumen_client.libraries import V1
from albumen_client.models import DirectPart, DirectUpload
from albumen_client.transport import Call, Transport

AT_ONCE = 4
"""So many parts are sent side by side; each is in memory meanwhile."""
_PATH = f"{V1}/direct-uploads"
_PART_SECONDS = 600.0


def line() -> httpx2.Client:
    """A connection to the store, without a credential: each address brings its own."""
    return httpx2.Client(timeout=httpx2.Timeout(_PART_SECONDS, connect=10))


@dataclass(frozen=True)
class Straight:
    """A file on its way; `tell` is told which upload it is, and how many bytes are there."""

    transport: Transport
    stream: BufferedReader
    size: int
    tell: Callable[[str, int], None]

    def begin(self, name: str, folder: str | None, metadata: dict[str, Any]) -> DirectUpload | None:
        """Announce it; None where the server takes files itself.  Raises Refused, Unreachable."""
        told = {"filename": name, "size": self.size, "metadata": metadata}
        form = told if folder is None else {**told, "folderId": folder}
        try:
            return self.transport.fetch(DirectUpload, Call("POST", _PATH, json=form, once=True))
        except Conflict as error:
            if error.code != "not-direct":
                raise
        except NotFound as error:  # an older server, or no such folder
            if error.code == "not-found":
                raise
        return None

    def look(self, upload_id: str) -> DirectUpload:
        """How it stands.  Raises NotFound, Gone."""
        return self.transport.fetch(DirectUpload, Call("GET", f"{_PATH}/{upload_id}"))

    def finish(self, upload: DirectUpload) -> tuple[str, bytes]:
        """Send what is missing and wait until all was looked at; the file's id, and its SHA-256.

        Raises Refused (in its kinds), Unreachable, and Damaged where what came is not what was sent.
        """
        if upload.size != self.size:
            raise Invalid(409, "size", "The upload was begun with a file of another size.")
        upload = self._send_all(upload)
        self.stream.seek(0)
        sha256 = hashlib.file_digest(self.stream, "sha256").digest()
        if upload.state == "open":
            form = {"sha256": sha256.hex()}
            call = Call("POST", f"{_PATH}/{upload.upload_id}/complete", json=form, once=True)
            upload = self.transport.fetch(DirectUpload, call)
        return self._await(upload), sha256

    def _send_all(self, upload: DirectUpload) -> DirectUpload:
        """Send parts until none is missing; the server says which are."""
        turn, patience = 0, self.transport.patience
        with line() as http, ThreadPoolExecutor(AT_ONCE) as pool:
            while upload.parts:
                errors = list(pool.map(lambda part: self._send(http, part), upload.parts))
                before, upload = upload, self.look(upload.upload_id)
                self.tell(upload.upload_id, self.size - sum(part.size for part in upload.parts))
                turn = 0 if upload.missing < before.missing else turn + 1
                if turn >= patience.tries:
                    raise next(filter(None, errors), None) or Unreachable("The upload does not go on.")
                if turn:
                    patience.rest(turn)
        return upload

    def _send(self, http: httpx2.Client, part: DirectPart) -> ClientError | None:
        """Send a part to the store, which is told nothing of who we are; what went wrong."""
        content = os.pread(self.stream.fileno(), part.size, part.offset)
        try:
            answer = http.put(part.url, content=content)
        except httpx2.RequestError as error:
            return Unreachable(str(error) or type(error).__name__)
        return None if answer.is_success else Unreachable(f"The store answered {answer.status_code}.")

    def _await(self, upload: DirectUpload) -> str:
        turn = 0
        while upload.state == "checking":
            turn = min(turn + 1, 3)
            self.transport.patience.rest(turn)
            upload = self.look(upload.upload_id)
        if upload.file_id is not None:
            return upload.file_id
        code, detail = (upload.failure.code, upload.failure.detail) if upload.failure else ("failed", upload.state)
        if code == "checksum-mismatch":
            raise Damaged("The file was changed while it was uploaded, or damaged on its way.")
        raise Invalid(400, code, detail)
