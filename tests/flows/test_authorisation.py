"""Who may call what: every route of the API, as each kind of caller.

To add a route: put a row into TABLE, with the status that each of these gets who calls it rightly:

    owner, contributor, reader   by a role on the whole library
    folder                       a reader of the one folder that holds the file, and of nothing else
    stranger                     a known user without any role there
    guest, other guest           by a code of the event, or of another event; left out where both get 401

An owner's 2xx is what success looks like; 403 is for who sees the thing but may not do this, 404 for who may not know
of it.  `lacks` is a 404 for who may see the file, which has no such form.  If the route takes a body or a query, say
in `told` what is sent.  Names in paths and bodies are attributes of `World` (authorisation.py): give it one for a new
kind of thing.  Without a key, or with a wrong one, every route answers 401; those that do not stand in OPEN, too.
"""

import secrets
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests import make
from tests.flows import direct_routes, vault_routes
from tests.flows.authorisation import CALLERS, GUESTS, TUS, World, photo_form
from tests.installation import Installation

from albumen import server
from albumen.kernel import ids
from albumen.media.guard import Guard

TABLE = """
POST   /session                                                          401 401 401 401 401
GET    /users/me                                                         200 200 200 200 200
PATCH  /users/me                                                         200 200 200 200 200
DELETE /users/me                                                         204 204 204 204 204
POST   /users/me/takeaways                                               200 200 200 200 200
GET    /users/me/takeaways                                               200 200 200 200 200
GET    /users/me/takeaways/{takeaway_id}/content                         409 404 404 404 404
POST   /users                                                            403 403 403 403 403
GET    /libraries                                                        200 200 200 200 200
POST   /libraries                                                        200 200 200 200 200
GET    /libraries/{library_id}                                           200 200 200 200 404
PATCH  /libraries/{library_id}                                           200 200 403 403 404
DELETE /libraries/{library_id}                                           204 403 403 403 404
GET    /libraries/{library_id}/statistics                                200 200 200 200 404
GET    /libraries/{library_id}/changes                                   200 200 200 200 404
GET    /libraries/{library_id}/trash                                     200 200 403 403 404
POST   /libraries/{library_id}/trash/restore                             200 200 403 403 404
POST   /libraries/{library_id}/trash/delete                              200 403 403 403 404
POST   /libraries/{library_id}/trash/empty                               200 403 403 403 404
GET    /libraries/{library_id}/users                                     200 200 403 403 404
POST   /libraries/{library_id}/users                                     200 403 403 403 404
PATCH  /libraries/{library_id}/users/{user_id}                           200 403 403 403 404
DELETE /libraries/{library_id}/users/{user_id}                           204 403 403 403 404
GET    /libraries/{library_id}/access/explain                            200 403 403 403 404
GET    /libraries/{library_id}/folders                                   200 200 200 200 404
POST   /libraries/{library_id}/folders                                   200 200 403 403 404
GET    /libraries/{library_id}/folders/{folder_id}                       200 200 200 200 404
PATCH  /libraries/{library_id}/folders/{folder_id}                       200 403 403 403 404
DELETE /libraries/{library_id}/folders/{folder_id}                       204 403 403 403 404
GET    /libraries/{library_id}/folders/{folder_id}/breadcrumbs           200 200 200 200 404
GET    /libraries/{library_id}/folders/{folder_id}/subfolders            200 200 200 200 404
GET    /libraries/{library_id}/folders/{folder_id}/files                 200 200 200 200 404
POST   /libraries/{library_id}/folders/{folder_id}/files                 200 200 403 403 404
GET    /libraries/{library_id}/folders/{folder_id}/users                 200 200 403 403 404
POST   /libraries/{library_id}/folders/{folder_id}/users                 200 403 403 403 404
PATCH  /libraries/{library_id}/folders/{folder_id}/users/{user_id}       200 403 403 403 404
DELETE /libraries/{library_id}/folders/{folder_id}/users/{user_id}       204 403 403 403 404

GET    /libraries/{library_id}/files/{file_id}                           200 200 200 200 404
PATCH  /libraries/{library_id}/files/{file_id}                           200 200 403 403 404
DELETE /libraries/{library_id}/files/{file_id}                           204 204 403 403 404
GET    /libraries/{library_id}/files/{file_id}/contents                  200 200 200 200 404
GET    /libraries/{library_id}/files/{file_id}/thumbnails/{size}         200 200 200 200 404
GET    /libraries/{library_id}/files/{file_id}/metadata                  200 200 200 200 404
GET    /libraries/{library_id}/files/{file_id}/preview                   lacks lacks lacks lacks 404
GET    /libraries/{library_id}/files/{file_id}/motion                    lacks lacks lacks lacks 404
GET    /libraries/{library_id}/files/{file_id}/hls/master.m3u8           lacks lacks lacks lacks 404
GET    /libraries/{library_id}/files/{file_id}/hls/{side}.m3u8           lacks lacks lacks lacks 404
GET    /libraries/{library_id}/files/{file_id}/hls/{side}.mp4            lacks lacks lacks lacks 404
GET    /libraries/{library_id}/files/{file_id}/versions                  200 200 200 200 404
POST   /libraries/{library_id}/files/{file_id}/versions                  200 200 403 403 404
GET    /libraries/{library_id}/files/{file_id}/versions/{number}/contents 200 200 200 200 404
POST   /libraries/{library_id}/files/{file_id}/versions/{number}/restore 200 200 403 403 404
POST   /libraries/{library_id}/selection/download                        200 200 200 200 404
POST   /libraries/{library_id}/selection/add-to-album                    200 200 403 404 404
POST   /libraries/{library_id}/selection/remove-from-album               200 200 403 404 404
POST   /libraries/{library_id}/selection/tag                             200 200 403 403 404
POST   /libraries/{library_id}/selection/move                            200 200 403 403 404
POST   /libraries/{library_id}/selection/trash                           200 200 403 403 404
POST   /libraries/{library_id}/selection/edit                            200 200 403 403 404
GET    /libraries/{library_id}/operations/{operation_id}                 200 404 404 404 404
POST   /libraries/{library_id}/operations/{operation_id}/cancel          409 404 404 404 404
POST   /libraries/{library_id}/operations/{operation_id}/undo            200 404 404 404 404
GET    /libraries/{library_id}/tags                                      200 200 200 200 404
POST   /libraries/{library_id}/tags/rename                               200 200 403 403 404
DELETE /libraries/{library_id}/tags/{tag}                                200 200 403 403 404

GET    /libraries/{library_id}/search                                    200 200 200 200 404
POST   /libraries/{library_id}/search                                    200 200 200 200 404
GET    /libraries/{library_id}/search/facets                             200 200 200 200 404
GET    /libraries/{library_id}/search/suggest                            200 200 200 200 404
GET    /libraries/{library_id}/timeline                                  200 200 200 200 404
GET    /libraries/{library_id}/timeline/index                            200 200 200 200 404
GET    /libraries/{library_id}/timeline/chunks/{version}/{number}        410 410 410 410 404
GET    /libraries/{library_id}/timeline/{bucket}                         200 200 200 200 404
GET    /libraries/{library_id}/map                                       200 200 200 200 404
GET    /libraries/{library_id}/places                                    200 200 200 200 404
GET    /libraries/{library_id}/duplicates                                200 200 200 200 404
POST   /libraries/{library_id}/duplicates/resolve                        200 200 403 403 404
POST   /libraries/{library_id}/duplicates/undo                           200 404 404 404 404
POST   /libraries/{library_id}/duplicates/dismiss                        204 204 403 403 404

GET    /libraries/{library_id}/people                                    200 200 200 200 404
GET    /libraries/{library_id}/people/{person_id}                        200 200 200 200 404
PATCH  /libraries/{library_id}/people/{person_id}                        200 200 403 403 404
DELETE /libraries/{library_id}/people/{person_id}                        204 204 403 403 404
POST   /libraries/{library_id}/people/{person_id}/merge                  200 200 403 403 404
GET    /libraries/{library_id}/people/{person_id}/files                  200 200 200 200 404
GET    /libraries/{library_id}/files/{file_id}/seen                      200 200 200 200 404
GET    /libraries/{library_id}/files/{file_id}/faces                     200 200 200 200 404
PATCH  /libraries/{library_id}/files/{file_id}/faces/{face_id}           200 200 403 403 404

GET    /libraries/{library_id}/albums                                    200 200 200 200 404
POST   /libraries/{library_id}/albums                                    200 200 403 403 404
GET    /libraries/{library_id}/albums/{album_id}                         200 200 200 404 404
PATCH  /libraries/{library_id}/albums/{album_id}                         200 403 403 404 404
DELETE /libraries/{library_id}/albums/{album_id}                         204 403 403 404 404
GET    /libraries/{library_id}/albums/{album_id}/files                   200 200 200 404 404
POST   /libraries/{library_id}/albums/{album_id}/files                   200 200 403 404 404
DELETE /libraries/{library_id}/albums/{album_id}/files                   204 204 403 404 404
GET    /libraries/{library_id}/albums/{album_id}/users                   200 200 403 404 404
POST   /libraries/{library_id}/albums/{album_id}/users                   200 403 403 404 404
PATCH  /libraries/{library_id}/albums/{album_id}/users/{user_id}         200 403 403 404 404
DELETE /libraries/{library_id}/albums/{album_id}/users/{user_id}         204 403 403 404 404

GET    /libraries/{library_id}/exportjobs                                200 200 200 200 404
POST   /libraries/{library_id}/exportjobs                                200 200 200 200 404
GET    /libraries/{library_id}/exportjobs/{job_id}                       200 404 404 404 404
DELETE /libraries/{library_id}/exportjobs/{job_id}                       204 404 404 404 404
GET    /libraries/{library_id}/exports/{job_id}                          409 404 404 404 404

POST   /uploads                                                          201 201 403 403 404 403 403
POST   /uploads/check                                                    200 200 200 200 404
HEAD   /uploads/{upload_id}                                              200 404 404 404 404 404 404
GET    /uploads/{upload_id}                                              200 404 404 404 404 404 404
PATCH  /uploads/{upload_id}                                              204 404 404 404 404 404 404
DELETE /uploads/{upload_id}                                              204 404 404 404 404 404 404
POST   /upload/                                                          201 201 201 201 201
GET    /images                                                           200 200 200 200 200
GET    /images/{image_id}/metadata                                       200 200 200 200 404
GET    /images/{image_id}/similar                                        200 200 200 200 404
GET    /images/{image_id}/{form}                                         200 200 200 200 404
DELETE /images/{image_id}/{form}                                         204 204 403 403 404
GET    /operations/{group}                                               200 200 200 200 200
GET    /operations/{group}/missing                                       200 200 200 200 200
POST   /operations/{group}/generate                                      202 202 403 403 404

GET    /events                                                           200 200 200 200 200
POST   /events                                                           200 200 403 403 404
GET    /events/{event_id}                                                200 200 200 404 404
PATCH  /events/{event_id}                                                200 403 403 404 404
DELETE /events/{event_id}                                                204 403 403 404 404
GET    /events/{event_id}/accessors                                      200 403 403 404 404
POST   /events/{event_id}/accessors                                      200 403 403 404 404
GET    /events/{event_id}/accessors/{accessor_id}                        200 403 403 404 404
PATCH  /events/{event_id}/accessors/{accessor_id}                        200 403 403 404 404
DELETE /events/{event_id}/accessors/{accessor_id}                        204 403 403 404 404
POST   /events/{event_id}/accessors/{accessor_id}/replace                200 403 403 404 404
POST   /events/{event_id}/accessors/{accessor_id}/send                   202 403 403 404 404
GET    /events/{event_id}/accessors/{accessor_id}/qr.svg                 200 403 403 404 404
GET    /events/{event_id}/accessors/{accessor_id}/qr.png                 200 403 403 404 404
GET    /events/{event_id}/cards.pdf                                      200 403 403 404 404
GET    /events/{event_id}/cards                                          200 403 403 404 404
POST   /events/{event_id}/cards/read                                     202 202 403 404 404
PATCH  /events/{event_id}/cards/{file_id}                                200 403 403 404 404
GET    /events/{event_id}/clock                                          200 200 403 404 404
GET    /events/{event_id}/clock.svg                                      200 200 403 404 404
POST   /events/{event_id}/clocks/{file_id}/undo                          409 403 403 404 404
GET    /events/{event_id}/activity                                       200 403 403 404 404
GET    /events/{event_id}/activity/guests                                200 403 403 404 404
GET    /events/{event_id}/activity.csv                                   200 403 403 404 404

GET    /events/at/{user}/{word}                                          200 200 200 404 404
GET    /events/{event_id}/files                                          200 200 200 404 404
POST   /events/{event_id}/files                                          200 200 403 404 404
DELETE /events/{event_id}/files                                          204 204 403 404 404
POST   /events/{event_id}/files/order                                    204 204 403 404 404
GET    /events/{event_id}/contributions                                  200 200 403 404 404
POST   /events/{event_id}/contributions/approve                          200 200 403 404 404
POST   /events/{event_id}/contributions/reject                           200 200 403 404 404
POST   /events/{event_id}/merge                                          200 200 403 404 404
GET    /events/{event_id}/sets                                           200 200 200 404 404
POST   /events/{event_id}/sets                                           200 200 403 404 404
PATCH  /events/{event_id}/sets/{set_id}                                  200 200 403 404 404
DELETE /events/{event_id}/sets/{set_id}                                  204 204 403 404 404
POST   /events/{event_id}/sets/{set_id}/files                            200 200 403 404 404
DELETE /events/{event_id}/sets/{set_id}/files                            204 204 403 404 404

POST   /events/{event_id}/accessors/{accessor_id}/images                 409 403 403 404 404
DELETE /events/{event_id}/accessors/{accessor_id}/images                 204 403 403 404 404
GET    /subscriptions                                                    200 200 200 200 200
POST   /subscriptions                                                    200 200 200 200 200
GET    /subscriptions/{kept_id}                                          200 404 404 404 404
POST   /subscriptions/{kept_id}/visit                                    200 404 404 404 404
DELETE /subscriptions/{kept_id}                                          204 404 404 404 404

GET    /access                                                           401 401 401 401 401 200 200
DELETE /access                                                           401 401 401 401 401 204 204
GET    /access/files                                                     401 401 401 401 401 200 200
GET    /access/files/{file_id}                                           401 401 401 401 401 200 404
POST   /access/files                                                     401 401 401 401 401 403 403
GET    /access/uploads                                                   401 401 401 401 401 200 200
DELETE /access/uploads/{file_id}                                         401 401 401 401 401 404 404
POST   /access/download                                                  401 401 401 401 401 200 404
GET    /access/cover                                                     401 401 401 401 401 200 404
GET    /access/sets                                                      401 401 401 401 401 200 200
GET    /access/index                                                     401 401 401 401 401 200 200
GET    /access/chunks/{version}/{number}                                 401 401 401 401 401 410 410
POST   /access/favorites/{file_id}                                       401 401 401 401 401 204 404
DELETE /access/favorites/{file_id}                                       401 401 401 401 401 204 404
GET    /access/files/{file_id}/comments                                  401 401 401 401 401 200 404
POST   /access/files/{file_id}/comments                                  401 401 401 401 401 200 404
DELETE /access/comments/{comment_id}                                     401 401 401 401 401 204 404

GET    /events/{event_id}/favorites                                      200 200 403 404 404
GET    /events/{event_id}/favorites/{export}                             200 200 403 404 404
GET    /events/{event_id}/comments                                       200 200 403 404 404
DELETE /events/{event_id}/comments/{comment_id}                          204 204 403 404 404

GET    /webhooks                                                         200 200 200 200 200
POST   /webhooks                                                         201 403 403 404 404
DELETE /webhooks/{webhook_id}                                            204 404 404 404 404
POST   /webhooks/{webhook_id}/ping                                       202 404 404 404 404
POST   /webhooks/{webhook_id}/enable                                     200 404 404 404 404

GET    /service/stats                                                    200 200 200 200 200
GET    /service/healthcheck                                              200 200 200 200 200
"""
OPEN = {"DELETE /session": 204, "OPTIONS /uploads": 204, "POST /access": 200}
OPEN |= vault_routes.OPEN
"""What needs no key, and its answer to anybody."""
BESIDE = {("GET", "/healthz"), ("GET", "/readyz")}
"""What stands beside the API, and needs none either."""

