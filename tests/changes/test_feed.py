"""The feed: numbered without a gap however many write, and enough to follow by."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import false, literal, null, select
from tests import make
from tests.installation import Caller, Installation

from albumen.changes import feed
from albumen.changes.feed import Happening, Thing
from albumen.changes.models import Change, ChangeHead, Regranted
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import File


def numbers(installation: Installation, library_id: int) -> list[tuple[int, int, bool]]:
    with installation.app.reading(SYSTEM) as unit:
        rows = unit.db.query(Change).filter_by(library_id=library_id).order_by(Change.number)
        return [(row.number, row.thing_id, row.is_tombstone) for row in rows]


def test_each_library_counts_for_itself(installation: Installation) -> None:
    for library_id, ids in ((1, [10, 11]), (2, [20]), (1, [12]), (1, [])):
        with installation.app.writing(SYSTEM) as unit:
            feed.record(unit, library_id, Happening(Thing.file), ids)
    with installation.app.writing(SYSTEM) as unit:
        feed.record(unit, 1, Happening(Thing.file, gone=True), [10])
    assert numbers(installation, 1) == [(1, 10, False), (2, 11, False), (3, 12, False), (4, 10, True)]
    assert numbers(installation, 2) == [(1, 20, False)]


def test_what_is_not_committed_leaves_no_gap(installation: Installation) -> None:
    try:
        with installation.app.writing(SYSTEM) as unit:
            feed.record(unit, 1, Happening(Thing.file), [10])
            raise LookupError
    except LookupError:
        pass
    with installation.app.writing(SYSTEM) as unit:
        feed.record(unit, 1, Happening(Thing.file), [11])
    assert numbers(installation, 1) == [(1, 11, False)]


def test_the_feed_has_no_gap_and_ends_with_what_is_there(installation: Installation, alice: Caller) -> None:
    shelves = [alice.library(), alice.library()]
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda n: shelves[n % 2].add(make.photo()), range(24)))
    for file in added[:4]:
        alice.delete(f"/images/{file['fileId']}/original")
    installation.work_off()
    alice.delete(f"/images/{added[5]['fileId']}/thumbnail")
    with installation.app.reading(SYSTEM) as unit:
        for head in unit.db.query(ChangeHead):
            changes = unit.db.query(Change).filter_by(library_id=head.library_id).order_by(Change.number).all()
            assert [change.number for change in changes] == list(range(1, head.number + 1))
            assert changes[0].thing == "library"
            replayed = {change.thing_id: change.is_tombstone for change in changes if change.thing == "file"}
            files = {
                file.id: file.deleted_at is not None
                for file in unit.db.query(File).filter_by(library_id=head.library_id)
            }
            assert replayed == files


def test_a_select_of_things_is_recorded_as_a_list_would_be(installation: Installation) -> None:
    found = select(literal(10), literal("/a/"), literal("/b/")).union_all(select(literal(11), literal("/a/c/"), null()))
    rows = found.subquery()
    for gone in (False, True):
        with installation.app.writing(SYSTEM) as unit:
            feed.record_found(unit, 1, Happening(Thing.file, gone=gone), select(*rows.c))
    with installation.app.writing(SYSTEM) as unit:
        feed.record_found(unit, 1, Happening(Thing.file), select(*rows.c).where(false()))
    assert numbers(installation, 1) == [(1, 10, False), (2, 11, False), (3, 10, True), (4, 11, True)]
    with installation.app.reading(SYSTEM) as unit:
        changes = unit.db.query(Change).order_by(Change.number).limit(2)
        assert [(change.lineage, change.before) for change in changes] == [("/a/", "/b/"), ("/a/c/", None)]
        assert all(abs(change.changed_at - unit.now) < timedelta(minutes=5) for change in changes)


def test_the_last_regrant_counts(installation: Installation) -> None:
    with installation.app.writing(SYSTEM) as unit:
        feed.regrant(unit, 1, 7)
        feed.record(unit, 2, Happening(Thing.file), [10, 11, 12])
        feed.regrant(unit, 2, 7)
    with installation.app.writing(SYSTEM) as unit:
        feed.record(unit, 2, Happening(Thing.file), [13])
        feed.regrant(unit, 2, 7)
    with installation.app.reading(SYSTEM) as unit:
        rows = unit.db.query(Regranted).order_by(Regranted.library_id)
        assert [(row.library_id, row.user_id, row.number) for row in rows] == [(1, 7, 1), (2, 7, 6)], (
            "the head moves on with it"
        )
