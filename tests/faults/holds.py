"""What must hold after any fault: rows and bytes agree, counts are right, the feed has no gap, jobs come to rest."""

import random
import time
import zlib
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.faults.living import Caller, House
from tests.faults.load import Ledger, signature
from tests.installation import Installation, wait_until

from albumen.blobs.spools import ENDING
from albumen.changes.models import Change, ChangeHead
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import File, Original, Rendition, Version
from albumen.media.guard import Guard

_OPEN = "SELECT count(*) FROM jobs WHERE state IN ('ready', 'running')"


def check_rest(house: House, seconds: float = 40) -> float:
    """Every job comes to its end; returns after how many seconds."""
    began = time.monotonic()
    wait_until(lambda: house.ask(_OPEN) == [(0,)], "the jobs to come to rest", seconds)
    assert house.ask("SELECT kind, subject, error FROM jobs WHERE state = 'failed'") == []
    return time.monotonic() - began


def check_promises(house: House, ledger: Ledger, dice: random.Random, *, everything: bool = False) -> None:
    """What was acknowledged is there, byte for byte; what was deleted is not; nothing came from nowhere."""
    caller = house.caller()
    if ledger.begun:
        _finish_begun(caller, ledger)
        check_rest(house)
    listed = caller.images()
    assert not ledger.kept.keys() - listed, "an acknowledged upload is lost"
    assert not ledger.deleted & listed, "a deleted file is back"
    older = sorted(ledger.kept.keys() - ledger.fresh)
    chosen = older if everything else dice.sample(older, min(len(older), 15))
    for file_id in sorted(ledger.fresh & ledger.kept.keys()) + chosen:
        content = ledger.kept[file_id]
        told = caller.get(f"/v1/images/{file_id}/metadata").json["file"]
        assert (told["fileSize"], told["signature"]) == (len(content), signature(content))
        got = caller.get(f"/v1/images/{file_id}/original")
        assert (got.status, got.body) == (200, content)
        # Forms belong to a content: another file of it may just have lost them, and nobody asked for them again.
        if file_id in ledger.rendered and signature(content) not in ledger.remaking.values():
            assert caller.get(f"/v1/images/{file_id}/thumbnail").status == 200
    for file_id in ledger.deleted:
        assert caller.get(f"/v1/images/{file_id}/original").status == 404
    caller.close()
    ledger.fresh.clear()
    ledger.rendered.clear()
    ledger.remaking.clear()


def _finish_begun(caller: Caller, ledger: Ledger) -> None:
    """Uploads that were cut off stand where they were said to, at least, and can be gone on with."""
    for path, (content, acknowledged) in ledger.begun.items():
        told = caller.get(path)
        assert told.status == 200, "an announced upload is lost"
        at, file_id = told.json["offset"], told.json.get("fileId")
        assert at >= acknowledged, "acknowledged bytes of an upload are lost"
        if file_id is None:
            done = caller.tus("PATCH", path, content[at:], Upload_Offset=str(at))
            assert done.status == 204, done
            file_id = done.headers["albumen-file-id"]
        ledger.keep([{"fileId": file_id}], [content])
    ledger.begun.clear()


def check_rows(house: House, guard: Guard, ledger: Ledger | None = None) -> int:
    """Each row has its bytes, each count is the sum of its rows, the feed tells it all; returns how many files."""
    installation = Installation.at(house.data, guard)
    try:
        installation.check_counts()
        with installation.app.reading(SYSTEM) as unit:
            files = list(unit.db.scalars(select(File)))
            _check_bytes(unit.db, installation)
            _check_feed(unit.db, files)
            _check_contents(unit.db, files)
            if ledger is not None:
                _check_whole_batches(files, ledger)
        return sum(file.deleted_at is None for file in files)
    finally:
        installation.close()


def _check_bytes(db: Session, installation: Installation) -> None:
    store = installation.app.settings.store_folder
    for original in db.scalars(select(Original)):
        content = (store / original.key).read_bytes()
        assert signature(content) == original.signature, "an original is not what it says"
        assert (len(content), zlib.crc32(content)) == (original.size_bytes, original.crc32)
    for made in db.scalars(select(Rendition)):
        content = (store / made.key).read_bytes()
        assert (len(content), zlib.crc32(content)) == (made.size_bytes, made.crc32), made.key


def _check_contents(db: Session, files: Iterable[File]) -> None:
    originals = {each.signature: each for each in db.scalars(select(Original))}
    versions = {(each.file_id, each.number): each for each in db.scalars(select(Version))}
    for file in files:
        assert originals[file.signature].size_bytes == file.size_bytes
        assert versions[file.id, file.version].signature == file.signature
    assert {file_id for file_id, _ in versions} == {file.id for file in files}
    assert not [each.signature for each in originals.values() if each.developed_at is None and each.failure is None]


def _check_feed(db: Session, files: Iterable[File]) -> None:
    """A device that replays the feed from its beginning has what the server has."""
    alive: set[int] = set()
    heads = {head.library_id: head.number for head in db.scalars(select(ChangeHead))}
    seen = dict.fromkeys(heads, 0)
    for change in db.scalars(select(Change).order_by(Change.library_id, Change.number)):
        seen[change.library_id] += 1
        assert change.number == seen[change.library_id], "the feed has a gap"
        if change.thing == "file":
            (alive.discard if change.is_tombstone else alive.add)(change.thing_id)
    assert seen == heads
    assert alive == {file.id for file in files if file.deleted_at is None}


def _check_whole_batches(files: Iterable[File], ledger: Ledger) -> None:
    known = {file.signature for file in files}
    assert known <= ledger.offered.keys(), "a file that nobody sent"
    listed = {ids.encode(file.id) for file in files}
    assert ledger.kept.keys() | ledger.deleted | ledger.doubtful <= listed
    for batch in ledger.batches:
        assert batch <= known or not batch & known, "half of a request was filed"


def check_swept(house: House) -> None:
    """After a sweep the store holds exactly what rows name, and no spool but of uploads that can be gone on with."""
    house.must("sweep", "--grace-hours", "0")
    named = house.ask("SELECT key FROM originals UNION ALL SELECT key FROM renditions")
    assert house.stored() == sorted(key for (key,) in named)
    held = {f"{name}{ENDING}" for (name,) in house.ask("SELECT spool FROM resumables WHERE file_id IS NULL")}
    assert {each.name for each in house.spools()} <= held
