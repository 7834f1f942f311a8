"""The routes of timelines: months, columns of a month, and the binary form that grids are laid out from."""

import gzip
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Response
from pydantic import BaseModel, Field

from albumen.assets.timelines import index, listings, timeline, views
from albumen.assets.timelines.index import Asked
from albumen.assets.timelines.listings import Listing
from albumen.assets.timelines.views import BucketsView, ColumnsView
from albumen.http.deps import Caller, Reading, TheApp, public_id
from albumen.http.views import Routes
from albumen.unit import Unit

routes = Routes(tags=["Timeline"])

_OF = "Of an `album:ID`, a `folder:ID` or a `search:QUERY`; without, of all that the caller sees of the library."
_BYTES: dict[str, Any] = {
    "response_class": Response,
    "response_model": None,
    "responses": {
        200: {"description": "The bytes", "content": {"application/octet-stream": {}}},
        304: {"description": "The caller has them"},
        410: {"description": "The timeline has changed: read the index anew"},
    },
}
_FINAL, _FLEETING = "private, max-age=31536000, immutable", "private, no-cache"


@dataclass(frozen=True)
class _Of:
    """A timeline, as path and query name it."""

    library_id: str
    of: str

    def asked(self) -> Asked:
        """Which it is.  Raises NotFound."""
        return Asked(public_id(self.library_id), self.of)

    def listing(self, unit: Unit) -> Listing:
        """What it lists.  Raises NotFound, Denied, Invalid."""
        return listings.listing(unit, public_id(self.library_id), self.of)


async def _named(library_id: str, of: Annotated[str, Query(max_length=1000, description=_OF)] = "") -> _Of:
    return _Of(library_id, of)


Of = Annotated[_Of, Depends(_named)]
Number = Annotated[int, Path(ge=0, lt=1 << 31)]


class _Some(BaseModel):
    """Which part of a month."""

    limit: int = Field(1000, ge=1, le=5000, description="How many at most.")
    cursor: str | None = Field(None, max_length=2000, description="`next` of the part before.")


@routes.get("/libraries/{library_id}/timeline", summary="The months of a timeline")
def list_months(unit: Reading, of: Of) -> BucketsView:
    """Newest first.  Photos without a date count in the month they were added."""
    return views.of_months(timeline.months(unit, of.listing(unit)))


@routes.get("/libraries/{library_id}/timeline/index", summary="The index of a timeline", **_BYTES)
def get_index(request: Request, app: TheApp, actor: Caller, of: Of) -> Response:
    """A byte a photo. `ETag` is the version, under which chunks and selections name places in it.

    All numbers are little endian: `TLI1`; how many files (u32); how many runs of days (u32); the length of the version
    (u32); for each run its day (i32, days since 1970) and how many files it has (u32); for each file its shape (u8,
    width ÷ height = 2^((b − 128) ÷ 48)); the version.
    """
    return _indexed(request, index.index(app, actor, of.asked(), request.headers.get("if-none-match", "")))


def _indexed(request: Request, made: index.Index) -> Response:
    headers = {"ETag": f'"{made.version}"', "Cache-Control": _FLEETING, "Vary": "Accept-Encoding"}
    if made.body is None:
        return Response(status_code=304, headers=headers)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(made.body, headers=headers, media_type="application/octet-stream")
    body = gzip.compress(made.body, 4, mtime=0)
    return Response(body, headers={**headers, "Content-Encoding": "gzip"}, media_type="application/octet-stream")


@routes.get("/libraries/{library_id}/timeline/chunks/{version}/{number}", summary="A chunk of a timeline", **_BYTES)
def get_chunk(request: Request, unit: Reading, of: Of, version: str, number: Number) -> Response:
    """What a grid shows of 512 files, as long as their places in the version can be told.

    For each file its id (u64), the minute of its day (u16), flags (u8: 1 favourite, 2 video, 4 not developed yet, 8
    cannot be shown, 16 listed by when it was added), whole seconds of a film (u8, at most 255), the length of its
    thumbhash (u8), and that.
    """
    found = index.chunk(unit, of.asked(), version, number)
    if not found.is_final:
        return Response(found.body, headers={"Cache-Control": _FLEETING}, media_type="application/octet-stream")
    tag = f'"{version}-{number}"'
    is_known = tag in request.headers.get("if-none-match", "")
    headers = {"Cache-Control": _FINAL, "ETag": tag}
    return Response(None if is_known else found.body, 304 if is_known else 200, headers, "application/octet-stream")


Bucket = Annotated[str, Path(pattern=r"^\d{4}-\d{2}$", description="`2024-03`")]


@routes.get("/libraries/{library_id}/timeline/{bucket}", summary="The files of a month, in columns")
def list_columns(unit: Reading, of: Of, bucket: Bucket, some: Annotated[_Some, Query()]) -> ColumnsView:
    """Newest first, one array a field: enough to lay a grid out.

    All arrays have one length, so null is not left out here: it stands where a file lacks the value.
    """
    year, _, month = bucket.partition("-")
    listed = of.listing(unit)
    found = timeline.cells(unit, listed, (int(year), int(month)), limit=some.limit, cursor=some.cursor)
    return views.of_cells(found)
