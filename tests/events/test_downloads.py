"""Downloads for guests: settled when asked for, granted anew at every fetch, silent about place and device."""

import io
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import select
from tests import make
from tests.events.party import Party
from tests.installation import Caller, Installation

from albumen.assets.stripped.models import Stripped
from albumen.events import downloads, preparing
from albumen.events.downloads import Asked
from albumen.events.guest_models import Doing, GuestDownload
from albumen.jobs.models import Job
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import File, Rendition

SECRET = "Acme Camera"
MAKES = ("view", "download")


@pytest.fixture
def party(installation: Installation, alice: Caller) -> Party:
    """An event of photos that say where and with what they were taken."""
    made = Party.of(installation, alice, photos=0)
    told: dict[str, Any] = {"gps": (52.5, 13.4), "camera": (SECRET, SECRET), "taken": "2021-07-01 12:00:00"}
    photos = {f"IMG_{number}.jpg": make.photo(**told, size=(400, 300)) for number in range(1, 5)}
    return replace(made, file_ids=put(made, **photos))


def put(party: Party, **files: bytes) -> tuple[str, ...]:
    """Put files into the event."""
    added = tuple(party.shelf.add(content, name)["fileId"] for name, content in files.items())
    assert party.host.post(f"{party.path}/files", json={"fileIds": added}).status_code == 200
    party.look()
    return added


def guest_of(party: Party, *permissions: str, **form: Any) -> Caller:
    told = {"sizes": ["original", "web"], **form}
    return party.enter(party.code(*(permissions or MAKES), **told))


def ask(guest: Caller, **form: Any) -> Response:
    return guest.post("/access/download", json=form)


def granted(guest: Caller, **form: Any) -> dict[str, Any]:
    answer = ask(guest, **form)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def fetch(party: Party, url: str, **headers: str) -> Response:
    return party.installation.client.get(url, headers=headers)


def opened(answer: Response) -> zipfile.ZipFile:
    assert answer.status_code == 200, answer.text
    read = zipfile.ZipFile(io.BytesIO(answer.content))
    assert read.testzip() is None
    return read


def test_everything_in_one_zip_that_tells_nothing(party: Party) -> None:
    told = granted(guest_of(party))
    answer = fetch(party, told["url"])
    assert int(answer.headers["content-length"]) == len(answer.content) == told["sizeBytes"]
    with opened(answer) as read:
        assert read.namelist() == [f"IMG_{number}.jpg" for number in range(1, 5)]
        assert told["fileCount"] == 4
        for name in read.namelist():
            assert SECRET.encode() not in read.read(name)
    assert SECRET.encode() not in answer.content


def test_as_they_are_where_the_host_says_so(party: Party) -> None:
    party.change(stripLocation=False)
    with opened(fetch(party, granted(guest_of(party))["url"])) as read:
        assert all(SECRET.encode() in read.read(name) for name in read.namelist())


def test_what_the_owner_downloads_stays_byte_for_byte(party: Party) -> None:
    offer = party.host.post(f"{party.shelf.library}/selection/download", json={"fileIds": party.file_ids}).json()
    with opened(fetch(party, offer["url"])) as read:
        assert all(SECRET.encode() in read.read(name) for name in read.namelist())


def test_some_photos_in_their_order(party: Party) -> None:
    chosen = [party.file_ids[2], party.file_ids[0]]
    with opened(fetch(party, granted(guest_of(party), fileIds=chosen)["url"])) as read:
        assert read.namelist() == ["IMG_3.jpg", "IMG_1.jpg"]


def test_without_a_body_everything(party: Party) -> None:
    guest = guest_of(party)
    asks: list[dict[str, Any]] = [{}, {"headers": {"Content-Type": "application/json"}}, {"json": {}}]
    for options in asks:
        answer = guest.post("/access/download", **options)
        assert (answer.status_code, answer.json()["fileCount"]) == (200, 4), answer.text


def test_one_photo_is_a_zip_as_well(party: Party) -> None:
    only = guest_of(party, images=[party.file_ids[0]])
    for guest, form in ((guest_of(party), {"fileIds": [party.file_ids[0]]}), (only, {})):
        told = granted(guest, **form)
        assert (told["fileCount"], told["filename"]) == (1, "Anna & Ben.zip")
        party.installation.clock.advance(hours=1)
        answer = fetch(party, told["url"])
        assert len(answer.content) == told["sizeBytes"]
        with opened(answer) as read:
            assert read.namelist() == ["IMG_1.jpg"]


