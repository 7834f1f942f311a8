"""An old Pickery library: photos in the clear in a bucket with a table beside it, read as they lie, and moved.

Nothing there is changed.  The table's attributes and the words of its JSON are known in any case and with `_` or
without; an object is named by the SHA-256 of its bytes in base64, in which `/` became `_`, or `-` by another habit.
"""

import base64
import hashlib
import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from albumen_client.errors import Damaged, NotFound
from albumen_client.vault import photos
from albumen_client.vault.looking import kind_of, look
from albumen_client.vault.photos import Portrait
from albumen_client.vault.push import push
from albumen_client.vault.records import ORIGINALS
from albumen_client.vault.sealing import Plain
from albumen_client.vault.vault import Vault

KINDS = ("photo", "video", "audio", "alternatePhoto", "fullSizePhoto", "fullSizeVideo", "adjustmentData")
_MORE_KINDS = ("adjustmentBasePhoto", "pairedVideo", "fullSizePairedVideo")
_BY_WORD = {each.lower(): each for each in (*KINDS, *_MORE_KINDS, "thumbnail")}
_BY_NUMBER = {str(number): each for number, each in enumerate((*KINDS, *_MORE_KINDS), 1)}
_NAME = re.compile(r"[A-Za-z0-9+/_-]{43}=?")
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}$")
_READINGS = ({"-": "+", "_": "/"}, {"-": "/", "_": "/"})
"""What stands for what in a name: as in URLs, or both for the one character that paths cannot have."""
_BLOCK_BYTES = 1 << 20
_AT_ONCE = 20


@dataclass(frozen=True)
class OldFile:
    """One object: its name, and what the table says of it."""

    name: str
    kind: str
    file_name: str

    @property
    def digests(self) -> frozenset[str]:
        """The SHA-256 (hex) that its bytes may have, going by its name."""
        found = {_translated(self.name, reading) for reading in _READINGS}
        return frozenset(base64.b64decode(each).hex() for each in found)

    @property
    def keys(self) -> Sequence[str]:
        """Where its bytes may lie, the likeliest first."""
        plain = [_translated(self.name, reading) for reading in _READINGS]
        spelt = [self.name]
        for each in plain:
            spelt += [each.replace("/", "_"), each.replace("/", "-"), each.replace("/", "_").replace("+", "-")]
        return list(dict.fromkeys(spelt))


@dataclass(frozen=True)
class OldPhoto:
    """A row of the table: the files that belong together, and all that was said of them.  None: a tombstone."""

    name: str
    files: tuple[OldFile, ...] | None
    told: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Moved:
    """What became of the rows; what failed, by name, in words."""

    photos: int = 0
    already: int = 0
    tombstones: int = 0
    failed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Pickery:
    """A bucket and a table; `s3` and `dynamodb` are boto3's clients."""

    s3: Any
    dynamodb: Any
    bucket: str
    table: str = "pickery"

    def photos(self) -> Iterator[OldPhoto]:
        """Every row that Pickery wrote, tombstones included, however many pages the table takes."""
        for page in self.dynamodb.get_paginator("scan").paginate(TableName=self.table, ConsistentRead=True):
            for item in page["Items"]:
                photo = photo_of(item)
                if photo is not None:
                    yield photo

    def fetch(self, file: OldFile, to: BinaryIO) -> str:
        """Write a file; its SHA-256 in hex.  Raises NotFound, and Damaged where it is not what its name says."""
        hashed = hashlib.sha256()
        with self._open(file) as body:
            while block := body.read(_BLOCK_BYTES):
                hashed.update(block)
                to.write(block)
        if hashed.hexdigest() not in file.digests:
            raise Damaged(f"{file.file_name} is not what its name says: its bytes have changed.")
        return hashed.hexdigest()

    def _open(self, file: OldFile) -> Any:
        for key in file.keys:
            try:
                return self.s3.get_object(Bucket=self.bucket, Key=key)["Body"]
            except self.s3.exceptions.ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
                    raise
        raise NotFound(404, "not-found", f"{file.file_name} is not in the bucket.")


def move(old: Pickery, vault: Vault, tell: Callable[[str], None] = lambda name: None) -> Moved:
    """Seal every photo into the vault and push it; what is there already is not fetched again.

    A photo that cannot be read, or of which a file is missing, is told of and left where it is.
    """
    moved = Moved()
    push(vault)
    for photo in old.photos():
        if photo.files is None:
            moved.tombstones += 1
        elif all(_is_there(vault, each) for each in photo.files):
            moved.already += 1
        else:
            tell(photo.files[0].file_name)
            if _move(old, vault, photo, moved) and moved.photos % _AT_ONCE == 0:
                push(vault)
    push(vault)
    return moved


