"""A small tus client for tests, which can stop anywhere."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from httpx2 import Response
from tests.installation import Caller

VERSION = {"Tus-Resumable": "1.0.0"}


def metadata(**pairs: str) -> str:
    """The header `Upload-Metadata`."""
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())


def checksum(data: bytes, name: str = "sha256") -> str:
    """The header `Upload-Checksum`."""
    return f"{name} {base64.b64encode(hashlib.new(name, data).digest()).decode()}"


@dataclass
class Upload:
    """An upload of some bytes, as one caller makes it."""

    by: Caller
    content: bytes
    path: str = ""
    told: Mapping[str, str] = field(default_factory=dict)

    def create(self, **headers: str) -> Response:
        """Announce it."""
        given = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(self.content))}
        told = {"Upload-Metadata": metadata(**{"filename": "IMG_1.jpg", **self.told})}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.by.post("/uploads", headers={**given, **told, **named})
        if answer.status_code == 201:
            self.path = answer.headers["location"].removeprefix("/v1")
        return answer

    def offset(self) -> int:
        """Where it stands."""
        answer = self.by.call("HEAD", self.path, headers=VERSION)
        assert answer.status_code == 200, answer.status_code
        assert int(answer.headers["upload-length"]) == len(self.content)
        return int(answer.headers["upload-offset"])

    def send(self, start: int, end: int | None = None, **headers: str) -> Response:
        """Send the bytes in [start, end)."""
        body = self.content[start:end]
        given = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(start)}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        kind = {"Content-Type": "application/offset+octet-stream"}
        return self.by.call("PATCH", self.path, content=body, headers={**given, **kind, **named})

    def give_up(self) -> Response:
        """Have it forgotten."""
        return self.by.delete(self.path, headers=VERSION)
