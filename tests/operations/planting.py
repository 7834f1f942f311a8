"""Defects on purpose: each changes bytes or a row as a fault would, and says what a check must call it."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import delete, func, insert, select, text, update
from tests import make
from tests.installation import Installation, Shelf

from albumen.changes.models import Change, ChangeHead
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import File, Folder, Library, MonthCount, Original, Rendition, Version
from albumen.operations.checking.defects import Fault


@dataclass(frozen=True)
class Planted:
    """What was done, and what finds it: the fault and the subject; and what does not agree with it any more, either."""

    fault: Fault
    subject: str
    also: str = ""


class Bytes(Protocol):
    """What is stored, laid hands on behind the store's back."""

    def get(self, key: str) -> bytes: ...

    def put(self, key: str, content: bytes) -> None: ...

    def remove(self, key: str) -> None: ...


@dataclass(frozen=True)
class Files:
    """The files of a store in a folder."""

    root: Path

    def get(self, key: str) -> bytes:
        return (self.root / key).read_bytes()

    def put(self, key: str, content: bytes) -> None:
        (self.root / key).parent.mkdir(parents=True, exist_ok=True)
        (self.root / key).write_bytes(content)

    def remove(self, key: str) -> None:
        (self.root / key).unlink()


@dataclass(frozen=True)
class Objects:
    """The objects of a store in a bucket, below a prefix, by a client of its own."""

    client: Any
    bucket: str
    prefix: str

    def get(self, key: str) -> bytes:
        content: bytes = self.client.get_object(Bucket=self.bucket, Key=f"{self.prefix}/{key}")["Body"].read()
        return content

    def put(self, key: str, content: bytes) -> None:
        self.client.put_object(Bucket=self.bucket, Key=f"{self.prefix}/{key}", Body=content)

    def remove(self, key: str) -> None:
        self.client.delete_object(Bucket=self.bucket, Key=f"{self.prefix}/{key}")


