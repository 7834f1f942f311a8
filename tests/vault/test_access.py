"""Who comes to a vault: its user, and each device with a token of its own, until it is shut out; keys and links."""

import base64
import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.installation import Caller, Installation
from tests.vault.sealed import Vault, named

from albumen.kernel.actor import Scope
from albumen.kernel.clock import iso
from albumen.kernel.errors import Denied, NotFound
from albumen.vault import devices, purge, vaults
from albumen.vault.models import VaultDevice


def test_a_device_comes_for_its_vault_alone(vault: Vault, alice: Caller) -> None:
    other = Vault(alice)
    _, device = vault.device()
    mine = vault.as_seen(device)
    assert mine.append("by a device").status_code == 200
    mine.filled()
    assert [each["vaultId"] for each in device.get("/vaults").json()] == [vault.name]
    assert device.get(other.path).status_code == 404
    assert device.get("/libraries").status_code == 401
    assert device.post("/vaults", json={}).status_code == 403
    for path in ("", "/devices"):
        assert device.call("DELETE" if not path else "POST", vault.path + path, json={}).status_code == 403
    assert device.get(f"{vault.path}/devices").status_code == 403


def test_a_device_that_is_shut_out(vault: Vault) -> None:
    device_id, device = vault.device("sealed label")
    assert device.get(vault.path).status_code == 200
    assert vault.by.delete(f"{vault.path}/devices/{device_id}").status_code == 204
    answer = device.get(vault.path)
    assert (answer.status_code, "www-authenticate" in answer.headers) == (401, True)
    [told] = vault.by.get(f"{vault.path}/devices").json()
    assert told["label"] == "sealed label" and "revokedOn" in told and "token" not in told


def test_others_know_nothing_of_it(vault: Vault, installation: Installation) -> None:
    bob = installation.caller("bob")
    vault.filled()
    for path in ("", "/log", "/blobs", f"/blobs/{named('a')}", "/keys", "/states", "/devices", "/links"):
        assert bob.get(vault.path + path).status_code == 404, path
    assert bob.get("/vaults").json() == []
    assert bob.post("/vaults", json={"vaultId": vault.name}).status_code == 409


def test_a_key_for_one_library_opens_no_vault(vault: Vault, installation: Installation) -> None:
    actor = replace(installation.actor("alice"), libraries=frozenset({12345}))
    with installation.app.reading(actor) as unit, pytest.raises(NotFound):
        vaults.require(unit, vault.name, Scope.read)


def test_key_files_are_replaced_by_who_saw_the_last(vault: Vault) -> None:
    path = f"{vault.path}/keys/pass.age"
    new, one = {"If-None-Match": "*"}, hashlib.sha256(b"one").hexdigest()
    assert vault.by.call("PUT", path, content=b"one", headers=new).status_code == 200
    assert vault.by.call("PUT", path, content=b"one", headers=new).status_code == 200
    assert vault.by.call("PUT", path, content=b"two", headers=new).status_code == 409
    assert vault.by.call("PUT", path, content=b"two").status_code == 400
    assert vault.by.call("PUT", path, content=b"two", headers={"If-Match": f'"{one}"'}).status_code == 200
    answer = vault.by.get(path)
    assert (answer.content, answer.headers["etag"]) == (b"two", f'"{hashlib.sha256(b"two").hexdigest()}"')
    assert [each["name"] for each in vault.by.get(f"{vault.path}/keys").json()] == ["pass.age"]
    assert vault.by.call("PUT", path, content=bytes(65537), headers=new).status_code == 413
    assert vault.by.call("PUT", f"{vault.path}/keys/.x", content=b"x", headers=new).status_code == 400


def test_the_last_key_file_stays(vault: Vault) -> None:
    for name in ("pass.age", "recovery.age"):
        vault.by.call("PUT", f"{vault.path}/keys/{name}", content=b"sealed", headers={"If-None-Match": "*"})
    seen = {"If-Match": f'"{hashlib.sha256(b"sealed").hexdigest()}"'}
    statuses = [
        vault.by.delete(f"{vault.path}/keys/{name}", headers=seen).status_code for name in ("pass.age", "recovery.age")
    ]
    assert statuses == [204, 409]


def link(vault: Vault, link_id: str, **form: object) -> int:
    told = {"manifest": base64.b64encode(b"sealed manifest").decode(), "signatures": [named("a")], **form}
    return vault.by.call("PUT", f"{vault.path}/links/{link_id}", json=told).status_code


def test_a_link_shows_what_it_names(vault: Vault, installation: Installation) -> None:
    content, _hidden = vault.filled(500), vault.filled(500, "b")
    anybody = Caller(installation.client, {})
    assert link(vault, "x" * 22) == 200
    opened = anybody.post(f"/shared/{'x' * 22}")
    assert (opened.status_code, opened.content) == (200, b"sealed manifest")
    path = f"/shared/{'x' * 22}/blobs/{named('a')}"
    assert anybody.get(path).content == content
    assert anybody.get(path, headers={"Range": "bytes=5-9"}).content == content[5:10]
    assert anybody.get(f"/shared/{'x' * 22}/blobs/{named('b')}").status_code == 404
    [told] = vault.by.get(f"{vault.path}/links").json()
    assert told["views"] == 1 and told["url"].endswith(f"/s/{'x' * 22}")
    assert vault.by.delete(f"{vault.path}/links/{'x' * 22}").status_code == 204
    assert anybody.post(f"/shared/{'x' * 22}").status_code == 404
    assert anybody.get(path).status_code == 404
    assert link(vault, "x" * 22, signatures=[named("z")]) == 409