LINES = "\n".join((TABLE, vault_routes.TABLE, direct_routes.TABLE)).splitlines()
ROWS = {tuple(line.split()[:2]): line.split()[2:] for line in LINES if line}
FOLDERS = "/libraries/{library_id}/folders/{folder_id}"
FILES = "/libraries/{library_id}/files/{file_id}"
ALBUMS = "/libraries/{library_id}/albums/{album_id}"
SELECTION = "/libraries/{library_id}/selection"
DUPLICATES = "/libraries/{library_id}/duplicates"

LATE: dict[str, Callable[[World], dict[str, Any]]] = {
    "POST /webhooks": lambda world: world.webhook,
    "POST /subscriptions": lambda world: {"accessCode": world.accessor["accessCode"]},
    "POST /access": lambda world: {"accessCode": world.accessor["accessCode"]},
    "POST /events/{event_id}/merge": lambda world: {"source": world.source_id},
    "POST /libraries/{library_id}/trash/delete": lambda world: {"fileIds": [world.trashed_id]},
    "POST /libraries/{library_id}/trash/restore": lambda world: {"fileIds": [world.trashed_id]},
    f"POST {DUPLICATES}/undo": lambda world: {"undoId": world.undo_id},
}
LATE |= direct_routes.TOLD
"""Bodies that take something that is made only for them."""


