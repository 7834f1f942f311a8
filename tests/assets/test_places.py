"""Where photos were taken: their names, the list of places, and the map."""

from typing import Any

import pytest
from sqlalchemy import update
from tests import make
from tests.installation import Caller, Installation, Shelf

from albumen.assets.places import naming
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import File

PARIS, VERSAILLES, MUNICH = (48.8606, 2.3376), (48.8049, 2.1204), (48.1315, 11.5497)
ATLANTIC, SAHARA = (30.0, -40.0), (23.0, 5.0)
TAVEUNI_WEST, TAVEUNI_EAST = (-16.83, 179.99), (-16.83, -179.97)
NOBODY = dict.fromkeys(("city", "region", "country", "country_code"))


def shelf_of(by: Caller, *places: tuple[float, float]) -> Shelf:
    shelf = by.library()
    for number, place in enumerate(places):
        shelf.add(make.photo(gps=place, taken=f"2024-01-01 12:00:{number:02}"), f"IMG_{number}.jpg")
    return shelf


def clusters(shelf: Shelf, bbox: str, zoom: int) -> list[dict[str, Any]]:
    answer = shelf.by.get(f"{shelf.library}/map?bbox={bbox}&zoom={zoom}")
    assert answer.status_code == 200, answer.text
    return list(answer.json())