def test_a_page_saves_one_photo_by_itself(party: Party) -> None:
    token = guest_of(party).headers["Authorization"].split()[1]
    asked = Asked([ids.decode(party.file_ids[0])], None, None)
    [offered] = downloads.offer(party.installation.app, token, asked).parts
    answer = fetch(party, offered.url)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/jpeg"
    assert 'attachment; filename="IMG_1.jpg"' in answer.headers["content-disposition"]
    assert offered.size_bytes == len(answer.content) == int(answer.headers["content-length"])
    assert SECRET.encode() not in answer.content
    part = fetch(party, offered.url, Range="bytes=10-99", **{"If-Range": answer.headers["etag"]})
    assert (part.status_code, part.content) == (206, answer.content[10:100])


def test_in_both_sizes(party: Party) -> None:
    party.installation.work_off()
    with opened(fetch(party, granted(guest_of(party), sizes="both")["url"])) as read:
        names = read.namelist()
    assert names == [f"{folder}/IMG_{n}.jpg" for folder in ("Originals", "Web") for n in range(1, 5)]


def test_in_the_size_for_the_web(party: Party) -> None:
    party.installation.work_off()
    with opened(fetch(party, granted(guest_of(party, sizes=["web"]))["url"])) as read:
        assert len(read.namelist()) == 4
        with party.installation.app.reading(SYSTEM) as unit:
            sizes = set(unit.db.scalars(select(Rendition.size_bytes).where(Rendition.variant == "lg")))
        assert {info.file_size for info in read.infolist()} == sizes
        assert not any(SECRET.encode() in read.read(name) or b"Exif" in read.read(name) for name in read.namelist())


def test_what_a_code_does_not_allow(party: Party) -> None:
    for permissions, sizes, form in (
        (("view",), ["original"], {}),
        (("download",), ["original"], {}),
        (MAKES, ["web"], {"sizes": "original"}),
        (MAKES, ["web"], {"sizes": "both"}),
        (MAKES, ["original"], {"sizes": "web"}),
    ):
        assert ask(guest_of(party, *permissions, sizes=sizes), **form).status_code == 403


def test_photos_of_another_code(party: Party) -> None:
    guest = guest_of(party, images=party.file_ids[:2])
    assert granted(guest)["fileCount"] == 2
    for wanted in ([party.file_ids[3]], [party.file_ids[0], party.file_ids[3]], [ids.encode(7)]):
        assert ask(guest, fileIds=wanted).status_code == 404


def test_nothing_to_download(party: Party) -> None:
    assert ask(guest_of(party, images=[])).status_code in (400, 404)
    party.change(revealOn="2099-01-01T00:00:00.000Z")
    assert ask(guest_of(party)).status_code == 404


def disable(party: Party, code: dict[str, Any]) -> None:
    party.recode(code, disabled=True)


def renew(party: Party, code: dict[str, Any]) -> None:
    assert party.host.post(f"{party.path}/accessors/{code['accessorId']}/replace").status_code == 200


def forbid(party: Party, code: dict[str, Any]) -> None:
    party.recode(code, permissions=["view"])


def narrow(party: Party, code: dict[str, Any]) -> None:
    party.recode(code, images=[party.file_ids[0]])


def shrink(party: Party, code: dict[str, Any]) -> None:
    party.recode(code, sizes=["web"])


def take_out(party: Party, _: dict[str, Any]) -> None:
    gone = party.host.call("DELETE", f"{party.path}/files", json={"fileIds": [party.file_ids[1]]})
    assert gone.status_code == 204


def end(party: Party, _: dict[str, Any]) -> None:
    party.change(secondsToLive=60)
    party.installation.clock.advance(seconds=61)


@pytest.mark.parametrize(
    ("change", "status"),
    [(disable, 404), (renew, 404), (forbid, 404), (shrink, 404), (narrow, 410), (take_out, 410), (end, 410)],
)
def test_a_change_holds_from_the_next_fetch_on(party: Party, change: Callable[..., None], status: int) -> None:
    code = party.code(*MAKES, sizes=["original", "web"])
    url = granted(party.enter(code))["url"]
    assert fetch(party, url).status_code == 200
    change(party, code)
    for headers in ({}, {"Range": "bytes=100-"}):
        answer = fetch(party, url, **headers)
        assert answer.status_code == status
        assert SECRET.encode() not in answer.content
        assert b"PK" not in answer.content


def test_stripping_that_is_turned_on_holds_for_downloads_asked_for_before(party: Party) -> None:
    party.change(stripLocation=False)
    url = granted(guest_of(party))["url"]
    party.change(stripLocation=True)
    assert fetch(party, url).status_code == 410


def test_a_link_is_over_after_a_day(party: Party) -> None:
    url = granted(guest_of(party))["url"]
    party.installation.clock.advance(hours=24)
    assert fetch(party, url).status_code == 410
    with party.installation.app.writing(SYSTEM) as unit:
        downloads.expire(unit)
    assert party.installation.rows(GuestDownload) == 0


