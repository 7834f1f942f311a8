"""Checks: everything that is planted is found and named, nothing else is, and what can be mended is."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select
from tests import make
from tests.installation import Caller, Installation
from tests.operations.planting import Planted, Planter, furnish

from albumen.blobs.port import Corrupt
from albumen.jobs.models import Job
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries.damage_models import Damage
from albumen.libraries.models import Original, Rendition, Version
from albumen.operations.checking import checks, mending
from albumen.operations.checking.checks import Wanted
from albumen.operations.checking.defects import Defect, Fault
from albumen.operations.checking.stored import Pace
from albumen.operations.models import Check

NOW = timedelta()


def found_in(installation: Installation, **options: object) -> list[Defect]:
    """What a check finds, down to what was put a moment ago."""
    found: list[Defect] = []
    installation.clock.advance(seconds=1)
    done = checks.run(installation.app, Wanted(**{"grace": NOW, "tell": found.append, **options}))  # type: ignore[arg-type]  # names of fields
    assert done.defect_count == len(found)
    return found


def false(planted: list[Planted], found: list[Defect]) -> list[str]:
    """What was found and not planted, but for the sums that rows with wrong sizes or contents no longer come to."""
    named, also = {(each.fault, each.subject) for each in planted}, {each.also for each in planted}
    others = [each for each in found if (each.fault, each.subject) not in named and each.subject not in also]
    return [each.words for each in others if each.fault != Fault.wrong_count or not each.subject.endswith("_bytes")]


def lacking(planted: list[Planted], found: list[Defect]) -> list[Planted]:
    """What was planted and not found."""
    named = {(each.fault, each.subject) for each in found}
    return [each for each in planted if (each.fault, each.subject) not in named]


def test_sixty_defects_are_found_named_and_mended(installation: Installation) -> None:
    shelf = furnish(installation, 50)
    assert found_in(installation) == []
    planted = Planter(installation).plant(60)
    found = found_in(installation)
    assert lacking(planted, found) == []
    assert false(planted, found) == []
    assert all(each.words.endswith(".") and each.fix for each in found)
    nameless = {each.subject for each in found if each.thing == "original" and not each.shown_as}
    assert nameless == {each.subject for each in planted if each.fault is Fault.orphan}
    mending.mend(installation.app, found)
    installation.work_off()
    left = found_in(installation)
    with installation.app.reading(SYSTEM) as unit:
        damaged = set(unit.db.scalars(select(Damage.signature)))
    assert {each.subject for each in left if each.mends and each.subject.partition(":")[0] not in damaged} == set()
    assert {each.thing for each in left} - {"rendition", "facts"} == {"original", "blob", "content"}
    installation.check_counts()
    assert shelf.by.get(f"{shelf.library}/changes", params={"since": "0"}).status_code == 410


@pytest.mark.torture
def test_a_thousand_defects_are_found_and_named(installation: Installation) -> None:
    furnish(installation, 900)
    assert found_in(installation) == []
    planted = Planter(installation, seed=2).plant(1000)
    assert len(planted) >= 1000
    found = found_in(installation)
    assert lacking(planted, found) == []
    assert false(planted, found) == []


def test_a_lost_original_is_noted_and_healed(installation: Installation, alice: Caller) -> None:
    shelf, photo = alice.library(), make.photo()
    shelf.add(photo, "wedding.jpg")
    installation.work_off()
    with installation.app.reading(SYSTEM) as unit:
        key = unit.db.scalars(select(Original.key)).one()
    content = bytearray(photo)
    content[-3] ^= 1
    (installation.app.settings.store_folder / key).write_bytes(content)
    [defect] = found_in(installation)
    assert (defect.fault, defect.shown_as, defect.mends) == (Fault.damaged, ("wedding.jpg",), False)
    assert installation.rows(Damage) == 1
    shelf.add(photo, "again.jpg")
    assert found_in(installation) == []
    assert installation.rows(Damage) == 0


def test_a_full_check_forgets_what_is_whole_again(installation: Installation) -> None:
    furnish(installation, 2)
    with installation.app.reading(SYSTEM) as unit:
        originals = [installation.app.settings.store_folder / key for key in unit.db.scalars(select(Original.key))]
    for each in originals:
        each.rename(each.with_suffix(".away"))
    assert len(found_in(installation, grace=timedelta(days=1))) == installation.rows(Damage) == 2
    originals[0].with_suffix(".away").rename(originals[0])
    assert len(found_in(installation, grace=timedelta(days=1))) == installation.rows(Damage) == 1


def test_a_form_stays_while_its_original_is_lost(installation: Installation) -> None:
    furnish(installation, 1)
    with installation.app.reading(SYSTEM) as unit:
        made, original = unit.db.scalars(select(Rendition)).first(), unit.db.scalars(select(Original)).one()
    assert made is not None
    store, count = installation.app.settings.store_folder, installation.rows(Rendition)
    (store / made.key).write_bytes(b"short")
    (store / original.key).unlink()
    assert mending.mend(installation.app, found_in(installation)) == 0
    assert installation.rows(Rendition) == count
    assert (store / made.key).read_bytes() == b"short"


def test_a_version_of_another_content_is_left_to_somebody(installation: Installation) -> None:
    furnish(installation, 2)
    with installation.app.writing(SYSTEM) as unit:
        first, second = unit.db.scalars(select(Version)).all()
        first.signature = second.signature
        wrong = ids.encode(first.file_id)
    found = found_in(installation)
    assert wrong in {each.subject for each in found}
    assert Fault.orphan in {each.fault for each in found}
    assert mending.mend(installation.app, found) == 0
    assert installation.rows(Original) == 2


def test_what_the_store_calls_corrupt_is_damaged(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    furnish(installation, 1)

    def spoiled(*_: object) -> Iterator[bytes]:
        raise Corrupt
        yield

    monkeypatch.setattr(installation.app.blobs, "read", spoiled)
    assert {each.fault for each in found_in(installation)} == {Fault.damaged}


def test_a_sample_compares_all_sizes_and_reads_some(installation: Installation) -> None:
    furnish(installation, 10)
    with installation.app.reading(SYSTEM) as unit:
        keys = unit.db.scalars(select(Rendition.key)).all()
    (installation.app.settings.store_folder / keys[0]).write_bytes(b"short")
    pace = Pace()
    [defect] = found_in(installation, percent=0.0001, pace=pace)
    assert defect.fault is Fault.truncated
    assert pace.read_bytes < 100


def test_the_scrub_goes_on_where_it_stood_and_mends_renditions(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(installation, 5)
    with installation.app.reading(SYSTEM) as unit:
        made = unit.db.scalars(select(Rendition).order_by(Rendition.key)).all()
    (installation.app.settings.store_folder / made[-1].key).write_bytes(b"short")
    monkeypatch.setattr(checks, "SLICE_SECONDS", -1.0)
    with installation.app.writing(SYSTEM) as unit:
        unit.jobs.add(checks.SCRUB)
    installation.work_off()
    with installation.app.reading(SYSTEM) as unit:
        done = checks.last(unit.db)
        assert unit.db.scalars(select(Job.kind)).all() == []
    assert done is not None
    assert (done.is_scrub, done.blob_count, done.defect_count) == (True, 20, 1)
    assert done.defects[0]["subject"] == f"{made[-1].signature}:{made[-1].variant}"
    assert found_in(installation) == []
    installation.check_counts()


def test_a_scrub_is_begun_once_in_a_month(installation: Installation) -> None:
    for days, count in ((0, 1), (0, 1), (29, 1), (2, 2)):
        installation.clock.advance(days=days)
        with installation.app.writing(SYSTEM) as unit:
            unit.jobs.add(checks.SCRUB)
        installation.work_off()
        assert installation.rows(Check) == count
