"""The page on which a keeper imports folders of the server, without JavaScript."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import update
from tests import make
from tests.installation import Installation
from tests.web.desk import Desk

from albumen.accounts.models import User
from albumen.jobs.models import Job
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import File
from albumen.media.guard import Guard


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder that may be imported, and beside it one that may not; a link leads from the first to the second."""
    inside, outside = tmp_path / "pictures", tmp_path / "private"
    (inside / "2019" / "Lisbon").mkdir(parents=True)
    outside.mkdir()
    (inside / "2019" / "Lisbon" / "tram.jpg").write_bytes(make.photo(taken="2019-06-28 12:00:00"))
    (inside / "2019" / "letter.txt").write_text("no photo at all")
    (outside / "secret.jpg").write_bytes(make.photo())
    (inside / "2019" / "way-out").symlink_to(outside)
    (inside / "2019" / "secret.jpg").symlink_to(outside / "secret.jpg")
    return inside


@pytest.fixture
def house(tmp_path: Path, pictures: Path, guard: Guard) -> Iterator[Installation]:
    with closing(Installation.at(tmp_path / "house", guard, imports={"folders": str(pictures)})) as installation:
        yield installation


@pytest.fixture
def keeper(house: Installation) -> Iterator[Desk]:
    house.caller("alice").library()
    with closing(Desk(house, "alice")) as desk:
        with house.app.writing(SYSTEM) as unit:
            unit.db.execute(update(User).where(User.name_key == "alice").values(is_keeper=True))
        yield desk


def library_of(house: Installation) -> str:
    [library] = house.caller("alice").get("/libraries").json()
    return str(library["libraryId"])


def test_a_folder_is_imported_with_all_in_it_but_no_links(keeper: Desk, house: Installation, pictures: Path) -> None:
    assert str(pictures) in keeper.page("/import")
    page = keeper.page("/import?root=0&path=2019")
    assert "path=2019/Lisbon" in page
    assert "way-out" not in page
    assert keeper.sent("/import", root=0, folder="2019", library=library_of(house), into="Trips") == "/import"
    assert "Waiting" in keeper.page("/import")
    assert keeper.submit("/import", root=0, folder="2019", library=library_of(house)).status_code == 422
    house.work_off()
    page = keeper.page("/import")
    for told in (
        "Done",
        "Added: 1",
        "Not supported: 2",
        "Passed over: 1",
        "3 files to look at",
        "Links are not followed here.",
    ):
        assert told in page, told
    assert "Trips" in keeper.page("/folders")
    assert house.rows(File) == 1
    house.check_counts()


@pytest.mark.parametrize(
    "path", ["../private", "2019/../../private", "2019/way-out", "2019/secret.jpg", "nowhere", "/etc"]
)
def test_nothing_leads_out_of_the_folders(keeper: Desk, house: Installation, path: str) -> None:
    assert keeper.get("/import", params={"root": 0, "path": path}).status_code == 404
    assert keeper.submit("/import", root=0, folder=path, library=library_of(house)).status_code == 404
    assert keeper.submit("/import", root=1, folder="2019", library=library_of(house)).status_code == 404
    assert keeper.submit("/import", root="9" * 5000, folder="2019", library=library_of(house)).status_code == 404
    assert house.rows(Job) == 0


def test_only_keepers_import_and_stop_it(keeper: Desk, house: Installation) -> None:
    with closing(Desk(house, "bob")) as bob:
        assert bob.get("/import").status_code == 403
        assert bob.submit("/import", root=0, folder="", library=library_of(house)).status_code == 403
        told = bob.submit("/import", root=0, folder="", library=library_of(house), into="/".join("a" * 30))
        assert (told.status_code, "pictures" in told.text) == (403, False)
        keeper.sent("/import", root=0, folder="", library=library_of(house))
        with house.app.reading(SYSTEM) as unit:
            job_id = unit.db.query(Job.id).filter(Job.kind == "import-folder").scalar()
        assert bob.submit(f"/import/{job_id}/stop").status_code == 403
    assert keeper.submit("/import/999999/stop").status_code == 404
    assert keeper.sent(f"/import/{job_id}/stop") == "/import"
    assert "Stopped" in keeper.page("/import")
    house.work_off()
    assert house.rows(File) == 0