def told(world: World, method: str, path: str) -> dict[str, Any]:
    """What is sent with a call beside its path."""
    chosen, role = {"fileIds": [world.file_id]}, {"role": "contributor"}
    forms: dict[str, Any] = {
        "POST /session": {"email": "nobody@example.org", "password": "not this one"},
        "POST /libraries": {"name": "Mine"},
        "PATCH /libraries/{library_id}": {"name": "Ours"},
        "POST /libraries/{library_id}/folders": {"parentId": world.folder_id, "name": "New"},
        f"PATCH {FOLDERS}": {"name": "Renamed"},
        f"PATCH {FILES}": {"rating": 5},
        "POST /libraries/{library_id}/selection/download": chosen,
        f"POST {SELECTION}/add-to-album": {**chosen, "albumId": world.album_id},
        f"POST {SELECTION}/remove-from-album": {**chosen, "albumId": world.album_id},
        f"POST {SELECTION}/tag": {**chosen, "add": ["green"]},
        f"POST {SELECTION}/move": {**chosen, "folderId": world.folder_id},
        f"POST {SELECTION}/trash": chosen,
        f"POST {SELECTION}/edit": {**chosen, "favorite": True},
        "POST /libraries/{library_id}/tags/rename": {"from": world.tag, "to": "blue"},
        "POST /libraries/{library_id}/search": {"version": "1.0", "criteria": []},
        "POST /libraries/{library_id}/exportjobs": chosen,
        "POST /libraries/{library_id}/albums": {"name": "New"},
        f"PATCH {ALBUMS}": {"name": "Renamed"},
        f"POST {ALBUMS}/files": chosen,
        f"DELETE {ALBUMS}/files": {"fileIds": [world.hidden_id]},
        "POST /operations/{group}/generate": {"id": world.file_id},
        "POST /uploads/check": {"libraryId": world.library_id, "files": [{"sha256": "0" * 64, "size": 3, "name": "a"}]},
        f"POST {DUPLICATES}/resolve": {"keep": world.file_id, "drop": [world.hidden_id]},
        f"POST {DUPLICATES}/dismiss": {"fileIds": [world.file_id, world.hidden_id]},
        "PATCH /libraries/{library_id}/people/{person_id}": {"name": "Ada"},
        f"PATCH {FILES}/faces/{{face_id}}": {"ignored": True},
        "POST /events": {"eventName": "New", "libraryId": world.library_id},
        "PATCH /events/{event_id}": {"locked": True},
        "POST /users": {"userEmail": "new@example.org", "userName": "New", "password": "long enough"},
        "PATCH /users/me": {"userName": "Renamed"},
        "POST /events/{event_id}/accessors/{accessor_id}/images": chosen,
        "DELETE /events/{event_id}/accessors/{accessor_id}/images": chosen,
        "POST /events/{event_id}/files": chosen,
        "POST /access/files/{file_id}/comments": {"text": "Lovely"},
        "POST /access/download": {},
        "POST /events/{event_id}/contributions/approve": {"all": True},
        "POST /events/{event_id}/contributions/reject": {"all": True},
        "DELETE /events/{event_id}/files": {"fileIds": [world.hidden_id]},
        "POST /events/{event_id}/files/order": {"fileIds": [world.hidden_id]},
        "POST /events/{event_id}/sets": {"name": "Cake"},
        "PATCH /events/{event_id}/sets/{set_id}": {"position": 1},
        "POST /events/{event_id}/sets/{set_id}/files": {"fileIds": [world.hidden_id]},
        "DELETE /events/{event_id}/sets/{set_id}/files": {"fileIds": [world.hidden_id]},
        "POST /events/{event_id}/accessors": {"label": "Olga"},
        "PATCH /events/{event_id}/cards/{file_id}": {"ignored": True},
        "POST /events/{event_id}/accessors/{accessor_id}/send": {"email": "guest@example.org"},
        "PATCH /events/{event_id}/accessors/{accessor_id}": {"disabled": True},
    }
    wanted = f"{method} {path}"
    if wanted in LATE:
        return {"json": LATE[wanted](world)}
    if path.endswith("}/users"):
        return {"json": {"userId": "newcomer", **role}} if method == "POST" else {}
    if method == "PATCH" and path.endswith("/users/{user_id}"):
        return {"json": role}
    return {"json": forms[wanted]} if wanted in forms else _other(world, wanted)


