"""Bodies that are held in memory are bounded, whatever their path looks like; only routes that stream are not."""

import inspect
import itertools
from collections.abc import Iterator

import pytest
from starlette.routing import Match, Route
from tests.installation import Caller, Installation

from albumen import server

MEBIBYTE = 1 << 20
WORDS = ("upload", "uploads", "files", "versions", "add", "blobs", "library", "events", "x")
"""What a client may write where a route has a parameter."""
STREAMS = ("request.stream()", "body: Arriving", "intake.receive(", "revisions.receive(")
"""What the endpoint of a route that streams has in it."""


@pytest.fixture
def routes(installation: Installation) -> list[Route]:
    return [each for each in server.build(installation.app).routes if isinstance(each, Route)]


def scope(method: str, path: str) -> dict[str, object]:
    return {"type": "http", "method": method, "path": path, "root_path": "", "headers": []}


def streams(route: Route) -> bool:
    return any(word in inspect.getsource(route.endpoint) for word in STREAMS)


def paths_of(route: Route) -> Iterator[str]:
    """The paths of a route, with words for its parameters that stand elsewhere, too."""
    names = route.param_convertors
    for words in itertools.product(WORDS, repeat=min(len(names), 2)):
        given = dict(zip(names, [*words, *["files"] * len(names)], strict=False))
        yield route.path_format.format(**given)


def answering(routes: list[Route], method: str, path: str) -> Route | None:
    """The first route that takes a request."""
    return next((each for each in routes if each.matches(scope(method, path))[0] is Match.FULL), None)


def test_every_route_that_is_left_out_streams_and_is_there(routes: list[Route]) -> None:
    for method, paths in server.RECEIVING.items():
        for path in paths:
            found = [each for each in routes if each.path == path and method in (each.methods or ())]
            assert len(found) == 1, f"{method} {path}"
            assert streams(found[0]), f"{method} {path}"


def test_a_route_is_bounded_unless_it_streams(routes: list[Route]) -> None:
    tried = 0
    for route in routes:
        for method in {*(route.methods or ())} - {"GET", "HEAD", "OPTIONS"}:
            for path in paths_of(route):
                taken = answering(routes, method, path)
                assert taken is not None
                assert server._takes_files(scope(method, path)) == streams(taken), f"{method} {path}"
                tried += 1
    assert tried > 1000


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/v1/events/x/sets/x/files", "application/json"),
        ("/reset/files", "application/x-www-form-urlencoded"),
        ("/invite/upload", "application/x-www-form-urlencoded"),
        ("/admin/users/1/upload", "application/x-www-form-urlencoded"),
        ("/events/1/webhooks/versions", "application/x-www-form-urlencoded"),
        ("/v1/vaults/x/blobs/x/files", "application/json"),
        ("/nothing/upload", "application/json"),
        ("/v1/shared/files", "application/json"),
    ],
)
def test_nobody_fills_the_memory(installation: Installation, path: str, kind: str) -> None:
    answer = installation.client.post(path, content=b"a" * (MEBIBYTE + 1), headers={"Content-Type": kind})
    assert answer.status_code == 413


def test_what_streams_takes_more(alice: Caller) -> None:
    shelf = alice.library()
    for path in (f"{shelf.folder}/files", "/upload/", "/access/files"):
        answer = alice.post(path, content=b"a" * (MEBIBYTE + 1), headers={"Content-Type": "application/octet-stream"})
        assert answer.status_code not in (404, 405, 413), path
