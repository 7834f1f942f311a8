"""What a screen in a room shows: nothing before its time, and no code that is somebody's own."""

from datetime import timedelta

import pytest
from sqlalchemy import ColumnElement, select
from tests import make
from tests.events.party import Party
from tests.installation import Caller, Installation

from albumen.events import screens, sight
from albumen.events.models import Accessor, Event
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import File
from albumen.unit import Unit


@pytest.fixture
def party(installation: Installation, alice: Caller) -> Party:
    return Party.of(installation, alice, photos=1)


def shown(unit: Unit, which: ColumnElement[bool]) -> set[str]:
    return set(unit.db.scalars(select(File.name).where(which)))


def test_what_came_into_the_event_just_now_waits_however_old_it_is(party: Party) -> None:
    old = party.shelf.add(make.photo(), "old.jpg")["fileId"]
    party.installation.clock.advance(hours=2)
    assert party.host.post(f"{party.path}/files", json={"fileIds": [old]}).status_code == 200
    event_id = ids.decode(party.event_id)
    with party.installation.app.reading(SYSTEM) as unit:
        event = unit.db.get_one(Event, event_id)
        assert "old.jpg" not in shown(unit, sight.was_looked_at(unit, event))
        assert shown(unit, screens.of_host(unit, event)) == {"IMG_1.jpg"}
    party.installation.clock.advance(hours=1.1)
    with party.installation.app.reading(SYSTEM) as unit:
        event = unit.db.get_one(Event, event_id)
        assert shown(unit, screens.of_host(unit, event)) == {"IMG_1.jpg", "old.jpg"}


def test_nothing_is_shown_before_its_time(party: Party) -> None:
    with party.installation.app.writing(SYSTEM) as unit:
        event = unit.db.get_one(Event, ids.decode(party.event_id))
        event.reveal_at = unit.now + timedelta(hours=1)
        assert shown(unit, screens.of_host(unit, event)) == set()
        event.reveal_at = unit.now
        assert shown(unit, screens.of_host(unit, event)) == {"IMG_1.jpg"}


def test_no_code_of_somebodys_own_hangs_on_a_wall(party: Party) -> None:
    few = ids.decode(party.code("view", images=list(party.file_ids))["accessorId"])
    sent = ids.decode(party.code("view", "upload")["accessorId"])
    with party.installation.app.writing(SYSTEM) as unit:
        event = unit.db.get_one(Event, ids.decode(party.event_id))
        unit.db.get_one(Accessor, sent).sent_to = "ben@example.org"
        unit.db.flush()
        assert screens.invitation(unit, event) is None
        assert not screens.is_for_all(unit.db.get_one(Accessor, few))
    open_to_all = party.code("view")["accessorId"]
    with party.installation.app.reading(SYSTEM) as unit:
        found = screens.invitation(unit, unit.db.get_one(Event, ids.decode(party.event_id)))
        assert found is not None
        assert ids.encode(found.id) == open_to_all
