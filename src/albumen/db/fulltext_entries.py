"""Writing the entries of the search index on PostgreSQL, in the transaction that made them stale."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import batched, groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Row, String, bindparam, column, func, table, text
from sqlalchemy.orm import Session

from albumen.db import fulltext_texts as texts
from albumen.db.fulltext_texts import COLUMNS
from albumen.db.statements import insert_for
from albumen.kernel import words as wording

_AT_ONCE = 500
_FIRST_MILLISECOND = 8_520_336_000_000
_LAST_MILLISECOND = (1 << 44) - 1
_TIES = 1 << 19
_MOST_BYTES = 1_000_000
"""How much a `tsvector` holds, nearly."""

_stale = text("DELETE FROM search_stale RETURNING file_id")
_in_order = text("SELECT id FROM files WHERE id = ANY(:ids) ORDER BY sorted_at, id")
_files = text(
    "SELECT f.id, f.library_id, f.folder_id, f.name, f.sorted_at, f.taken_at, f.rating, f.title, f.comments,"
    " f.tags::text AS tags, f.camera_make, f.camera_model, f.lens, f.latitude, f.longitude, f.city, f.region,"
    " f.country, f.country_code, f.favorite, o.kind, o.is_video, coalesce(s.marks, '') AS seen"
    " FROM files f JOIN originals o ON o.signature = f.signature LEFT JOIN seen s ON s.signature = f.signature"
    " WHERE f.id = ANY(:ids) ORDER BY f.sorted_at, f.id"
)
_drop = text("DELETE FROM search_entries WHERE file_id = ANY(:ids)")
_lasts = text(
    "SELECT begun, (SELECT max(slot) FROM search_entries WHERE slot BETWEEN begun AND begun + :room - 1) AS last"
    " FROM unnest(CAST(:begun AS bigint[])) begun"
)
_numbers, _words = ("slot", "file_id"), ("bare", "marks", *COLUMNS)
_entries = table("search_entries", *(column(each) for each in (*_numbers, *_words, "words")))
_values = {
    **{each: bindparam(each, type_=BigInteger()) for each in _numbers},
    **{each: bindparam(each, type_=String()) for each in _words},
    "words": func.array_to_tsvector(bindparam("lexemes", type_=ARRAY(String()))),
}

Entry = Mapping[str, Any]


def refresh(db: Session) -> None:
    """Write the entries of files that this transaction added or changed."""
    ids = sorted(set(db.scalars(_stale)))
    if not ids:
        return
    for batch in batched(db.scalars(_in_order, {"ids": ids}).all(), _AT_ONCE):
        db.execute(_drop, {"ids": list(batch)})
        _write(db, db.execute(_files, {"ids": list(batch)}).all())


def told(db: Session, ids: Sequence[int]) -> Iterator[tuple[int, Entry]]:
    """What the entries of some files are to say."""
    for file in db.execute(_files, {"ids": list(ids)}):
        yield file.id, _entry(file)


def _write(db: Session, files: Sequence[Row[Any]]) -> None:
    """Files in the order of their time.  A slot that another transaction took first is passed over."""
    insert = insert_for(db)(_entries).values(_values).on_conflict_do_nothing(index_elements=["slot"])
    insert = insert.returning(_entries.c.file_id)
    left = {file.id: (_begun(file.sorted_at), _entry(file)) for file in files}
    while left:
        for written in db.scalars(insert, list(_slotted(db, left.values()))).all():
            del left[written]


def _slotted(db: Session, entries: Iterable[tuple[int, Entry]]) -> Iterator[Entry]:
    """Entries with the slots after the last one of their millisecond; where that is full, of its second."""
    alike = {begun: [entry for _, entry in each] for begun, each in groupby(entries, itemgetter(0))}
    lasts = _lasts_of(db, list(alike), _TIES)
    lasts |= _lasts_of(db, [begun for begun, last in lasts.items() if last == begun + _TIES - 1], _TIES * 1000)
    for begun, those in alike.items():
        last = lasts[begun]
        for number, entry in enumerate(those):
            yield {**entry, "slot": begun + number if last is None else last + 1 + number}


def _lasts_of(db: Session, begun: list[int], room: int) -> dict[int, int | None]:
    rows = db.execute(_lasts, {"begun": begun, "room": room}) if begun else ()
    return {row.begun: row.last for row in rows}


def _begun(sorted_at: int) -> int:
    return min(max(sorted_at + _FIRST_MILLISECOND, 0), _LAST_MILLISECOND) * _TIES


def _entry(file: Row[Any]) -> Entry:
    bare = wording.bare(file.name)
    told = {
        "name": wording.name_words(file.name),
        "title": texts.text_words(file.title),
        "comments": texts.text_words(file.comments),
        "tags": texts.tag_words(file.tags),
        "place": texts.text_words(_joined(file.city, file.region, file.country, file.country_code)),
        "camera": texts.text_words(_joined(file.camera_make, file.camera_model)),
        "lens": texts.text_words(file.lens),
    }
    marks = _marks(file)
    held = lexemes(told, f"{marks} {texts.grams(bare)} {file.seen}")
    return {"file_id": file.id, "bare": bare, "marks": marks, "lexemes": held, **told}


def _joined(*parts: str | None) -> str:
    return " ".join(each or "" for each in parts)


def _marks(file: Row[Any]) -> str:
    whole = (file.library_id, file.folder_id, file.kind, file.is_video, file.favorite, file.rating)
    has = {
        "title": bool(file.title),
        "comments": bool(file.comments),
        "lens": file.lens is not None,
        "place": (file.city, file.region, file.country) != (None, None, None),
        "camera": (file.camera_make, file.camera_model) != (None, None),
        "date": file.taken_at is not None,
    }
    named = [each for pair in has.items() for each in pair]
    return texts.marks(*whole, file.latitude, file.longitude, file.tags, *named)


def lexemes(told: Mapping[str, str | None], marks: str) -> list[str]:
    """Every mark, then every word, by itself and with the text it stands in; as many as there is room for."""
    found = dict.fromkeys(marks.split(" "))
    for within, words in told.items():
        for word in (words or "").split():
            found |= {texts.lexeme(word): None, texts.lexeme(word, within): None}
    room, kept = _MOST_BYTES, []
    for each in found:
        room -= len(each.encode())
        if each and room > 0:
            kept.append(each)
    return kept