def _other(world: World, wanted: str) -> dict[str, Any]:
    if wanted.endswith("/people/{person_id}/merge"):
        return {"json": {"source": world.twin_id}}
    metadata = "filename aS5qcGc=,folderId " + b64encode(world.folder_id.encode()).decode()
    others: dict[str, dict[str, Any]] = {
        "GET /libraries/{library_id}/folders": {"params": {"parent": world.folder_id}},
        "GET /events/{event_id}/cards.pdf": {"params": {"accessors": world.accessor_id}},
        "GET /libraries/{library_id}/map": {"params": {"bbox": "-180,-90,180,90", "zoom": 3}},
        "GET /libraries/{library_id}/access/explain": {"params": {"userId": "member"}},
        "POST /uploads": {"headers": {**TUS, "Upload-Length": "10", "Upload-Metadata": metadata}},
        "HEAD /uploads/{upload_id}": {"headers": TUS},
        "PATCH /uploads/{upload_id}": {"headers": {**TUS, "Upload-Offset": "0"}, "content": b"abc"},
        "DELETE /uploads/{upload_id}": {"headers": TUS},
        "DELETE /users/me": {"headers": {"API-User-ID": f"leaver-{secrets.token_hex(4)}"}},
    }
    others |= vault_routes.SENT
    photos = {f"POST {FOLDERS}/files": "files", f"POST {FILES}/versions": "file", "POST /upload/": "file"}
    return photo_form(photos[wanted]) if wanted in photos else others.get(wanted, {})


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, guard: Guard) -> Iterator[tuple[Installation, int]]:
    """An installation for all rows, and the id of a photo with all its renditions."""
    made = Installation.at(tmp_path_factory.mktemp("authorisation") / "data", guard)
    sample = made.caller("owner").library().add(make.photo())["fileId"]
    made.work_off()
    yield made, ids.decode(sample)
    made.close()


