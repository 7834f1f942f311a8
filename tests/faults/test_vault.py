"""A vault's server killed at whatever moment: what was acknowledged is there, and no row lacks its bytes."""

import hashlib
import io
import os
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import uuid4

import httpx2
import pytest
from tests.faults.living import KEY, House, pause

from albumen_client.client import credentials
from albumen_client.errors import ClientError
from albumen_client.transport import Patience, Transport
from albumen_client.vault.remote import START, Blob, Commit, Entry
from albumen_client.vault.server import ServerRemote, create_vault

TRIALS = int(os.environ.get("ALBUMEN_TRIALS", "40")) // 5
VAULT = str(uuid4())

pytestmark = pytest.mark.faults


@contextmanager
def remote_at(house: House) -> Iterator[ServerRemote]:
    """The vault, spoken to without patience: whatever fails has failed."""
    headers = credentials(KEY, "ann")
    with httpx2.Client(base_url=f"http://127.0.0.1:{house.port}", headers=headers, timeout=20) as http:
        yield ServerRemote(Transport(http, Patience(tries=1)), VAULT)


class Device:
    """Puts blobs and appends events as fast as it can, and remembers what it was told had been done."""

    def __init__(self) -> None:
        self.blobs: dict[str, Blob] = {}
        self.events: list[str] = []

    def work(self, house: House, dice: random.Random) -> None:
        """Until the server is gone."""
        with suppress(ClientError), remote_at(house) as remote:
            head = remote.head()
            while True:
                content = dice.randbytes(dice.randrange(1, 200_000))
                digest = hashlib.sha256(content)
                blob = Blob(f"{digest.hexdigest()[:43]}=", len(content), digest.hexdigest())
                remote.put_blob(blob, io.BytesIO(content), lambda sent: None)
                self.blobs[blob.signature] = blob
                event = f"event {head.n + 1} {blob.signature}"
                head = remote.commit(Commit(head, event, blobs=(blob,)))
                self.events.append(event)


def hold(house: House, device: Device) -> int:
    """Check that all of it is there; the number of events."""
    with remote_at(house) as remote:
        entries: list[Entry] = []
        after = 0
        while page := remote.log(after).entries:
            entries += page
            after = page[-1].n
        assert [each.n for each in entries] == list(range(1, len(entries) + 1))
        told = {each.event for each in entries}
        assert set(device.events) <= told
        listed: dict[str, Blob] = {}
        name = ""
        while found := remote.blobs(name):
            listed |= {each.signature: each for each in found}
            name = found[-1].signature
        assert device.blobs.items() <= listed.items()
        assert {each.event.split()[-1] for each in entries} <= set(listed)
        for blob in listed.values():
            content = remote.read_blob(blob.signature, 0, blob.size_bytes)
            assert hashlib.sha256(content).hexdigest() == blob.sha256
        used = sum(each.size_bytes for each in listed.values()) + sum(len(entry.event) for entry in entries)
        assert remote.usage().used_bytes == used
    return len(entries)


def test_killed_at_whatever_moment(house: House) -> None:
    house.start()
    with remote_at(house) as remote:
        create_vault(remote.transport, VAULT)
        assert remote.head() == START
    device = Device()
    for seed in range(TRIALS):
        dice = random.Random(seed)
        working = threading.Thread(target=device.work, args=(house, dice))
        working.start()
        pause(dice.uniform(0.2, 1.5))
        house.kill()
        working.join(60)
        house.start()
        assert hold(house, device) >= len(device.events)
    assert len(device.events) > TRIALS, "some work was done"
