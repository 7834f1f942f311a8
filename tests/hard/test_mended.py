"""Requests that once were answered with 500, each with the answer that it has now."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from starlette.types import ASGIApp
from tests import make
from tests.hard.exchange import Got, Sent, exchange
from tests.hard.words import LONG, as_query
from tests.installation import Caller, Installation, Shelf

from albumen import server
from albumen.accounts import sessions, users
from albumen.kernel.actor import SYSTEM
from albumen.media.guard import Guard

FORM = (b"content-type", b"application/x-www-form-urlencoded")
HUGE = (b"content-length", LONG.encode())


@dataclass(frozen=True)
class Stranger:
    """Sends what it likes, with the session and the key of somebody who may."""

    installation: Installation
    app: ASGIApp
    session: str
    shelf: Shelf
    file_id: str

    def send(self, method: str, target: str, *headers: tuple[bytes, bytes], body: bytes = b"") -> Got:
        """As a browser."""
        shown = ((b"cookie", f"albumen={self.session}".encode()), (b"accept", b"text/html"))
        return self._answer(Sent(method, target.encode(), (*shown, *headers), body))

    def form(self, target: str, *headers: tuple[bytes, bytes], **fields: str) -> Got:
        """A form of one of our pages."""
        body = as_query([("csrf", sessions.csrf_token(self.session)), *fields.items()])
        return self.send("POST", target, FORM, *headers, body=body)

    def call(self, method: str, target: str, *headers: tuple[bytes, bytes], body: bytes = b"") -> Got:
        """As a program, with a key."""
        known = [(name.lower().encode(), value.encode()) for name, value in self.shelf.by.headers.items()]
        return self._answer(Sent(method, f"/v1{target}".encode(), (*known, *headers), body))

    def _answer(self, sent: Sent) -> Got:
        return asyncio.run(exchange(self.app, sent))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory, guard: Guard) -> Iterator[Stranger]:
    made = Installation.at(tmp_path_factory.mktemp("mended") / "data", guard)
    shelf = made.caller("alice").library()
    file = shelf.add(make.photo())
    with made.app.writing(SYSTEM) as unit:
        session = sessions.start(unit, users.with_id(unit, "alice"), days=1)
    yield Stranger(made, server.serve(made.app), session, shelf, file["fileId"])
    made.close()


def test_an_origin_that_is_no_address(stranger: Stranger) -> None:
    odd = (b"origin", b"http://[")
    assert stranger.form(f"/library/p/{stranger.file_id}/rate", odd, rating="1").status == 403
    token = (b"x-csrf-token", sessions.csrf_token(stranger.session).encode())
    sent = stranger.send("POST", "/v1/libraries", odd, token, (b"content-type", b"application/json"), body=b"{}")
    assert sent.status == 403


@pytest.mark.parametrize("told", [LONG, "9" * 20, "²", "٣٣", "-1"])
def test_numbers_that_are_none_in_forms_and_queries(stranger: Stranger, told: str) -> None:
    photo = f"/library/p/{stranger.file_id}"
    assert stranger.form(f"{photo}/rate", rating=told).status == 400
    asked = as_query([("left", told), ("right", told)]).decode()
    assert stranger.send("GET", f"{photo}/versions?{asked}").status == 200


def test_lengths_of_endless_digits(stranger: Stranger) -> None:
    assert stranger.call("POST", "/upload/", HUGE, (b"content-type", b"image/jpeg")).status in (413, 507)
    assert stranger.call("POST", "/libraries", HUGE, (b"content-type", b"application/json"), body=b"{}").status == 413
    parts = (b"content-type", b"multipart/form-data; boundary=x")
    assert stranger.send("POST", "/library/upload", HUGE, parts, body=b"--x--").status in (413, 507)


def test_a_form_whose_sender_goes_away_is_no_fault_of_ours(stranger: Stranger) -> None:
    head = ((b"cookie", f"albumen={stranger.session}".encode()), FORM, (b"content-length", b"1000"))
    sent = Sent("POST", b"/folders", head, b"csrf=", is_cut=True)
    assert asyncio.run(exchange(stranger.app, sent)).status == 400


def test_others_are_answered_while_the_description_is_made(stranger: Stranger) -> None:
    async def turns() -> int:
        asked = asyncio.ensure_future(
            exchange(server.serve(stranger.installation.app), Sent("GET", b"/v1/openapi.json"))
        )
        count = 0
        while not asked.done():
            await asyncio.sleep(0)
            count += 1
        assert (await asked).status == 200
        return count

    assert asyncio.run(turns()) > 200


@pytest.mark.parametrize("cursor", ["WyJ4Il0", "WyJhYmMiXQ", "WyIgIl0"])
def test_a_cursor_of_duplicates_that_is_no_hash(stranger: Stranger, cursor: str) -> None:
    assert stranger.call("GET", f"{stranger.shelf.library}/duplicates?kind=pixels&cursor={cursor}").status == 400


def test_an_end_beyond_the_calendar(stranger: Stranger) -> None:
    alice: Caller = stranger.shelf.by
    library = alice.library(timeZone="America/Lima")
    album = alice.post(f"{library.library}/albums", json={"name": "Party"}).json()["albumId"]
    event = alice.post("/events", json={"eventName": "Party", "albumId": album}).json()["eventId"]
    answer = stranger.form(
        f"/events/{event}/settings", name="Party", end="9999-12-31T23:59", upload="no", guest_name="off"
    )
    assert answer.status in (400, 422)


@pytest.mark.parametrize("shown", [b"", b" ", b"ApiKey", b"Basic YTpi"])
def test_an_authorization_that_says_nothing(stranger: Stranger, shown: bytes) -> None:
    """Also where the answer is a page, which would tell whose it is."""
    assert stranger.send("GET", "/library", (b"authorization", shown)).status in (303, 401)
    assert stranger.send("HEAD", "/library", (b"authorization", shown)).status == 405