def _is_there(vault: Vault, file: OldFile) -> bool:
    return any(vault.state.holding(each) for each in file.digests)


def _move(old: Pickery, vault: Vault, photo: OldPhoto, moved: Moved) -> bool:
    try:
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            files = [_plain(old, each, Path(folder), stack) for each in photo.files or ()]
            photos.add(vault, files, _portrait(photo, Path(str(getattr(files[0].content, "name", "")))))
    except (Damaged, NotFound) as error:
        moved.failed[photo.name] = str(error)
        return False
    moved.photos += 1
    return True


def _plain(old: Pickery, file: OldFile, folder: Path, stack: ExitStack) -> Plain:
    ending = _ENDING.search(file.file_name)
    content = stack.enter_context((folder / f"{len(list(folder.iterdir()))}{ending[0] if ending else ''}").open("w+b"))
    old.fetch(file, content)
    content.flush()
    return Plain(content, file.kind, file.file_name)


def _portrait(photo: OldPhoto, path: Path) -> Portrait:
    """What the file shows, and beside it all that Pickery knew."""
    seen = look(path)
    fields = {**seen.fields, "pickery": dict(photo.told)}
    liked = _word(photo.told, "favourite", "favorite", "isFavourite", "isFavorite")
    if isinstance(liked, bool):
        fields["favourite"] = liked
    return Portrait(fields, seen.thumbnails)


def photo_of(item: Mapping[str, Mapping[str, Any]]) -> OldPhoto | None:
    """The photo in a row of the table; None where it is none of Pickery's.

    Where its metadata cannot be read, the file by that name is the photo, and the text is kept as it was.
    """
    columns = {_plainly(name): _value(value) for name, value in item.items()}
    name = columns.get("signature")
    if "rev" in columns or not isinstance(name, str) or not _NAME.fullmatch(name):
        return None
    told = columns.get("metadata")
    if isinstance(told, str):
        try:
            told = json.loads(told or "null")
        except ValueError:
            told = {"unread": told}
    if told is None:
        return OldPhoto(name, None)
    known = told if isinstance(told, Mapping) else {"unread": told}
    return OldPhoto(name, _files(name, known), known)


def _files(name: str, told: Mapping[str, Any]) -> tuple[OldFile, ...]:
    """The files of a photo; one without a list of them is its own only file."""
    listed = _word(told, "resources")
    found = [_file(each) for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []
    alone = _file({**told, "signature": name})
    return _with_original([each for each in (found if any(found) else [alone]) if each is not None])


def _file(told: Mapping[str, Any]) -> OldFile | None:
    name = _word(told, "signature", "id")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return None
    file_name = str(_word(told, "fileName", "originalFileName", "name") or f"{name}.bin")
    word = str(_word(told, "type", "resourceType", "kind") or "")
    kind = _BY_WORD.get(_plainly(word)) or _BY_NUMBER.get(word) or kind_of(Path(file_name)) or "photo"
    return OldFile(name, kind, file_name)


def _with_original(files: Sequence[OldFile]) -> tuple[OldFile, ...]:
    """The same, what the photo is known by first; where none is an original, the first file has to be."""
    chosen = sorted(files, key=lambda each: (each.kind not in ORIGINALS, each.kind == "pairedVideo"))
    if chosen and chosen[0].kind not in ORIGINALS:
        first = chosen[0]
        chosen[0] = OldFile(first.name, kind_of(Path(first.file_name)) or "photo", first.file_name)
    return tuple(chosen)


def _word(told: Mapping[str, Any], *names: str) -> Any:
    """What stands under the first of some names, however it is spelt."""
    spelt = {_plainly(name): value for name, value in told.items()}
    return next((spelt[_plainly(each)] for each in names if spelt.get(_plainly(each)) is not None), None)


def _plainly(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _value(value: Mapping[str, Any]) -> Any:
    """A value of DynamoDB's as Python has it."""
    [(kind, content)] = value.items()
    if kind == "M":
        return {name: _value(each) for name, each in content.items()}
    if kind == "L":
        return [_value(each) for each in content]
    if kind == "N":
        return float(content) if "." in content else int(content)
    return None if kind == "NULL" else content


def _translated(name: str, reading: Mapping[str, str]) -> str:
    return "".join(reading.get(letter, letter) for letter in name.rstrip("=")) + "="
