"""Large files that go straight into the server's store, over networks that lose things."""

import threading
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from tests import make, s3
from tests.client.conftest import PATIENT
from tests.flows.test_bucket import store
from tests.http import served
from tests.installation import APPLICATION_KEY, Installation

from albumen import server, worker
from albumen.blobs import direct as landings
from albumen.libraries.models import File, Resumable
from albumen.media.guard import Guard
from albumen_client import Client, Progress, Wanted, direct, upload
from albumen_client.errors import Damaged, Invalid, Unreachable

PART = 5 << 20


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A photo of three parts."""
    monkeypatch.setattr(upload, "LARGE_BYTES", 1000)
    monkeypatch.setattr(upload, "DIRECT_BYTES", 1000)
    monkeypatch.setattr(landings, "PART_BYTES", PART)
    path = tmp_path / "large.bmp"
    path.write_bytes(make.photo(kind="bmp", size=(2000, 2000)))
    return path


@pytest.fixture
def there(tmp_path: Path, guard: Guard) -> Iterator[Installation]:
    """An installation at work, whose bucket takes files from anybody with an address."""
    made = Installation.at(tmp_path / "data", guard, store=store(s3.radosgw(), uploads="bucket"))
    crew = worker.crew(made.app)
    crew.start()
    yield made
    crew.stop()
    made.close()


@pytest.fixture
def sender(there: Installation) -> Iterator[Client]:
    with (
        served.served(server.serve(there.app)) as port,
        Client(f"http://127.0.0.1:{port}", key=APPLICATION_KEY, user="alice", patience=PATIENT) as client,
    ):
        yield client


@pytest.fixture
def loses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What befalls the next requests to the store, the last first: nothing, or lost before or after it heard them."""
    fates: list[str] = []
    lock = threading.Lock()

    class Line(httpx2.HTTPTransport):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            assert "authorization" not in request.headers, "the store is told nothing of who we are"
            with lock:
                fate = fates.pop() if fates else ""
            if fate == "before":
                raise httpx2.ConnectError("lost on the way")
            answer = super().handle_request(request)
            if fate == "after":
                answer.read()
                raise httpx2.ReadError("lost on the way back")
            return answer

    monkeypatch.setattr(direct, "line", lambda: httpx2.Client(transport=Line(), timeout=60))
    return fates


def test_a_network_that_loses_things_costs_time_only(
    there: Installation, sender: Client, large: Path, loses: list[str]
) -> None:
    loses += ["", "before", "after", "before", "", "after"]
    seen: list[Progress] = []
    file = sender.upload(large, Wanted(progress=seen.append, metadata={"Make": "Canon"}))
    assert (file.name, file.file_size, file.camera_make) == ("large.bmp", large.stat().st_size, "Canon")
    assert [each.sent_bytes for each in seen][0 :: len(seen) - 1] == [0, large.stat().st_size]
    assert (there.rows(File), len(loses) <= 3) == (1, True)
    there.check_counts()


def test_it_is_gone_on_with_by_another_process(
    there: Installation, sender: Client, large: Path, loses: list[str]
) -> None:
    loses += ["before"] * 100
    seen: list[Progress] = []
    with pytest.raises(Unreachable):
        sender.upload(large, Wanted(progress=seen.append))
    loses.clear()
    assert seen[-1].upload_id is not None
    with pytest.raises(Invalid, match="another size"):
        small = large.with_name("small.bmp")
        small.write_bytes(b"x" * 2000)
        sender.upload(small, Wanted(resume=seen[-1].upload_id))
    assert sender.upload(large, Wanted(resume=seen[-1].upload_id)).file_size == large.stat().st_size
    assert there.rows(Resumable) == 1
    there.check_counts()


def test_what_is_refused_says_why(there: Installation, sender: Client, large: Path, loses: list[str]) -> None:
    large.write_bytes(b"no photo " * 1000)
    with pytest.raises(Invalid) as refused:
        sender.upload(large)
    assert refused.value.code == "unsupported"

    def change(progress: Progress) -> None:
        if progress.sent_bytes:
            large.write_bytes(b"changed. " * 1000)

    with pytest.raises(Damaged):
        sender.upload(large, Wanted(progress=change))
    assert there.rows(File) == 0
    there.check_counts()


def test_a_server_that_takes_files_itself_is_sent_them(installation: Installation, client: Client, large: Path) -> None:
    assert client.upload(large).file_size == large.stat().st_size
    installation.check_counts()
