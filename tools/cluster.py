"""Start a cluster on this machine and go through it as users do: two servers, two workers, PostgreSQL, a bucket.

RabbitMQ takes part where it is installed.  Everything is new and goes in the end; says OK where all went well.
"""

import hashlib
import io
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from uuid import uuid4

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

import httpx2  # noqa: E402 - below the path
from tests import make  # noqa: E402 - likewise
from tests.cluster_nodes import SECONDS, Cluster, running, shared_settings  # noqa: E402 - likewise
from tests.faults.living import KEY, Answer, Caller  # noqa: E402 - likewise

from albumen_client.client import credentials  # noqa: E402 - likewise
from albumen_client.transport import Patience, Transport  # noqa: E402 - likewise
from albumen_client.vault.remote import Blob, Commit  # noqa: E402 - likewise
from albumen_client.vault.server import ServerRemote, create_vault  # noqa: E402 - likewise


def main() -> None:
    """Start it, go through it, say OK."""
    with tempfile.TemporaryDirectory(prefix="albumen-cluster-") as folder:
        told = shared_settings()
        print("PostgreSQL, bucket" + (", RabbitMQ" if "ALBUMEN_BELL_URL" in told else ""), flush=True)
        with running(Path(folder), told) as cluster:
            go_through(cluster)
    print("OK", flush=True)


def go_through(cluster: Cluster) -> None:
    """A photo that is uploaded, made ready by a worker and shown; an event and its guest; a vault on two devices."""
    steps: list[tuple[str, Callable[[], None]]] = []
    house = Journey(cluster.port)
    steps += [("a photo is uploaded and shown", house.show_photos), ("a guest downloads a ZIP", house.have_guests)]
    steps += [("a vault is kept", house.keep_vault)]
    for name, step in steps:
        begun = time.monotonic()
        try:
            step()
        except BaseException:
            print(cluster.told(), file=sys.stderr)
            raise
        print(f"{name}: {time.monotonic() - begun:.1f} s", flush=True)


class Journey:
    """What users do; each call comes by a connection of its own, to one server or the other."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._library = self._folder = ""
        self._files: list[str] = []

    def _call(self, name: str, method: str, path: str, told: object = None, *, token: str = "") -> Answer:
        caller = Caller(self._port, name)
        if token:
            caller.headers = {"Authorization": f"Bearer {token}"}
        try:
            return caller.call(method, path) if told is None else caller.post(path, told)
        finally:
            caller.close()

    def show_photos(self) -> None:
        """Upload two photos; each is shown by its thumbnail, whichever server is asked."""
        self._library = _good(self._call("alice", "POST", "/v1/libraries", {"name": "Family"})).json["libraryId"]
        library = f"/v1/libraries/{self._library}"
        [root] = _good(self._call("alice", "GET", f"{library}/folders?parent=")).json
        self._folder = root["folderId"]
        photos = [(f"IMG_{n}.jpg", make.photo(seed=n, size=(1200, 800))) for n in range(2)]
        caller = Caller(self._port, "alice")
        sent = _good(caller.send(f"{library}/folders/{self._folder}/files", "files", *photos))
        caller.close()
        self._files = [each["fileId"] for each in sent.json]
        for file_id, (_, content) in zip(self._files, photos, strict=True):
            path = f"{library}/files/{file_id}"
            _until(partial(self._is_shown, path))
            for _ in range(4):
                assert _good(self._call("alice", "GET", f"{path}/contents")).body == content

    def _is_shown(self, path: str) -> bool:
        return self._call("alice", "GET", f"{path}/thumbnails/sm").status == 200

    def have_guests(self) -> None:
        """An event with a code; a guest comes, sees both photos and downloads them."""
        library = f"/v1/libraries/{self._library}"
        told = {"name": "Anna & Ben", "fileIds": self._files}
        album = _good(self._call("alice", "POST", f"{library}/albums", told)).json["albumId"]
        event = _good(self._call("alice", "POST", "/v1/events", {"eventName": "Anna & Ben", "albumId": album})).json
        terms = {"permissions": ["view", "download"], "sizes": ["original", "web"]}
        code = _good(self._call("alice", "POST", f"/v1/events/{event['eventId']}/accessors", terms)).json["accessCode"]
        token = _good(self._call("guest", "POST", "/v1/access", {"accessCode": code})).json["token"]
        _until(lambda: len(self._call("guest", "GET", "/v1/access/files", token=token).json["files"]) == 2)
        offer = _good(self._call("guest", "POST", "/v1/access/download", {}, token=token)).json
        archive = zipfile.ZipFile(io.BytesIO(_good(self._call("guest", "GET", offer["url"], token=token)).body))
        assert archive.testzip() is None
        assert len(archive.namelist()) == 2

    def keep_vault(self) -> None:
        """One device puts a sealed blob and an entry; another, by the other server, reads both."""
        vault, content = str(uuid4()), b"sealed" * 1000
        digest = hashlib.sha256(content).hexdigest()
        blob = Blob("v" * 43 + "=", len(content), digest)
        with self._line() as ours, self._line() as theirs:
            create_vault(Transport(ours, Patience()), vault)
            remote, other = (ServerRemote(Transport(each, Patience()), vault) for each in (ours, theirs))
            remote.put_blob(blob, io.BytesIO(content), lambda _: None)
            head = remote.commit(Commit(remote.head(), "an event", blobs=(blob,)))
            assert other.head() == head
            assert [each.event for each in other.log(0).entries] == ["an event"]
            assert other.read_blob(blob.signature, 0, blob.size_bytes) == content

    def _line(self) -> httpx2.Client:
        base = f"http://127.0.0.1:{self._port}"
        return httpx2.Client(base_url=base, headers=credentials(KEY, "alice"), timeout=60)


def _good(answer: Answer) -> Answer:
    assert answer.status < 300, answer
    return answer


def _until(condition: Callable[[], bool]) -> None:
    """Wait for what a worker does."""
    ends = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.1)


if __name__ == "__main__":
    main()
