"""A move of thousands of files whose server is killed in the middle, on its way there and on its way back."""

from typing import Any

import pytest
from sqlalchemy import select
from tests.faults.living import Caller, House
from tests.installation import Installation, Shelf, wait_until
from tests.rows import fill

from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import File
from albumen.media.guard import Guard

COUNT = 3000

pytestmark = pytest.mark.faults


def places(installation: Installation) -> dict[int, tuple[int, str]]:
    """Where each file lies, and under which name."""
    with installation.app.reading(SYSTEM) as unit:
        return {file.id: (file.folder_id, file.name) for file in unit.db.scalars(select(File))}


def standing(house: House) -> tuple[str, int]:
    """The stage of the only operation, and how many of its batches are done."""
    [(stage,)] = house.ask("SELECT stage FROM operations")
    [(done,)] = house.ask("SELECT count(*) FROM operation_batches WHERE is_done")
    return str(stage), int(done)


def killed_in_the_middle(house: House, begun: tuple[str, int]) -> tuple[str, int]:
    """Kill the server once the operation has gone on, start it again, and see the operation end."""
    wait_until(lambda: standing(house) != begun, "the first batch", 60)
    house.kill()
    at = standing(house)
    house.start()
    wait_until(lambda: standing(house)[0] in ("done", "undone", "failed"), "the operation", 120)
    return at


def test_a_move_is_whole_whenever_it_was_cut(house: House, guard: Guard) -> None:
    prepared = Installation.at(house.data, guard)
    shelf = prepared.caller("ann").library()
    answer = shelf.by.post(f"{shelf.library}/folders", json={"parentId": shelf.folder_id, "name": "Other"})
    other = Shelf(shelf.by, shelf.library_id, answer.json()["folderId"])
    fill(prepared, shelf.folder_id, COUNT)
    before = places(prepared)
    prepared.close()

    house.start()
    form: dict[str, Any] = {"folderId": other.folder_id, "timeline": version(house.caller(), shelf)}
    moved = house.caller().post(f"/v1{shelf.library}/selection/move", {**form, "ranges": [[0, COUNT]]})
    assert moved.status == 200, moved
    stage, done = killed_in_the_middle(house, ("pending", 0))
    assert stage == "pending"
    assert 0 < done < COUNT // 250
    assert house.ask("SELECT stage, done, skipped FROM operations") == [("done", COUNT, 0)]
    assert {place for (place,) in house.ask("SELECT folder_id FROM files")} == {ids.decode(other.folder_id)}

    undo = f"/v1{shelf.library}/operations/{moved.json['operationId']}/undo"
    assert house.caller().post(undo, {}).status == 200
    stage, _ = killed_in_the_middle(house, ("undoing", COUNT // 250))
    assert stage == "undoing"
    assert house.ask("SELECT stage, restored FROM operations") == [("undone", COUNT)]
    assert house.stop() == 0
    after = Installation.at(house.data, guard)
    assert places(after) == before
    after.check_counts()
    after.close()


def version(caller: Caller, shelf: Shelf) -> str:
    """The version of the library's timeline, which stands at the end of its index."""
    body = caller.get(f"/v1{shelf.library}/timeline/index").body
    return body[-int.from_bytes(body[12:16], "little") :].decode()
