"""The commands, on a vault in a folder: two devices, one photo, and back."""

import shlex
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

from tests import make
from tests.vault_client.households import SECRET

Run = Callable[..., str]


def test_from_the_first_photo_to_the_last_device(run: Run, tmp_path: Path) -> None:
    host, photos = tmp_path / "host", tmp_path / "photos"
    photos.mkdir()
    (photos / "one.jpg").write_bytes(make.photo(taken="2021-07-01 12:00:00"))
    (photos / "two.jpg").write_bytes(make.photo(taken="2022-07-01 12:00:00"))
    assert len(run("a", "create", host).split("\n\n")[1].split()) == 24
    assert stat.S_IMODE((tmp_path / "a" / "keys.json").stat().st_mode) == 0o600
    assert "belongs to no vault yet" in run("b", "ls", ends=1)
    assert "2 photos are in the vault" in run("a", "add", photos)
    assert SECRET.encode() not in b"".join(each.read_bytes() for each in host.rglob("*") if each.is_file())

    run("b", "unlock", host)
    [one, two] = sorted(run("b", "ls").splitlines(), key=lambda line: line.split()[-1])
    assert one.endswith("one.jpg") and "2021-07-01" in one
    run("b", "get", "one.jpg", "--to", tmp_path)
    assert (tmp_path / "one.jpg").read_bytes() == (photos / "one.jpg").read_bytes()
    run("b", "rm", "two.jpg")
    assert "1 photos" in run("a", "status")
    assert "two.jpg" in run("a", "ls", "--deleted")
    run("a", "restore", two.split()[0][:8])
    assert "4 files are as they were put in" in run("b", "verify")
    assert "0 encrypted files" in run("b", "gc")
    run("b", "export", tmp_path / "export")
    assert (tmp_path / "export" / "recover.sh").exists()
    _invite_and_revoke(run, host)


def _invite_and_revoke(run: Run, host: Path) -> None:
    recipient = run("c", "device", "ask").split()[-1]
    given = run("a", "device", "add", recipient).splitlines()
    words = given[-1].rpartition(": ")[2]
    assert words in run("c", "device", "join", host, "--given", given[-2], typed="y\n")
    listed = run("c", "device", "list").splitlines()
    [mine] = [line for line in listed if line.endswith("this one")]
    assert len(listed) == 3
    run("a", "device", "revoke", mine.split()[0])
    assert "was revoked" in run("c", "ls", ends=1)
    assert "one.jpg" in run("b", "ls")


def test_what_is_to_be_typed_on_a_new_device_can_be_typed(run: Run, tmp_path: Path) -> None:
    host = tmp_path / "a host & more"
    run("a", "create", host)
    recipient = run("b", "device", "ask").split()[-1]
    first, *_, given, _ = run("a", "device", "add", recipient).splitlines()
    words = shlex.split(first.partition(":  albumen vault ")[2])
    assert words[:3] == ["device", "join", str(host)]
    assert "has the keys" in run("b", *words, "--given", given, typed="y\n")


def test_who_could_not_join_may_begin_anew(run: Run, tmp_path: Path) -> None:
    """What was learned of the vault that was not joined does not stand in the way of another."""
    run("a", "create", tmp_path / "host")
    recipient = run("b", "device", "ask").split()[-1]
    given = run("a", "device", "add", recipient).splitlines()[-2]
    [log] = (tmp_path / "host").glob("*/vault.db")
    with sqlite3.connect(log) as db:
        for n in range(2, 6):
            db.execute("INSERT INTO log SELECT ?, event, NULL, NULL, NULL, NULL FROM log WHERE n = 1", (n,))
    db.close()
    assert "Warning" in run("b", "device", "join", tmp_path / "host", "--given", given, typed="y\n", ends=1)
    assert "is ready" in run("b", "create", tmp_path / "other")
    assert "0 photos" in run("b", "status")


def test_a_folder_follows_both_ways(run: Run, tmp_path: Path) -> None:
    host, here, there = tmp_path / "host", tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    run("a", "create", host)
    run("b", "unlock", host)
    (here / "one.jpg").write_bytes(make.photo(taken="2021-07-01 12:00:00"))
    (here / "moving.jpg").write_bytes(make.photo(taken="2022-07-01 12:00:00"))
    (here / "moving.mov").write_bytes(b"a film")
    assert "2 added, 0 brought" in run("a", "sync", here)
    assert "0 added, 3 brought" in run("b", "sync", there)
    assert {each.name for each in there.iterdir()} == {"one.jpg", "moving.jpg", "moving.mov"}
    (there / "one.jpg").unlink()
    assert "1 deleted in the vault" in run("b", "sync", there)
    assert "1 deleted here" in run("a", "sync", here)
    assert "0 added, 0 brought, 0 deleted in the vault, 0 deleted here" in run("a", "sync", here)
    assert not (here / "one.jpg").exists() and (here / "moving.mov").read_bytes() == b"a film"
    for each in here.iterdir():
        each.unlink()
    assert "Nothing was deleted" in run("a", "sync", here, ends=1)


def test_photos_are_deleted_here_once_they_are_safe(run: Run, tmp_path: Path) -> None:
    (tmp_path / "one.jpg").write_bytes(make.photo(taken="2021-07-01 12:00:00"))
    run("a", "create", tmp_path / "host")
    run("a", "add", "--free", tmp_path / "one.jpg")
    assert not (tmp_path / "one.jpg").exists()
    run("a", "get", "one.jpg", "--to", tmp_path)
    assert (tmp_path / "one.jpg").stat().st_size > 100
