"""The blobs of a vault as objects in a bucket of any store that speaks S3, without overwriting what is there.

Every part is sent with its MD5, which the store checks; the SHA-256 of the whole stands beside the object.
"""

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from albumen_client.errors import Invalid, NotFound
from albumen_client.vault.remote import Blob, BlobTaken, Report

SINGLE_BYTES = 8 << 20
"""Up to this size an object is put in one request."""
_MOST_PARTS = 9_000
_SHA256 = "sha256"
_SIGNATURE = re.compile(r"[A-Za-z0-9+_-]{43}=")


@dataclass(frozen=True)
class Objects:
    """The objects of one vault: below a prefix of a bucket, or all of it.  `client` is boto3's for S3."""

    client: Any
    bucket: str
    prefix: str = ""

    def of(self, signature: str) -> dict[str, str]:
        """Where a blob lies, as every request says it."""
        return {"Bucket": self.bucket, "Key": self.prefix + signature}

    def look(self, signature: str) -> Blob | None:
        """What lies under this name, and what was said of it when it came."""
        try:
            found = self.client.head_object(**self.of(signature))
        except self.client.exceptions.ClientError as error:
            if _status(error) == 404:
                return None
            raise
        return Blob(signature, found["ContentLength"], _told(found["Metadata"]))

    def put(self, blob: Blob, content: BinaryIO, report: Report) -> None:
        """Send a blob that is not there yet.  Raises Invalid, BlobTaken."""
        if _sha256_of(content) != (blob.size_bytes, blob.sha256):
            raise Invalid(460, "digest-mismatch", "The bytes are not those that were announced.")
        there = self.look(blob.signature)
        if there is None:
            self._send(blob, content, report)
            there = self.look(blob.signature)
        if there != blob:
            raise BlobTaken("Other bytes have this name.")

    def _send(self, blob: Blob, content: BinaryIO, report: Report) -> None:
        try:
            if blob.size_bytes <= SINGLE_BYTES:
                self._put_whole(blob, content.read())
                report(blob.size_bytes)
            else:
                self._put_parts(blob, content, report)
        except self.client.exceptions.ClientError as error:
            if _status(error) not in (409, 412):  # another was quicker: whoever looks sees with what
                raise

    def _put_whole(self, blob: Blob, content: bytes) -> None:
        told = {"Metadata": {_SHA256: blob.sha256}, "ContentMD5": _md5(content)}
        self.client.put_object(**self.of(blob.signature), Body=content, IfNoneMatch="*", **told)

    def _put_parts(self, blob: Blob, content: BinaryIO, report: Report) -> None:
        where, size = self.of(blob.signature), _part_bytes(blob.size_bytes)
        upload, there = self._begun(blob, content, size) or (self._begin(blob), {})
        parts, at = [], 0
        for number, piece in _pieces(content, size):
            md5 = hashlib.md5(piece, usedforsecurity=False).hexdigest()
            if there.get(number) != md5:
                sent = {"PartNumber": number, "Body": piece, "ContentMD5": _md5(piece)}
                self.client.upload_part(**where, UploadId=upload, **sent)
            parts.append({"PartNumber": number, "ETag": f'"{md5}"'})
            at += len(piece)
            report(at)
        if self.look(blob.signature) is None:
            ended = {"UploadId": upload, "MultipartUpload": {"Parts": parts}}
            self.client.complete_multipart_upload(**where, **ended, IfNoneMatch="*")

    def _begin(self, blob: Blob) -> str:
        made = self.client.create_multipart_upload(**self.of(blob.signature), Metadata={_SHA256: blob.sha256})
        return str(made["UploadId"])

    def _begun(self, blob: Blob, content: BinaryIO, size: int) -> tuple[str, Mapping[int, str]] | None:
        """The upload of this very blob that was broken off, with the MD5 of its parts.

        No two blobs begin alike, since each is sealed with a key of its own: the first part tells.
        """
        content.seek(0)
        first = hashlib.md5(content.read(size), usedforsecurity=False).hexdigest()
        where = self.of(blob.signature)
        listed = self.client.list_multipart_uploads(Bucket=self.bucket, Prefix=where["Key"])
        for each in listed.get("Uploads", ()):
            if each["Key"] != where["Key"]:
                continue
            found = self.client.get_paginator("list_parts").paginate(**where, UploadId=each["UploadId"])
            there = {part["PartNumber"]: part["ETag"].strip('"') for page in found for part in page.get("Parts", ())}
            if there.get(1) == first:
                return str(each["UploadId"]), there
        return None

    def read(self, signature: str, start: int, length: int) -> bytes:
        """A range of a blob, and no more, whatever the store sends.  Raises NotFound."""
        wanted = f"bytes={start}-{start + max(1, length) - 1}"
        try:
            found = self.client.get_object(**self.of(signature), Range=wanted)
        except self.client.exceptions.ClientError as error:
            if _status(error) == 416:
                return b""
            if _status(error) == 404:
                raise NotFound(404, "not-found", "There is no such blob.") from None
            raise
        with found["Body"] as body:
            return bytes(body.read(length))

    def drop(self, blob: Blob) -> None:
        """Delete this very ciphertext."""
        if self.look(blob.signature) == blob:
            self.client.delete_object(**self.of(blob.signature))

    def names(self, after: str = "") -> Iterator[tuple[str, int]]:
        """Signature and size of every blob behind this one, in order."""
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=self.prefix, StartAfter=self.prefix + after
        )
        for page in pages:
            for each in page.get("Contents", ()):
                name = each["Key"].removeprefix(self.prefix)
                if _SIGNATURE.fullmatch(name):
                    yield name, each["Size"]

    def total(self) -> int:
        """The bytes of all that lies there."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
        return sum(each["Size"] for page in pages for each in page.get("Contents", ()))

    def copy_key(self, name: str, content: bytes) -> None:
        """Lay a key file beside the blobs, where any S3 client finds it."""
        where = {"Bucket": self.bucket, "Key": f"{self.prefix}keys/{name}"}
        self.client.put_object(**where, Body=content, ContentMD5=_md5(content))


def _status(error: Any) -> int:
    return int(error.response["ResponseMetadata"]["HTTPStatusCode"])


def _told(metadata: Mapping[str, str]) -> str:
    return next((value for name, value in metadata.items() if name.lower() == _SHA256), "")


def _md5(content: bytes) -> str:
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


def _sha256_of(content: BinaryIO) -> tuple[int, str]:
    """Size and hash; the file stands at its beginning again."""
    content.seek(0)
    digest = hashlib.sha256()
    while block := content.read(1 << 20):
        digest.update(block)
    size = content.tell()
    content.seek(0)
    return size, digest.hexdigest()


def _part_bytes(size_bytes: int) -> int:
    return max(SINGLE_BYTES, -(-size_bytes // _MOST_PARTS))


def _pieces(content: BinaryIO, size: int) -> Iterator[tuple[int, bytes]]:
    content.seek(0)
    number = 0
    while piece := content.read(size):
        number += 1
        yield number, piece
