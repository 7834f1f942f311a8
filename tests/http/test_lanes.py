"""While many uploads wait to be filed, others are answered."""

import asyncio
from contextlib import suppress
from pathlib import Path

from tests import make
from tests.http.served import served
from tests.installation import APPLICATION_KEY, Caller, Installation, wait_until

from albumen import server
from albumen.kernel.actor import SYSTEM

UPLOADS = 60
"""More than there are threads."""
LISTS = 20
_KEY = f"Host: x\r\nAuthorization: ApiKey {APPLICATION_KEY}\r\nAPI-User-ID: alice\r\nConnection: close\r\n"


async def ask(port: int, head: str, body: bytes = b"") -> int:
    """The status of an answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"{head} HTTP/1.1\r\n{_KEY}Content-Type: image/jpeg\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    )
    told = await reader.read()
    writer.close()
    return int(told.split(b" ", 2)[1])


def held(folder: Path) -> int:
    """How many files of a folder this process holds open."""
    found = 0
    for each in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found += each.readlink().is_relative_to(folder)
    return found


def test_lists_are_answered_while_uploads_wait_to_be_filed(installation: Installation, alice: Caller) -> None:
    alice.library().add(make.photo())
    photos = [make.photo() for _ in range(UPLOADS)]
    store = installation.app.settings.store_folder

    async def party(port: int) -> tuple[list[int], int]:
        with installation.app.writing(SYSTEM):  # nobody else writes meanwhile
            heads = [f"POST /v1/upload/?name={number}.jpg" for number in range(UPLOADS)]
            sending = [asyncio.create_task(ask(port, head, each)) for head, each in zip(heads, photos, strict=True)]
            await asyncio.to_thread(wait_until, lambda: held(store) >= UPLOADS // 2)
            statuses = [await ask(port, "GET /v1/libraries") for _ in range(LISTS)]
            done = sum(each.done() for each in sending)
        assert await asyncio.gather(*sending) == [201] * UPLOADS
        return statuses, done

    with served(server.serve(installation.app)) as port:
        assert asyncio.run(party(port)) == ([200] * LISTS, 0)
