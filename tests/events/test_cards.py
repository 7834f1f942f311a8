"""Cards that a photographer shoots say whose the following frames are."""

import pytest
from sqlalchemy import update
from tests import make
from tests.events.party import Party, guest
from tests.events.shoot import Camera, Shoot
from tests.events.shots import Shot
from tests.installation import Caller, Installation

from albumen.events import frames
from albumen.events.frames import Frame
from albumen.events.guest_models import Contribution
from albumen.events.models import AccessorFile, CardFrame
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import File, Original

NIKON = Camera()
CANON = Camera("Canon", "EOS R5", "042")
CUT_OFF = Shot(width=1.25, size=(1200, 800), quality=85)


@pytest.fixture
def shoot(installation: Installation, alice: Caller) -> Shoot:
    """A party without photos."""
    return Shoot(Party.of(installation, alice, photos=0))


def test_frames_go_to_the_card_before_them(shoot: Shoot) -> None:
    anna, ben = shoot.subject("Anna"), shoot.subject("Ben")
    sent = shoot.send(
        early=NIKON.shoots(0),
        card_a=NIKON.shoots(10, anna["qrUrl"]),
        a1=NIKON.shoots(20),
        a2=NIKON.shoots(30),
        card_b=NIKON.shoots(40, ben["qrUrl"]),
        b1=NIKON.shoots(50),
    )
    assert shoot.of(anna) == {sent["a1"], sent["a2"]}
    assert shoot.of(ben) == {sent["b1"]}
    told = shoot.cards()
    assert [(card["label"], card["frameCount"], card["camera"]) for card in told["cards"]] == [
        ("Anna", 2, "Nikon Z 8 6001234"),
        ("Ben", 1, "Nikon Z 8 6001234"),
    ]
    assert told["beforeFirst"] == [{"camera": "Nikon Z 8 6001234", "frameCount": 1, "fileIds": [sent["early"]]}]
    assert (told["unread"], told["foreign"], told["clocks"], told["pendingCount"]) == ([], [], [], 0)
    shoot.party.installation.check_counts()


def test_guests_see_their_photos_and_no_card(shoot: Shoot) -> None:
    anna, everything = shoot.subject("Anna"), shoot.party.code(label="Family")
    sent = shoot.send(card=NIKON.shoots(0, anna["qrUrl"]), one=NIKON.shoots(10))
    for code in (anna, everything):
        visitor = shoot.party.enter(code)
        listed = visitor.get("/access/files").json()["files"]
        assert [file["fileId"] for file in listed] == [sent["one"]]
        assert visitor.get(f"/access/files/{sent['card']}").status_code == 404


def test_what_could_be_a_card_is_not_shown_before_it_was_looked_at(shoot: Shoot) -> None:
    party = shoot.party
    anna, family = shoot.subject("Anna"), party.enter(party.code(label="Family"))
    photos = {"card.jpg": NIKON.shoots(0, anna["qrUrl"]), "one.jpg": NIKON.shoots(10)}
    files = [("files", (name, photo)) for name, photo in photos.items()]
    [card, one] = [file["fileId"] for file in party.host.post(f"{party.path}/files", files=files).json()]

    def seen() -> list[str]:
        return [file["fileId"] for file in family.get("/access/files").json()["files"]]

    assert seen() == []
    assert family.get(f"/access/files/{card}").status_code == 404
    party.look()
    assert seen() == [one]


def test_guests_do_not_wait_for_ever(shoot: Shoot) -> None:
    party = shoot.party
    family = party.enter(party.code())
    files = [("files", ("one.jpg", NIKON.shoots(0)))]
    [one] = party.host.post(f"{party.path}/files", files=files).json()
    assert family.get(f"/access/files/{one['fileId']}").status_code == 404
    party.installation.clock.advance(hours=1, seconds=1)
    assert family.get(f"/access/files/{one['fileId']}").status_code == 200


