"""Guests add photos: at once or to a queue, within what their code allows, and take them back."""

import threading
from typing import Any

import pytest
from tests import make
from tests.events.party import Party, guest, knock
from tests.flows.tus import Upload
from tests.installation import Caller, Installation

from albumen.events import guest_uploads
from albumen.events.guest_models import Contribution, GuestUpload
from albumen.libraries import resumable
from albumen.libraries.models import File, Resumable, Version


def send(by: Caller, *photos: bytes, **params: str) -> Any:
    """Give photos by a form."""
    files = [("files", (f"IMG_{number}.jpg", photo)) for number, photo in enumerate(photos, 1)]
    return by.post("/access/files", files=files, params=params)


def seen(by: Caller) -> list[str]:
    """The ids of what a guest sees."""
    return [file["fileId"] for file in by.get("/access/files").json()["files"]]


def mine(by: Caller) -> list[tuple[str, str]]:
    """What a guest has sent: ids (also of uploads) and states."""
    return [
        (each.get("fileId") or each["uploadId"], each["state"]) for each in by.get("/access/uploads").json()["uploads"]
    ]


@pytest.fixture
def open_party(installation: Installation, alice: Caller) -> Party:
    """One that shows at once what guests give."""
    return Party.of(installation, alice, photos=1, guestUpload="yes")


@pytest.fixture
def careful(installation: Installation, alice: Caller) -> Party:
    """One whose host looks first."""
    return Party.of(installation, alice, photos=1, guestUpload="moderated")


@pytest.fixture
def olga(open_party: Party) -> Caller:
    return open_party.enter(open_party.code("view", "upload"), guestName="Olga")


def test_a_form_is_shown_at_once(open_party: Party, olga: Caller) -> None:
    photos = [make.photo(), make.photo()]
    told = send(olga, *photos).json()["uploads"]
    assert [each["state"] for each in told] == ["shown", "shown"]
    assert set(seen(olga)) == {*open_party.file_ids, *(each["fileId"] for each in told)}
    assert sorted(mine(olga)) == sorted((each["fileId"], "shown") for each in told)
    shown = {file["fileId"]: file for file in olga.get("/access/files").json()["files"]}
    assert (shown[told[0]["fileId"]]["mine"], shown[told[0]["fileId"]]["guestName"]) == (True, "Olga")
    files = open_party.host.get(f"{open_party.path}/files").json()["files"]
    assert len(files) == 3
    open_party.installation.check_counts()


def test_tus_gives_the_same(open_party: Party, olga: Caller) -> None:
    upload = Upload(olga, make.photo(kind="png", size=(200, 150)), told={"filename": "A.png"})
    assert upload.create().status_code == 201
    upload_id = upload.path.rpartition("/")[2]
    assert mine(olga) == [(upload_id, "sending")]
    assert upload.send(0, 100).status_code == 204
    assert upload.offset() == 100
    done = upload.send(100)
    assert done.status_code == 204
    assert mine(olga) == [(done.headers["albumen-file-id"], "shown")]
    assert upload.offset() == len(upload.content)
    assert upload.by.get(upload.path).json()["fileId"] == done.headers["albumen-file-id"]
    assert open_party.installation.rows(GuestUpload) == 0
    open_party.installation.check_counts()


def test_the_cookie_does_for_tus_as_well(open_party: Party) -> None:
    client = open_party.installation.client
    client.post("/v1/access", json={"accessCode": open_party.code("view", "upload")["accessCode"]})
    browser = Caller(client, {})
    upload = Upload(browser, make.photo())
    assert upload.create().status_code == 201
    assert upload.send(0, Origin="https://elsewhere.example").status_code == 403
    assert upload.send(0).status_code == 204
    client.cookies.clear()


def test_another_sites_page_sends_nothing_with_the_cookie(open_party: Party) -> None:
    client = open_party.installation.client
    client.post("/v1/access", json={"accessCode": open_party.code("view", "upload")["accessCode"]})
    upload = Upload(Caller(client, {"Origin": "https://elsewhere.example"}), make.photo())
    assert upload.create().status_code == 403
    client.cookies.clear()