@pytest.fixture(scope="module")
def still(shared: tuple[Installation, int]) -> World:
    """A library that nobody changes."""
    return World(*shared)


def test_every_route_has_its_row(shared: tuple[Installation, int]) -> None:
    paths = server.build(shared[0].app).openapi()["paths"]
    found = {(method.upper(), path.removeprefix(server.V1)) for path, each in paths.items() for method in each}
    listed = set(ROWS) | {tuple(each.split()) for each in OPEN}
    routes = found - BESIDE
    assert not sorted(routes - listed), "these routes have no row in TABLE"
    assert not sorted(listed - routes), "these rows are of no route"


@pytest.mark.parametrize("route", ROWS, ids=" ".join)
def test_row(shared: tuple[Installation, int], still: World, route: tuple[str, str]) -> None:
    expected = dict(zip((*CALLERS, *GUESTS), [*ROWS[route], "401", "401"][:7], strict=True))
    changes = [name for name, status in expected.items() if route[0] not in ("GET", "HEAD") and status < "4"]
    found = {name: call(World(*shared) if name in changes else still, name, *route) for name in expected}
    assert found == expected
    assert [call(still, name, *route) for name in ("nobody", "wrong")] == ["401", "401"]


def call(world: World, name: str, method: str, path: str) -> str:
    """The status that a caller gets, or `lacks`; what may not be seen is looked for in the answer."""
    sent = told(world, method, path)
    answer = world.call(name, method, path, **sent)
    if answer.status_code >= 400 and method != "HEAD":
        assert answer.headers["content-type"] == "application/problem+json"
        assert not {world.hidden_id, "Traceback"} & set(answer.text.split('"'))
    if name in ("folder", "stranger") and (method, path) != ("POST", "/libraries"):
        secrets = [world.hidden_id] if name == "folder" else [world.hidden_id, world.file_id, world.library_id]
        assert not [each for each in secrets if each in answer.text]
    lacks = answer.status_code == 404 and "There is no such" not in answer.text and method == "GET"
    return "lacks" if lacks else str(answer.status_code)


@pytest.mark.parametrize("route", OPEN)
def test_what_is_open_to_anybody(still: World, route: str) -> None:
    for name in ("owner", "nobody"):
        assert call(still, name, *route.split()) == str(OPEN[route])
