"""Many requests at once."""

import asyncio

from tests.http.served import served
from tests.installation import APPLICATION_KEY, Caller, Installation

from albumen import server

CROWD = 400


def test_a_crowd_is_answered(installation: Installation, alice: Caller) -> None:
    head = f"GET /v1/libraries HTTP/1.1\r\nHost: x\r\nAuthorization: ApiKey {APPLICATION_KEY}\r\nAPI-User-ID: alice\r\n"
    assert alice.get("/libraries").status_code == 200

    async def ask(port: int) -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"{head}Connection: close\r\n\r\n".encode())
        told = await reader.read()
        writer.close()
        return int(told.split(b" ", 2)[1])

    async def crowd(port: int) -> list[int]:
        async with asyncio.timeout(60):
            return await asyncio.gather(*(ask(port) for _ in range(CROWD)))

    with served(server.serve(installation.app)) as port:
        assert asyncio.run(crowd(port)) == [200] * CROWD