def test_a_client_that_knows_only_the_code_can_send(open_party: Party) -> None:
    nobody = Caller(open_party.installation.client, {})
    code = open_party.code("view", "upload")
    upload = Upload(nobody, make.photo(), told={"eventCode": code["accessCode"], "guestName": "Ben"})
    assert upload.create().status_code == 201
    assert "." in upload.path
    with open_party.installation.app.reading(open_party.installation.actor("alice")) as unit:
        [kept] = unit.db.query(Resumable).all()
    assert code["accessCode"] not in str(kept.described)
    head = nobody.call("HEAD", upload.path, headers={"Tus-Resumable": "1.0.0"})
    assert "eventCode" in head.headers["upload-metadata"]
    bare = Upload(nobody, upload.content, upload.path.partition(".")[0])
    assert bare.send(0).status_code == 401
    forged = Upload(nobody, upload.content, upload.path[:-1] + ("0" if upload.path[-1] != "0" else "1"))
    assert forged.send(0).status_code == 404
    assert upload.send(0).status_code == 204
    [gift] = open_party.host.get(f"{open_party.path}/contributions").json()["contributions"]
    assert gift["guestName"] == "Ben"


def test_a_code_that_opens_nothing_sends_nothing(open_party: Party) -> None:
    upload = Upload(Caller(open_party.installation.client, {}), b"x", told={"eventCode": "ZZZZ-ZZZZ"})
    assert upload.create().status_code == 404


@pytest.mark.parametrize("way", ["form", "tus"])
@pytest.mark.parametrize(
    ("case", "status"), [("no right", 403), ("no uploads", 403), ("locked", 409), ("ended", 410), ("disabled", 401)]
)
def test_who_may_not_give(open_party: Party, way: str, case: str, status: int) -> None:
    code = open_party.code("view") if case == "no right" else open_party.code("view", "upload")
    olga = open_party.enter(code)
    if case == "no uploads":
        open_party.change(guestUpload="no")
    elif case == "locked":
        open_party.change(locked=True)
    elif case == "ended":
        open_party.change(secondsToLive=60)
        open_party.installation.clock.advance(minutes=2)
    elif case == "disabled":
        open_party.recode(code, disabled=True)
    before = open_party.installation.rows(File)
    answer = send(olga, make.photo()) if way == "form" else Upload(olga, make.photo()).create()
    assert answer.status_code == status, answer.text
    assert (open_party.installation.rows(File), open_party.installation.rows(Resumable)) == (before, 0)
    open_party.installation.check_counts()


def test_an_upload_ends_with_the_event(open_party: Party, olga: Caller) -> None:
    upload = Upload(olga, make.photo())
    upload.create()
    open_party.change(secondsToLive=60)
    open_party.installation.clock.advance(minutes=2)
    assert upload.send(0).status_code == 410
    open_party.change(secondsToLive=7200)
    assert upload.send(0).status_code == 204


def test_what_waits_is_seen_by_nobody_else(careful: Party) -> None:
    code = careful.code("view", "upload", "download")
    olga, ben = careful.enter(code), careful.enter(code)
    before = seen(ben)
    told = send(olga, make.photo()).json()["uploads"][0]
    assert told["state"] == "waiting"
    careful.installation.work_off()
    assert seen(ben) == seen(olga) == before
    assert mine(ben) == []
    assert careful.event()["fileCount"] == 1
    [own] = olga.get("/access/uploads").json()["uploads"]
    assert "sm" in own["thumbnails"], "whoever sent it sees it"
    assert olga.get(f"/access/files/{told['fileId']}").status_code == 404


def test_the_same_again_is_the_same(open_party: Party, olga: Caller) -> None:
    photo = make.photo()
    [first] = send(olga, photo).json()["uploads"]
    [again] = send(olga, photo).json()["uploads"]
    assert (again["fileId"], again["duplicate"]) == (first["fileId"], True)
    upload = Upload(olga, photo)
    upload.create()
    assert upload.send(0).headers["albumen-file-id"] == first["fileId"]
    ben = open_party.enter(open_party.code("view", "upload"))
    assert send(ben, photo).json()["uploads"][0]["fileId"] == first["fileId"], "it is shown to him"
    assert open_party.installation.rows(Contribution) == 1
    open_party.installation.check_counts()


