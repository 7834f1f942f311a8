"""S3 servers for tests: a real one (radosgw, with one monitor and one disk in memory), and moto, which is quicker.

radosgw takes a while to start, so that all workers of one pytest share it.  All listen on this machine only.
"""

import os
import secrets
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from tests.installation import wait_until
from tests.keepers import SECONDS, Kept

from albumen.blobs.bucket import Bucket, Place

ACCESS_KEY, SECRET_KEY = "albumen-tests", "only-for-tests-on-this-machine"
PROGRAMS = ("radosgw", "radosgw-admin", "ceph", "ceph-mon", "ceph-osd", "ceph-authtool", "monmaptool")

CONFIGURATION = """
[global]
fsid = {fsid}
mon host = [v2:127.0.0.1:{ports[0]},v1:127.0.0.1:{ports[1]}]
mon initial members = a
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
public addr = 127.0.0.1
cluster addr = 127.0.0.1
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
osd objectstore = memstore
memstore device bytes = 2147483648
run dir = {folder}
admin socket = {folder}/$name.asok
log file = {folder}/$name.log
pid file = {folder}/$name.pid
mon data = {folder}/mon
osd data = {folder}/osd0
keyring = {folder}/keyring
[client.rgw.a]
rgw frontends = beast endpoint=127.0.0.1:{ports[2]}
rgw data = {folder}/rgw
rgw override bucket index max shards = 1
"""


@dataclass(frozen=True)
class Server:
    """An S3 endpoint that tests may make buckets at."""

    endpoint: str

    @property
    def client(self) -> Any:
        """An independent client."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
            config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 2}),
        )

    @cache  # noqa: B019 - one or two servers, as long as the process
    def bucket(self) -> str:
        """A bucket of this process's own; tests share it by prefixes."""
        name = f"test-{secrets.token_hex(6)}"
        self.client.create_bucket(Bucket=name)
        self.client.put_object(Bucket=name, Key="first", Body=b"the first one takes seconds")
        return name

    def place(self, **more: Any) -> Place:
        """An empty place in it."""
        given: dict[str, Any] = {"endpoint": self.endpoint, "silent_seconds": 20.0, "is_path_style": True}
        given |= {"access_key": ACCESS_KEY, "secret_key": SECRET_KEY}
        return Place(bucket=self.bucket(), prefix=secrets.token_hex(6), **{**given, **more})

    def empty(self) -> Bucket:
        """The same, ready to be used."""
        return Bucket(self.place())


def through(place: Place, endpoint: str) -> Place:
    """The same place, by way of a proxy."""
    return replace(place, endpoint=endpoint)


@cache
def moto() -> Server:
    """The quick one, in this process: it checks no signatures and knows no clock."""
    from moto.moto_server.threaded_moto_server import ThreadedMotoServer  # takes a second to load

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    return Server("http://{}:{}".format(*server.get_host_and_port()))


@cache
def radosgw() -> Server:
    """The real one; skips where it is not installed, fails under CI=true."""
    return Server(KEPT.address())


def _run(folder: Path, stack: ExitStack) -> str:
    ports, fsid = _free_ports(3), str(uuid.uuid4())
    configuration, keyring, map_ = folder / "ceph.conf", folder / "keyring", folder / "monmap"
    configuration.write_text(CONFIGURATION.format(folder=folder, ports=ports, fsid=fsid))
    os.environ["CEPH_CONF"] = str(configuration)
    for each in ("mon", "osd0", "rgw"):
        (folder / each).mkdir()
    _do("ceph-authtool", "--create-keyring", keyring, "--gen-key", "-n", "mon.", "--cap", "mon", "allow *")
    everything = [word for part in ("mon", "osd", "mgr") for word in ("--cap", part, "allow *")]
    _do("ceph-authtool", keyring, "--gen-key", "-n", "client.admin", *everything)
    address = f"[v2:127.0.0.1:{ports[0]},v1:127.0.0.1:{ports[1]}]"
    _do("monmaptool", "--create", "--fsid", fsid, "--addv", "a", address, map_)
    _do("ceph-mon", "--mkfs", "-i", "a", "--monmap", map_, "--keyring", keyring)
    stack.enter_context(_running("ceph-mon", "-f", "-i", "a"))
    disk = str(uuid.uuid4())
    _do("ceph", "osd", "new", disk, "0")
    _authorise(keyring, "osd.0", "mon", "allow profile osd", "osd", "allow *")
    _do("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", disk)
    stack.enter_context(_running("ceph-osd", "-f", "-i", "0"))
    _authorise(keyring, "client.rgw.a", "mon", "allow *", "osd", "allow *")
    stack.enter_context(_running("radosgw", "-f", "-n", "client.rgw.a"))
    keys = ("--access-key", ACCESS_KEY, "--secret-key", SECRET_KEY)
    _do("radosgw-admin", "user", "create", "--uid=tests", "--display-name=tests", *keys)
    endpoint = f"http://127.0.0.1:{ports[2]}"
    wait_until(lambda: _answers(endpoint), "radosgw", SECONDS)
    return endpoint


def _do(*words: object) -> str:
    """Run a program to its end; what it says."""
    return subprocess.run(
        [str(each) for each in words], check=True, stdout=subprocess.PIPE, text=True, timeout=SECONDS
    ).stdout


def _authorise(keyring: Path, name: str, *caps: str) -> None:
    told = _do("ceph", "auth", "get-or-create", name, *caps)
    with keyring.open("a") as file:
        file.write(told)


@contextmanager
def _running(*words: str) -> Iterator[None]:
    """A program that runs until the block ends."""
    process = subprocess.Popen(words)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def _answers(endpoint: str) -> bool:
    try:
        Server(endpoint).client.list_buckets()
    except (BotoCoreError, OSError):
        return False
    return True


def _free_ports(count: int) -> list[int]:
    """Ports that are free now; held all at once, so that they differ."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


KEPT = Kept("radosgw", PROGRAMS, __file__, _run)

if __name__ == "__main__":
    KEPT.keep(Path(sys.argv[1]), int(sys.argv[2]))
