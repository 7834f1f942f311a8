"""The mirror: a local copy that follows a library, whatever happens there, here, and to the mirror itself."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests import make
from tests.flows.mirrored import folder, local, patch, remote, run
from tests.installation import APPLICATION_KEY, Installation, Shelf, wait_until

from albumen.changes import retention
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import File, Folder
from albumen_client import Client
from albumen_client.errors import Conflict, Unreachable
from albumen_client.mirror import Mirror, Outcome, state, tree
from albumen_client.mirror.tree import OWN
from albumen_client.transport import Call, Patience


def test_it_follows_everything(client: Client, shelf: Shelf, home: Path) -> None:
    first, second = shelf.add(make.photo(), "a.jpg"), shelf.add(make.photo(), "b.jpg")
    below = folder(shelf, "2024")
    third = below.add(make.photo(), "c.jpg")
    assert run(client, shelf, home).downloaded == 3
    assert local(home) == remote(shelf.by, shelf)
    patch(shelf.by, f"{shelf.library}/files/{first['fileId']}", name="z.jpg")
    patch(shelf.by, f"{shelf.library}/files/{second['fileId']}", folderId=below.folder_id)
    patch(shelf.by, below.folder, name="Two thousand")
    outcome = run(client, shelf, home)
    assert (outcome.downloaded, outcome.moved) == (0, 3)
    assert local(home) == remote(shelf.by, shelf)
    shelf.by.delete(f"{shelf.library}/files/{third['fileId']}")
    shelf.by.post(f"{shelf.library}/files/{first['fileId']}/versions", files={"file": ("z.jpg", make.photo())})
    outcome = run(client, shelf, home)
    assert (outcome.downloaded, outcome.removed, outcome.failed) == (1, 2, {})
    assert local(home) == remote(shelf.by, shelf)
    shelf.by.delete(below.folder)
    run(client, shelf, home)
    assert local(home) == remote(shelf.by, shelf)
    assert (home / "All Pictures" / "z.jpg").exists()


def test_names_that_change_places(client: Client, shelf: Shelf, home: Path) -> None:
    a, b = shelf.add(make.photo(), "a.jpg"), shelf.add(make.photo(), "b.jpg")
    run(client, shelf, home)
    for file, name in ((a, "x.jpg"), (b, "a.jpg"), (a, "b.jpg")):
        patch(shelf.by, f"{shelf.library}/files/{file['fileId']}", name=name)
    assert run(client, shelf, home).downloaded == 0
    assert local(home) == remote(shelf.by, shelf)


def test_the_same_bytes_twice_come_once(client: Client, shelf: Shelf, home: Path) -> None:
    photo = make.photo()
    shelf.add(photo, "a.jpg")
    folder(shelf, "Again").add(photo, "b.jpg")
    assert run(client, shelf, home).downloaded == 1
    assert local(home) == remote(shelf.by, shelf)


def test_what_was_there_before_stays(client: Client, shelf: Shelf, home: Path) -> None:
    photo = make.photo()
    files = [shelf.add(content, name) for content, name in ((make.photo(), "a.jpg"), (photo, "b.jpg"))]
    folder(shelf, "Full")
    (home / "All Pictures" / "Full").mkdir(parents=True)
    (home / "All Pictures" / "a.jpg").write_bytes(b"mine")
    (home / "All Pictures" / "b.jpg").write_bytes(photo)
    (home / "All Pictures" / "Full" / "mine.txt").write_bytes(b"mine, too")
    assert run(client, shelf, home).downloaded == 1
    assert local(home)["All Pictures/a.jpg"] == b"mine"
    assert "All Pictures/a (2).jpg" in local(home)
    for file in files:
        shelf.by.delete(f"{shelf.library}/files/{file['fileId']}")
    run(client, shelf, home)
    assert local(home) == {
        "All Pictures": None,
        "All Pictures/Full": None,
        "All Pictures/a.jpg": b"mine",
        "All Pictures/b.jpg": photo,
        "All Pictures/Full/mine.txt": b"mine, too",
    }


def test_what_somebody_changed_here_is_theirs(client: Client, shelf: Shelf, home: Path) -> None:
    file, other = shelf.add(make.photo(), "a.jpg"), shelf.add(make.photo(), "b.jpg")
    run(client, shelf, home)
    (home / "All Pictures" / "a.jpg").write_bytes(b"edited")
    (home / "All Pictures" / "b.jpg").unlink()
    assert run(client, shelf, home).downloaded == 2
    assert local(home)["All Pictures/a.jpg"] == b"edited"
    assert sorted(local(home)) == ["All Pictures", *(f"All Pictures/{n}" for n in ("a (2).jpg", "a.jpg", "b.jpg"))]
    for each in (file, other):
        shelf.by.delete(f"{shelf.library}/files/{each['fileId']}")
    run(client, shelf, home)
    assert local(home) == {"All Pictures": None, "All Pictures/a.jpg": b"edited"}


def test_links_are_not_followed(client: Client, shelf: Shelf, home: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_bytes(b"mine")
    below = folder(shelf, "Trap")
    below.add(make.photo(), "precious")
    shelf.add(make.photo(), "link.jpg")
    (home / "All Pictures").mkdir(parents=True)
    (home / "All Pictures" / "Trap").symlink_to(outside)
    (home / "All Pictures" / "link.jpg").symlink_to(outside / "new")
    run(client, shelf, home)
    assert list(outside.iterdir()) == [outside / "precious"]
    assert (outside / "precious").read_bytes() == b"mine"
    assert {"All Pictures/Trap (2)", "All Pictures/link (2).jpg"} <= local(home).keys()


@pytest.mark.parametrize("name", ["..", "CON.jpg", ".hidden.jpg", "a:b*c?.jpg", "x" * 250 + ".jpg", " .jpg", OWN])
def test_names_are_never_paths(installation: Installation, client: Client, shelf: Shelf, home: Path, name: str) -> None:
    file = shelf.add(make.photo(), "a.jpg")
    with installation.app.writing(SYSTEM) as unit:
        unit.db.get_one(File, ids.decode(file["fileId"])).name = name
        unit.db.get_one(Folder, ids.decode(shelf.folder_id)).name = name
    run(client, shelf, home)
    [found] = [path for path in home.rglob("*") if path.is_file() and OWN not in path.relative_to(home).parts[:1]]
    assert found.parent.parent == home
    for part in found.relative_to(home).parts:
        assert not part.startswith(".")
        assert len(part.encode()) <= 255
    assert {path.name for path in home.parent.iterdir()} == {"data", "home"}
    assert run(client, shelf, home) == Outcome()


def test_names_that_differ_by_case_only(client: Client, shelf: Shelf, home: Path) -> None:
    one, two = folder(shelf, "Straße"), folder(shelf, "Strasse 2")
    one.add(make.photo(), "A.jpg")
    two.add(make.photo(), "a.jpg")
    run(client, shelf, home)
    assert local(home) == remote(shelf.by, shelf)


def test_whoever_sees_a_folder_mirrors_that(installation: Installation, port: int, shelf: Shelf, home: Path) -> None:
    lent, other = folder(shelf, "Lent"), folder(shelf, "Other")
    moved = other.add(make.photo(), "moved.jpg")
    lent.add(make.photo(), "a.jpg")
    answer = shelf.by.post(f"{lent.folder}/users", json={"userId": "bob", "role": "reader"})
    assert answer.status_code == 200, answer.text
    bob = installation.caller("bob")
    with Client(f"http://127.0.0.1:{port}", key=APPLICATION_KEY, user="bob") as client:
        run(client, shelf, home)
        assert sorted(local(home)) == ["Lent", "Lent/a.jpg"]
        patch(shelf.by, f"{shelf.library}/files/{moved['fileId']}", folderId=lent.folder_id)
        inner = folder(shelf, "Inner", lent.folder_id)
        inner.add(make.photo(), "b.jpg")
        run(client, shelf, home)
        assert local(home) == remote(bob, shelf)
        patch(shelf.by, inner.folder, parentId=other.folder_id)
        run(client, shelf, home)
        assert local(home) == remote(bob, shelf)
        assert sorted(local(home)) == ["Lent", "Lent/a.jpg", "Lent/moved.jpg"]


def test_after_a_long_absence_nothing_is_downloaded_again(
    installation: Installation, client: Client, shelf: Shelf, home: Path
) -> None:
    gone = shelf.add(make.photo(), "gone.jpg")
    for number in range(3):
        shelf.add(make.photo(), f"{number}.jpg")
    run(client, shelf, home)
    shelf.by.delete(f"{shelf.library}/files/{gone['fileId']}")
    installation.clock.advance(days=40)
    retention.forget(installation.app)
    shelf.add(make.photo(), "new.jpg")
    outcome = run(client, shelf, home)
    assert (outcome.downloaded, outcome.removed) == (1, 1)
    assert local(home) == remote(shelf.by, shelf)


def test_one_mirror_at_a_time_and_one_library(client: Client, shelf: Shelf, home: Path) -> None:
    other = shelf.by.library()
    with Mirror(client, shelf.library_id, home), pytest.raises(Conflict):
        Mirror(client, shelf.library_id, home)
    with pytest.raises(Conflict):
        Mirror(client, other.library_id, home)
    assert run(client, shelf, home).failed == {}


def test_following_goes_on(client: Client, shelf: Shelf, home: Path) -> None:
    with Mirror(client, shelf.library_id, home) as mirror:
        outcomes = mirror.follow(wait=20)
        assert next(outcomes).downloaded == 0
        shelf.add(make.photo(), "a.jpg")
        assert next(outcomes).downloaded == 1
    assert local(home) == remote(shelf.by, shelf)


SCRIPT = """
import sys
from pathlib import Path
from albumen_client import Client
from albumen_client.mirror import Mirror
address, key, library, home = sys.argv[1:]
with Client(address, key=key, user="alice") as client, Mirror(client, library, Path(home)) as mirror:
    mirror.run()