def test_a_hash_tells_nothing_of_what_others_have_waiting(careful: Party) -> None:
    code, photo = careful.code("view", "upload"), make.photo()
    olga, ben = careful.enter(code), careful.enter(code)
    [first], [second] = (send(each, photo).json()["uploads"] for each in (olga, ben))
    assert first["fileId"] != second["fileId"]
    assert "duplicate" not in second
    careful.host.post(f"{careful.path}/contributions/approve", json={"all": True})
    assert len(seen(ben)) == 2, "it is shown once"
    assert (mine(olga)[0][1], mine(ben)[0][1]) == ("shown", "shown")
    careful.installation.check_counts()


def test_who_drops_only_gets_no_links(open_party: Party) -> None:
    olga = open_party.enter(open_party.code("upload"))
    photo = make.photo()
    told = send(olga, photo)
    assert told.status_code == 200
    open_party.installation.work_off()
    assert "/media/" not in told.text + olga.get("/access/uploads").text
    assert olga.get("/access/files").status_code == 403
    assert mine(olga)[0][1] == "shown"
    other = open_party.enter(open_party.code("upload"))
    assert "duplicate" not in send(other, photo).json()["uploads"][0]
    assert len(open_party.host.get(f"{open_party.path}/files").json()["files"]) == 2, "and is in the event once"


def test_a_code_takes_so_many(open_party: Party) -> None:
    code = open_party.code("view", "upload", mostFiles=2)
    olga, ben = open_party.enter(code), open_party.enter(code)
    photos = [make.photo() for _ in range(3)]
    first = Upload(olga, photos[0])
    assert first.create().status_code == 201
    assert send(ben, photos[1]).status_code == 200
    assert send(ben, photos[2]).status_code == 507
    assert Upload(olga, photos[2]).create().status_code == 507
    assert first.give_up().status_code == 204
    assert send(olga, photos[1], photos[1]).json()["uploads"][0]["duplicate"], "what is there counts once"
    assert send(olga, photos[2]).status_code == 200
    open_party.installation.check_counts()


def test_a_code_takes_so_much(open_party: Party) -> None:
    photo = make.photo()
    olga = open_party.enter(open_party.code("view", "upload", mostBytes=len(photo)))
    assert Upload(olga, photo + b"x").create().status_code == 507
    assert Upload(olga, photo).create().status_code == 201
    assert send(olga, photo).status_code == 507
    open_party.installation.clock.advance(hours=25)
    assert send(olga, photo).status_code == 200, "what was never sent counts no more"
    resumable.expire(open_party.installation.app)
    open_party.installation.check_counts()


def test_of_many_at_once_as_many_as_there_is_room_for(open_party: Party) -> None:
    code = open_party.code("view", "upload", mostFiles=2)
    olga = open_party.enter(code)
    statuses, start = [], threading.Barrier(6)

    def announce() -> None:
        start.wait()
        statuses.append(Upload(olga, b"x" * 100).create().status_code)

    threads = [threading.Thread(target=announce) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201, 201, 507, 507, 507, 507]


def test_the_hosts_quota_counts(installation: Installation, alice: Caller) -> None:
    party = Party.of(installation, alice, photos=1, guestUpload="yes")
    used = alice.get(party.shelf.library).json()["usedBytes"]
    photo = make.photo()
    alice.call("PATCH", party.shelf.library, json={"quotaBytes": used + len(photo)})
    olga = party.enter(party.code("view", "upload"))
    assert Upload(olga, photo).create().status_code == 201
    assert send(olga, make.photo()).status_code == 507
    installation.check_counts()


def test_guests_do_not_replace_each_others_photos(open_party: Party, olga: Caller) -> None:
    open_party.host.call("PATCH", open_party.shelf.library, json={"sameName": "version"})
    ben = open_party.enter(open_party.code("view", "upload"))
    send(olga, make.photo())
    send(ben, make.photo())
    assert len(seen(ben)) == 3
    assert open_party.installation.rows(Version) == open_party.installation.rows(File)


def test_taking_back_removes_it_for_good(open_party: Party, olga: Caller) -> None:
    photo = make.photo()
    [gift] = send(olga, photo).json()["uploads"]
    open_party.installation.work_off()
    files = open_party.installation.rows(File)
    assert olga.delete(f"/access/uploads/{gift['fileId']}").status_code == 204
    assert olga.delete(f"/access/uploads/{gift['fileId']}").status_code == 404
    assert (mine(olga), len(seen(olga))) == ([], 1)
    assert open_party.installation.rows(File) == files - 1
    assert open_party.host.get(f"{open_party.shelf.library}/trash").json()["files"] == []
    open_party.installation.check_counts()
    assert send(olga, photo).json()["uploads"][0]["state"] == "shown", "and may be given anew"


