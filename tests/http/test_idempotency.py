"""Whoever repeats a create with the same `Idempotency-Key` gets the same answer, and nothing is made twice."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select
from starlette.responses import Response
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send
from tests.installation import APPLICATION_KEY, SECOND_KEY, Installation
from tests.make import photo

from albumen import server
from albumen.http.idempotency import MOST_KEY_BYTES, Idempotency, Told, forget_answers
from albumen.http.models import Answer
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import File, Library, Resumable


@pytest.fixture
def door(installation: Installation) -> Iterator[TestClient]:
    headers = {"Authorization": f"ApiKey {APPLICATION_KEY}", "API-User-ID": "ann"}
    with TestClient(server.serve(installation.app), headers=headers) as client:
        yield client


def count(installation: Installation, model: type[Library | File | Answer]) -> int:
    with installation.app.reading(SYSTEM) as unit:
        return unit.db.scalar(select(func.count()).select_from(model)) or 0


def make(door: TestClient, key: str, name: str = "Summer", **headers: str) -> tuple[int, str]:
    answer = door.post("/v1/libraries", json={"name": name}, headers={"Idempotency-Key": key, **headers})
    return answer.status_code, answer.text


def test_a_repetition_makes_nothing_and_gets_the_same(installation: Installation, door: TestClient) -> None:
    first = make(door, "k1")
    assert first[0] == 200
    assert make(door, "k1") == first
    assert count(installation, Library) == 1


def test_an_upload_is_repeated_without_its_effect(installation: Installation, door: TestClient) -> None:
    sent = {"file": ("a.jpg", photo())}
    first = door.post("/v1/upload/", files=sent, headers={"Idempotency-Key": "u1"})
    again = door.post("/v1/upload/", files=sent, headers={"Idempotency-Key": "u1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert count(installation, File) == 1


def test_another_key_caller_or_route_is_another_request(installation: Installation, door: TestClient) -> None:
    make(door, "k1")
    make(door, "k2")
    make(door, "k1", **{"API-User-ID": "bob"})
    assert door.post("/v1/libraries?x=1", json={"name": "n"}, headers={"Idempotency-Key": "k1"}).status_code == 200
    assert count(installation, Library) == 4


def test_a_refusal_is_not_kept(installation: Installation, door: TestClient) -> None:
    assert make(door, "k1", name="")[0] == 400
    assert make(door, "k1")[0] == 200
    assert count(installation, Library) == 1


def test_after_a_day_the_key_is_free_again(installation: Installation, door: TestClient) -> None:
    make(door, "k1")
    installation.clock.advance(hours=25)
    make(door, "k1")
    assert count(installation, Library) == 2
    installation.clock.advance(hours=25)
    forget_answers(installation.app)
    assert count(installation, Answer) == 0


def test_credentials_that_do_not_hold_get_nothing_again(installation: Installation, door: TestClient) -> None:
    make(door, "k1")
    assert make(door, "k1", Authorization="ApiKey wrong")[0] == 401
    assert make(door, "k1", Authorization=f"ApiKey {SECOND_KEY}")[0] == 200
    assert count(installation, Library) == 2


def test_a_key_that_is_too_long(door: TestClient) -> None:
    assert make(door, "k" * (MOST_KEY_BYTES + 1))[0] == 400


def kept(installation: Installation) -> bytes:
    with installation.app.reading(SYSTEM) as unit:
        return b"".join(unit.db.scalars(select(Answer.body)))


def test_what_is_shown_only_once_is_not_kept_and_not_done_twice(installation: Installation, door: TestClient) -> None:
    made = door.post("/v1/vaults", json={})
    path = f"/v1/vaults/{made.json()['vaultId']}/devices"
    first, again = (door.post(path, json={}, headers={"Idempotency-Key": "d1"}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 409)
    assert again.json()["type"] == "urn:albumen:problem:shown-once"
    assert len(door.get(path).json()) == 1
    installation.clock.advance(hours=25)
    assert door.post(path, json={}, headers={"Idempotency-Key": "d1"}).status_code == 201


def test_answers_are_kept_sealed(installation: Installation, door: TestClient) -> None:
    first = make(door, "k1", name="Secret summer")
    assert kept(installation) and b"summer" not in kept(installation)
    assert make(door, "k1", name="Secret summer") == first


def test_an_answer_that_cannot_be_opened_any_more_is_none(installation: Installation, door: TestClient) -> None:
    make(door, "k1")
    with installation.app.writing(SYSTEM) as unit:
        for answer in unit.db.scalars(select(Answer)):
            answer.body = b"as an earlier release kept it"
    assert make(door, "k1")[0] == 200
    assert count(installation, Library) == 2


def test_the_headers_of_an_announced_upload_are_given_again(installation: Installation, door: TestClient) -> None:
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "9", "Idempotency-Key": "t1"}
    first, again = (door.post("/v1/uploads", headers=headers) for _ in range(2))
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    for name in ("location", "tus-resumable", "upload-offset", "upload-length", "upload-expires", "cache-control"):
        assert again.headers[name] == first.headers[name]
    assert "x-request-id" not in again.headers or again.headers["x-request-id"] != first.headers["x-request-id"]
    assert installation.rows(Resumable) == 1


def test_an_answer_that_was_kept_without_headers_is_given_again(installation: Installation, door: TestClient) -> None:
    first = make(door, "k1")
    with installation.app.writing(SYSTEM) as unit:
        [answer] = unit.db.scalars(select(Answer))
        answer.body = installation.app.seals.seal(first[1].encode(), "answers")
    assert make(door, "k1") == first
    assert count(installation, Library) == 1


class Lingering(Idempotency):
    """Whoever looks second goes on with what it found only once the first was answered."""

    looks = 0
    answered = threading.Event()

    def _kept(self, name: bytes) -> Told | None:
        self.looks += 1
        is_second, told = self.looks == 2, super()._kept(name)
        if is_second:
            self.answered.wait(30)
        return told


def test_a_repetition_that_just_misses_the_answer_makes_nothing(installation: Installation) -> None:
    made: list[int] = []
    told: list[int] = []

    async def main(scope: Scope, receive: Receive, send: Send) -> None:
        made.append(1)
        await Response("made")(scope, receive, send)

    async def send(message: Message) -> None:
        if "status" in message:
            told.append(message["status"])
        else:
            front.answered.set()

    async def both() -> None:
        await asyncio.gather(front(scope, send, send), front(scope, send, send))  # type: ignore[arg-type]  # none is read

    front = Lingering(main, installation.app, lambda request: None)
    scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"idempotency-key", b"k")]}
    asyncio.run(both())
    assert (made, sorted(told)) == ([1], [200, 409])
