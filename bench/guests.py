"""A party: a thousand guests look through an event for a minute, and every tenth sends a photo of 4 MB.

They come in by the link during the half minute before, and are all there when the minute begins.
"""

import asyncio
import io
import json
import random
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import _photos
import numpy as np
from _report import Row, show
from _server import LiveServer
from ingest import await_renditions, until
from PIL import Image

GUESTS: Final = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
SECONDS: Final = 60
ARRIVE_SECONDS: Final = 30
PHOTOS: Final = 300
LISTED: Final = 60
LOOKED_AT: Final = 20
REST_SECONDS: Final = (15, 25)
UPLOAD_BYTES: Final = 4_000_000
_SMALL: Final = re.compile(r"/media/sm/[^\"]+")
_LARGE: Final = re.compile(r"/media/lg/[^\"]+")


@dataclass
class Party:
    """An event that is open, and how long its guests waited for what (seconds)."""

    port: int
    token: str
    photos: Sequence[bytes]
    waits: dict[str, list[float]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    @contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        """Measure one wait."""
        began = time.perf_counter()
        yield
        self.waits.setdefault(what, []).append(time.perf_counter() - began)

    def percentile(self, what: str, share: float) -> float:
        """What so many of the waits took at most, in milliseconds."""
        waits = sorted(self.waits[what])
        return 1000 * waits[min(len(waits) - 1, int(share * len(waits)))]


class Guest:
    """A browser with one connection."""

    def __init__(self, party: Party, number: int) -> None:
        self.party, self.number = party, number
        self.random = random.Random(number)
        self.headers = ""
        self.writer: asyncio.StreamWriter | None = None

    async def come(self) -> None:
        """Arrive at some time."""
        await asyncio.sleep(self.random.uniform(0, ARRIVE_SECONDS))
        await self.connect()
        with self.party.waiting("enter"):
            body = json.dumps({"accessCode": self.party.token, "guestName": f"Guest {self.number}"}).encode()
            told = await self.ask("POST", "/v1/access", body, "application/json")
        self.headers = f"Authorization: Bearer {json.loads(told)['token']}\r\n"

    async def stay(self) -> None:
        """Look through the photos until the minute is over."""
        began = time.monotonic()
        sends_at = self.random.uniform(0, SECONDS - max(REST_SECONDS)) if self.number % 10 == 0 else None
        cursor = ""
        await asyncio.sleep(self.random.uniform(0, max(REST_SECONDS)))
        while (now := time.monotonic() - began) < SECONDS:
            await self.connect()
            if sends_at is not None and now > sends_at:
                await self.send()
                sends_at = None
            cursor = await self.look(cursor)
            await asyncio.sleep(self.random.uniform(*REST_SECONDS))
        if self.writer is not None:
            self.writer.close()

    async def connect(self) -> None:
        """A connection of one's own; a server ends those that were idle for ten seconds."""
        if self.writer is not None:
            self.writer.close()
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.party.port, limit=1 << 22)

    async def look(self, cursor: str) -> str:
        """A page of the list, its first thumbnails, and one photo; returns where the next page begins."""
        with self.party.waiting("list"):
            raw = await self.ask("GET", f"/v1/access/files?limit={LISTED}&cursor={cursor}")
        text = raw.decode()
        for url in _SMALL.findall(text)[:LOOKED_AT]:
            with self.party.waiting("thumbnail"):
                await self.ask("GET", url)
        if large := _LARGE.findall(text):
            with self.party.waiting("photo"):
                await self.ask("GET", self.random.choice(large))
        return str(json.loads(text).get("next", ""))

    async def send(self) -> None:
        """Add a photo."""
        boundary = "albumen-bench-boundary"
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="IMG_{self.number}.jpg"\r\n\r\n'
        photo = self.party.photos[self.number // 10 % len(self.party.photos)]
        body = head.encode() + _photos.told_apart(photo, self.number) + f"\r\n--{boundary}--\r\n".encode()
        with self.party.waiting("upload"):
            await self.ask("POST", "/v1/access/files", body, f"multipart/form-data; boundary={boundary}")

    async def ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> bytes:
        """The body of an answer; one that is no success is noted."""
        lines = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{self.headers}Content-Length: {len(body)}\r\n"
        assert self.writer is not None
        self.writer.write(f"{lines}{f'Content-Type: {kind}' if kind else 'Accept: */*'}\r\n\r\n".encode() + body)
        await self.writer.drain()
        told = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = re.search(r"(?i)^content-length: *(\d+)", told, re.MULTILINE)
        raw = await self.reader.readexactly(int(length[1])) if length else b""
        if not 200 <= int(told[9:12]) < 300:
            self.party.failures.append(f"{method} {path.partition('?')[0]}: {told[9:12]} {raw[:200]!r}")
        return raw


def photo(number: int, size: tuple[int, int], least_bytes: int = 0) -> bytes:
    """A photo of coarse noise, and of at least so many bytes."""
    noise = np.random.default_rng(number).integers(0, 255, (size[1] // 8, size[0] // 8, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).resize(size).save(out, "JPEG", quality=88)
    return out.getvalue() + b"\0" * max(0, least_bytes - out.tell())


def opened(server: LiveServer) -> Party:
    """An event with photos, and a code that allows all."""
    host = server.connect()
    made = [host.upload(f"IMG_{number}.jpg", photo(number, (1600, 1067))) for number in range(PHOTOS)]
    await_renditions(server)
    event = host.request_json("POST", "/v1/events", {"eventName": "Party", "guestUpload": "yes"})
    told = {"fileIds": [each["fileId"] for each in made]}
    host.request_json("POST", f"/v1/events/{event['eventId']}/files", told)
    cards = f"/v1/events/{event['eventId']}/cards"
    until(lambda: host.request_json("GET", cards)["pendingCount"] == 0)  # guests see what was looked at
    code = {"permissions": ["view", "download", "upload", "favorite"]}
    accessor = host.request_json("POST", f"/v1/events/{event['eventId']}/accessors", code)
    large = [photo(1000 + number, (4000, 3000), UPLOAD_BYTES) for number in range(4)]
    return Party(server.port, accessor["qrUrl"].partition("#")[2], large)


async def celebrate(party: Party) -> None:
    """Have all guests come, and then stay."""
    guests = [Guest(party, number) for number in range(GUESTS)]
    for do in (Guest.come, Guest.stay):
        async with asyncio.TaskGroup() as group:
            for guest in guests:
                group.create_task(do(guest))


def main() -> None:
    """Hold the party, and print how long its guests waited."""
    with tempfile.TemporaryDirectory() as folder, LiveServer(Path(folder)) as server:
        party = opened(server)
        before = server.cpu_seconds()
        asyncio.run(celebrate(party))
        used, passed = server.cpu_seconds() - before, ARRIVE_SECONDS + SECONDS
        note = f"{GUESTS} guests, {used:.0f} CPU seconds of the server in {passed} s"
        for what, waits in party.waits.items():
            told = ", ".join(f"p{share * 100:g} {party.percentile(what, share):.0f}" for share in (0.5, 0.95, 0.99))
            sys.stdout.write(f"    {what}: {len(waits)} times, {told} ms\n")
        show(
            Row("G1", f"list of {LISTED} for a guest, p99", party.percentile("list", 0.99), "ms", None, "<= 500", note)
        )
        show(Row("G2", "thumbnail for a guest, p99", party.percentile("thumbnail", 0.99), "ms", None, "<= 300"))
        show(
            Row(
                "G3",
                "answers that are no success",
                len(party.failures),
                "",
                None,
                "<= 0",
                "; ".join(party.failures[:3]),
            )
        )
        show(Row("G4", "memory of the server", server.peak_bytes / 2**20, "MiB", None, "<= 1024"))


if __name__ == "__main__":
    main()
