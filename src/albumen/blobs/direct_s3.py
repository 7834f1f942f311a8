"""Straight into a bucket: an upload in parts below `.albumen/direct/`, where no key leads.

Signed addresses end with the upload: once its parts are joined, nobody can change what lies there.
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from albumen.blobs.bucket import DIRECT, Bucket, in_our_words
from albumen.blobs.direct import Landed, Landing, part_bytes_for
from albumen.kernel.errors import Conflict, NotFound, Unavailable

_WINDOW_BYTES = 8 << 20


class S3Direct:
    """The door of a bucket; `folder`, on this machine, is where files are looked at."""

    def __init__(self, bucket: Bucket, folder: Path) -> None:
        self._bucket, self._folder = bucket, folder

    def begin(self, name: str, size_bytes: int) -> Landing:
        """Begin an upload in parts."""
        with self._bucket.asking():
            begun = self._bucket.client.create_multipart_upload(**self._object(name))
        return Landing(name, begun["UploadId"], size_bytes, part_bytes_for(size_bytes))

    def address(self, landing: Landing, number: int, seconds: int) -> str:
        """Signed, with the length of the part, which the store then insists on."""
        part = {"PartNumber": number, "ContentLength": landing.size_of(number)}
        with in_our_words():
            return str(
                self._bucket.public_client.generate_presigned_url(
                    "upload_part", Params={**self._upload(landing), **part}, ExpiresIn=seconds
                )
            )

    def missing(self, landing: Landing) -> list[int]:
        """Those that the bucket does not list, or lists with another length."""
        parts = self._parts(landing)
        return [] if parts is None else _missing(landing, parts)

    def join(self, landing: Landing) -> None:
        """Have the bucket put them together."""
        parts = self._parts(landing)
        if parts is None:
            return
        if _missing(landing, parts):
            raise Conflict("Parts of the file are missing.", code="incomplete")
        listed = [{"PartNumber": number, "ETag": parts[number][1]} for number in range(1, landing.count + 1)]
        try:
            with self._bucket.asking():
                self._bucket.client.complete_multipart_upload(
                    **self._upload(landing), MultipartUpload={"Parts": listed}
                )
        except NotFound:  # done, and the answer was lost
            self._check_joined(landing)

    def fetch(self, landing: Landing, tell: Callable[[float], None]) -> Landed:
        """A window at a time."""
        spool = Landed(self._folder)
        try:
            spool.source = _key(landing.name)
            for start in range(0, landing.size_bytes, _WINDOW_BYTES):
                end = min(start + _WINDOW_BYTES, landing.size_bytes)
                data = self._bucket.fetch(spool.source, start, end)
                if len(data) != end - start:
                    raise Unavailable("What the store that keeps the photos sends ends early.")
                spool.write(data)
                tell(end / landing.size_bytes)
        except BaseException:
            spool.discard()
            raise
        return spool

    def drop(self, landing: Landing) -> None:
        """End the upload, and delete what was joined."""
        with suppress(NotFound), self._bucket.asking():
            self._bucket.client.abort_multipart_upload(**self._upload(landing))
        self._bucket.remove([_key(landing.name)])

    def _parts(self, landing: Landing) -> dict[int, tuple[int, str]] | None:
        """Size and tag of each part; None where they were joined.  Raises NotFound."""
        found: dict[int, tuple[int, str]] = {}
        try:
            with self._bucket.asking():
                for page in self._bucket.client.get_paginator("list_parts").paginate(**self._upload(landing)):
                    found |= {each["PartNumber"]: (each["Size"], each["ETag"]) for each in page.get("Parts", ())}
        except NotFound:
            self._check_joined(landing)
            return None
        return found

    def _check_joined(self, landing: Landing) -> None:
        there = self._bucket.look(_key(landing.name))
        if there is None or there.size_bytes != landing.size_bytes:
            raise NotFound("What was put into the store is not there any more.")

    def _object(self, name: str) -> dict[str, Any]:
        return {"Bucket": self._bucket.name, "Key": self._bucket.whole(_key(name))}

    def _upload(self, landing: Landing) -> dict[str, Any]:
        return {**self._object(landing.name), "UploadId": landing.token}


def _missing(landing: Landing, parts: dict[int, tuple[int, str]]) -> list[int]:
    there = {number for number, (size_bytes, _) in parts.items() if size_bytes == landing.size_of(number)}
    return [number for number in range(1, landing.count + 1) if number not in there]


def _key(name: str) -> str:
    return f"{DIRECT}{name}"