def test_a_photo_tells_its_place(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    paris = {"city": "Paris", "region": "Île-de-France", "country": "France", "countryCode": "FR"}
    assert shelf.add(make.photo(gps=PARIS))["place"] == paris
    assert shelf.add(make.photo(gps=SAHARA))["place"] == {
        "region": "Tamanrasset",
        "country": "Algeria",
        "countryCode": "DZ",
    }
    assert "place" not in shelf.add(make.photo(gps=ATLANTIC))
    assert "place" not in shelf.add(make.photo())


def test_the_place_follows_a_corrected_position_and_a_copy(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    path = f"{shelf.library}/files/{shelf.add(make.photo(gps=PARIS))['fileId']}"
    moved = alice.call("PATCH", path, json={"latitude": MUNICH[0], "longitude": MUNICH[1]}).json()
    assert moved["place"] == {"city": "Munich", "region": "Bavaria", "country": "Germany", "countryCode": "DE"}
    copy = alice.post(f"{shelf.folder}/files?source={moved['fileId']}").json()
    assert copy["place"] == moved["place"]
    assert "place" not in alice.call("PATCH", path, json={"latitude": None, "longitude": None}).json()


def test_a_new_version_keeps_a_corrected_place(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    path = f"{shelf.library}/files/{shelf.add(make.photo(gps=PARIS))['fileId']}"
    versions = f"{path}/versions"
    assert alice.post(versions, files={"file": ("IMG_1.jpg", make.photo(gps=SAHARA))}).status_code == 200
    assert alice.get(path).json()["place"]["country"] == "Algeria"
    alice.call("PATCH", path, json={"latitude": MUNICH[0], "longitude": MUNICH[1]})
    alice.post(versions, files={"file": ("IMG_1.jpg", make.photo(gps=PARIS))})
    assert alice.get(path).json()["place"]["city"] == "Munich"


def test_files_of_the_release_before_are_named_in_the_background(installation: Installation, alice: Caller) -> None:
    shelf = shelf_of(alice, PARIS, ATLANTIC)
    alice.library().add(make.photo())
    installation.work_off()
    with installation.app.writing(SYSTEM) as unit:
        unit.db.execute(update(File).values(NOBODY))
        unit.jobs.add(naming.KIND)
    [root] = alice.get(f"{shelf.folder}/files").json()[:1]
    assert "place" not in root
    since = alice.get(f"{shelf.library}/changes").json()["cursor"]
    installation.work_off()
    assert shelf.file(root["fileId"])["place"]["city"] == "Paris"
    changes = alice.get(f"{shelf.library}/changes?since={since}").json()
    assert [root["fileId"]] == [each["id"] for each in changes["changes"]]


def test_places_are_counted_by_country_region_and_city(installation: Installation, alice: Caller) -> None:
    shelf = shelf_of(alice, PARIS, PARIS, VERSAILLES, MUNICH, SAHARA, ATLANTIC)
    alice.delete(f"{shelf.library}/files/{shelf.add(make.photo(gps=MUNICH), 'gone.jpg')['fileId']}")
    france, *others = alice.get(f"{shelf.library}/places").json()
    cities = [{"city": "Paris", "count": 2}, {"city": "Versailles", "count": 1}]
    region = {"region": "Île-de-France", "count": 3, "cities": cities}
    assert france == {"country": "France", "countryCode": "FR", "count": 3, "regions": [region]}
    assert sorted((each["countryCode"], each["count"]) for each in others) == [("DE", 1), ("DZ", 1)]
    [algeria] = [each for each in others if each["countryCode"] == "DZ"]
    assert algeria["regions"] == [{"region": "Tamanrasset", "count": 1, "cities": [{"count": 1}]}]


def test_a_map_shows_near_photos_as_one_with_the_newest(installation: Installation, alice: Caller) -> None:
    shelf = shelf_of(alice, PARIS, VERSAILLES, MUNICH)
    names = {each["fileId"]: each["name"] for each in alice.get(f"{shelf.folder}/files").json()}
    france, munich = clusters(shelf, "-180,-90,180,90", 4)
    assert (france["count"], names[france["fileId"]]) == (2, "IMG_1.jpg")
    assert france["latitude"] == pytest.approx((PARIS[0] + VERSAILLES[0]) / 2, abs=1e-4)
    assert (munich["count"], names[munich["fileId"]]) == (1, "IMG_2.jpg")
    assert len(clusters(shelf, "0,45,15,50", 9)) == 3
    assert [each["count"] for each in clusters(shelf, "2,48.5,3,49", 12)] == [1, 1]
    assert clusters(shelf, "100,-10,110,0", 3) == []


def test_a_map_across_the_date_line(installation: Installation, alice: Caller) -> None:
    shelf = shelf_of(alice, TAVEUNI_WEST, TAVEUNI_EAST, PARIS)
    [island] = clusters(shelf, "170,-30,-170,0", 5)
    assert island["count"] == 2
    assert abs(island["longitude"]) == pytest.approx(179.99, abs=0.03)
    assert [each["count"] for each in clusters(shelf, "170,-30,190,0", 5)] == [2]
    assert sum(each["count"] for each in clusters(shelf, "-540,-90,540,90", 5)) == 3


def test_a_map_has_a_bounded_number_of_points(installation: Installation, alice: Caller) -> None:
    shelf = shelf_of(alice, PARIS)
    with installation.app.writing(SYSTEM) as unit:
        [file] = unit.db.query(File).all()
        columns = {each.key: getattr(file, each.key) for each in File.__mapper__.column_attrs if each.key != "id"}
        for number in range(3000):
            spread = {"latitude": number % 60 - 30.0, "longitude": number / 10 - 150}
            unit.db.add(File(**{**columns, **spread, "folded": f"{number}", "name": f"{number}"}))
    found = clusters(shelf, "-180,-90,180,90", 22)
    assert 100 < len(found) <= 1000
    assert sum(each["count"] for each in found) == 3001


@pytest.mark.parametrize("bbox", ["", "1,2,3", "a,b,c,d", "0,50,10,40", "0,-91,1,1", "nan,0,1,1", "inf,0,1,1"])
def test_a_box_that_is_none(installation: Installation, alice: Caller, bbox: str) -> None:
    answer = alice.get(f"{alice.library().library}/map?bbox={bbox}&zoom=3")
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (400, "bbox")


def test_strangers_see_no_places(installation: Installation, alice: Caller) -> None:
    shelf, bob = shelf_of(alice, PARIS), installation.caller("bob")
    assert bob.get(f"{shelf.library}/places").status_code == 404
    assert bob.get(f"{shelf.library}/map?bbox=0,0,1,1&zoom=1").status_code == 404
