"""An installation whose bucket fails: users are told to come again, and get nothing that is not whole."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
from tests import make, s3
from tests.blobs.faulty import Fault, Plan, Proxy, healthy, proxied
from tests.flows.test_bucket import linked, store
from tests.http import served
from tests.installation import Caller, Installation

from albumen import server
from albumen.blobs.layout import ORIGINAL
from albumen.media.guard import Guard

DOWN = (Fault.busy, Fault.reset, Fault.stall)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with proxied(s3.radosgw().endpoint) as proxy:
        yield proxy


@pytest.fixture
def installation(tmp_path: Path, guard: Guard, database_kind: str, proxy: Proxy) -> Iterator[Installation]:
    chosen = {**store(s3.radosgw()), "endpoint": proxy.endpoint, "silent_seconds": 1.0}
    made = Installation.at(tmp_path / "data", guard, store=chosen)
    yield made
    made.close()


@pytest.fixture
def port(installation: Installation) -> Iterator[int]:
    with served.served(server.serve(installation.app)) as port:
        yield port


def large() -> bytes:
    """A photo of several windows."""
    return make.photo(kind="bmp", size=(1600, 1200))


def after(count: int, fault: Fault) -> Plan:
    """So many GETs go well, and then none."""
    seen = [0]

    def plan(method: str, path: str) -> Fault:
        seen[0] += method == "GET"
        return fault if method == "GET" and seen[0] > count else Fault.none

    return plan


def fetched(port: int, path: str) -> httpx2.Response:
    """The whole answer.  Raises TransportError where it breaks off."""
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        return client.get(path)


@pytest.mark.parametrize("fault", DOWN)
def test_users_are_told_to_come_again(installation: Installation, alice: Caller, proxy: Proxy, fault: Fault) -> None:
    shelf, photo = alice.library(), make.photo()
    path = f"{shelf.library}/files/{shelf.add(photo)['fileId']}/contents"
    proxy.plan = lambda method, path: fault
    answers = [alice.get(path), shelf.send(make.photo(), names=("new.jpg",))]
    ready = installation.client.get("/readyz")
    assert [each.status_code for each in (*answers, ready)] == [503, 503, 503]
    assert all(int(each.headers["retry-after"]) > 0 for each in answers)
    proxy.plan = healthy
    assert alice.get(path).content == photo
    assert len(alice.get(f"{shelf.folder}/files").json()) == 1, "what was refused is nowhere"
    installation.check_counts()


@pytest.mark.parametrize("fault", [Fault.error, Fault.truncated, Fault.flipped])
def test_what_breaks_off_is_not_taken_for_whole(
    installation: Installation, alice: Caller, port: int, proxy: Proxy, fault: Fault
) -> None:
    shelf, photo = alice.library(), large()
    file_id = shelf.add(photo, "scan.bmp")["fileId"]
    [key] = installation.blobs(ORIGINAL)
    offer = alice.post(f"{shelf.library}/selection/download", json={"fileIds": [file_id]}).json()
    for path in (linked(installation, key), offer["url"]):
        proxy.plan = after(1, fault)
        with pytest.raises(httpx2.TransportError):
            fetched(port, path)
        proxy.plan = after(0, fault)
        refused = fetched(port, path)
        assert (refused.status_code, int(refused.headers["retry-after"]) > 0) == (503, True)
    proxy.plan = healthy
    assert fetched(port, linked(installation, key)).content == photo


def test_renditions_are_made_when_the_bucket_is_back(installation: Installation, alice: Caller, proxy: Proxy) -> None:
    shelf = alice.library()
    path = f"{shelf.library}/files/{shelf.add(make.photo())['fileId']}/thumbnails/sm"
    failing = [20]

    def plan(method: str, path: str) -> Fault:
        failing[0] -= 1
        return Fault.busy if failing[0] > 0 else Fault.none

    proxy.plan = plan
    installation.work_off()
    assert alice.get(path).status_code == 200
    assert proxy.met[Fault.busy] > 10


def test_a_silent_bucket_holds_up_those_who_want_bytes_only_and_those_not_for_long(
    installation: Installation, alice: Caller, port: int, proxy: Proxy
) -> None:
    shelf = alice.library()
    file_id = shelf.add(make.photo())["fileId"]
    [key] = installation.blobs(ORIGINAL)
    path = linked(installation, key)
    proxy.plan = lambda method, path: Fault.stall
    threads = installation.app.settings.server.threads
    with ThreadPoolExecutor(2 * threads) as crowd:
        answers = [crowd.submit(fetched, port, path) for _ in range(2 * threads)]
        listed = alice.get(f"{shelf.folder}/files")
        assert [each["fileId"] for each in listed.json()] == [file_id]
        assert {each.result(60).status_code for each in answers} == {503}
    met = proxy.met[Fault.stall]
    for _ in range(10):
        assert alice.get(f"{shelf.library}/files/{file_id}/contents").status_code == 503
    assert proxy.met[Fault.stall] - met <= 10, "each looked once, and asked nothing more"
    proxy.plan = healthy
    assert fetched(port, path).status_code == 200
