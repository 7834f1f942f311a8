"""The routes of key files."""

from typing import Annotated, Any

from fastapi import Depends, Request, Response

from albumen.http.views import Routes
from albumen.kernel.errors import Invalid
from albumen.vault import keys, views
from albumen.vault.api.holding import HolderReading, HolderWriting
from albumen.vault.models import VaultKey
from albumen.vault.views import KeyView

routes = Routes(tags=["Vaults"])
_MIME = "application/octet-stream"
_BODY: dict[str, Any] = {
    "parameters": [
        {"name": "If-None-Match", "in": "header", "schema": {"const": "*"}, "description": "To make a new one"},
        {"name": "If-Match", "in": "header", "schema": {"type": "string"}, "description": "The tag of the one to go"},
    ],
    "requestBody": {"required": True, "content": {_MIME: {}}},
}
_BYTES: dict[str, Any] = {
    "response_class": Response,
    "response_model": None,
    "responses": {200: {"content": {_MIME: {}}, "description": "The file"}},
}


async def _content(request: Request) -> bytes:
    return await request.body()


def _seen(request: Request) -> str | None:
    """The hash of the file that is to go; None where there is to be none.  Raises Invalid where neither is said."""
    if request.headers.get("if-none-match", "").strip() == "*":
        return None
    tag = request.headers.get("if-match", "").strip().strip('"')
    if not tag:
        raise Invalid("Say If-Match with the tag, or If-None-Match: *.", errors=[("If-Match", "missing")])
    return tag


def _tag(request: Request) -> str:
    return _seen(request) or ""


Seen = Annotated[str | None, Depends(_seen)]
Tag = Annotated[str, Depends(_tag)]
Content = Annotated[bytes, Depends(_content)]


@routes.get("/vaults/{vault_id}/keys", summary="The key files of a vault")
def list_keys(unit: HolderReading, vault_id: str) -> list[KeyView]:
    """By name."""
    return [views.of_key(each) for each in keys.listed(unit, vault_id)]


@routes.get("/vaults/{vault_id}/keys/{name}", summary="A key file", **_BYTES)
def get_key(unit: HolderReading, vault_id: str, name: str) -> Response:
    """As it was written; the entity tag is its SHA-256 in hex."""
    key = keys.get(unit, vault_id, name)
    headers = {"ETag": f'"{key.sha256}"', "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(key.content, media_type=_MIME, headers=headers)


@routes.put("/vaults/{vault_id}/keys/{name}", summary="Write a key file", openapi_extra=_BODY)
def put_key(unit: HolderWriting, vault_id: str, name: str, seen: Seen, content: Content) -> KeyView:
    """Only in the place of the one that the caller has seen.  The same content again is no error."""
    return views.of_key(keys.put(unit, vault_id, VaultKey(name=name, content=content), seen=seen))


@routes.delete("/vaults/{vault_id}/keys/{name}", summary="Delete a key file", status_code=204)
def drop_key(unit: HolderWriting, vault_id: str, name: str, seen: Tag) -> None:
    """`If-Match` has its tag.  The last one stays."""
    keys.drop(unit, vault_id, name, seen=seen)
