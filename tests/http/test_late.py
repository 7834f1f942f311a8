"""Routes that are analysed when they are first asked for."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.testclient import TestClient
from starlette.requests import Request

from albumen.http.late import LateRoute, include
from albumen.http.views import Routes

SEEN: list[str] = []
routes = Routes(tags=["Things"], prefix="/things")


def noted(request: Request) -> None:
    """Note what was asked for."""
    SEEN.append(request.url.path)


@routes.get("/{thing_id}")
def thing(thing_id: int, wide: bool = False) -> dict[str, object]:
    """A thing."""
    return {"thing": thing_id, "wide": wide}


@routes.post("/{thing_id}", status_code=201)
def change(thing_id: int) -> dict[str, int]:
    """Change a thing."""
    return {"thing": thing_id}


@pytest.fixture
def app() -> FastAPI:
    """An app with these routes, below `/v1`."""
    made = FastAPI()
    include(made, routes, "/v1", [Depends(noted)])
    include(made, routes, listed=False)
    return made


def known(app: FastAPI) -> list[str]:
    """The routes that have been analysed."""
    return [
        f"{min(each.methods or ())} {each.path}" for each in app.routes if isinstance(each, LateRoute) and each.analysed
    ]


def test_a_request_completes_its_route_and_no_other(app: FastAPI) -> None:
    """What is asked for works as FastAPI's own; the others wait."""
    assert known(app) == []
    with TestClient(app) as client:
        SEEN.clear()
        assert client.get("/v1/things/7?wide=true").json() == {"thing": 7, "wide": True}
        assert client.get("/v1/things/seven").status_code == 422
        assert SEEN == ["/v1/things/7", "/v1/things/seven"]
        assert known(app) == ["GET /v1/things/{thing_id}"]
        assert client.get("/v1/other").status_code == 404
        assert client.delete("/v1/things/7").status_code == 405
        assert client.post("/v1/things/7").status_code == 201


def test_openapi_tells_of_what_is_listed(app: FastAPI) -> None:
    """All that is, once, and with its parameters."""
    told = app.openapi()["paths"]
    assert list(told) == ["/v1/things/{thing_id}"]
    assert set(told["/v1/things/{thing_id}"]) == {"get", "post"}
    assert [each["name"] for each in told["/v1/things/{thing_id}"]["get"]["parameters"]] == ["thing_id", "wide"]
    assert told["/v1/things/{thing_id}"]["get"]["tags"] == ["Things"]


def test_an_unknown_attribute_is_an_error(app: FastAPI) -> None:
    """Before it is completed and after."""
    route = next(each for each in app.routes if isinstance(each, LateRoute))
    assert not hasattr(route, "colour")
    assert not hasattr(route, "colour")


def test_plain_routers_are_refused(app: FastAPI) -> None:
    """So that nobody makes the start slow by mistake."""
    plain = APIRouter()
    plain.add_api_route("/plain", change)
    with pytest.raises(TypeError):
        include(app, plain)


def test_several_loops_at_once_complete_a_route_together() -> None:
    for _ in range(20):
        several = Routes(tags=["Things"])

        @several.get("/thing")
        def thing() -> str:
            return "here"

        [route] = several.routes
        begun = threading.Barrier(4)

        def ask(_: int, route: Any = route, begun: threading.Barrier = begun) -> object:
            begun.wait(10)
            return route.app

        with ThreadPoolExecutor(4) as pool:
            assert len(set(map(id, pool.map(ask, range(4))))) == 1
