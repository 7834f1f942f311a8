"""The page of a photo that was opened from an event or an album: its neighbours there, and the way back."""

import re
from contextlib import closing
from typing import Any

import pytest
from tests import make
from tests.events.party import Party
from tests.installation import Caller, Installation, Shelf
from tests.web.desk import Desk


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
    assert f'href="/albums/{album}#p-{order[0]}"' in desk.page(f"/library/p/{order[0]}?of=album:{album}")


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
