"""Blobs of vaults: kept as they come if they are what was announced, counted, read by range, and gone when dropped."""

import hashlib
import os
from dataclasses import replace

import pytest
from tests.flows.tus import Upload
from tests.installation import Caller, Installation
from tests.vault.sealed import Vault, digest_header, named

from albumen.vault import blobs


def test_a_blob_is_kept_as_it_came(vault: Vault, installation: Installation) -> None:
    content = vault.filled(300_000)
    path = f"{vault.path}/blobs/{named('a')}"
    answer = vault.by.get(path)
    assert answer.content == content
    assert answer.headers["etag"] == f'"{hashlib.sha256(content).hexdigest()}"'
    assert answer.headers["content-type"] == "application/octet-stream"
    part = vault.by.get(path, headers={"Range": "bytes=70000-70009"})
    assert (part.status_code, part.content) == (206, content[70_000:70_010])
    assert vault.by.get(path, headers={"Range": "bytes=-3"}).content == content[-3:]
    head = vault.by.call("HEAD", path)
    assert (head.headers["content-length"], head.content) == ("300000", b"")
    [key] = installation.blobs("vault/")
    assert b"".join(installation.app.blobs.read(key)) == content


def test_the_same_again_is_no_error_and_other_bytes_are_refused(vault: Vault, installation: Installation) -> None:
    content = vault.filled()
    again = vault.put(content)
    assert (again.status_code, again.json()["size"]) == (200, 1000)
    other = vault.put(b"other bytes")
    assert (other.status_code, other.json()["type"]) == (409, "urn:albumen:problem:blob-taken")
    assert len(installation.blobs("vault/")) == 1
    assert vault.seen()["usedBytes"] == 1000


def test_wrong_bytes_leave_nothing(vault: Vault, installation: Installation) -> None:
    path = f"{vault.path}/blobs/{named('a')}"
    wrong = vault.by.call("PUT", path, content=b"something", headers=digest_header(b"announced"))
    assert (wrong.status_code, wrong.json()["type"]) == (400, "urn:albumen:problem:digest-mismatch")
    unsaid = vault.by.call("PUT", path, content=b"something")
    assert unsaid.status_code == 400
    assert vault.by.get(path).status_code == 404
    assert (installation.blobs("vault/"), installation.spools()) == ([], 0)


@pytest.mark.parametrize("name", ["a", "a" * 44, "a" * 43 + "%2F", "..", "a" * 42 + "=="])
def test_names_that_are_none(vault: Vault, name: str) -> None:
    content = b"bytes"
    answer = vault.by.call("PUT", f"{vault.path}/blobs/{name}", content=content, headers=digest_header(content))
    assert answer.status_code in (404, 405)


def test_a_hyphen_is_read_as_a_plus(vault: Vault) -> None:
    content = os.urandom(50)
    assert vault.put(content, "-").status_code == 201
    assert vault.by.get(f"{vault.path}/blobs/{named('+')}").content == content


def test_a_full_vault_is_said_to_be_full(vault: Vault, installation: Installation) -> None:
    assert vault.by.call("PATCH", vault.path, json={"quotaBytes": 1500}).status_code == 200
    vault.filled(1000)
    full = vault.put(os.urandom(501), "b")
    assert (full.status_code, full.json()["quota"], full.json()["freeBytes"]) == (507, "vault", 500)
    assert vault.put(os.urandom(500), "b").status_code == 201
    assert len(installation.blobs("vault/")) == 2


def test_a_users_own_quota_counts_vaults(vault: Vault, installation: Installation) -> None:
    settings = installation.app.settings
    limited = settings.model_copy(
        update={"libraries": settings.libraries.model_copy(update={"user_quota_bytes": 2000})}
    )
    works = replace(installation.app.works, rules=replace(installation.app.works.rules, user_quota_bytes=2000))
    app = replace(installation.app, settings=limited, works=works)
    other = Installation(app, installation.clock)
    here = vault.as_seen(other.caller("alice"))
    here.filled(1500)
    full = here.put(os.urandom(501), "b")
    assert (full.status_code, full.json()["quota"]) == (507, "user")
    assert installation.user("alice").used_bytes == 1500
    other.client.close()


def announced(vault: Vault, size: int, letter: str) -> int:
    content = os.urandom(size)
    told = {"vault": vault.name, "signature": named(letter), "sha256": hashlib.sha256(content).hexdigest()}
    return Upload(vault.by, content, told=told).create().status_code


def test_what_is_announced_is_counted_before_it_comes(vault: Vault, alice: Caller) -> None:
    other = Vault(alice)
    assert vault.by.call("PATCH", vault.path, json={"quotaBytes": 1500}).status_code == 200
    assert announced(other, 1000, "a") == 201
    assert [announced(vault, 1000, letter) for letter in "ab"] == [201, 507]
    assert announced(vault, 1000, "a") == 201, "the same anew, by a device that was broken off"
    assert announced(vault, 500, "c") == 201
    assert announced(vault, 0, "d") == 400


def test_only_these_very_bytes_are_dropped(vault: Vault, installation: Installation) -> None:
    content = vault.filled()
    path, digest = f"{vault.path}/blobs/{named('a')}", hashlib.sha256(content).hexdigest()
    assert vault.by.delete(path, params={"sha256": "0" * 64}).status_code == 204
    assert vault.by.get(path).content == content
    for _ in range(2):
        assert vault.by.delete(path, params={"sha256": digest}).status_code == 204
    assert vault.by.get(path).status_code == 404
    assert (installation.blobs("vault/"), vault.seen()["usedBytes"]) == ([], 0)


def test_blobs_are_listed_by_name(vault: Vault) -> None:
    for letter in "dacb":
        vault.filled(20, letter)
    first = vault.by.get(f"{vault.path}/blobs", params={"limit": 3}).json()
    assert [each["signature"] for each in first["blobs"]] == [named(letter) for letter in "abc"]
    rest = vault.by.get(f"{vault.path}/blobs", params={"limit": 3, "after": first["next"]}).json()
    assert [each["signature"] for each in rest["blobs"]] == [named("d")] and "next" not in rest


def test_bytes_come_before_their_row(vault: Vault, installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is ended between the two leaves bytes that a sweep takes, and never a row without bytes."""

    class Ended(BaseException):
        pass

    seen: list[list[str]] = []

    def end(*_: object) -> None:
        seen.append(installation.blobs("vault/"))
        raise Ended

    monkeypatch.setattr(blobs, "_add", end)
    actor = installation.actor("alice")
    name = blobs.Name(vault.name, named("a"))
    with installation.app.blobs.spool() as spool, pytest.raises(Ended):
        spool.write(b"sealed")
        blobs.keep(installation.app, actor, name, spool)
    assert len(seen) == 1 and len(seen[0]) == 1


def test_a_sweep_leaves_the_blobs_of_vaults(vault: Vault, installation: Installation, alice: Caller) -> None:
    from albumen.operations.sweep import sweep

    content = vault.filled()
    installation.clock.advance(days=3)
    sweep(installation.app)
    assert vault.by.get(f"{vault.path}/blobs/{named('a')}").content == content
