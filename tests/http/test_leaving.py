"""A server that is to stop: what it says while it still serves."""

from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from albumen.http.leaving import Leaving


def test_it_says_no_where_proxies_ask_and_serves_on() -> None:
    door = Leaving(PlainTextResponse("here"))
    client = TestClient(door)
    before = client.get("/readyz")
    assert (before.status_code, "connection" in before.headers) == (200, False)
    door.begin()
    asked, served = client.get("/readyz"), client.get("/v1/libraries")
    assert (asked.status_code, asked.headers["connection"], asked.headers["retry-after"]) == (503, "close", "5")
    assert asked.headers["content-type"] == "application/problem+json"
    assert (served.status_code, served.text, served.headers["connection"]) == (200, "here", "close")
