"""Problems over HTTP: words for every error, and never a trace, a path or HTML."""

import re
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient
from tests import make
from tests.installation import Caller, Installation, settings_for

from albumen.http import problems
from albumen.kernel import errors


def check_problem(answer: Response, status: int) -> dict[str, Any]:
    """An answer in RFC 9457's form that says nothing of the server's inside."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail"} <= set(told) <= {"type", "title", "status", "detail", "errors"}
    assert told["status"] == status
    assert told["title"]
    assert not re.search(r"Traceback|File \"|site-packages|/tmp/|\.py\b|<html|sqlalchemy", answer.text, re.IGNORECASE)
    return told


ERRORS: list[tuple[errors.Problem, int]] = [
    (errors.Invalid("x"), 400),
    (errors.SignIn(), 401),
    (errors.Denied(), 403),
    (errors.NotFound(), 404),
    (errors.Conflict(), 409),
    (errors.Gone(), 410),
    (errors.TooLarge(), 413),
    (errors.Unsupported(), 415),
    (errors.Busy(retry_seconds=7), 429),
    (errors.Unavailable(retry_seconds=7), 503),
    (errors.OverQuota(), 507),
]


@pytest.mark.parametrize(("error", "status"), ERRORS, ids=[type(error).__name__ for error, _ in ERRORS])
def test_each_word_has_its_status(error: errors.Problem, status: int) -> None:
    answer = problems.response(error)
    assert (problems.status_of(error), answer.status_code) == (status, status)
    assert (answer.headers.get("retry-after") == "7") is (status in (429, 503))
    assert ("www-authenticate" in answer.headers) is (status == 401)


def test_an_error_nobody_expected_says_nothing_of_the_inside() -> None:
    app = FastAPI()
    problems.install(app)

    @app.get("/boom")
    def boom() -> None:
        raise ValueError("secret of /etc/passwd")

    @app.get("/fine")
    def fine() -> str:
        return "ok"

    client = TestClient(app, raise_server_exceptions=False)
    check_problem(client.get("/boom"), 500)
    assert "secret" not in client.get("/boom").text
    assert client.get("/fine").json() == "ok"


def test_a_lost_table_is_a_500_and_the_process_stays_up(installation: Installation, alice: Caller) -> None:
    alice.get("/users/me")
    with installation.app.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE libraries RENAME TO lost")
    check_problem(alice.get("/libraries"), 500)
    with installation.app.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE lost RENAME TO libraries")
    assert alice.get("/libraries").json() == []


def test_problems_of_every_kind(alice: Caller) -> None:
    client = alice.client
    shelf = alice.library()
    check_problem(alice.post("/libraries", json={}), 400)
    check_problem(alice.post("/libraries", content=b"{", headers={"Content-Type": "application/json"}), 400)
    check_problem(alice.post("/libraries", content=b"\xff\xfe", headers={"Content-Type": "application/json"}), 400)
    check_problem(alice.post("/libraries", content=b"[" * 9999, headers={"Content-Type": "application/json"}), 400)
    check_problem(client.get("/v1/libraries"), 401)
    check_problem(alice.get("/libraries/nothing"), 404)
    check_problem(alice.get("/no/such/route"), 404)
    check_problem(alice.call("PUT", "/libraries"), 405)
    assert "GET" in alice.call("PUT", "/libraries").headers["allow"]
    check_problem(alice.post(f"{shelf.library}/folders", json={"name": "All Pictures"}), 409)
    check_problem(alice.post("/libraries", json={"name": "x" * 2_000_000}), 413)
    check_problem(shelf.send(b"GIF"), 415)


def test_validation_names_each_wrong_place(alice: Caller) -> None:
    told = check_problem(alice.post("/libraries", json={"name": "", "quotaBytes": -1, "wrong": 1}), 400)
    assert {each["loc"] for each in told["errors"]} == {"body.name", "body.quotaBytes", "body.wrong"}
    assert all(each["msg"] for each in told["errors"])


def test_a_disk_that_is_nearly_full_takes_no_uploads_and_serves_the_rest(installation: Installation) -> None:
    alice = installation.caller()
    shelf = alice.library()
    file = shelf.add(make.photo())
    settings = installation.app.settings
    full = {"upload": {"reserve_bytes": 1 << 62, "reserve_percent": 100}}
    object.__setattr__(installation.app, "settings", settings_for(settings.data_dir, **full))
    told = check_problem(shelf.send(make.photo()), 507)
    assert "disk" in told["detail"]
    assert alice.get(f"{shelf.library}/files/{file['fileId']}/contents").status_code == 200
    assert alice.delete(f"{shelf.library}/files/{file['fileId']}").status_code == 204


def test_half_a_letter_is_told_of_as_a_question_mark(alice: Caller) -> None:
    albums, sent = f"{alice.library().library}/albums", {"Content-Type": "application/json"}
    answer = alice.post(albums, content=b'{"name": "x", "query": {"\\ud800": 1}}', headers=sent)
    check_problem(answer, 400)
    assert any("?" in each["loc"] for each in answer.json()["errors"])
    check_problem(alice.post(albums, content=b'{"name": "x", "\\ud800": 1}', headers=sent), 400)
