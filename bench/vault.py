"""A large video in a vault: sealed beside the `age` program, put in, read back, and sought.

    bench/vault.py [--megabytes 4096] [--rounds 3]

Rounds alternate, and the best of each counts: what else runs on the machine slows a round down, never up.  Both are
timed until the ciphertext is on the disk.  TMPDIR chooses the disk, which needs room for three times the video.
"""

import argparse
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from _report import Row, show

from albumen_client.vault import photos, sealing
from albumen_client.vault.folder import FolderRemote
from albumen_client.vault.keys import Identity, Keyring, Root
from albumen_client.vault.push import push
from albumen_client.vault.records import Resource
from albumen_client.vault.sealing import Plain
from albumen_client.vault.state import State
from albumen_client.vault.vault import Vault

SEEKS = 100
BLOCK = 1 << 20


@dataclass
class Pocket:
    """Keys that are kept in memory."""

    keyring: Keyring
    device_id: str = "bench"
    name: str = "bench"
    identity: Identity = field(default_factory=Identity.new)

    def learn(self, root: Root) -> None:
        """Keep one root more."""
        self.keyring = self.keyring.with_root(root)


@dataclass
class Spent:
    """The best of some rounds."""

    wall: float = float("inf")
    cpu: float = float("inf")

    def time(self, work: Callable[[], object], who: int) -> None:
        """Do it once more."""
        os.sync()
        began, cpu = time.monotonic(), _cpu(who)
        work()
        self.wall, self.cpu = min(self.wall, time.monotonic() - began), min(self.cpu, _cpu(who) - cpu)


def _cpu(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Print how fast, and with how much memory."""
    told = argparse.ArgumentParser()
    told.add_argument("--megabytes", type=int, default=4096)
    told.add_argument("--rounds", type=int, default=3)
    chosen = told.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if shutil.disk_usage(folder).free < 4 * chosen.megabytes * BLOCK:
            sys.exit(f"This bench needs {4 * chosen.megabytes // 1024} GiB of disk in {folder}.")
        path = write(folder / "video.mp4", chosen.megabytes)
        race(path, chosen.rounds)
        with vault_in(folder) as vault:
            note = live_with(vault, path)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    what = f"memory at most, a video of {chosen.megabytes} MiB added, read back and sought {SEEKS} times"
    show(Row("V2", what, peak, "MB", None, "<= 200", note))


def write(path: Path, megabytes: int) -> Path:
    """A file whose every block is another."""
    block = os.urandom(BLOCK)
    with path.open("wb") as file:
        for number in range(megabytes):
            file.write(number.to_bytes(8, "big") + block[8:])
    return path


def race(path: Path, rounds: int) -> None:
    """Seal it by turns, here and by the stock program."""
    program, root, size = shutil.which("age"), Root.new(), path.stat().st_size / 1e6
    if program is None:
        sys.exit("This bench needs the program `age`.")
    ours, stock, sealed = Spent(), Spent(), path.with_suffix(".age")
    for _ in range(rounds):
        stock.time(
            lambda: by_age([program, "-r", root.identity.recipient, "-o", sealed, path]), resource.RUSAGE_CHILDREN
        )
        sealed.unlink()
        ours.time(lambda: by_us(path, root), resource.RUSAGE_SELF)
    note = f"CPU {1000 * ours.cpu / size:.2f} against {1000 * stock.cpu / size:.2f} s/GB; ours hashes the file and the"
    show(
        Row(
            "V1", "sealing a video", size / ours.wall, "MB/s", size / stock.wall, ">= 0.8", f"{note} ciphertext as well"
        )
    )


def by_age(command: list[str | Path]) -> None:
    """The stock program, and its file on the disk."""
    subprocess.run(command, check=True)
    with Path(command[-2]).open("rb") as made:
        os.fsync(made.fileno())


def by_us(path: Path, root: Root) -> None:
    """What `add` does to a file."""
    with path.open("rb") as file:
        sealed = sealing.seal_file(Plain(file, "video", path.name), root, path.parent)
    path.with_name(sealed.blob.sha256).unlink()


@contextmanager
def vault_in(folder: Path) -> Iterator[Vault]:
    """A vault whose host is a folder."""
    keyring = Keyring(str(uuid4()), (Root.new(),), Identity.new().recipient)
    (folder / "spool").mkdir()
    remote, state = FolderRemote(folder / "host", keyring.vault), State(folder / "memory.db")
    yield Vault(remote, state, Pocket(keyring), folder / "spool")
    remote.close()
    state.close()


def live_with(vault: Vault, path: Path) -> str:
    """Add it, read it back, seek in it; in words, how long that took."""
    size, began = path.stat().st_size / 1e6, time.monotonic()
    with path.open("rb") as file:
        signature = photos.add(vault, [Plain(file, "video", path.name)])
    push(vault)
    added = time.monotonic()
    resource_ = photos.live(vault, signature).record.resources[0]
    photos.check(vault, resource_)
    checked = time.monotonic()
    slowest = seek(vault, resource_, path)
    rates = f"added to a folder at {size / (added - began):.0f} MB/s, read back at {size / (checked - added):.0f} MB/s"
    return f"{rates}, the slowest seek took {slowest:.0f} ms"


def seek(vault: Vault, sealed: Resource, path: Path) -> float:
    """Milliseconds of the slowest of many seeks; what is read is compared."""
    slowest, dice = 0.0, random.Random(1)
    with path.open("rb") as plain, photos.open_resource(vault, sealed) as reader:
        for _ in range(SEEKS):
            at = dice.randrange(max(sealed.size_bytes - 1000, 1))
            began = time.monotonic()
            reader.seek(at)
            found = reader.read(1000)
            slowest = max(slowest, time.monotonic() - began)
            plain.seek(at)
            if found != plain.read(1000):
                sys.exit("What was read is not what was written.")
    return slowest * 1000


if __name__ == "__main__":
    main()