"""


def test_killed_anywhere_the_next_run_converges(port: int, client: Client, shelf: Shelf, home: Path) -> None:
    dice, below = random.Random(5), folder(shelf, "Below")
    for number in range(12):
        (shelf, below)[number % 2].add(make.photo(kind="png", size=(500, 400)), f"{number}.png")
    words = [sys.executable, "-c", SCRIPT, f"http://127.0.0.1:{port}", APPLICATION_KEY, shelf.library_id, str(home)]
    for turn in range(6):
        process = subprocess.Popen(words, stderr=subprocess.DEVNULL)
        state = home / OWN / "state.db"
        wait_until(lambda: state.exists() or process.poll() is not None, "the mirror to begin")  # noqa: B023 - waited for
        try:
            process.wait(dice.uniform(0, 0.4))
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
        process.wait()
        patch(shelf.by, below.folder, name=f"Below {turn}")
        shelf.add(make.photo(), f"more {turn}.jpg")
    run(client, shelf, home)
    assert local(home) == remote(shelf.by, shelf)
    assert list((home / OWN / "stash").iterdir()) == []


class Stopped(BaseException):
    """The process has ended, as far as the mirror can tell."""


@pytest.mark.parametrize("stops_at", range(1, 40, 3))
def test_stopped_at_any_step_the_next_run_converges(
    client: Client, shelf: Shelf, home: Path, stops_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = folder(shelf, "Below")
    files = [(shelf, below)[number % 2].add(make.photo(), f"{number}.jpg") for number in range(4)]
    run(client, shelf, home)
    patch(shelf.by, below.folder, name="Moved")
    patch(shelf.by, f"{shelf.library}/files/{files[0]['fileId']}", name="1.jpg")
    shelf.by.delete(f"{shelf.library}/files/{files[2]['fileId']}")
    below.add(make.photo(), "new.jpg")
    steps = 0

    def stopping(act: Any) -> Any:
        def step(*given: Any, **named: Any) -> Any:
            nonlocal steps
            steps += 1
            if steps == stops_at:
                raise Stopped
            answer = act(*given, **named)
            steps += 1
            if steps == stops_at:
                raise Stopped
            return answer

        return step

    with monkeypatch.context() as patched:
        for kind, names in ((state.State, ("place", "forget", "apply")), (tree.Tree, ("bring_out", "put_away"))):
            for name in names:
                patched.setattr(kind, name, stopping(getattr(kind, name)))
        try:
            run(client, shelf, home)
        except Stopped:
            assert steps == stops_at
    outcome = run(client, shelf, home)
    assert outcome.failed == {}
    assert local(home) == remote(shelf.by, shelf)


def test_cut_off_while_a_file_is_brought_out_it_leaves_no_second_one(
    client: Client, shelf: Shelf, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, link = shelf.add(make.photo(), "a.jpg"), os.link

    def cut_off(*given: Any, **named: Any) -> None:
        link(*given, **named)
        raise Stopped

    with monkeypatch.context() as patched, pytest.raises(Stopped):
        patched.setattr(os, "link", cut_off)
        run(client, shelf, home)
    patch(shelf.by, f"{shelf.library}/files/{file['fileId']}", name="b.jpg")
    run(client, shelf, home)
    assert local(home) == remote(shelf.by, shelf)


def test_a_file_in_the_place_of_a_folder_stays(client: Client, shelf: Shelf, home: Path) -> None:
    photo = make.photo()
    folder(shelf, "2024").add(photo, "a.jpg")
    run(client, shelf, home)
    (home / "All Pictures/2024/a.jpg").unlink()
    (home / "All Pictures/2024").rmdir()
    (home / "All Pictures/2024").write_bytes(b"mine")
    assert run(client, shelf, home).failed == {}
    assert local(home / "All Pictures") == {"2024": b"mine", "2024 (2)": None, "2024 (2)/a.jpg": photo}


def test_a_folder_that_goes_while_all_is_listed(client: Client, shelf: Shelf, home: Path) -> None:
    shelf.add(make.photo(), "a.jpg")
    doomed, make_call = folder(shelf, "Doomed"), client.transport.make

    def make_late(call: Call) -> Any:
        if doomed.folder_id in (call.path + str(call.params)):
            shelf.by.delete(doomed.folder)
        return make_call(call)

    client.transport.make = make_late  # type: ignore[method-assign]  # the server changes meanwhile
    assert run(client, shelf, home).failed == {}
    run(client, shelf, home)
    assert local(home) == remote(shelf.by, shelf)


def test_following_tries_again_what_could_not_be_done(
    installation: Installation, client: Client, shelf: Shelf, home: Path
) -> None:
    photo = make.photo()
    shelf.add(photo, "a.jpg")
    [key] = installation.blobs("original")
    stored = installation.app.settings.store_folder / key
    stored.write_bytes(bytes(len(photo)))
    with Mirror(client, shelf.library_id, home) as mirror:
        outcomes = mirror.follow(wait=1)
        assert list(next(outcomes).failed) == ["All Pictures/a.jpg"]
        stored.write_bytes(photo)
        assert next(outcomes).downloaded == 1


def test_a_network_that_goes_leaves_what_is_there(client: Client, shelf: Shelf, home: Path) -> None:
    shelf.add(make.photo(), "a.jpg")
    run(client, shelf, home)
    before = local(home)
    with Client("http://127.0.0.1:9", key="k", patience=Patience(tries=1)) as nobody, pytest.raises(Unreachable):
        run(nobody, shelf, home)
    assert local(home) == before
