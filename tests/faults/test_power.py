"""The order in which things reach the disk: whenever the power goes, what an answer has promised is on it.

A kill leaves what the kernel still holds; a power cut does not.  So the calls of a real server are traced, and it is
checked that each is synced before anything speaks of it.
"""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import in_ci
from tests.faults import holds, trace
from tests.faults.living import House
from tests.faults.load import SIZE, signature
from tests.faults.trace import Event
from tests.installation import wait_until
from tests.make import photo

from albumen.blobs.layout import ORIGINAL

WRITES = {"write", "pwrite64", "writev", "pwritev"}
SYNCS = {"fsync", "fdatasync"}
SIZES = 3

pytestmark = pytest.mark.faults


class Seen:
    """A trace, asked for what happened on which file and when."""

    def __init__(self, events: list[Event], data: Path) -> None:
        self.events, self.data, self.log = events, data, f"{data}/albumen.db-wal"

    def of(self, calls: set[str], name: str, *, task: int | None = None) -> list[Event]:
        """The calls on a file, by one thread or all."""
        return [e for e in self.events if e.call in calls and e.name == name and task in (None, e.task)]

    def check_synced(self, name: str, *, after: int, before: int) -> None:
        """A sync of the file began and ended in between."""
        found = [e for e in self.of(SYNCS, name) if after < e.began and e.ended < before]
        assert found, f"{name} is not synced between lines {after} and {before}"

    def commit(self, task: int, after: int) -> tuple[int, int]:
        """The next commit of a thread: the line where its first write to the log began, the one where it was synced."""
        writes = [e for e in self.of(WRITES, self.log, task=task) if e.began > after]
        assert writes, "nothing was committed"
        syncs = [e for e in self.of(SYNCS, self.log, task=task) if e.began > writes[0].ended]
        assert syncs, "a commit is not synced"
        return writes[0].began, syncs[0].ended

    def links(self) -> list[Event]:
        """Bytes that got their name in the store."""
        return [e for e in self.events if e.call in {"link", "linkat"} and "/.spool/" in e.paths[0]]

    def folders(self) -> list[Event]:
        """Folders that were made in the store."""
        return [
            e for e in self.events if e.call in {"mkdir", "mkdirat"} and e.paths[0].startswith(f"{self.data}/store/")
        ]

    def answers(self, status: int) -> list[Event]:
        """The moments at which an answer with this status left."""
        calls = WRITES | {"sendto", "sendmsg"}
        return [e for e in self.events if e.call in calls and f'"HTTP/1.1 {status}' in e.told]


@pytest.fixture
def tracer(program: Callable[..., str], tmp_path: Path) -> tuple[str, ...]:
    """The words before a command whose calls are to be traced."""
    told = ("-D", "-f", "--seccomp-bpf", "-y", "-s", "16", "-o", str(tmp_path / "trace"), "-e", f"trace={trace.CALLS}")
    words = (program("strace"), *told)
    if subprocess.run([*words, "true"], capture_output=True, check=False).returncode:
        (pytest.fail if in_ci() else pytest.skip)("strace may not trace here")
    return words


def traced(house: House, tracer: tuple[str, ...], work: Callable[[House], None]) -> Seen:
    """What a server does while it is given work, and until it has ended."""
    house.start(before=tracer)
    work(house)
    holds.check_rest(house)
    assert house.server is not None
    server = house.server.pid
    assert house.stop() == 0
    file = house.folder / "trace"
    last = re.compile(rf"^{server} +\+\+\+ ", re.MULTILINE)
    wait_until(lambda: last.search(file.read_text(errors="replace")), "the end of the trace")
    return Seen(trace.read(file), house.data)


def check_bytes(seen: Seen, link: Event) -> int:
    """Written, synced, linked, the folder synced, and only then the row; returns when that is synced."""
    spool, target = link.paths
    written = seen.of(WRITES, spool)
    assert written, f"{spool} was written by nobody"
    last = max(e.ended for e in written)
    seen.check_synced(spool, after=last, before=link.began)
    row_began, row_synced = seen.commit(link.task, link.ended)
    seen.check_synced(str(Path(target).parent), after=link.ended, before=row_began)
    return row_synced


def test_an_answer_speaks_only_of_what_is_synced(house: House, tracer: tuple[str, ...]) -> None:
    contents = [photo(size=SIZE), photo(size=SIZE, taken="2021-07-01 12:00:00"), photo(kind="bmp", size=(1200, 900))]

    def upload(house: House) -> None:
        caller = house.caller()
        for content in contents:
            assert caller.catalogue(content).status == 201

    seen = traced(house, tracer, upload)
    answers = seen.answers(201)
    assert len(answers) == len(contents)
    originals = [link for link in seen.links() if f"/store/{ORIGINAL}/" in link.paths[1]]
    assert [Path(link.paths[1]).stem for link in originals] == [signature(content) for content in contents]
    for link, answer in zip(originals, answers, strict=True):
        assert check_bytes(seen, link) < answer.began
    opened = next(e for e in seen.events if e.call == "openat" and e.paths == [seen.log])
    seen.check_synced(str(seen.data), after=opened.ended, before=answers[0].began)


def test_renditions_and_new_folders_are_synced_before_rows_name_them(house: House, tracer: tuple[str, ...]) -> None:
    def upload(house: House) -> None:
        caller = house.caller()
        library = caller.post("/v1/libraries", {"name": "Family"}).json["libraryId"]
        [root] = caller.get(f"/v1/libraries/{library}/folders?parent=").json
        files = [("IMG_1.jpg", photo(size=SIZE)), ("IMG_1.jpg", photo(size=SIZE))]
        assert caller.send(f"/v1/libraries/{library}/folders/{root['folderId']}/files", "files", *files).status == 200

    seen = traced(house, tracer, upload)
    links = seen.links()
    assert len(links) == 2 * (1 + SIZES)
    for link in links:
        check_bytes(seen, link)
    made = seen.folders()
    assert {Path(e.paths[0]).name for e in made} >= {ORIGINAL, "sm", "md", "lg"}
    for folder in made:
        path = Path(folder.paths[0])
        if not path.name.startswith("."):
            row_began, _ = seen.commit(folder.task, folder.ended)
            seen.check_synced(str(path.parent), after=folder.ended, before=row_began)


def test_the_secret_is_synced_before_the_server_speaks(house: House, tracer: tuple[str, ...]) -> None:
    seen = traced(house, tracer, lambda house: None)
    [link] = [e for e in seen.events if e.call in {"link", "linkat"} and e.paths[1] == f"{seen.data}/secret"]
    seen.check_synced(link.paths[0], after=0, before=link.began)
    greeting = next(e for e in seen.events if e.call in WRITES and '"Albumen is at' in e.told)
    seen.check_synced(str(seen.data), after=link.ended, before=greeting.began)


def test_a_deletion_is_synced_before_it_is_answered(house: House, tracer: tuple[str, ...]) -> None:
    def delete(house: House) -> None:
        caller = house.caller()
        file_id = caller.catalogue(photo(size=SIZE)).json["fileId"]
        holds.check_rest(house)
        assert caller.delete(f"/v1/images/{file_id}/original").status == 204

    seen = traced(house, tracer, delete)
    [created], [deleted] = seen.answers(201), seen.answers(204)
    writes = [e for e in seen.of(WRITES, seen.log) if created.ended < e.began and e.ended < deleted.began]
    last = writes[-1]
    seen.check_synced(seen.log, after=last.ended, before=deleted.began)
