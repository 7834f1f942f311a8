"""Signatures: how content is named."""

import base64
import hashlib
from pathlib import Path


def signature(digest: bytes) -> str:
    """The name of content: base64 of its SHA-256 with `/` written as `_`."""
    return base64.b64encode(digest).decode().replace("/", "_")


def signature_of(file: Path) -> str:
    """The name of a local file's content."""
    with file.open("rb") as stream:
        return signature(hashlib.file_digest(stream, "sha256").digest())
