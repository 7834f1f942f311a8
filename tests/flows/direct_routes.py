"""The rows of direct uploads in the table of who may call what: on a server whose store is a folder."""

from collections.abc import Callable
from typing import Any

from tests.flows.authorisation import World

TABLE = """
POST   /direct-uploads                                                   409 409 403 403 404
GET    /direct-uploads/{direct_id}                                       409 404 404 404 404
POST   /direct-uploads/{direct_id}/complete                              409 404 404 404 404
DELETE /direct-uploads/{direct_id}                                       204 404 404 404 404
"""
TOLD: dict[str, Callable[[World], dict[str, Any]]] = {
    "POST /direct-uploads": lambda world: {"filename": "a.jpg", "size": 10, "folderId": world.folder_id},
    "POST /direct-uploads/{direct_id}/complete": lambda world: {"sha256": "0" * 64},
}
