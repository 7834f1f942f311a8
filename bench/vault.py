"""How fast files are sealed, beside the `age` program; how much memory a large video takes, put in, read, and sought.

bench/vault.py [--megabytes 4096]
"""

import argparse
import os
import random
import resource
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from albumen_client.vault import sealing
from albumen_client.vault.keys import Root
from albumen_client.vault.records import Resource
from albumen_client.vault.sealing import Plain

SEEKS = 100


def write(path: Path, megabytes: int) -> None:
    block = os.urandom(1 << 20)
    with path.open("wb") as file:
        for number in range(megabytes):
            file.write(number.to_bytes(8, "big") + block[8:])


def by_age(path: Path, root: Root) -> float:
    """Megabytes a second of the stock program."""
    program = shutil.which("age")
    if program is None:
        return 0.0
    to = path.with_suffix(".age")
    began = time.monotonic()
    subprocess.run([program, "-r", root.identity.recipient, "-o", str(to), str(path)], check=True)
    seconds = time.monotonic() - began
    to.unlink()
    return path.stat().st_size / 1e6 / seconds


def by_us(path: Path, root: Root) -> tuple[float, float, Resource]:
    """Megabytes a second: of all that is done when a file is added, and of the encrypting alone."""
    began = time.monotonic()
    with path.open("rb") as file:
        sealing.digest_of(file)
        hashed = time.monotonic()
        sealed = sealing.seal_file(Plain(file, "video", path.name), root, path.parent)
    ended, size = time.monotonic(), path.stat().st_size / 1e6
    return size / (ended - began), size / (ended - hashed), sealed


def seek(path: Path, sealed: Resource, root: Root) -> float:
    """Milliseconds of the slowest of many seeks; what is read is compared."""
    fetch = sealing.fetch_from_file(path.with_name(sealed.blob.sha256))
    reader, slowest, dice = sealing.reader_of(sealed, fetch, (root.identity.secret,)), 0.0, random.Random(1)
    with path.open("rb") as plain:
        for _ in range(SEEKS):
            at = dice.randrange(max(sealed.size_bytes - 1000, 1))
            began = time.monotonic()
            reader.seek(at)
            found = reader.read(1000) or b""
            slowest = max(slowest, time.monotonic() - began)
            plain.seek(at)
            if found != plain.read(len(found)) or not found:
                raise SystemExit("what was read is not what was written")
    sealing.check(sealed, fetch, (root.identity.secret,))
    return slowest * 1000


def main() -> None:
    told = argparse.ArgumentParser()
    told.add_argument("--megabytes", type=int, default=4096)
    chosen, root = told.parse_args(), Root.new()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "video.mp4"
        write(path, chosen.megabytes)
        stock = by_age(path, root)
        added, encrypted, sealed = by_us(path, root)
        slowest = seek(path, sealed, root)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{chosen.megabytes} MiB: added at {added:.0f} MB/s, encrypted at {encrypted:.0f} MB/s, age {stock:.0f} MB/s")
    if stock:
        print(f"encrypting reaches {100 * encrypted / stock:.0f} % of age")
    print(f"the slowest of {SEEKS} seeks took {slowest:.0f} ms; at most {memory:.0f} MB of memory")


if __name__ == "__main__":
    main()
