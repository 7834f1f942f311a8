"""Guessing codes at full speed from many addresses: few are looked at, and whoever has a link still comes in."""

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass, field

import pytest
from tests.events.party import Party
from tests.http.served import served
from tests.installation import Installation

from albumen import server
from albumen.events import attempts
from albumen.kernel import codes

GUEST_SECONDS = 3
EVERY = 50
"""How many guesses lie between two visits."""


@dataclass
class Siege:
    """What the guessers and the guest were answered."""

    port: int
    token: str
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    async def guess(self, address: str, until: float) -> None:
        """Try one code after the other from an address, on a connection that is kept."""
        while time.monotonic() < until:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port, local_addr=(address, 0))
            except OSError:
                continue
            try:
                while time.monotonic() < until:
                    self.statuses[address, await knock(reader, writer, codes.show(codes.new_code()))] += 1
                    self.answered.set()
            except (OSError, asyncio.IncompleteReadError):
                continue
            finally:
                writer.close()

    async def visit(self, until: float) -> None:
        """Come in by the link, each time that some more guesses were answered."""
        while time.monotonic() < until:
            began = time.monotonic()
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            assert await knock(reader, writer, self.token) == 200
            writer.close()
            self.waits.append(time.monotonic() - began)
            await self._guesses(EVERY, until)

    async def _guesses(self, more: int, until: float) -> None:
        """Wait for so many more answers to guesses."""
        enough = self.statuses.total() + more
        while self.statuses.total() < enough and time.monotonic() < until:
            self.answered.clear()
            await self.answered.wait()

    async def run(self, addresses: int, seconds: float) -> None:
        """Both at once."""
        until = time.monotonic() + seconds
        named = [f"127.0.{number // 200}.{number % 200 + 2}" for number in range(1, addresses + 1)]
        async with asyncio.TaskGroup() as group:
            group.create_task(self.visit(until))
            for address in named:
                group.create_task(self.guess(address, until))


async def knock(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, shown: str) -> int:
    """The status that a code or token is answered with."""
    body = json.dumps({"accessCode": shown}).encode()
    head = (
        f"POST /v1/access HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    await writer.drain()
    told = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = int(told.partition("content-length:")[2].partition("\r\n")[0])
    await reader.readexactly(length)
    return int(told.split(" ", 2)[1])


@pytest.mark.parametrize(
    ("addresses", "seconds", "patience"),
    [(20, 4, 30), pytest.param(200, 300, GUEST_SECONDS, marks=pytest.mark.torture, id="five minutes")],
)
def test_guessing_stays_within_its_budget(
    installation: Installation, party: Party, addresses: int, seconds: int, patience: int
) -> None:
    _, _, token = party.code()["qrUrl"].partition("#")
    began = installation.clock()
    with served(server.serve(installation.app)) as port:
        siege = Siege(port, token)
        asyncio.run(siege.run(addresses, seconds))
    minutes = (installation.clock() - began).total_seconds() / attempts.WINDOW_OF_ALL.total_seconds()
    looked_at = Counter(
        address for (address, status), count in siege.statuses.items() if status == 404 for _ in range(count)
    )
    assert {status for _, status in siege.statuses} == {404, 429}
    assert 0 < sum(looked_at.values()) <= attempts.MOST_OF_ALL * (int(minutes) + 1)
    assert max(looked_at.values()) <= attempts.MOST_OF_ONE
    assert siege.statuses.total() > 2 * sum(looked_at.values())
    assert siege.waits
    assert max(siege.waits) < patience
