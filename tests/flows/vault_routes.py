"""The routes of vaults for the table in test_authorisation.py: a vault is its user's alone, whatever else is shared."""

import hashlib
from typing import Any

TABLE = """
GET    /vaults                                                           200 200 200 200 200
POST   /vaults                                                           201 201 201 201 201
GET    /vaults/{vault_id}                                                200 404 404 404 404
PATCH  /vaults/{vault_id}                                                200 404 404 404 404
DELETE /vaults/{vault_id}                                                204 404 404 404 404
POST   /vaults/{vault_id}/restore                                        200 404 404 404 404
GET    /vaults/{vault_id}/devices                                        200 404 404 404 404
POST   /vaults/{vault_id}/devices                                        201 404 404 404 404
DELETE /vaults/{vault_id}/devices/{device_id}                            204 404 404 404 404
GET    /vaults/{vault_id}/blobs                                          200 404 404 404 404
GET    /vaults/{vault_id}/uploads                                         200 404 404 404 404
GET    /vaults/{vault_id}/blobs/{signature}                              200 404 404 404 404
PUT    /vaults/{vault_id}/blobs/{signature}                              200 404 404 404 404
DELETE /vaults/{vault_id}/blobs/{signature}                              204 404 404 404 404
GET    /vaults/{vault_id}/log                                            200 404 404 404 404
POST   /vaults/{vault_id}/log                                            200 404 404 404 404
GET    /vaults/{vault_id}/states                                         200 404 404 404 404
GET    /vaults/{vault_id}/keys                                           200 404 404 404 404
GET    /vaults/{vault_id}/keys/{name}                                    200 404 404 404 404
PUT    /vaults/{vault_id}/keys/{name}                                    200 404 404 404 404
DELETE /vaults/{vault_id}/keys/{name}                                    409 404 404 404 404
GET    /vaults/{vault_id}/links                                          200 404 404 404 404
PUT    /vaults/{vault_id}/links/{link_id}                                200 404 404 404 404
DELETE /vaults/{vault_id}/links/{link_id}                                204 404 404 404 404
"""
OPEN = {"POST /shared/{link_id}": 200, "GET /shared/{link_id}/blobs/{signature}": 200}
"""What whoever was given a link may call."""
SEALED: dict[str, Any] = {
    "content": b"abc",
    "headers": {"Repr-Digest": "sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:"},
}
"""A blob."""
LINK = {"manifest": "YWJj", "signatures": ["a" * 43 + "="]}
"""What a link shows."""
_HASH = hashlib.sha256(b"abc").hexdigest()
SENT: dict[str, dict[str, Any]] = {
    "POST /vaults": {"json": {}},
    "PATCH /vaults/{vault_id}": {"json": {}},
    "POST /vaults/{vault_id}/devices": {"json": {}},
    "PUT /vaults/{vault_id}/blobs/{signature}": SEALED,
    "DELETE /vaults/{vault_id}/blobs/{signature}": {"params": {"sha256": _HASH}},
    "POST /vaults/{vault_id}/log": {"json": {"event": "e"}, "headers": {"If-Match": f"0-{'0' * 64}"}},
    "PUT /vaults/{vault_id}/keys/{name}": {"content": b"abd", "headers": {"If-Match": _HASH}},
    "DELETE /vaults/{vault_id}/keys/{name}": {"headers": {"If-Match": _HASH}},
    "PUT /vaults/{vault_id}/links/{link_id}": {"json": LINK},
}
"""What is sent with a call beside its path."""