def test_only_ones_own_is_taken_back(open_party: Party, olga: Caller) -> None:
    code = open_party.code("view", "upload")
    ben, cleo = open_party.enter(code), open_party.enter(code)
    [gift] = send(ben, make.photo()).json()["uploads"]
    for other in (olga, cleo):
        assert other.delete(f"/access/uploads/{gift['fileId']}").status_code == 404
    assert olga.delete(f"/access/uploads/{open_party.file_ids[0]}").status_code == 404
    open_party.change(locked=True)
    assert ben.delete(f"/access/uploads/{gift['fileId']}").status_code == 409


def test_what_the_host_took_elsewhere_stays(open_party: Party, olga: Caller) -> None:
    [gift] = send(olga, make.photo()).json()["uploads"]
    form = {"name": "Best", "fileIds": [gift["fileId"]]}
    open_party.host.post(f"{open_party.shelf.library}/albums", json=form)
    assert olga.delete(f"/access/uploads/{gift['fileId']}").status_code == 204
    assert gift["fileId"] not in seen(olga)
    kept = open_party.host.get(f"{open_party.shelf.library}/files/{gift['fileId']}")
    assert kept.status_code == 200
    open_party.installation.check_counts()


def test_photos_go_into_the_set_they_are_for(open_party: Party) -> None:
    sets = f"{open_party.path}/sets"
    one, other = (open_party.host.post(sets, json={"name": name}).json()["setId"] for name in ("Church", "Dance"))
    olga = open_party.enter(open_party.code("view", "upload", sets=[one]))
    [gift] = send(olga, make.photo()).json()["uploads"]
    assert seen(olga) == [gift["fileId"]], "the only set the code shows"
    assert send(olga, make.photo(), set=other).status_code == 404
    everywhere = open_party.enter(open_party.code("view", "upload"))
    upload = Upload(everywhere, make.photo(), told={"set": other})
    upload.create()
    file_id = upload.send(0).headers["albumen-file-id"]
    [there] = everywhere.get(f"/access/files?set={other}").json()["files"]
    assert there["fileId"] == file_id


def test_what_is_no_photo_is_refused(open_party: Party, olga: Caller) -> None:
    assert send(olga, b"just text").status_code == 415
    upload = Upload(olga, b"just text" * 10)
    upload.create()
    assert upload.send(0).status_code == 415
    assert mine(olga) == []
    open_party.installation.check_counts()


def test_a_user_and_a_guest_do_not_meet_in_uploads(open_party: Party, olga: Caller) -> None:
    upload = Upload(olga, make.photo())
    upload.create()
    host, stranger = open_party.host, open_party.enter(open_party.code("view", "upload"))
    for other in (host, stranger):
        assert Upload(other, upload.content, upload.path).send(0).status_code == 404
        assert other.get(upload.path).status_code == 404
    own = Upload(host, make.photo())
    own.create()
    assert Upload(olga, own.content, own.path).send(0).status_code == 404


def test_leaving_ends_ones_uploads(open_party: Party, olga: Caller) -> None:
    upload = Upload(olga, make.photo())
    upload.create()
    assert olga.delete("/access").status_code == 204
    assert upload.send(0).status_code == 401
    assert guest(open_party.installation, "guest_" + "x" * 43).get("/access/uploads").status_code == 401
    assert knock(open_party.installation, "nothing").status_code == 404


@pytest.mark.parametrize("bound", [(2, 1 << 30), (9, 250)])
@pytest.mark.parametrize("of", ["_BY_GUEST", "_BY_EVENT"])
def test_much_that_is_said_and_not_sent_reserves_no_more_room(
    installation: Installation, olga: Caller, monkeypatch: pytest.MonkeyPatch, of: str, bound: tuple[int, int]
) -> None:
    monkeypatch.setattr(guest_uploads, of, bound)
    first, *others = [Upload(olga, bytes(100)) for _ in range(3)]
    assert [each.create().status_code for each in (first, *others)] == [201, 201, 507]
    assert first.give_up().status_code == 204
    assert others[1].create().status_code == 201
    installation.check_counts()