class Planter:
    """Plants each defect on something that has none yet."""

    def __init__(self, installation: Installation, seed: int = 1, store: Bytes | None = None) -> None:
        self._installation, self._dice = installation, random.Random(seed)
        self._store = store or Files(installation.app.settings.store_folder)
        with installation.app.reading(SYSTEM) as unit:
            originals = select(Original.signature, Original.key).order_by(Original.signature)
            made = select(Rendition.signature, Rendition.variant, Rendition.key)
            self._originals = [(row.signature, row.key) for row in unit.db.execute(originals)]
            self._made = [(f"{row.signature}:{row.variant}", row.key) for row in unit.db.execute(made).all()]
        self._dice.shuffle(self._originals)
        self._dice.shuffle(self._made)
        self._extra = 0

    def plant(self, count: int) -> list[Planted]:
        """So many, of every kind in turn."""
        planted: list[Planted] = [*self._once()]
        kinds = self._kinds()
        while len(planted) < count:
            planted += next(kinds)()
        return planted

    def _kinds(self) -> Iterator[Callable[[], list[Planted]]]:
        while True:
            yield self._spare
            for fault in (self._flip, self._cut, self._lengthen, self._remove):
                yield lambda fault=fault: self._in_original(fault)  # type: ignore[misc]  # bound now
                yield lambda fault=fault: self._in_rendition(fault)  # type: ignore[misc]  # bound now
            yield from (self._swap, self._wrong_size, self._wrong_sum, self._wrong_kind, self._wrong_rendition)
            yield from (self._no_version, self._other_content, self._entry_gone, self._entry_wrong)

    def _in_original(self, damage: Callable[[str], Fault]) -> list[Planted]:
        signature, key = self._originals.pop()
        return [Planted(damage(key), signature)]

    def _in_rendition(self, damage: Callable[[str], Fault]) -> list[Planted]:
        subject, key = self._made.pop()
        return [Planted(damage(key), subject)]

    def _flip(self, key: str) -> Fault:
        content = bytearray(self._store.get(key))
        content[self._dice.randrange(len(content))] ^= 1 << self._dice.randrange(8)
        self._store.put(key, bytes(content))
        return Fault.damaged

    def _cut(self, key: str) -> Fault:
        self._store.put(key, self._store.get(key)[: -self._dice.randint(1, 20)])
        return Fault.truncated

    def _lengthen(self, key: str) -> Fault:
        self._store.put(key, self._store.get(key) + b"\0")
        return Fault.longer

    def _remove(self, key: str) -> Fault:
        self._store.remove(key)
        return Fault.missing

    def _spare(self) -> list[Planted]:
        self._extra += 1
        key = f"original/zz/spare{self._extra}"
        self._store.put(key, b"nobody's")
        return [Planted(Fault.extra, key)]

    def _swap(self) -> list[Planted]:
        (one, first), (other, second) = self._originals.pop(), self._originals.pop()
        mine = self._store.get(first)
        self._store.put(first, self._store.get(second))
        self._store.put(second, mine)
        return [Planted(Fault.swapped, one), Planted(Fault.swapped, other)]

    def _row(self, table: type[Original], **values: object) -> list[Planted]:
        signature, _ = self._originals.pop()
        file = self._file_of(signature)
        with self._installation.app.writing(SYSTEM) as unit:
            unit.db.execute(update(table).where(table.signature == signature).values(values))
        return [Planted(Fault.wrong_row, signature, ids.encode(file.id))]

    def _wrong_size(self) -> list[Planted]:
        return self._row(Original, size_bytes=7)

    def _wrong_sum(self) -> list[Planted]:
        return self._row(Original, crc32=7)

    def _wrong_kind(self) -> list[Planted]:
        return self._row(Original, kind="png", mime="image/png")

    def _wrong_rendition(self) -> list[Planted]:
        subject, _ = self._made.pop()
        signature, _, variant = subject.partition(":")
        with self._installation.app.writing(SYSTEM) as unit:
            which = (Rendition.signature == signature, Rendition.variant == variant)
            unit.db.execute(update(Rendition).where(*which).values(crc32=7))
        return [Planted(Fault.damaged, subject)]

    def _file(self) -> File:
        return self._file_of(self._originals.pop()[0])

    def _file_of(self, signature: str) -> File:
        with self._installation.app.reading(SYSTEM) as unit:
            return unit.db.scalars(select(File).where(File.signature == signature)).one()

    def _no_version(self) -> list[Planted]:
        file = self._file()
        with self._installation.app.writing(SYSTEM) as unit:
            unit.db.execute(update(Version).where(Version.file_id == file.id).values(size_bytes=9))
        return [Planted(Fault.wrong_row, ids.encode(file.id))]

    def _other_content(self) -> list[Planted]:
        file, (other, _) = self._file(), self._originals.pop()
        with self._installation.app.writing(SYSTEM) as unit:
            unit.db.execute(update(File).where(File.id == file.id).values(signature=other))
        return [Planted(Fault.wrong_row, ids.encode(file.id), ids.encode(file.id))]

    def _entry_gone(self) -> list[Planted]:
        return self._entry("DELETE FROM search_entries WHERE file_id = :id")

    def _entry_wrong(self) -> list[Planted]:
        return self._entry("UPDATE search_entries SET name = 'other' WHERE file_id = :id")

    def _entry(self, statement: str) -> list[Planted]:
        file = self._file()
        with self._installation.app.writing(SYSTEM) as unit:
            unit.db.execute(text(statement), {"id": file.id})
        return [Planted(Fault.stale_index, ids.encode(file.id))]

    def _once(self) -> Iterator[Planted]:
        """What there is one of: sums, months, the feed, an album of another library, a content that nobody holds."""
        with self._installation.app.writing(SYSTEM) as unit:
            library = unit.db.scalars(select(Library).order_by(Library.id)).first()
            assert library is not None
            public = ids.encode(library.id)
            folder_id = unit.db.scalar(select(Folder.id).where(Folder.library_id == library.id).limit(1)) or 0
            unit.db.execute(update(Library).where(Library.id == library.id).values(used_bytes=Library.used_bytes + 1))
            unit.db.execute(update(Folder).where(Folder.id == folder_id).values(md_bytes=Folder.md_bytes + 1))
            unit.db.execute(insert(MonthCount).values(library_id=library.id, month=190001, count=3))
            middle = unit.db.scalar(select(func.max(Change.number)).where(Change.library_id == library.id)) or 0
            gap = (Change.library_id == library.id, Change.number == middle // 2)
            unit.db.execute(delete(Change).where(*gap))
            assert unit.db.get(ChangeHead, library.id) is not None
            nobody = {"signature": "A" * 43 + "=", "key": "original/aa/nobody", "size_bytes": 1, "crc32": 0}
            facts = unit.db.scalars(select(Original.facts).limit(1)).one()
            told = {"kind": "jpeg", "mime": "image/jpeg", "is_video": False, "width": 1, "height": 1, "facts": facts}
            unit.db.execute(insert(Original).values(**nobody, **told, stored_at=unit.now))
        yield Planted(Fault.wrong_count, f"{public}:used_bytes")
        yield Planted(Fault.wrong_count, f"{ids.encode(folder_id)}:md_bytes")
        yield Planted(Fault.wrong_count, f"{public}:190001")
        yield Planted(Fault.feed, public)
        yield Planted(Fault.orphan, str(nobody["signature"]))
        yield Planted(Fault.missing, str(nobody["signature"]))


def furnish(installation: Installation, count: int, *, is_developed: bool = True) -> Shelf:
    """A library with so many small photos, all forms made unless it is said otherwise."""
    shelf = installation.caller("alice").library()
    for first in range(0, count, 20):
        some = [make.photo(size=(48, 32), taken="2021-07-01 12:00:00") for _ in range(min(20, count - first))]
        names = tuple(f"IMG_{first + n:05}.jpg" for n in range(len(some)))
        assert shelf.send(*some, names=names).status_code == 200
    if is_developed:
        installation.work_off(seconds=max(60, count))
    return shelf
