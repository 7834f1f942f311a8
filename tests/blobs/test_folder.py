"""Blobs in a folder: the contract, and what only a disk can do to us."""

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.contracts.blobs import BlobsContract, filled, put

from albumen.blobs import disk
from albumen.blobs.folder import FolderBlobs
from albumen.kernel.errors import NotFound, OverQuota, Unavailable


class TestFolderBlobs(BlobsContract):
    @pytest.fixture
    def blobs(self, tmp_path: Path) -> FolderBlobs:
        return FolderBlobs(tmp_path / "new" / "store")


class TestWithoutHardLinks(BlobsContract):
    """On a file system that knows no hard links, exclusive renames keep the same contract."""

    @pytest.fixture
    def blobs(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FolderBlobs:
        def link(source: Path, target: Path) -> None:
            raise OSError(1, "Operation not permitted")

        monkeypatch.setattr(os, "link", link)
        return FolderBlobs(tmp_path)


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path)


@pytest.mark.parametrize("has_links", [True, False])
def test_of_many_writers_one_is_first(blobs: FolderBlobs, monkeypatch: pytest.MonkeyPatch, has_links: bool) -> None:
    if not has_links:
        monkeypatch.setattr(os, "link", _raise(OSError(95, "Operation not supported")))
    start, answers = threading.Barrier(8), []

    def write() -> None:
        with filled(blobs, b"the same photo") as spool:
            start.wait()
            answers.append(blobs.put("a/b/photo", spool))

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False] * 7 + [True]
    assert b"".join(blobs.read("a/b/photo")) == b"the same photo"


def test_an_upload_that_meets_the_sweep_keeps_its_bytes(blobs: FolderBlobs, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sweep has seen an old orphan and is about to unlink it, when an upload finds it there."""
    put(blobs, "orphan", b"x")
    unlink, lock = os.unlink, disk.lock
    tried, answers = threading.Event(), []
    upload = threading.Thread(target=lambda: answers.append(put(blobs, "orphan", b"x")))

    def unlink_after_the_upload_came(path: Path) -> None:
        if path.name == "orphan":
            upload.start()
            assert tried.wait(10)
            upload.join(0.2)  # it cannot finish now; without the lock it would, and lose its bytes
        unlink(path)

    def tell_and_lock(fd: int, *, wait: bool) -> bool:
        if threading.current_thread() is upload:
            tried.set()
        return lock(fd, wait=wait)

    monkeypatch.setattr(os, "unlink", unlink_after_the_upload_came)
    monkeypatch.setattr(disk, "lock", tell_and_lock)
    assert blobs.delete("orphan", untouched_since=datetime.now(UTC) + timedelta(hours=1))
    upload.join()
    assert answers == [True]
    assert b"".join(blobs.read("orphan")) == b"x"


def test_a_full_disk_is_over_quota(blobs: FolderBlobs) -> None:
    with blobs.spool() as spool:
        full = os.open("/dev/full", os.O_RDWR)
        os.dup2(full, spool.fileno())
        os.close(full)
        with pytest.raises(OverQuota):
            spool.write(b"one byte too many")


@pytest.mark.parametrize(("number", "error"), [(5, Unavailable), (30, Unavailable), (28, OverQuota), (122, OverQuota)])
@pytest.mark.parametrize("call", ["fsync", "link"])
def test_failures_of_the_disk_are_words_and_keep_nothing(
    blobs: FolderBlobs, monkeypatch: pytest.MonkeyPatch, call: str, number: int, error: type[Exception]
) -> None:
    with filled(blobs, b"x") as spool:
        with monkeypatch.context() as patch:
            patch.setattr(os, call, _raise(OSError(number, os.strerror(number))))
            with pytest.raises(error) as raised:
                blobs.put("a/b", spool)
        assert str(blobs.root) not in str(raised.value)
        with pytest.raises(NotFound):
            blobs.stat("a/b")
        assert blobs.put("a/b", spool), "the same spool can be put when the disk is well again"


def test_partial_writes_go_on(blobs: FolderBlobs, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda fd, data, at: whole(fd, bytes(data[:7]), at))
    assert put(blobs, "a", bytes(range(256)))
    assert b"".join(blobs.read("a")) == bytes(range(256))


def test_everything_is_synced_before_it_is_acknowledged(blobs: FolderBlobs, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file before its name; its folder after; and each new folder's own name."""
    steps: list[str] = []
    fsync, link = os.fsync, os.link

    def name(fd: int) -> str:
        path = Path(f"/proc/self/fd/{fd}").resolve()
        return "file" if path.suffix == ".part" else str(path.relative_to(blobs.root))

    def fsync_and_note(fd: int) -> None:
        steps.append(name(fd))
        fsync(fd)

    def link_and_note(source: Path, target: Path) -> None:
        steps.append("link")
        link(source, target)

    monkeypatch.setattr(os, "fsync", fsync_and_note)
    monkeypatch.setattr(os, "link", link_and_note)
    put(blobs, "original/ab/one", b"1")
    assert steps == [".", "original", "file", "link", "original/ab"]
    steps.clear()
    put(blobs, "original/ab/two", b"2")
    assert steps == ["file", "link", "original/ab"]
    steps.clear()
    put(blobs, "original/ab/two", b"2")
    assert steps == ["original/ab"], "another writer's name may not be durable yet; its bytes are"
    steps.clear()
    blobs.delete("original/ab/two")
    assert steps == ["original/ab"]


def test_a_folder_that_was_tidied_away_is_made_again(blobs: FolderBlobs) -> None:
    put(blobs, "a/b/c", b"1")
    blobs.delete("a/b/c")
    (blobs.root / "a/b").rmdir()
    assert put(blobs, "a/b/c", b"2")


def test_what_is_not_ours_is_not_listed_nor_served(blobs: FolderBlobs, tmp_path: Path) -> None:
    put(blobs, "a/ours", b"1")
    (blobs.root / "a/.nfs0001").write_bytes(b"")
    (blobs.root / "a/link").symlink_to("/etc/passwd")
    (blobs.root / "a/pipe").parent.mkdir(exist_ok=True)
    os.mkfifo(blobs.root / "a/pipe")
    (Path(os.fsdecode(os.fsencode(blobs.root) + b"/a/\xff"))).write_bytes(b"")
    assert [stored.key for stored in blobs.list()] == ["a/ours"]
    with pytest.raises(NotFound):
        blobs.open("a/link")


def test_no_descriptor_is_left_open(blobs: FolderBlobs) -> None:
    def descriptors() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    before = descriptors()
    for number in range(20):
        put(blobs, f"a/{number % 3}", b"12345")
        blocks = blobs.read(f"a/{number % 3}", block_bytes=1)
        next(blocks)
        del blocks
        with blobs.local("a/0"):
            pass
        blobs.delete("a/1")
    assert descriptors() == before


def _raise(error: Exception) -> Callable[..., None]:
    def fail(*_: object) -> None:
        raise error

    return fail
