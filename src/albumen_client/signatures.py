"""Signatures: how content is named."""

import base64
import hashlib
from pathlib import Path


def signature(digest: bytes) -> str:
    """The name of content: base64 of its SHA-256 with `/` written as `_`."""
    return base64.b64encode(digest).decode().replace("/", "_")


def signature_of(file: Path | int) -> str:
    """The name of a local file's content; an open one is read from its beginning, and stays open."""
    with open(file, "rb", closefd=isinstance(file, Path)) as stream:
        return signature(hashlib.file_digest(stream, "sha256").digest())
