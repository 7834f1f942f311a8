"""The page of a photo that was opened from an event or an album: its neighbours there, and the way back."""

import re
from contextlib import closing
from typing import Any

import pytest
from tests import make
from tests.events.party import Party
from tests.installation import Caller, Installation, Shelf
from tests.web.desk import Desk

from albumen.accounts import sessions


def walk(desk: Desk, album: str, file_id: str, step: str) -> list[str]:
    """The photos that are come by from one on, step by step."""
    found = [file_id]
    while len(found) < 20:
        page = desk.page(f"/library/p/{found[-1]}?of=album:{album}")
        turn = re.search(rf'href="/library/p/(\w+)\?of=album:{album}" aria-label="{step}"', page)
        if turn is None:
            return found
        found.append(turn[1])
    return found


def test_a_photo_of_an_event_stays_in_the_event(installation: Installation, alice: Caller) -> None:
    party = Party.of(installation, alice)
    event, photos = party.event(), list(party.file_ids)
    alice.call("PATCH", f"{party.shelf.library}/albums/{event['albumId']}", json={"fileIds": photos[::-1]})
    party.shelf.add(make.photo(), "elsewhere.jpg")
    photos.reverse()
    with closing(Desk(installation, "alice")) as desk:
        address = f"/library/p/{photos[1]}?of=album:{event['albumId']}"
        assert f'href="{address}"' in desk.page(party.path)
        assert walk(desk, event["albumId"], photos[0], "Next") == photos
        assert walk(desk, event["albumId"], photos[-1], "Previous") == photos[::-1]
        page = desk.page(address)
        assert re.search(rf'id="close" href="{party.path}#p-{photos[1]}">.*<span>Anna &amp; Ben</span>', page)
        action = f"/library/p/{photos[1]}/favourite?of=album:{event['albumId']}"
        assert f'action="{action}"' in page
        assert desk.sent(action, wanted="yes") == address


@pytest.mark.parametrize("way", ["asc", "desc"])
def test_neighbours_in_an_album_by_query_follow_its_order(desk: Desk, shelf: Shelf, way: str) -> None:
    cameras: list[dict[str, Any]] = [{}, *({"camera": ("Canon", f"R{number}")} for number in (5, 3, 5)), {}]
    for camera in cameras:
        shelf.add(make.photo(taken="2021-07-01 12:00:00", **camera))
    told = {"version": "1.0", "criteria": [], "orderBy": [{"attribute": "camera", "direction": way}]}
    made = shelf.by.post(f"{shelf.library}/albums", json={"name": "By camera", "query": told})
    assert made.status_code == 200, made.text
    album = made.json()["albumId"]
    listed = shelf.by.get(f"{shelf.library}/albums/{album}/files").json()["files"]
    order = [each["fileId"] for each in listed]
    assert len(order) == len(cameras)
    assert walk(desk, album, order[0], "Next") == order
    assert walk(desk, album, order[-1], "Previous") == order[::-1]
    assert f'href="/albums/{album}/photos#p-{order[0]}"' in desk.page(f"/library/p/{order[0]}?of=album:{album}")


def test_an_album_in_its_own_order_is_what_its_photos_lead_back_to(desk: Desk, shelf: Shelf) -> None:
    first, second, third = (shelf.add(make.photo())["fileId"] for _ in range(3))
    made = shelf.by.post(f"{shelf.library}/albums", json={"name": "Mixed", "fileIds": [second, third, first]}).json()
    album = made["albumId"]
    path, of = f"/albums/{album}/photos", f"?of=album:{album}"
    assert re.findall(r'href="(/library/p/[^"]*)"', desk.page(path)) == [
        f"/library/p/{each}{of}" for each in (second, third, first)
    ]
    assert f'id="close" href="{path}#p-{third}"' in desk.page(f"/library/p/{third}{of}")
    assert desk.sent(f"/library/p/{third}/delete{of}") == f"{path}?done=trash"
    page = desk.page(f"{path}?done=trash")
    assert ("The photo is in the trash." in page, third in page) == (True, False)


FORMS: dict[str, dict[str, str]] = {
    "rate": {"rating": "3"},
    "archive": {"wanted": "yes"},
    "edit": {"title": "Cake", "name": "IMG_1.jpg"},
    "move": {},
}


def test_what_is_changed_on_a_photo_of_an_event_leads_back_to_it(installation: Installation, alice: Caller) -> None:
    party = Party.of(installation, alice)
    [first, *_], of = party.file_ids, f"?of=album:{party.event()['albumId']}"
    here = f"/library/p/{first}"
    with closing(Desk(installation, "alice")) as desk:
        page = desk.page(here + of)
        led = re.findall(rf'(?:href|action)="{here}/(\w+)([^"]*)"', page)
        kept = {"favourite", "edit", "move", "rate", "archive", "versions", "delete"}
        assert {deed for deed, told in led if told == of} == kept
        assert {deed for deed, told in led if told != of} == {"original"}
        for deed, fields in FORMS.items():
            told = fields or {"folder": party.shelf.folder_id}
            assert desk.sent(f"{here}/{deed}{of}", **told) == here + of, deed
        for deed in ("edit", "move"):
            page = desk.page(f"{here}/{deed}{of}")
            assert page.count(f'href="{here}{of}"') == 2
            assert f'action="{here}/{deed}{of}"' in page
        assert desk.sent(f"{here}/delete{of}") == f"{party.path}?done=trash"
        assert "The photo is in the trash." in desk.page(f"{party.path}?done=trash")


def test_the_versions_of_a_photo_of_an_event_lead_back_to_it(installation: Installation, alice: Caller) -> None:
    party = Party.of(installation, alice, photos=1)
    [first], told = party.file_ids, f"album:{party.event()['albumId']}"
    here = f"/library/p/{first}"
    with closing(Desk(installation, "alice")) as desk:
        token, path = sessions.csrf_token(desk.session), f"{here}/versions?of={told}"
        for _ in range(2):
            sent = desk.post(path, data={"csrf": token}, files={"file": ("edited.jpg", make.photo(), "image/jpeg")})
            assert sent.headers["location"] == f"{here}/versions?done=added&of={told}"
        page = desk.page(sent.headers["location"])
        assert f'href="{here}?of={told}"' in page
        assert f'name="of" value="{told}"' in page
        assert f'action="{path}"' in page
        restored = f"{here}/versions/1/restore?of={told}"
        assert f'action="{restored}"' in page
        assert desk.sent(restored) == f"{here}/versions?done=restored&of={told}"
        strange = desk.page(f"{here}/versions?of=album:%22%3E")
        assert ('name="of"' in strange, "?of=" in strange) == (False, False)


def test_who_does_not_see_the_album_sees_the_timeline(installation: Installation, alice: Caller, desk: Desk) -> None:
    party = Party.of(installation, alice)
    album, [first, *_] = party.event()["albumId"], party.file_ids
    folder = f"{party.shelf.library}/folders/{party.shelf.folder_id}/users"
    with closing(Desk(installation, "bob")) as bob:
        assert alice.post(folder, json={"userId": "bob", "role": "reader"}).status_code == 200
        page = bob.page(f"/library/p/{first}?of=album:{album}")
    assert ("<span>Timeline</span>" in page, "Anna" in page, "?of=" in page) == (True, False, False)
    outside = party.shelf.add(make.photo(), "outside.jpg")["fileId"]
    for file_id, told in ((outside, f"album:{album}"), (first, "album:x"), (first, 'album:"'), (first, "event:1")):
        page = desk.page(f"/library/p/{file_id}?of={told}")
        assert ("<span>Timeline</span>" in page, "?of=" in page) == (True, False), told
