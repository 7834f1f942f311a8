"""What a guest sees: lists, links, favourites, comments, and nothing that tells where a photo was taken."""

import io
import zipfile
from typing import Any

import msgspec
import pytest
from tests import make
from tests.events.party import Party
from tests.installation import Caller

from albumen.assets.timelines import index
from albumen.events.gallery_views import GuestFilesView

PLACE = {"latitude", "longitude", "altitude", "place", "cameraMake", "cameraModel", "lens", "takenOn", "title"}


def seen(guest: Caller, **params: Any) -> list[dict[str, Any]]:
    """All that a guest sees, by pages of three."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        answer = guest.get("/access/files", params={"limit": 3, **params, **cursor})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        GuestFilesView.model_validate({"next": None, **page})
        found += page["files"]
        if "next" not in page:
            return found
        cursor = {"cursor": page["next"]}


def ids_of(files: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(each["fileId"] for each in files)


def test_a_guest_sees_the_event_in_its_order(party: Party) -> None:
    olga = party.enter(party.code())
    party.host.post(f"{party.path}/files/order", json={"fileIds": party.file_ids[3:], "before": party.file_ids[0]})
    assert ids_of(seen(olga)) == (party.file_ids[3], *party.file_ids[:3])


def test_the_links_of_a_guest(party: Party) -> None:
    party.installation.work_off()
    file = seen(party.enter(party.code("view", "download", sizes=["original", "web"])))[0]
    client = party.installation.client
    for link in (*file["thumbnails"].values(), file["contents"], file["original"], file["web"]):
        assert client.get(link).status_code == 200
    assert sorted(file["thumbnails"]) == ["lg", "md", "sm"]
    assert client.get(file["original"]).headers["content-disposition"].startswith("attachment")
    party.installation.clock.advance(minutes=10, seconds=1)
    links = [*file["thumbnails"].values(), file["contents"], file["original"], file["web"]]
    assert {client.get(link).status_code for link in links} == {410}


def test_links_end_with_the_event(party: Party) -> None:
    party.installation.work_off()
    olga = party.enter(party.code("view", "download"))
    party.change(secondsToLive=60)
    file = seen(olga)[0]
    party.installation.clock.advance(seconds=61)
    client = party.installation.client
    assert {client.get(link).status_code for link in (*file["thumbnails"].values(), file["original"])} == {410}
    assert olga.get("/access/files").status_code == 410


def test_rights_decide_which_links_there_are(party: Party) -> None:
    party.installation.work_off()
    shown = {
        ("view",): set(),
        ("view", "download"): {"original"},
    }
    for permissions, links in shown.items():
        file = seen(party.enter(party.code(*permissions)))[0]
        assert {"original", "web"} & file.keys() == links
    file = seen(party.enter(party.code("view", "download", sizes=["web"])))[0]
    assert {"original", "web"} & file.keys() == {"web"}
    assert party.enter(party.code("upload")).get("/access/files").status_code == 403


@pytest.fixture
def placed(party: Party) -> dict[str, Any]:
    """A photo in the event that tells where and with what it was taken."""
    photo = make.photo(gps=(48.85, 2.35), camera=("Canon", "EOS R5"), taken="2024-06-01 12:00:00", offset="+02:00")
    sent = party.host.post(f"{party.path}/files", files=[("files", ("paris.jpg", photo))])
    assert sent.status_code == 200, sent.text
    party.installation.work_off()
    return dict(sent.json()[0])


def test_place_and_device_are_not_told(party: Party, placed: dict[str, Any]) -> None:
    assert placed["cameraMake"] == "Canon"
    olga = party.enter(party.code("view", "download", sizes=["original", "web"]))
    file = seen(olga)[-1]
    assert file["fileId"] == placed["fileId"]
    assert not PLACE & file.keys()
    links = [*file["thumbnails"].values(), file["contents"], file["original"], file["web"]]
    for body in (party.installation.client.get(link).content for link in links):
        assert body
        assert not [word for word in (b"Canon", b"EOS R5", b"GPS") if word in body]


def test_a_host_may_tell_them(party: Party, placed: dict[str, Any]) -> None:
    party.change(stripLocation=False)
    file = seen(party.enter(party.code("view", "download")))[-1]
    assert (round(file["latitude"], 2), file["cameraModel"]) == (48.85, "EOS R5")
    assert b"Canon" in party.installation.client.get(file["original"]).content


def test_parts_of_the_event(party: Party) -> None:
    cake, dance = (party.host.post(f"{party.path}/sets", json={"name": n}).json()["setId"] for n in ("Cake", "Dance"))
    party.host.post(f"{party.path}/sets/{cake}/files", json={"fileIds": party.file_ids[:2]})
    party.host.post(f"{party.path}/sets/{dance}/files", json={"fileIds": party.file_ids[2:3]})
    olga = party.enter(party.code())
    assert ids_of(seen(olga, set=cake)) == party.file_ids[:2]
    assert [each.get("setId") for each in seen(olga)] == [cake, cake, dance, None]
    boris = party.enter(party.code(sets=[dance]))
    assert ids_of(seen(boris)) == party.file_ids[2:3]
    assert [each["name"] for each in boris.get("/access/sets").json()["sets"]] == ["Dance"]


def test_a_code_for_a_tag_or_a_query(party: Party) -> None:
    party.host.call("PATCH", f"{party.shelf.library}/files/{party.file_ids[1]}", json={"tags": ["smith"]})
    assert ids_of(seen(party.enter(party.code(tag="Smith")))) == party.file_ids[1:2]
    query = {"version": "1.0", "criteria": [{"attribute": "filename", "operator": "eq", "value": "IMG_3.jpg"}]}
    assert ids_of(seen(party.enter(party.code(query=query)))) == party.file_ids[2:3]
    both = party.host.post(f"{party.path}/accessors", json={"tag": "smith", "images": []})
    assert both.status_code == 400


def test_the_cover_that_a_guest_sees(party: Party) -> None:
    party.change(coverFileId=party.file_ids[3])
    assert party.enter(party.code()).get("/access/cover").json()["fileId"] == party.file_ids[3]
    some = party.enter(party.code(images=party.file_ids[1:3]))
    assert some.get("/access/cover").json()["fileId"] == party.file_ids[1]
    assert party.enter(party.code(images=[])).get("/access/cover").status_code == 404


def test_the_grid_of_a_guest(party: Party) -> None:
    file = f"{party.shelf.library}/files/{party.file_ids[0]}"
    party.host.call("PATCH", file, json={"favorite": True})
    code = party.code(images=party.file_ids[:2])
    olga = party.enter(code)
    told = olga.get("/access/index")
    assert int.from_bytes(told.content[4:8], "little") == 2
    version = told.headers["etag"].strip('"')
    assert olga.get("/access/index", headers={"If-None-Match": told.headers["etag"]}).status_code == 304
    chunk = olga.get(f"/access/chunks/{version}/0").content
    assert chunk[10] & index.FAVORITE == 0
    assert olga.get(f"/access/chunks/{version}/1").status_code == 404
    party.recode(code, images=party.file_ids[:1])
    again = olga.get("/access/index", headers={"If-None-Match": told.headers["etag"]})
    assert (again.status_code, int.from_bytes(again.content[4:8], "little")) == (200, 1)
    assert olga.get(f"/access/chunks/{version}/0").status_code == 410


def test_the_grid_of_the_host(party: Party) -> None:
    timeline = f"{party.shelf.library}/timeline"
    party.shelf.add(make.photo(), "other.jpg")
    told = party.host.get(f"{timeline}/index", params={"of": f"event:{party.event_id}"})
    assert (told.status_code, int.from_bytes(told.content[4:8], "little")) == (200, 4)
    bob = party.installation.caller("bob").library()
    other = party.host.get(f"{bob.library}/timeline", params={"of": f"event:{party.event_id}"})
    stranger = bob.by.get(f"{bob.library}/timeline", params={"of": f"event:{party.event_id}"})
    assert (other.status_code, stranger.status_code) == (404, 404)


def test_favourites(party: Party) -> None:
    code = party.code("view", "favorite", label="=Olga")
    olga, boris = party.enter(code, guestName="Olga"), party.enter(code, guestName="Boris")
    for _ in range(2):
        assert olga.post(f"/access/favorites/{party.file_ids[1]}").status_code == 204
    boris.post(f"/access/favorites/{party.file_ids[1]}")
    boris.post(f"/access/favorites/{party.file_ids[2]}")
    boris.delete(f"/access/favorites/{party.file_ids[2]}")
    assert ids_of(seen(olga, favorites=True)) == party.file_ids[1:2]
    assert [each["favorite"] for each in seen(boris)] == [False, True, False, False]
    [listed] = party.host.get(f"{party.path}/favorites").json()["favorites"]
    assert (listed["name"], [each["guestName"] for each in listed["by"]]) == ("IMG_2.jpg", ["Olga", "Boris"])
    assert party.host.get(f"{party.path}/favorites/txt").text == "IMG_2.jpg\r\n"
    assert "'=Olga" in party.host.get(f"{party.path}/favorites/csv").text
    with zipfile.ZipFile(io.BytesIO(party.host.get(f"{party.path}/favorites/xmp").content)) as archive:
        assert archive.namelist() == ["IMG_2.xmp"]
        assert b"<xmp:Rating>5</xmp:Rating>" in archive.read("IMG_2.xmp")
    viewer = party.enter(party.code())
    assert viewer.post(f"/access/favorites/{party.file_ids[1]}").status_code == 403


def test_comments(party: Party) -> None:
    code = party.code()
    olga, boris = party.enter(code, guestName="Olga"), party.enter(party.code())
    comments = f"/access/files/{party.file_ids[0]}/comments"
    assert olga.post(comments, json={"text": "Lovely"}).status_code == 403
    party.change(hasComments=True)
    assert olga.post(comments, json={"text": " \u202e"}).status_code == 400
    made = olga.post(comments, json={"text": "Lovely\n<b>cake</b>\u202e"}).json()
    assert (made["text"], made["guestName"], made["mine"]) == ("Lovely\n<b>cake</b>", "Olga", True)
    assert seen(olga)[0]["commentCount"] == 1
    assert boris.get(comments).json() == {"comments": []}
    assert boris.delete(f"/access/comments/{made['commentId']}").status_code == 404
    assert len(party.host.get(f"{party.path}/comments").json()["comments"]) == 1
    assert party.host.delete(f"{party.path}/comments/{made['commentId']}").status_code == 204
    assert olga.get(comments).json() == {"comments": []}


def test_a_look_at_a_photo_is_counted(party: Party) -> None:
    olga = party.enter(party.code())
    for _ in range(2):
        assert msgspec.json.decode(olga.get(f"/access/files/{party.file_ids[0]}").content)["name"] == "IMG_1.jpg"
    activity = party.host.get(f"{party.path}/activity")
    assert activity.status_code == 200
