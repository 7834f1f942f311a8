"""A camera that photographed the clock is set right, in this event, and can be set back exactly."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.events.party import Party
from tests.events.shoot import START, Camera, Shoot
from tests.events.test_qr import drawn, read
from tests.installation import Caller, Installation

from albumen.events import clocks
from albumen.events.models import Event
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM

LATE = Camera(behind=3661.5)
RIGHT = Camera("Canon", "EOS R5", "042")


@pytest.fixture
def shoot(installation: Installation, alice: Caller) -> Shoot:
    """A party without photos."""
    return Shoot(Party.of(installation, alice, photos=0))


def clock(shoot: Shoot, seconds: float) -> str:
    """What the page showed so many seconds after the start."""
    at = START.replace(tzinfo=UTC) + timedelta(seconds=seconds)
    return clocks.payload(shoot.party.installation.app.seals, ids.decode(shoot.party.event_id), at)


def file(shoot: Shoot, file_id: str) -> dict[str, Any]:
    """A photo as the host sees it."""
    return shoot.party.shelf.file(file_id)


def taken(shoot: Shoot, file_id: str) -> float:
    """When a photo was taken, in seconds after the start."""
    at = datetime.fromisoformat(file(shoot, file_id)["takenOn"])
    return (at - START.replace(tzinfo=UTC)).total_seconds()


def undo(shoot: Shoot, file_id: str) -> dict[str, Any]:
    answer = shoot.party.host.post(f"{shoot.party.path}/clocks/{file_id}/undo")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_the_page_shows_the_time(shoot: Shoot) -> None:
    told = shoot.party.host.get(f"{shoot.party.path}/clock").json()
    seals, event_id = shoot.party.installation.app.seals, ids.decode(shoot.party.event_id)
    assert clocks.read(seals, event_id, told["payload"]) == datetime.fromisoformat(told["now"])
    svg = shoot.party.host.get(f"{shoot.party.path}/clock.svg")
    assert svg.headers["cache-control"] == "no-store"
    [payload] = read(drawn(svg.content))
    shown = clocks.read(seals, event_id, payload)
    assert shown is not None
    assert shown >= datetime.fromisoformat(told["now"])


def test_one_clock_sets_all_frames_of_its_camera_right_and_those_that_come_later(shoot: Shoot) -> None:
    sent = shoot.send(
        one=LATE.shoots(0),
        clock=LATE.shoots(10, clock(shoot, 10)),
        two=LATE.shoots(20.25),
        other=RIGHT.shoots(30),
    )
    assert [taken(shoot, sent[name]) for name in ("one", "clock", "two", "other")] == pytest.approx(
        [0, 10, 20.25, 30], abs=0.02
    )
    [shown] = shoot.cards()["clocks"]
    assert shown["offsetSeconds"] == pytest.approx(3661.5, abs=0.02)
    later = shoot.send(later=LATE.shoots(500))
    assert taken(shoot, later["later"]) == pytest.approx(500, abs=0.02)
    told = file(shoot, sent["one"])
    assert told["takenOnLocal"].startswith("2024-06-01T12:00:00")
    assert told["takenOnSource"] == "clock"
    shoot.party.installation.check_counts()


def test_taking_it_back_leaves_everything_as_it_was(shoot: Shoot) -> None:
    first = shoot.send(one=LATE.shoots(0), two=LATE.shoots(90_000))
    before = [file(shoot, file_id) for file_id in first.values()]
    shown = shoot.send(clock=LATE.shoots(10, clock(shoot, 10)))["clock"]
    assert file(shoot, first["one"])["takenOn"] != before[0]["takenOn"]
    assert "offsetSeconds" not in undo(shoot, shown)
    after = [file(shoot, file_id) for file_id in first.values()]
    changing = ("modifiedOn", "thumbnails", "links")
    assert [{k: v for k, v in each.items() if k not in changing} for each in after] == [
        {k: v for k, v in each.items() if k not in changing} for each in before
    ]
    assert taken(shoot, shown) == pytest.approx(10 - 3661.5, abs=0.02)
    undo(shoot, shown)
    shoot.send(three=LATE.shoots(100))
    assert file(shoot, first["one"])["takenOn"] == before[0]["takenOn"]
    shoot.party.installation.check_counts()


def test_many_dates_are_moved_a_part_at_a_time(shoot: Shoot) -> None:
    sent = shoot.send(**{f"n{number}": LATE.shoots(number) for number in range(5)})
    shown = shoot.send(clock=LATE.shoots(10, clock(shoot, 10)))["clock"]
    with shoot.party.installation.app.writing(SYSTEM) as unit:
        event = unit.db.get_one(Event, ids.decode(shoot.party.event_id))
        clocks.undo(unit, event, ids.decode(shown))
        parts = [clocks.correct(unit, event, most=2) for _ in range(4)]
    assert parts == [False, False, True, True]
    assert [taken(shoot, file_id) for file_id in sent.values()] == pytest.approx(
        [number - 3661.5 for number in range(5)], abs=0.02
    )
    shoot.party.installation.check_counts()


def test_a_clock_that_is_right_moves_nothing(shoot: Shoot) -> None:
    sent = shoot.send(one=RIGHT.shoots(0), clock=RIGHT.shoots(10, clock(shoot, 11)))
    assert taken(shoot, sent["one"]) == 0
    assert file(shoot, sent["one"])["takenOnSource"] != "clock"


def test_a_frame_goes_by_the_last_clock_before_it(shoot: Shoot) -> None:
    slower = Camera(behind=100)
    sent = shoot.send(
        first=LATE.shoots(0, clock(shoot, 0)),
        one=LATE.shoots(10),
        second=slower.shoots(8000, clock(shoot, 8000)),
        two=slower.shoots(8010),
    )
    assert [taken(shoot, sent[name]) for name in ("one", "two")] == pytest.approx([10, 8010], abs=0.02)
    undo(shoot, sent["second"])
    assert taken(shoot, sent["two"]) == pytest.approx(8010 - 100 + 3661.5, abs=0.02)


def test_dates_that_a_user_set_are_left_alone(shoot: Shoot) -> None:
    sent = shoot.send(one=LATE.shoots(0), two=LATE.shoots(5))
    set_by_hand = "2020-01-01T00:00:00.000Z"
    path = f"{shoot.party.shelf.library}/files"
    shoot.party.host.call("PATCH", f"{path}/{sent['one']}", json={"takenOn": set_by_hand})
    shown = shoot.send(clock=LATE.shoots(10, clock(shoot, 10)))["clock"]
    shoot.party.host.call("PATCH", f"{path}/{sent['two']}", json={"takenOn": set_by_hand})
    undo(shoot, shown)
    assert [file(shoot, sent[name])["takenOn"] for name in ("one", "two")] == [set_by_hand] * 2


def test_a_corrected_clock_changes_whose_photos_they_are(shoot: Shoot) -> None:
    anna, ben = shoot.subject("Anna"), shoot.subject("Ben")
    fast = Camera(behind=-1000)
    sent = shoot.send(
        a=LATE.shoots(0, anna["qrUrl"]), one=LATE.shoots(10), b=LATE.shoots(20, ben["qrUrl"]), two=LATE.shoots(30)
    )
    sent |= shoot.send(odd=fast.shoots(5))
    assert shoot.of(anna) == {sent["one"]}
    shown = shoot.send(clock=LATE.shoots(-10, clock(shoot, -10)), ahead=fast.shoots(1, clock(shoot, 1)))
    assert taken(shoot, sent["odd"]) == pytest.approx(5, abs=0.02)
    assert shoot.of(anna) == {sent["one"], sent["odd"]}
    undo(shoot, shown["ahead"])
    assert shoot.of(ben) >= {sent["two"]}
    assert sent["odd"] not in shoot.of(anna)


def test_only_clocks_of_this_event_count(shoot: Shoot, installation: Installation, alice: Caller) -> None:
    other = Shoot(Party.of(installation, alice, photos=0))
    right = clock(shoot, 10)
    forged = right[:-1] + ("0" if right[-1] != "0" else "1")
    for name, payload in (("of_another", clock(other, 10)), ("forged", forged)):
        sent = shoot.send(**{name: LATE.shoots(10, payload)})
        assert taken(shoot, sent[name]) == pytest.approx(10 - 3661.5, abs=0.02)
    assert len(shoot.cards()["foreign"]) == 2
    assert shoot.cards()["clocks"] == []


def test_what_shows_no_clock_cannot_be_taken_back(shoot: Shoot) -> None:
    sent = shoot.send(one=RIGHT.shoots(0))
    assert shoot.party.host.post(f"{shoot.party.path}/clocks/{sent['one']}/undo").status_code == 409


@pytest.mark.parametrize(
    "text", ["", "albumen:clock:1:2", "albumen:clock:99999999999999999:0123456789abcdef", "x" * 900]
)
def test_other_texts_are_no_clock(shoot: Shoot, text: str) -> None:
    assert clocks.read(shoot.party.installation.app.seals, 1, text) is None