def test_in_parts(party: Party) -> None:
    put(party, **{f"IMG_{number}.bmp": make.photo(kind="bmp", size=(700, 500)) for number in range(5, 8)})
    party.change(stripLocation=False)
    told = granted(guest_of(party), partBytes=1 << 20)
    assert "url" not in told
    assert [part["filename"] for part in told["parts"]] == [f"Anna & Ben ({n} of 4).zip" for n in range(1, 5)]
    names: list[str] = []
    for part in told["parts"]:
        answer = fetch(party, part["url"])
        assert len(answer.content) == part["sizeBytes"]
        assert part["sizeBytes"] <= 1 << 20 or part["fileCount"] == 1
        with opened(answer) as read:
            names += read.namelist()
    assert sorted(names) == sorted([*(f"IMG_{n}.jpg" for n in range(1, 5)), *(f"IMG_{n}.bmp" for n in range(5, 8))])
    assert ask(guest_of(party), partBytes=1000).status_code == 400


def test_what_cannot_be_stripped_is_sent_as_a_rendition(party: Party) -> None:
    put(party, **{"plan.bmp": make.photo(kind="bmp", size=(200, 100))})
    guest = guest_of(party)
    assert granted(guest)["leftOut"] == 1
    party.installation.work_off()
    told = granted(guest)
    assert told["leftOut"] == 0
    with opened(fetch(party, told["url"])) as read:
        assert "plan.jpg" in read.namelist()


def test_names_that_clash_or_deceive(party: Party, program: Callable[..., str], tmp_path: Path) -> None:
    odd = ("img_1.JPG", "CON.jpg", "evil\u202egpj.exe.jpg", "a:b?.jpg", "שלום.jpg", " .hidden .jpg")
    put(party, **{name: make.photo() for name in odd})
    file = tmp_path / "all.zip"
    file.write_bytes(fetch(party, granted(guest_of(party))["url"]).content)
    for command in (("unzip", "-tq"), ("7z", "t")):
        subprocess.run([program(command[0]), command[1], file], check=True, capture_output=True)
    with zipfile.ZipFile(file) as read:
        names = read.namelist()
    assert len({name.casefold() for name in names}) == len(names) == 10
    assert not any(char in name for name in names for char in '\\/:*?"<>|\u202e')
    assert "_CON.jpg" in names
    assert "שלום.jpg" in names


def test_moving_parts_come_along_stripped(party: Party) -> None:
    still = party.shelf.add(make.photo(), "live.jpg")["fileId"]
    film = party.shelf.add(make.film(), "live.mp4")["fileId"]
    with party.installation.app.writing(SYSTEM) as unit:
        unit.db.get_one(File, ids.decode(film)).part_of = ids.decode(still)
    assert party.host.post(f"{party.path}/files", json={"fileIds": [still]}).status_code == 200
    party.look()
    with opened(fetch(party, granted(guest_of(party), fileIds=[still])["url"])) as read:
        assert read.namelist() == ["live.jpg", "live.mp4"]


def test_forms_are_prepared_when_a_guest_comes(party: Party) -> None:
    guest_of(party)
    with party.installation.app.reading(SYSTEM) as unit:
        assert unit.db.scalars(select(Job.subject).where(Job.kind == preparing.STRIP)).all() == [party.event_id]
    party.installation.work_off()
    assert party.installation.rows(Stripped) == 4


def test_more_than_can_be_waited_for_is_prepared_by_a_job(party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    guest = guest_of(party)
    party.installation.work_off()
    with party.installation.app.writing(SYSTEM) as unit:
        for row in unit.db.scalars(select(Stripped)):
            unit.db.delete(row)
    monkeypatch.setattr(preparing, "AT_ONCE_BYTES", 1000)
    answer = ask(guest)
    assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
    party.installation.work_off()
    assert ask(guest).status_code == 200


def test_downloads_are_counted(party: Party) -> None:
    guest = guest_of(party)
    granted(guest)
    granted(guest, fileIds=[party.file_ids[0]])
    with party.installation.app.reading(SYSTEM) as unit:
        noted = unit.db.scalars(select(Doing).where(Doing.kind == "download")).all()
        assert sorted((each.file_id, each.count) for each in noted) == [(0, 1), (ids.decode(party.file_ids[0]), 1)]


def test_only_the_last_downloads_of_a_guest_are_kept(party: Party) -> None:
    guest = guest_of(party)
    for _ in range(25):
        granted(guest)
        party.installation.clock.advance(seconds=1)
    assert party.installation.rows(GuestDownload) == 20
