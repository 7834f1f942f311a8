"""An import: everything is accounted for, nothing is brought in twice, and nothing that goes wrong ends it."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.installation import Installation
from tests.make import film, garbled, photo
from tests.media import samples

from albumen.kernel.actor import Actor
from albumen.kernel.errors import Denied, Invalid, NotFound
from albumen.libraries import folders, importing, library
from albumen.libraries.importing import Import, Outcome
from albumen.libraries.library import NewLibrary
from albumen.libraries.models import File, Folder, Original
from albumen.libraries.walk import Fate

TAKEOUT = json.dumps(
    {
        "title": "b.jpg",
        "description": "At the lake",
        "photoTakenTime": {"timestamp": "1561725809"},
        "geoData": {"latitude": 47.5, "longitude": 9.25, "altitude": 400.0},
    }
).encode()


@pytest.fixture
def album(tmp_path: Path) -> Path:
    folder = tmp_path / "album"
    folder.mkdir()
    return folder


@pytest.fixture
def actor(installation: Installation) -> Actor:
    return installation.actor("alice")


def put(folder: Path, files: dict[str, bytes]) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def brought(installation: Installation, actor: Actor, folder: Path, **where: str) -> dict[str, Outcome]:
    errand = importing.errand(installation.app, actor, folder, **where)
    outcomes = list(Import(installation.app, errand).outcomes())
    listed = [os.path.relpath(Path(at) / name, folder) for at, _, names in os.walk(folder) for name in names]
    assert sorted(each.path for each in outcomes) == sorted(listed), "every file is accounted for, once"
    assert installation.spools() == 0
    installation.check_counts()
    return {each.path: each for each in outcomes}


def fates(outcomes: dict[str, Outcome]) -> Counter[Fate]:
    return Counter(each.fate for each in outcomes.values())


def filed(installation: Installation, actor: Actor) -> dict[str, File]:
    with installation.app.reading(actor) as unit:
        rows = unit.db.scalars(select(File)).all()
        placed = folders.paths(unit, [unit.db.get_one(Folder, file.folder_id) for file in rows])
        return {f"{placed[file.folder_id]}/{file.name}": file for file in rows}


def test_photos_are_filed_by_date_and_all_else_is_accounted_for(
    installation: Installation, actor: Actor, album: Path
) -> None:
    twice = photo(taken="2019-06-28 12:00:00")
    put(
        album,
        {
            "a.jpg": twice,
            "copy/of a.jpg": twice,
            "b.png": photo(kind="png"),
            "c.mp4": film(),
            "notes.txt": b"Buy milk",
            "list.json": b"{}",
            "empty.jpg": b"",
            "cut.png": photo(kind="png")[:20],
            ".DS_Store": b"x",
        },
    )
    outcomes = brought(installation, actor, album)
    assert fates(outcomes) == {Fate.added: 3, Fate.present: 1, Fate.unsupported: 2, Fate.failed: 2, Fate.ignored: 1}
    assert outcomes["empty.jpg"].reason == "The file is empty."
    assert outcomes["cut.png"].fate == Fate.failed
    paths = filed(installation, actor).keys()
    assert paths & {"Catalog/2019/06/28/a.jpg", "Catalog/2019/06/28/of a.jpg"}
    assert "Catalog/2000/01/01/b.png" in paths


def test_a_second_run_adds_nothing_and_stores_nothing(installation: Installation, actor: Actor, album: Path) -> None:
    put(album, {f"{n}.jpg": photo() for n in range(7)})
    assert fates(brought(installation, actor, album)) == {Fate.added: 7}
    installation.app.blobs.delete(installation.blobs()[0])  # were a known file stored again, it would come back
    kept = installation.blobs()
    again = brought(installation, actor, album)
    assert fates(again) == {Fate.present: 7}
    assert again["3.jpg"].reason == "It is in the library as 3.jpg."
    assert installation.blobs() == kept
    assert installation.rows(File) == 7


def test_a_stopped_import_is_finished_by_the_next(installation: Installation, actor: Actor, album: Path) -> None:
    put(album, {f"{n}.jpg": photo() for n in range(12)})
    run = Import(installation.app, importing.errand(installation.app, actor, album), threads=2)
    done = []
    for outcome in run.outcomes():
        done.append(outcome)
        run.stop()
    assert 1 <= len(done) < 12
    assert installation.spools() == 0
    assert fates(brought(installation, actor, album))[Fate.added] == 12 - added(done)


def added(done: list[Outcome]) -> int:
    return sum(outcome.fate == Fate.added for outcome in done)


def test_sidecars_are_laid_over(installation: Installation, actor: Actor, album: Path) -> None:
    xmp = samples.xmp('xmp:Rating="4" photoshop:DateCreated="2018-05-04T10:00:00"')
    put(album, {"a.jpg": photo(), "a.xmp": xmp, "b.jpg": photo(), "b.jpg.json": TAKEOUT})
    assert fates(brought(installation, actor, album)) == {Fate.added: 2, Fate.sidecar: 2}
    files = filed(installation, actor)
    assert files["Catalog/2018/05/04/a.jpg"].rating == 4
    b = files["Catalog/2019/06/28/b.jpg"]
    assert (b.comments, b.latitude, b.longitude, b.altitude) == ("At the lake", 47.5, 9.25, 400.0)


def test_of_two_sidecars_the_xmp_wins_and_the_other_fills_in(
    installation: Installation, actor: Actor, album: Path
) -> None:
    xmp = samples.xmp('xmp:Rating="5" photoshop:DateCreated="2018-05-04T10:00:00"')
    put(album, {"b.jpg": photo(), "b.jpg.xmp": xmp, "b.jpg.json": TAKEOUT})
    assert fates(brought(installation, actor, album)) == {Fate.added: 1, Fate.sidecar: 2}
    b = filed(installation, actor)["Catalog/2018/05/04/b.jpg"]
    assert (b.rating, b.comments, b.latitude) == (5, "At the lake", 47.5)


def test_a_sidecar_that_makes_no_sense_is_a_warning(installation: Installation, actor: Actor, album: Path) -> None:
    put(album, {"a.jpg": photo(), "a.jpg.json": b"{not json", "b.jpg": photo(), "b.xmp": b"<html>"})
    outcomes = brought(installation, actor, album)
    assert fates(outcomes) == {Fate.added: 2, Fate.sidecar: 2}
    assert outcomes["a.jpg"].warning.startswith("Its sidecar a.jpg.json was not used.")
    assert outcomes["b.jpg"].warning.startswith("Its sidecar b.xmp was not used.")


def test_into_a_folder_of_a_library_by_name(installation: Installation, actor: Actor, album: Path) -> None:
    with installation.app.writing(actor) as unit:
        library.create(unit, NewLibrary("Family"))
    put(album, {"x/a.jpg": photo(), "y/a.jpg": photo()})
    outcomes = brought(installation, actor, album, into="Family", path="Trips/2019/")
    assert fates(outcomes) == {Fate.added: 2}
    assert filed(installation, actor).keys() == {"Trips/2019/a.jpg", "Trips/2019/a (2).jpg"}
    assert fates(brought(installation, actor, album, into="Family", path="Trips/2019")) == {Fate.present: 2}


def test_what_cannot_be_meant_is_refused_before_anything_is_read(
    installation: Installation, actor: Actor, album: Path
) -> None:
    app = installation.app
    with pytest.raises(NotFound):
        importing.errand(app, actor, album, into="No such")
    with pytest.raises(NotFound):
        importing.errand(app, actor, album, path="/")
    with pytest.raises(Invalid):
        importing.errand(app, actor, app.settings.store_folder)
    with pytest.raises(Denied):
        importing.errand(app, Actor(actor.user_id, scopes=frozenset()), album)


def test_another_users_library_is_not_found(installation: Installation, actor: Actor, album: Path) -> None:
    with installation.app.writing(installation.actor("bob")) as unit:
        library.create(unit, NewLibrary("Bob's"))
    with pytest.raises(NotFound):
        importing.errand(installation.app, actor, album, into="Bob's")


def test_the_installation_itself_is_not_imported(installation: Installation, actor: Actor, album: Path) -> None:
    put(album, {"a.jpg": photo()})
    brought(installation, actor, album)
    around = installation.app.settings.data_dir.parent
    outcomes = list(Import(installation.app, importing.errand(installation.app, actor, around)).outcomes())
    assert {each.path: each.fate for each in outcomes} == {"data": Fate.ignored, "album/a.jpg": Fate.present}


def test_what_exceeds_the_quota_is_not_stored_and_what_fits_is(
    installation: Installation, actor: Actor, album: Path
) -> None:
    small = photo()
    with installation.app.writing(actor) as unit:
        library.create(unit, NewLibrary("Small", quota_bytes=len(small) + 10))
    put(album, {"large.jpg": photo(size=(640, 480)), "small.jpg": small})
    outcomes = brought(installation, actor, album, into="Small")
    assert outcomes["small.jpg"].fate == Fate.added
    assert outcomes["large.jpg"].fate == Fate.failed
    assert "quota is used up" in outcomes["large.jpg"].reason
    assert len(installation.blobs()) == 1


def test_a_file_that_goes_meanwhile_fails_alone(installation: Installation, actor: Actor, album: Path) -> None:
    put(album, {f"{n}.jpg": photo() for n in range(9)})
    outcomes = []
    for outcome in Import(installation.app, importing.errand(installation.app, actor, album), threads=1).outcomes():
        outcomes.append(outcome)
        for file in album.iterdir():
            file.unlink()
    assert len(outcomes) >= 2
    assert {each.fate for each in outcomes} == {Fate.added, Fate.failed}
    told = {each.reason for each in outcomes if each.fate == Fate.failed}
    assert told <= {"It cannot be read: No such file or directory.", "It went away, or cannot be looked at."}


def test_a_name_that_is_no_text_is_filed_as_text(installation: Installation, actor: Actor, album: Path) -> None:
    (album / os.fsdecode(b"caf\xe9.jpg")).write_bytes(photo())
    assert fates(brought(installation, actor, album)) == {Fate.added: 1}
    assert filed(installation, actor).keys() == {"Catalog/2000/01/01/caf�.jpg"}


def test_bytes_that_another_user_has_are_filed_anew(installation: Installation, actor: Actor, album: Path) -> None:
    put(album, {"a.jpg": photo()})
    brought(installation, installation.actor("bob"), album)
    assert fates(brought(installation, actor, album)) == {Fate.added: 1}
    assert (installation.rows(File), installation.rows(Original)) == (2, 1)


def test_waiting_ends_and_tells_what_is_not_shown(installation: Installation, actor: Actor, album: Path) -> None:
    began_at = installation.clock()
    put(album, {"good.jpg": photo(), "bad.jpg": garbled()})
    errand = importing.errand(installation.app, actor, album)
    assert len(list(Import(installation.app, errand).outcomes())) == 2
    until = installation.clock()
    assert importing.undeveloped(installation.app, until=until) == 2
    assert importing.undeveloped(installation.app, until=began_at) == 0
    installation.work_off()
    assert importing.undeveloped(installation.app, until=until) == 0
    [trouble] = importing.troubles(installation.app, errand, since=began_at)
    assert trouble.name == "bad.jpg"
    assert trouble.reason
    assert not list(importing.troubles(installation.app, errand, since=installation.clock()))
