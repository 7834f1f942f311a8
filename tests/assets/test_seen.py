"""Looking at photos from the upload to the search: off unless asked for, made up for later, never in the way."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, select
from tests import make
from tests.assets import crowds
from tests.installation import Installation, Shelf, settings_for, wait_until
from tests.media import gallery

from albumen import app as composition
from albumen import worker
from albumen.assets.pictures import jobs as pictures
from albumen.assets.pictures import looking
from albumen.assets.pictures.looking import Plan
from albumen.assets.pictures.models import FacesSought, Seen
from albumen.cli.main import main
from albumen.jobs.models import Job
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Invalid
from albumen.libraries.models import File
from albumen.media.guard import Guard, Limits
from albumen.media.seeing import facts

ALL = {"text": True, "objects": True, "faces": True, "seconds": 250}
Opened = Callable[..., Installation]


@pytest.fixture
def opened(tmp_path: Path, guard: Guard) -> Iterator[Opened]:
    """Opens the same installation, with more settings each time."""
    made: list[Installation] = []

    def at(**rooms: Any) -> Installation:
        made.append(Installation.at(tmp_path / "data", guard, secret="of all of them", **rooms))
        return made[-1]

    yield at
    for each in made:
        each.app.eyes.close()
        each.close()


def names(shelf: Shelf, q: str) -> list[str]:
    answer = shelf.by.get(f"{shelf.library}/search", params={"q": q, "orderBy": "name"})
    assert answer.status_code == 200, answer.text
    return [each["name"] for each in answer.json()["files"]]


def seen(shelf: Shelf, file: dict[str, Any]) -> Any:
    return shelf.by.get(f"{shelf.library}/files/{file['fileId']}/seen").json()


def tell(installation: Installation, file: dict[str, Any], text: str | None = None, **objects: float) -> None:
    """Let this be seen in a file."""
    with installation.app.writing(SYSTEM) as unit:
        signature = unit.db.get_one(File, ids.decode(file["fileId"])).signature
        looking.keep(unit, Plan(signature, "", (), ()), facts.Seen(text=text, objects=objects or None))


def look_at_all(installation: Installation) -> None:
    """Work off what there is to look at: networks take their time where much else runs."""
    jobs = select(Job.id).where(Job.kind.in_([each.name for each in pictures.KINDS]))
    crew = worker.crew(installation.app)
    crew.start()
    try:
        wait_until(lambda: not rows(installation, jobs), "all photos to be looked at", 400)
    finally:
        crew.stop()


def rows(installation: Installation, wanted: Select[Any]) -> int:
    with installation.app.reading(SYSTEM) as unit:
        return len(unit.db.execute(wanted).all())


def test_it_is_off_unless_asked_for(installation: Installation) -> None:
    shelf = installation.caller().library()
    file = shelf.add(gallery.sign("Nobody reads this"))
    installation.work_off()
    assert installation.app.settings.seeing.wanted == ()
    with installation.app.reading(SYSTEM) as unit:
        signature = unit.db.scalars(select(File.signature)).one()
    pictures.begin(installation.app)
    pictures.queue(installation.app, signature)
    with installation.app.reading(SYSTEM) as unit:
        assert not set(unit.db.scalars(select(Job.kind))) & {pictures.SEE, pictures.SEE_ALL}
    assert installation.app.eyes.processes == ()
    assert (seen(shelf, file), names(shelf, "nobody")) == ({}, [])


def test_what_was_there_before_is_seen_when_it_is_turned_on(opened: Opened) -> None:
    off = opened()
    shelf = off.caller().library()
    photos = {
        "sign": gallery.sign("Welcome to Lisbon"),
        "cup": gallery.photo("coffee"),
        "both": gallery.beside("hopper", "collins"),
        "other": gallery.photo("collins", share=0.8, mirrored=True),
    }
    files = {name: shelf.add(photo, f"{name}.jpg") for name, photo in photos.items()}
    off.work_off()
    assert off.rows(Seen) == 0
    on = opened(seeing=ALL)
    look_at_all(on)
    shelf = replace(shelf, by=on.caller())
    assert names(shelf, "text:lisbon") == names(shelf, '"welcome to"') == names(shelf, "lisb*") == ["sign.jpg"]
    assert names(shelf, "label:coffee") == names(shelf, "object:espresso -text:lisbon") == ["cup.jpg"]
    assert seen(shelf, files["sign"])["text"] == "Welcome to Lisbon"
    assert seen(shelf, files["cup"])["objects"][0]["name"] == "coffee"
    people = shelf.by.get(f"{shelf.library}/people").json()["people"]
    assert [each["fileCount"] for each in people] == [2, 1]
    shelf.by.call("PATCH", f"{shelf.library}/people/{people[0]['personId']}", json={"name": "Eileen Collins"})
    assert names(shelf, "person:collins") == ["both.jpg", "other.jpg"]
    on.check_counts()


def test_words_seen_are_found_like_others_and_follow_the_file(installation: Installation) -> None:
    shelf = installation.caller().library()
    first, second = (shelf.add(make.photo(), f"{number}.jpg") for number in (1, 2))
    tell(installation, first, "Café Łódź\n21 Привет", dog=0.9, **{"golden retriever": 0.8})
    tell(installation, second, "", cat=0.9)
    for q in ("text:cafe", 'text:"lodz 21"', "привет", "прив*", "object:dog", 'label:"golden retriever"', "retriev*"):
        assert names(shelf, q) == ["1.jpg"], q
    for q in ("text:dog", "object:cafe", 'object:"dog golden"', 'text:"21 cafe"'):
        assert names(shelf, q) == [], q
    assert names(shelf, "-dog") == ["2.jpg"]
    shelf.by.call("PATCH", f"{shelf.library}/files/{first['fileId']}", json={"rating": 4, "title": "Holidays"})
    assert names(shelf, "dog rating:4 holidays") == ["1.jpg"]
    assert names(shelf, "cafe OR cat") == ["1.jpg", "2.jpg"]
    answer = shelf.by.get(f"{shelf.library}/search", params={"q": "dog", "orderBy": "relevance"})
    assert [each["name"] for each in answer.json()["files"]] == ["1.jpg"]
    tell(installation, first, "Something else")
    assert (names(shelf, "cafe"), names(shelf, "dog"), names(shelf, "something")) == ([], ["1.jpg"], ["1.jpg"])
    asked = {"version": "1.0", "criteria": [{"attribute": "writing", "operator": "words", "value": "something"}]}
    found = shelf.by.post(f"{shelf.library}/search", json=asked).json()["files"]
    assert [each["name"] for each in found] == ["1.jpg"]


def test_a_photo_that_cannot_be_looked_at_stays_a_photo(opened: Opened) -> None:
    made = opened(seeing=ALL)
    hasty = Guard(1, Limits(still_seconds=0.001))
    made = replace(made, app=replace(made.app, eyes=hasty))
    shelf = made.caller().library()
    file = shelf.add(make.photo())
    made.work_off()
    hasty.close()
    with made.app.reading(SYSTEM) as unit:
        row = unit.db.scalars(select(Seen)).one()
        assert row.failure is not None
        assert "did not finish" in row.failure
        assert unit.db.scalars(looking.lacking(made.app.settings.seeing.wanted, after="")).all() == []
    assert shelf.file(file["fileId"])["fileId"] == file["fileId"]
    assert shelf.by.get(f"{shelf.library}/files/{file['fileId']}/thumbnails/sm").status_code == 200
    assert seen(shelf, file) == {}


def test_what_needs_an_extra_that_is_not_there_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dlib", None)
    with pytest.raises(Invalid, match=r"ALBUMEN_SEEING_FACES needs dlib, not installed here; docs/pictures\.md"):
        composition.build(settings_for(tmp_path / "data", seeing={"faces": True}))
    assert not (tmp_path / "data").exists()


def test_the_command_says_it_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "dlib", None)
    monkeypatch.setenv("ALBUMEN_SEEING_FACES", "true")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(sys, "argv", ["albumen", "user", "add", "ann@example.org", "--password", "a long enough one"])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert "docs/pictures.md" in capsys.readouterr().err


def test_what_came_by_another_way_is_still_to_be_seen(installation: Installation) -> None:
    shelf = installation.caller().library()
    photo = make.photo()
    file, copy = shelf.add(photo), installation.caller().library(name="Other").add(photo)
    installation.work_off()
    crowds.show(installation, file, "ada")
    with installation.app.reading(SYSTEM) as unit:
        assert unit.db.scalars(select(FacesSought.library_id)).all() == [ids.decode(shelf.library_id)]
        [signature] = unit.db.scalars(looking.lacking(["faces"], after="")).all()
        planned = looking.plan(unit, signature, ["faces"])
    assert planned is not None
    assert planned.library_ids == (ids.decode(copy["libraryId"]),)
