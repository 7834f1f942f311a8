"""What the rows say is stored: every key, whichever table names it, with the size and digests of its bytes.

A room that keeps bytes has its table here, or the sweep would take them.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Select, String, cast, literal, null, select
from sqlalchemy.orm import Session

from albumen.accounts.models import Takeaway
from albumen.assets.models import Export
from albumen.blobs.layout import ORIGINAL
from albumen.db.engine import Database
from albumen.kernel import ids
from albumen.libraries.models import Original, Rendition
from albumen.operations.models import Sidecar
from albumen.vault.models import VaultBlob

_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Holding:
    """A key and what lies there, as its row says.

    `sha256` is the digest as a signature, where the row knows it; `of` is the content it belongs to, or the row's id.
    """

    kind: str
    key: str
    size_bytes: int | None
    crc32: int | None
    sha256: str | None
    of: str
    variant: str


_no_digest = null().label("sha256")
SOURCES: Final[Mapping[str, Select[*tuple[Any, ...]]]] = MappingProxyType(
    {
        "original": select(
            *(Original.key, Original.size_bytes, Original.crc32, Original.signature.label("sha256")),
            *(Original.signature.label("of"), literal(ORIGINAL).label("variant")),
        ),
        "rendition": select(
            *(Rendition.key, Rendition.size_bytes, Rendition.crc32, _no_digest),
            *(Rendition.signature.label("of"), Rendition.variant),
        ),
        "export": select(
            *(Export.key, Export.size_bytes, null().label("crc32"), _no_digest),
            *(cast(Export.id, String).label("of"), literal("export").label("variant")),
        ).where(Export.key.is_not(None)),
        "takeaway": select(
            *(Takeaway.key, Takeaway.size_bytes, null().label("crc32"), _no_digest),
            *(cast(Takeaway.id, String).label("of"), literal("export").label("variant")),
        ).where(Takeaway.key.is_not(None)),
        "sidecar": select(
            *(Sidecar.key, Sidecar.size_bytes, Sidecar.crc32, _no_digest),
            *(Sidecar.subject.label("of"), literal("sidecar").label("variant")),
        ),
        "vault": select(
            *(VaultBlob.key, VaultBlob.size_bytes, null().label("crc32"), VaultBlob.sha256.label("sha256")),
            *(VaultBlob.signature.label("of"), literal("vault").label("variant")),
        ),
    }
)
"""The tables that name keys, as one shape; their keys are unique and indexed."""


def every(database: Database, after: str = "") -> Iterator[Holding]:
    """All that is held, by key, behind `after`; a page of rows at a time, each page as the rows stand by then."""
    return merge(*(_of(database, kind, after) for kind in SOURCES), key=attrgetter("key"))


def _of(database: Database, kind: str, after: str) -> Iterator[Holding]:
    source = SOURCES[kind]
    key = source.selected_columns[0]
    while True:
        with database.session(writes=False) as db:
            rows = db.execute(source.where(key > after).order_by(key).limit(_PAGE)).all()
        for row in rows:
            yield _holding(kind, row)
        if len(rows) < _PAGE:
            return
        after = rows[-1][0]


def known(db: Session, keys: Collection[str]) -> set[str]:
    """Those of some keys that a row names; a few hundred at most."""
    found: set[str] = set()
    for source in SOURCES.values():
        key = source.selected_columns[0]
        found.update(db.scalars(source.with_only_columns(key).where(key.in_(keys))))
    return found


def find(db: Session, kind: str, key: str) -> Holding | None:
    """What a row of a kind says of a key now."""
    source = SOURCES[kind]
    row = db.execute(source.where(source.selected_columns[0] == key)).one_or_none()
    return None if row is None else _holding(kind, row)


def _holding(kind: str, row: Any) -> Holding:
    key, size_bytes, crc32, sha256, of, variant = row
    return Holding(kind, key, size_bytes, crc32, _signature(sha256), of, variant)


def _signature(sha256: str | bytes | None) -> str | None:
    return ids.signature(sha256) if isinstance(sha256, bytes) else sha256