def test_a_link_ends(vault: Vault, installation: Installation) -> None:
    vault.filled()
    anybody = Caller(installation.client, {})
    assert link(vault, "o" * 22, mostViews=1) == 200
    assert link(vault, "t" * 22, expiresOn=iso(installation.clock() + timedelta(hours=1))) == 200
    blob = f"/shared/{'o' * 22}/blobs/{named('a')}"
    assert [anybody.post(f"/shared/{'o' * 22}").status_code for _ in range(2)] == [200, 410]
    assert anybody.get(blob).status_code == 200
    assert anybody.post(f"/shared/{'t' * 22}").status_code == 200
    installation.clock.advance(hours=7)
    assert anybody.get(blob).status_code == 410
    assert anybody.post(f"/shared/{'t' * 22}").status_code == 410
    purge.expire_links(installation.app)
    assert anybody.post(f"/shared/{'t' * 22}").status_code == 404


def test_a_deleted_vault_comes_back_or_goes_for_good(vault: Vault, installation: Installation) -> None:
    content = vault.filled()
    vault.append("one")
    assert vault.by.delete(vault.path).status_code == 204
    assert vault.by.get(vault.path).status_code == 404
    assert vault.by.post(f"{vault.path}/restore").status_code == 200
    assert vault.by.get(f"{vault.path}/blobs/{named('a')}").content == content
    vault.by.delete(vault.path)
    purge.after_grace(installation.app)
    assert installation.blobs("vault/")
    installation.clock.advance(days=31)
    assert vault.by.post(f"{vault.path}/restore").status_code == 404
    purge.after_grace(installation.app)
    assert installation.blobs("vault/") == []
    assert installation.user("alice").used_bytes == 0


@pytest.mark.parametrize(
    ("method", "path", "sent"),
    [
        ("GET", "/vaults/%00", {}),
        ("GET", "{vault}/keys/%00", {}),
        ("GET", "{vault}/blobs?after=%00", {}),
        ("GET", "{vault}/states?after=%F0%9F%98%80", {}),
        ("GET", "{vault}/uploads?signature=%00", {}),
        ("GET", "{vault}/log?after=9223372036854775808", {}),
        ("PATCH", "{vault}", {"json": {"quotaBytes": 1 << 63}}),
        ("PUT", "{vault}/links/%00", {"json": {"manifest": "YQ==", "signatures": []}}),
        ("PUT", "{vault}/links/xxxxxxxxxxxxxxxx", {"json": {"manifest": "?", "signatures": []}}),
        ("PUT", "{vault}/links/xxxxxxxxxxxxxxxx", {"json": {"manifest": "", "signatures": ["\x00"]}}),
        (
            "PUT",
            "{vault}/links/xxxxxxxxxxxxxxxx",
            {"content": b'{"manifest":"","signatures":[],"expiresOn":"2020-01-01T00:00:00"}'},
        ),
        ("POST", "/shared/%00", {}),
        ("GET", "/shared/%00/blobs/%00", {}),
        ("DELETE", "{vault}/devices/%00", {}),
        ("POST", "/vaults", {"content": b'{"vaultId":"\\ud800"}'}),
        ("POST", "{vault}/log", {"content": b'{"event":"\\ud800"}', "headers": {"If-Match": f"0-{'0' * 64}"}}),
        ("POST", "{vault}/log", {"content": b'{"event":' + b"[" * 5000, "headers": {"If-Match": f"0-{'0' * 64}"}}),
    ],
)
def test_odd_input_is_refused_in_words(vault: Vault, method: str, path: str, sent: dict[str, Any]) -> None:
    headers = {**({"Content-Type": "application/json"} if "content" in sent else {}), **sent.get("headers", {})}
    answer = vault.by.call(method, path.format(vault=vault.path), **{**sent, "headers": headers})
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"


def test_odd_labels_are_cleaned(vault: Vault) -> None:
    made = vault.by.post(f"{vault.path}/devices", json={"label": "a\x00b"})
    assert made.json()["label"] == "ab"


def test_an_event_sent_twice_is_there_once(vault: Vault) -> None:
    """Whoever lost the answer gets it again."""
    _, device = vault.device()
    headers = {"If-Match": f"0-{'0' * 64}", "Idempotency-Key": "one"}
    answers = [device.post(f"{vault.path}/log", json={"event": "e"}, headers=headers) for _ in range(2)]
    assert [each.json()["n"] for each in answers] == [1, 1]
    assert vault.head()["n"] == 1


def test_a_key_that_only_writes_lets_no_device_in(vault: Vault, installation: Installation) -> None:
    actor = replace(installation.actor("alice"), scopes=frozenset({Scope.write}))
    with installation.app.writing(actor) as unit, pytest.raises(Denied):
        devices.add(unit, vault.name, label=None)
    assert installation.rows(VaultDevice) == 0