def test_two_cameras_at_once_do_not_mix(shoot: Shoot) -> None:
    anna, ben = shoot.subject("Anna"), shoot.subject("Ben")
    sent = shoot.send(
        n0=NIKON.shoots(0, anna["qrUrl"]),
        c0=CANON.shoots(5, ben["qrUrl"]),
        n1=NIKON.shoots(10),
        c1=CANON.shoots(11),
        n2=NIKON.shoots(12),
        c2=CANON.shoots(13),
    )
    assert shoot.of(anna) == {sent["n1"], sent["n2"]}
    assert shoot.of(ben) == {sent["c1"], sent["c2"]}


def test_two_bodies_of_one_model_are_told_apart_by_serial_number(shoot: Shoot) -> None:
    anna = shoot.subject("Anna")
    twin = Camera(serial="6009999")
    sent = shoot.send(card=NIKON.shoots(0, anna["qrUrl"]), mine=NIKON.shoots(1), other=twin.shoots(2))
    assert shoot.of(anna) == {sent["mine"]}


def test_a_card_that_comes_late_changes_what_was_given(shoot: Shoot) -> None:
    anna, ben = shoot.subject("Anna"), shoot.subject("Ben")
    sent = shoot.send(card=NIKON.shoots(0, anna["qrUrl"]), one=NIKON.shoots(10), two=NIKON.shoots(30))
    assert shoot.of(anna) == {sent["one"], sent["two"]}
    shoot.send(late=NIKON.shoots(20, ben["qrUrl"]))
    assert (shoot.of(anna), shoot.of(ben)) == ({sent["one"]}, {sent["two"]})
    assert shoot.party.host.post(f"{shoot.party.path}/cards/read").status_code == 202
    shoot.party.installation.work_off()
    assert (shoot.of(anna), shoot.of(ben)) == ({sent["one"]}, {sent["two"]})


def test_a_card_that_cannot_be_read_ends_the_one_before_until_somebody_says_whose_it_is(shoot: Shoot) -> None:
    anna, ben = shoot.subject("Anna"), shoot.subject("Ben")
    sent = shoot.send(
        card=NIKON.shoots(0, anna["qrUrl"]),
        one=NIKON.shoots(10),
        spoilt=NIKON.shoots(20, ben["qrUrl"], CUT_OFF),
        two=NIKON.shoots(30),
    )
    [unread] = shoot.cards()["unread"]
    assert (unread["fileId"], unread["frameCount"]) == (sent["spoilt"], 1)
    assert (shoot.of(anna), shoot.of(ben)) == ({sent["one"]}, set())
    settled = shoot.settle(sent["spoilt"], accessorId=ben["accessorId"])
    assert (settled["kind"], settled["label"], settled["frameCount"], settled["settled"]) == ("code", "Ben", 1, True)
    assert (shoot.of(anna), shoot.of(ben)) == ({sent["one"]}, {sent["two"]})
    shoot.settle(sent["spoilt"], ignored=True)
    assert shoot.of(anna) == {sent["one"], sent["spoilt"], sent["two"]}
    assert shoot.cards()["unread"] == []


def test_a_frame_whose_card_was_missed_can_be_named(shoot: Shoot) -> None:
    anna = shoot.subject("Anna")
    sent = shoot.send(missed=NIKON.shoots(0), one=NIKON.shoots(10))
    shoot.settle(sent["missed"], accessorId=anna["accessorId"])
    assert shoot.of(anna) == {sent["one"]}


def test_cards_of_other_events_are_foreign(shoot: Shoot, installation: Installation, alice: Caller) -> None:
    anna = shoot.subject("Anna")
    other = Shoot(Party.of(installation, alice, photos=0)).subject("Olga")
    sent = shoot.send(
        card=NIKON.shoots(0, anna["qrUrl"]),
        one=NIKON.shoots(10),
        other=NIKON.shoots(20, other["qrUrl"]),
        two=NIKON.shoots(30),
    )
    assert shoot.of(anna) == {sent["one"]}
    assert [card["fileId"] for card in shoot.cards()["foreign"]] == [sent["other"]]


