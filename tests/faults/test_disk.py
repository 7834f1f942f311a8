"""A disk that fills up: uploads are refused in time, the rest goes on, and nothing is half there afterwards."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from tests.conftest import in_ci
from tests.faults import holds
from tests.faults.living import Answer, Caller, House
from tests.faults.load import SIZE
from tests.installation import wait_until
from tests.make import photo

from albumen.media.guard import Guard

DISK_BYTES = 32 << 20
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
RESERVE_PERCENT = 25
"""So much of the disk that it is not reached by accident; the smaller of the two reserves counts."""
BRIM_PAGES = 40
"""More than an upload of a small photo takes, so that each of its writes is the one that fails."""
PASSWORD = "correct horse battery"
ROOM = {507, 503}
"""How a full disk is told: no room, or the database does not answer."""

pytestmark = pytest.mark.faults


class SmallDisk:
    """A file system in memory that only the server sees, mounted where its data directory is."""

    def __init__(self, house: House) -> None:
        self._house = house
        house.data.mkdir()
        mount = f'mount -t tmpfs -o size={DISK_BYTES} none "$0" && exec "$@"'
        self.before = ("unshare", "--mount", "sh", "-c", mount, str(house.data))

    @property
    def folder(self) -> Path:
        """The data directory as the server sees it."""
        assert self._house.server is not None
        return Path(f"/proc/{self._house.server.pid}/root{self._house.data}")

    @property
    def free_bytes(self) -> int:
        """How much room is left."""
        facts = os.statvfs(self.folder)
        return facts.f_bavail * facts.f_frsize

    def leave(self, free_bytes: int) -> None:
        """Put something on the disk, or take it away, so that no more than this is left."""
        filler = self.folder / "filler"
        with filler.open("ab") as file:
            size = os.fstat(file.fileno()).st_size + self.free_bytes - free_bytes
            os.truncate(file.fileno(), max(0, min(size, os.fstat(file.fileno()).st_size)))
            more = size - os.fstat(file.fileno()).st_size
            if more > 0:
                os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, more)

    def clear(self) -> None:
        """Take it all away."""
        (self.folder / "filler").unlink(missing_ok=True)

    def copy(self) -> House:
        """What a power cut would leave now, on a disk that everybody sees."""
        assert self._house.server is not None
        copied = House(self._house.folder / "copied")
        self._house.server.send_signal(signal.SIGSTOP)
        try:
            shutil.copytree(self.folder, copied.data)
        finally:
            self._house.server.send_signal(signal.SIGCONT)
        return copied


def check_mounts() -> None:
    """Skip where this process may not mount a file system of its own; in continuous integration, fail."""
    trial = ("unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt")
    if shutil.which("unshare") is None or subprocess.run(trial, capture_output=True, check=False).returncode:
        (pytest.fail if in_ci() else pytest.skip)("only root can mount a small disk to be filled")


@pytest.fixture
def disk(house: House) -> SmallDisk:
    """A small disk for the data directory."""
    check_mounts()
    return SmallDisk(house)


def check_refused(answer: Answer, statuses: set[int]) -> None:
    """A refusal as clients know it."""
    assert answer.status in statuses, answer
    assert answer.kind == "application/problem+json"
    assert answer.json["status"] == answer.status


def check_whole(house: House, disk: SmallDisk, guard: Guard, kept: dict[str, bytes]) -> None:
    """With room again: what was acknowledged is there, nothing else is, and new photos are taken."""
    disk.clear()
    caller = house.caller()
    content = photo(size=SIZE)
    answer = caller.catalogue(content)
    assert answer.status == 201, answer
    kept[answer.json["fileId"]] = content
    wait_until(lambda: not any(is_open(caller, file_id) for file_id in kept), "the thumbnails", 90)
    assert caller.images() == kept.keys()
    for file_id, sent in kept.items():
        assert caller.get(f"/v1/images/{file_id}/original").body == sent
        assert caller.get(f"/v1/images/{file_id}/thumbnail").status == 200
    assert house.server is not None
    assert house.server.poll() is None
    copied = disk.copy()
    assert holds.check_rows(copied, guard) == len(kept)
    assert copied.spools() == []


def is_open(caller: Caller, file_id: str) -> bool:
    """Whether a photo still waits to be developed."""
    return bool(caller.get(f"/v1/images/{file_id}/metadata").json["file"]["isProcessing"])


def check_readable(caller: Caller, kept: dict[str, bytes]) -> None:
    """Lists and bytes come, whatever the disk says."""
    assert kept.keys() <= caller.images()
    for file_id, sent in kept.items():
        assert caller.get(f"/v1/images/{file_id}/original").body == sent


def test_uploads_are_refused_before_the_reserve_is_touched_and_the_rest_goes_on(
    house: House, disk: SmallDisk, guard: Guard
) -> None:
    house.settings |= {
        "ALBUMEN_UPLOAD_RESERVE_BYTES": str(2 << 30),
        "ALBUMEN_UPLOAD_RESERVE_PERCENT": str(RESERVE_PERCENT),
    }
    house.start(before=disk.before)
    assert house.server is not None
    inside = ("nsenter", "--mount", "--target", str(house.server.pid))
    assert house.run("user", "add", "ben@example.org", "--password", PASSWORD, before=inside).wait(60) == 0
    caller = house.caller()
    kept = {caller.catalogue(content).json["fileId"]: content for content in (photo(size=SIZE), photo(size=SIZE))}
    wait_until(lambda: not any(is_open(caller, file_id) for file_id in kept), "the thumbnails")
    library = caller.post("/v1/libraries", {"name": "Family"}).json["libraryId"]
    [root] = caller.get(f"/v1/libraries/{library}/folders?parent=").json
    reserve = DISK_BYTES * RESERVE_PERCENT // 100
    disk.leave(reserve + PAGE_BYTES)
    for path, part in (("/v1/upload/", "file"), (f"/v1/libraries/{library}/folders/{root['folderId']}/files", "files")):
        check_refused(caller.send(path, part, ("IMG_1.jpg", photo(size=(600, 400)))), {507})
    assert disk.free_bytes >= reserve
    disk.leave(reserve // 2)
    check_refused(caller.catalogue(photo(size=(64, 48))), {507})
    check_readable(caller, kept)
    gone = kept.popitem()[0]
    assert caller.delete(f"/v1/images/{gone}/original").status == 204
    assert caller.get(f"/v1/images/{gone}/original").status == 404
    assert caller.post("/v1/session", {"email": "ben@example.org", "password": PASSWORD}).status == 200
    check_whole(house, disk, guard, kept)


def test_a_disk_filled_to_the_brim_costs_answers_and_nothing_else(house: House, disk: SmallDisk, guard: Guard) -> None:
    house.settings["ALBUMEN_UPLOAD_RESERVE_BYTES"] = "0"
    house.start(before=disk.before)
    caller = house.caller()
    first = photo(size=SIZE)
    kept = {caller.catalogue(first).json["fileId"]: first}
    wait_until(lambda: not is_open(caller, *kept), "the thumbnails")
    seen: list[int] = []
    for pages in range(BRIM_PAGES):
        disk.leave(pages * PAGE_BYTES)
        content = photo(size=SIZE)
        answer = caller.catalogue(content)
        seen.append(answer.status)
        if answer.status == 201:
            kept[answer.json["fileId"]] = content
        else:
            check_refused(answer, ROOM)
        check_readable(caller, kept)
    assert set(seen) & ROOM, "the disk was full"
    disk.leave(0)
    answers = [caller.post("/v1/libraries", {"name": f"Library {number}"}) for number in range(100)]
    refused = [answer for answer in answers if answer.status != 200]
    assert refused, "the database met the end of the disk"
    for answer in refused:
        check_refused(answer, ROOM)
    check_whole(house, disk, guard, kept)
