"""Routes that FastAPI analyses when they are first asked for, so that a server need not look at hundreds to start."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.params import Depends
from fastapi.routing import APIRoute
from starlette._utils import get_route_path
from starlette.routing import Match, compile_path, get_name
from starlette.types import Scope

_completing = threading.RLock()
_OF_PATH = frozenset({"path_regex", "path_format", "param_convertors"})


class LateRoute(APIRoute):
    """A route of FastAPI whose parameters are analysed by its first request, or by the first look at OpenAPI.

    Until then it knows its path and its methods alone; what else is asked of it completes it.  Where there are several
    event loops, one of them does that, and the others wait.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        self.path, self.endpoint = path, endpoint
        self.name = options["name"] or get_name(endpoint)
        self.methods = {each.upper() for each in options["methods"] or ["GET"]}
        self.stem = path.partition("{")[0]
        self._options = options

    def __getattr__(self, name: str) -> Any:
        """What is not known yet."""
        if name in _OF_PATH and name not in self.__dict__:
            self.path_regex, self.path_format, self.param_convertors = compile_path(self.path)
            return self.__dict__[name]
        with _completing:
            options = self.__dict__.pop("_options", None)
            if options is not None:
                super().__init__(self.path, self.endpoint, **options)
            if name not in self.__dict__:
                raise AttributeError(name)
            return self.__dict__[name]

    @property
    def analysed(self) -> bool:
        """Whether it is complete."""
        return "_options" not in self.__dict__

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether a request is for this route; nearly all end at the first comparison."""
        if scope["type"] != "http" or not get_route_path(scope).startswith(self.stem):
            return Match.NONE, {}
        return super().matches(scope)

    def below(self, prefix: str, dependencies: Sequence[Depends], *, listed: bool) -> "LateRoute":
        """The same below a prefix, after more dependencies; OpenAPI tells of it where `listed`."""
        known = self._options
        changed = {
            "dependencies": [*dependencies, *(known["dependencies"] or ())],
            "include_in_schema": listed and known["include_in_schema"],
        }
        return LateRoute(prefix + self.path, self.endpoint, **{**known, **changed})


def include(
    app: FastAPI, router: APIRouter, prefix: str = "", dependencies: Sequence[Depends] = (), *, listed: bool = True
) -> None:
    """Let an app answer these routes.

    FastAPI's `include_router` would analyse each of them once more, and look for the route of each request twice.
    """
    for route in router.routes:
        if not isinstance(route, LateRoute):
            raise TypeError(f"{route} is not declared by Routes or Pages.")
        app.router.routes.append(route.below(prefix, dependencies, listed=listed))