def test_a_menu_with_a_code_is_no_card(shoot: Shoot) -> None:
    anna = shoot.subject("Anna")
    sent = shoot.send(card=NIKON.shoots(0, anna["qrUrl"]), menu=NIKON.shoots(10, "https://example.org/menu#today"))
    assert shoot.of(anna) == {sent["menu"]}
    assert shoot.cards()["foreign"] == []


def test_picks_by_hand_stay(shoot: Shoot, installation: Installation) -> None:
    anna = shoot.subject("Anna")
    sent = shoot.send(before=NIKON.shoots(0), card=NIKON.shoots(10, anna["qrUrl"]), one=NIKON.shoots(20))
    shoot.party.recode(anna, images=[sent["before"]])
    assert shoot.of(anna) == {sent["before"], sent["one"]}
    shoot.settle(sent["card"], ignored=True)
    assert shoot.of(anna) == {sent["before"]}
    with installation.app.reading(SYSTEM) as unit:
        assert not [row for row in unit.db.query(AccessorFile) if row.is_by_card]


def test_what_a_card_gave_and_was_taken_out_stays_out(shoot: Shoot) -> None:
    anna = shoot.subject("Anna")
    sent = shoot.send(card=NIKON.shoots(10, anna["qrUrl"]), one=NIKON.shoots(20), two=NIKON.shoots(30))
    images = f"{shoot.party.path}/accessors/{anna['accessorId']}/images"
    assert shoot.party.host.call("DELETE", images, json={"fileIds": [sent["one"]]}).status_code == 204
    visitor = shoot.party.enter(anna)
    assert shoot.of(anna) == {sent["two"]}
    later = shoot.send(three=NIKON.shoots(40))
    assert shoot.of(anna) == {sent["two"], later["three"]}
    assert {file["fileId"] for file in visitor.get("/access/files").json()["files"]} == shoot.of(anna)
    listed = shoot.party.host.get(f"{shoot.party.path}/accessors").json()["accessors"]
    assert [code["imageCount"] for code in listed] == [2]
    assert shoot.party.host.post(images, json={"fileIds": [sent["one"]]}).status_code == 200
    assert shoot.of(anna) == {sent["one"], sent["two"], later["three"]}


def test_what_guests_send_is_not_looked_at(shoot: Shoot, installation: Installation) -> None:
    anna = shoot.subject("Anna")
    given = ids.decode(shoot.upload("IMG_1.jpg", NIKON.shoots(0, anna["qrUrl"])))
    with installation.app.writing(SYSTEM) as unit:
        event_id = ids.decode(shoot.party.event_id)
        unit.db.add(Contribution(event_id=event_id, file_id=given, state="shown", size_bytes=1, sent_at=unit.now))
    sent = shoot.send(one=NIKON.shoots(10))
    assert installation.rows(CardFrame) == 1
    assert (shoot.of(anna), shoot.cards()["cards"]) == (set(), [])
    path = f"{shoot.party.path}/cards/{ids.encode(given)}"
    assert shoot.party.host.call("PATCH", path, json={"ignored": True}).status_code == 404
    assert shoot.settle(sent["one"], ignored=True)["kind"] == "ignored"


def test_photos_of_no_known_camera_or_time_go_to_nobody(shoot: Shoot) -> None:
    anna = shoot.subject("Anna")
    nameless = Camera("", "", None)
    sent = shoot.send(card=nameless.shoots(0, anna["qrUrl"]), one=nameless.shoots(10), undated=make.photo())
    assert shoot.of(anna) == set()
    told = shoot.cards()
    assert [card["fileId"] for card in told["cards"]] == [sent["card"]]
    assert told["lostCount"] == 2


def test_a_photo_without_facts_is_lost_and_keeps_no_other_from_its_card(shoot: Shoot) -> None:
    anna = shoot.subject("Anna")
    odd = shoot.upload("odd.jpg", NIKON.shoots(5))
    with shoot.party.installation.app.writing(SYSTEM) as unit:
        signature = unit.db.get_one(File, ids.decode(odd)).signature
        unit.db.execute(update(Original).where(Original.signature == signature).values(facts=b"{}"))
    sent = shoot.send(card=NIKON.shoots(0, anna["qrUrl"]), a1=NIKON.shoots(10))
    assert shoot.of(anna) == {sent["a1"]}


