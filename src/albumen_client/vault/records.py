"""What a vault knows of an asset, and how that is sealed: `v2.<age>.<mac>`."""

import base64
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from albumen_client.vault.chunks import seal_for, unseal_by
from albumen_client.vault.errors import Untrusted
from albumen_client.vault.keys import Root
from albumen_client.vault.remote import Blob

VERSION = "v2"
ORIGINALS = frozenset({"photo", "video", "pairedVideo", "audio"})
"""The kinds of resources that name an asset; made ones, such as thumbnails, do not."""
HISTORY = 5
"""How many values that lost against another device's are kept."""
_OWN = frozenset({"rev", "device", "resources", "history"})


@dataclass(frozen=True)
class Resource:
    """One file: what it is in the clear, and the ciphertext that holds it.

    `beginning` is the SHA-256 of the ciphertext up to its first chunk: it binds a reader that seeks to this very file.
    """

    sha256: str
    size_bytes: int
    blob: Blob
    beginning: str
    kind: str
    file_name: str
    pixel_size: tuple[int, int] | None = None
    duration_seconds: float | None = None

    @property
    def signature(self) -> str:
        """Its name at the host."""
        return self.blob.signature

    def sealed_as(self, other: "Resource") -> "Resource":
        """The same file, in the ciphertext that somebody else has made of it."""
        return replace(self, blob=other.blob, beginning=other.beginning)

    def to_json(self) -> dict[str, Any]:
        """As it stands in a record."""
        told = {
            "signature": self.blob.signature,
            "sha256": self.sha256,
            "size": self.size_bytes,
            "blobSize": self.blob.size_bytes,
            "blobSha256": self.blob.sha256,
            "blobBeginning": self.beginning,
            "type": self.kind,
            "fileName": self.file_name,
            "pixelSize": list(self.pixel_size) if self.pixel_size else None,
            "duration": self.duration_seconds,
        }
        return {name: value for name, value in told.items() if value is not None}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """The same, read."""
        blob = Blob(str(told["signature"]), int(told["blobSize"]), str(told["blobSha256"]))
        size, duration = told.get("pixelSize"), told.get("duration")
        return cls(
            str(told["sha256"]),
            int(told["size"]),
            blob,
            str(told["blobBeginning"]),
            str(told["type"]),
            str(told["fileName"]),
            (int(size[0]), int(size[1])) if size else None,
            None if duration is None else float(duration),
        )


@dataclass(frozen=True)
class Record:
    """An asset: its resources, and fields that devices edit (dates, place, favourite, preview, …)."""

    rev: int
    device: str
    resources: tuple[Resource, ...]
    fields: Mapping[str, Any] = field(default_factory=dict)
    history: tuple[Mapping[str, Any], ...] = ()

    @property
    def originals(self) -> tuple[Resource, ...]:
        """The files that somebody has added, without those that were made of them."""
        return tuple(each for each in self.resources if each.kind in ORIGINALS)

    @property
    def has_thumbnail(self) -> bool:
        """Whether some device could see it."""
        return any(each.kind == "thumbnail" for each in self.resources)

    def to_json(self) -> dict[str, Any]:
        """As it is sealed."""
        files = [each.to_json() for each in self.resources]
        own = {"rev": self.rev, "device": self.device, "resources": files, "history": list(self.history)}
        return {**self.fields, **own}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """The same, read."""
        files = tuple(Resource.from_json(each) for each in told["resources"])
        fields = {name: value for name, value in told.items() if name not in _OWN}
        return cls(int(told["rev"]), str(told["device"]), files, fields, tuple(told.get("history", ())))

    def edited(self, fields: Mapping[str, Any], base: Mapping[str, Any], device: str) -> "Record":
        """The next rev, with these fields set; None takes one away.

        What another device has written since `base` was seen, and is overwritten now, goes to the history.
        """
        lost = tuple(
            {"field": name, "value": self.fields[name], "rev": self.rev, "device": self.device}
            for name, value in fields.items()
            if name in self.fields and self.fields[name] not in (base.get(name), value)
        )
        merged = {name: value for name, value in {**self.fields, **fields}.items() if value is not None}
        return Record(self.rev + 1, device, self.resources, merged, (*self.history, *lost)[-HISTORY:])


def asset_signature(resources: Sequence[Resource]) -> str:
    """The smallest signature of its originals: two devices that add the same files agree.

    A film counts only where it is paired with nothing, or two photos that share one would be the same asset.
    """
    originals = [each for each in resources if each.kind in ORIGINALS]
    own = [each for each in originals if each.kind != "pairedVideo"]
    return min(each.signature for each in own or originals)


def dense(told: Mapping[str, Any]) -> bytes:
    """JSON without spaces."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def seal(told: Mapping[str, Any], version: str, root: Root, bound: tuple[bytes, ...]) -> str:
    """`<version>.<age>.<mac>`; the first of `bound` is the label of the MAC, the others what it is about."""
    sealed = seal_for(dense(told), root.identity.public)
    return f"{version}.{base64.b64encode(sealed).decode()}.{root.mac(*bound, sealed)}"


def check(text: str, version: str, root: Root, bound: tuple[bytes, ...]) -> bytes:
    """The age file in what `seal` made.  Raises Untrusted where its MAC or its form is not right."""
    parts = text.split(".")
    if len(parts) != 3 or parts[0] != version:
        raise Untrusted("format", "the host gave something in an old or unknown format.")
    try:
        sealed = base64.b64decode(parts[1], validate=True)
    except ValueError:
        raise Untrusted("format", "the host gave something that is not well formed.") from None
    if not same(root.mac(*bound, sealed), parts[2]):
        raise Untrusted("forged", "the host gave something that no device of this vault has written.")
    return sealed


def same(mac: str, given: str) -> bool:
    """Whether two MACs are the same, without telling by the time it takes."""
    return hmac.compare_digest(mac.encode(), given.encode("utf-8", "surrogatepass"))


def unseal(sealed: bytes, root: Root) -> Mapping[str, Any]:
    """What is in the age file that `check` gave."""
    try:
        told: Mapping[str, Any] = json.loads(unseal_by(sealed, [root.identity.secret]))
    except ValueError:
        raise Untrusted("format", "the host gave something that is not well formed.") from None
    return told


def _bound(vault: str, signature: str, rev: int) -> tuple[bytes, ...]:
    return b"rec", vault.encode(), signature.encode(), rev.to_bytes(8, "big")


def seal_record(record: Record, signature: str, root: Root, vault: str) -> str:
    """The text that the host keeps."""
    return seal(record.to_json(), VERSION, root, _bound(vault, signature, record.rev))


def open_record(text: str, signature: str, rev: int, root: Root, vault: str) -> Record:
    """The record in it.  Raises Untrusted where it is not the one of this asset at this rev."""
    sealed = check(text, VERSION, root, _bound(vault, signature, rev))
    try:
        record = Record.from_json(unseal(sealed, root))
    except (KeyError, TypeError, ValueError):
        raise Untrusted("format", "a record is not well formed.") from None
    if record.rev != rev:
        raise Untrusted("replayed", "the host gave an old record in place of the new one.")
    return record


def proof(signature: str, rev: int, root: Root, vault: str) -> str:
    """What shows that a tombstone was set by a device of this vault."""
    return root.mac(b"del", *_bound(vault, signature, rev)[1:])
