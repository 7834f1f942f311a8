"""The base of what the API shows: camelCase names, times in UTC with milliseconds, nothing that is null."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, PlainSerializer
from pydantic.alias_generators import to_camel

from albumen.http.late import LateRoute
from albumen.kernel.clock import iso

Endpoint = Callable[..., Any]
Time = Annotated[datetime, PlainSerializer(iso, return_type=str)]


_BYTES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The bytes", "content": {"application/octet-stream": {}}},
    206: {"description": "A range of them"},
    304: {"description": "The caller has them"},
    412: {"description": "They are others than `If-Match` says"},
    416: {"description": "No such range"},
}


class View(BaseModel):
    """Something the API shows."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True, extra="forbid")


class Form(BaseModel):
    """Something the API is told; unknown names are an error, so that a typing mistake is not silent."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True, extra="forbid")


class Routes(APIRouter):
    """A room's routes; null values are left out of what they answer."""

    def __init__(self, tags: Sequence[str], prefix: str = "") -> None:
        super().__init__(prefix=prefix, tags=list(tags), route_class=LateRoute)

    def add_api_route(self, path: str, endpoint: Any, **options: Any) -> None:
        """Add a route as FastAPI does, without nulls in its answers."""
        options["response_model_exclude_none"] = True
        super().add_api_route(path, endpoint, **options)

    def serve_bytes(self, path: str, summary: str) -> Callable[[Endpoint], Endpoint]:
        """Declare a route that serves bytes by GET and HEAD."""

        def declare(endpoint: Endpoint) -> Endpoint:
            options = {"response_class": Response, "response_model": None}
            self.add_api_route(path, endpoint, methods=["GET"], summary=summary, responses=_BYTES, **options)
            self.add_api_route(path, endpoint, methods=["HEAD"], include_in_schema=False, **options)
            return endpoint

        return declare


def multipart(name: str, *, many: bool = False) -> dict[str, Any]:
    """What a route that takes files, by multipart or one as it is, tells OpenAPI."""
    file = {"type": "string", "contentMediaType": "application/octet-stream"}
    properties = {name: {"type": "array", "items": file} if many else file, "metadata": {"type": "string"}}
    schema = {"type": "object", "required": [name], "properties": properties}
    bare: dict[str, Any] = {kind: {} for kind in ("application/octet-stream", "image/*", "video/*")}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}, **bare}}}