def test_photos_from_before_the_event_are_not_looked_at(installation: Installation, alice: Caller) -> None:
    shoot = Shoot(Party.of(installation, alice, photos=2))
    shoot.send(one=NIKON.shoots(0))
    assert installation.rows(CardFrame) == 1
    assert shoot.cards()["pendingCount"] == 0


def test_a_deleted_code_takes_its_photos_along(shoot: Shoot, installation: Installation) -> None:
    anna = shoot.subject("Anna")
    shoot.send(card=NIKON.shoots(0, anna["qrUrl"]), one=NIKON.shoots(10))
    shoot.party.host.delete(f"{shoot.party.path}/accessors/{anna['accessorId']}")
    assert installation.rows(AccessorFile) == 0
    assert shoot.cards()["pendingCount"] == 1
    shoot.party.host.post(f"{shoot.party.path}/cards/read")
    installation.work_off()
    assert len(shoot.cards()["foreign"]) == 1


@pytest.mark.parametrize("told", [{}, {"ignored": False}, {"accessorId": "x", "ignored": True}, {"kind": "code"}])
def test_what_makes_no_sense_is_refused(shoot: Shoot, told: dict[str, object]) -> None:
    sent = shoot.send(one=NIKON.shoots(0))
    assert shoot.party.host.call("PATCH", f"{shoot.party.path}/cards/{sent['one']}", json=told).status_code == 400


def test_only_codes_and_photos_of_the_event_can_be_named(
    shoot: Shoot, installation: Installation, alice: Caller
) -> None:
    sent = shoot.send(one=NIKON.shoots(0))
    other = Party.of(installation, alice, photos=1)
    path = f"{shoot.party.path}/cards"
    told = {"accessorId": other.code()["accessorId"]}
    assert shoot.party.host.call("PATCH", f"{path}/{sent['one']}", json=told).status_code == 404
    assert shoot.party.host.call("PATCH", f"{path}/{other.file_ids[0]}", json={"ignored": True}).status_code == 404


def frame(file_id: int, name: str, kind: str = "plain", accessor_id: int | None = None) -> Frame:
    from tests.events.shoot import START

    return Frame(file_id, kind, "a", START, name, accessor_id)


def test_numbers_of_one_moment_go_over_9999() -> None:
    shot = [frame(1, "IMG_0001.jpg"), frame(2, "IMG_9999.jpg"), frame(3, "IMG_0002.jpg"), frame(4, "IMG_9998.jpg")]
    assert [each.file_id for each in frames.ordered(shot)] == [4, 2, 1, 3]


def test_a_raw_file_and_its_jpeg_are_one_card() -> None:
    shot = [
        frame(1, "DSC_0001.NEF", "code", 7),
        frame(2, "DSC_0001.JPG", "code", 7),
        frame(3, "DSC_0002.JPG"),
        frame(4, "DSC_0002.NEF"),
    ]
    assert frames.runs(shot).given == {3: 7, 4: 7}


def test_a_guest_may_not_see_what_cards_decided(shoot: Shoot) -> None:
    visitor = shoot.party.enter(shoot.party.code())
    assert visitor.get(f"{shoot.party.path}/cards").status_code == 401
    assert guest(shoot.party.installation, "guest_" + "x" * 43).get(f"{shoot.party.path}/clock").status_code == 401


def test_what_came_in_by_the_album_is_looked_at_when_a_guest_comes(shoot: Shoot) -> None:
    party, shelf = shoot.party, shoot.party.shelf
    one = shelf.add(NIKON.shoots(0), "one.jpg")["fileId"]
    album = f"{shelf.library}/albums/{party.event()['albumId']}/files"
    assert party.host.post(album, json={"fileIds": [one]}).status_code in (200, 204)
    family = party.enter(party.code())
    assert family.get("/access/files").json()["files"] == []
    party.installation.work_off()
    assert [file["fileId"] for file in family.get("/access/files").json()["files"]] == [one]
