"""What devices make of each other's changes: merges, deletions, collections, new keys, links."""

import base64
import hashlib
import io
import json
import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from tests.vault_client.households import Household, add, content_of, resource_of

from albumen_client.errors import Unreachable
from albumen_client.vault import age, chunks, collect, devices, photos, sharing
from albumen_client.vault.errors import Absent, NotEncrypted, WrongKey
from albumen_client.vault.memory import MemoryRemote
from albumen_client.vault.pull import pull
from albumen_client.vault.push import push
from albumen_client.vault.remote import Blob, Commit, Head
from albumen_client.vault.sealing import Plain
from albumen_client.vault.vault import Vault, now


def fields_of(vault: Vault, signature: str) -> dict[str, Any]:
    return dict(photos.live(vault, signature).record.fields)


def test_edits_of_different_fields_are_both_kept(household: Household) -> None:
    one, other = household.device(), household.device()
    signature = add(one)
    pull(other)
    photos.edit(one, signature, {"title": "Rome"})
    photos.edit(other, signature, {"favourite": True})
    push(one), push(other), pull(one)
    assert fields_of(one, signature) == fields_of(other, signature) == {"title": "Rome", "favourite": True}
    assert photos.live(one, signature).record.history == ()


def test_what_loses_stays_in_the_history(household: Household) -> None:
    one, other = household.device(), household.device()
    signature = add(one)
    for number in range(8):
        pull(other)
        photos.edit(one, signature, {"title": f"one {number}"})
        photos.edit(other, signature, {"title": f"other {number}"})
        push(one), push(other), pull(one)
    record = photos.live(one, signature).record
    assert record.fields["title"] == "other 7"
    assert [lost["value"] for lost in record.history] == [f"one {number}" for number in range(3, 8)]


def test_delete_wins_over_an_edit_and_can_be_taken_back(household: Household) -> None:
    one, other = household.device(), household.device()
    signature = add(one, b"a photo")
    pull(other)
    photos.edit(other, signature, {"title": "too late"})
    photos.delete(one, signature)
    push(one)
    [notice] = push(other).notices
    assert "deleted" in notice
    with pytest.raises(Absent):
        photos.live(other, signature)
    photos.restore(other, signature)
    push(other), pull(one)
    assert content_of(one, signature) == b"a photo"


def test_the_same_photo_is_kept_once(household: Household) -> None:
    one, other = household.device(), household.device()
    photos.add(one, [Plain(io.BytesIO(b"same"), "photo", "a.jpg")])
    photos.add(other, [Plain(io.BytesIO(b"same"), "photo", "b.jpg")])
    push(one), push(other)
    assert len(household.host.contents) == len(household.host.states) == len(household.host.entries) == 1
    assert add(one, b"same") == next(iter(household.host.states))


def test_what_was_not_written_is_not_remembered(household: Household) -> None:
    state = household.device().state
    state.remember("place", "Rome")
    with suppress(ZeroDivisionError), state.writing():
        state.remember("place", "Oslo")
        assert state.fact("place") == "Oslo"
        1 / 0  # noqa: B018 - it breaks off
    assert state.fact("place") == "Rome"


class Forgetful(MemoryRemote):
    """A host whose answers to commits get lost."""

    loses = 0

    def commit(self, commit: Commit) -> Head:
        head = super().commit(commit)
        self.loses -= 1
        if self.loses >= 0:
            raise Unreachable("The answer was lost.")
        return head


def test_a_commit_whose_answer_was_lost_counts_once(household: Household) -> None:
    host = household.host = Forgetful(household.host.vault)
    host.loses = 1
    signature = add(household.device(), b"a photo")
    assert [entry.row and entry.row.signature for entry in host.entries] == [signature]


def name_of(vault: Vault, content: bytes) -> str:
    return vault.root.signature(hashlib.sha256(content).digest())


def last_named(vault: Vault, *others: bytes) -> bytes:
    """Content whose name sorts behind those of others."""
    last = max(name_of(vault, each) for each in others)
    return next(content for content in (b"film %d" % number for number in count()) if name_of(vault, content) > last)


def test_what_was_deleted_goes_after_a_month_but_not_what_others_use(household: Household) -> None:
    time = now()
    vault = household.device(clock=lambda: time)
    film = Plain(io.BytesIO(last_named(vault, b"kept", b"gone")), "pairedVideo", "x.mov")
    kept = photos.add(vault, [Plain(io.BytesIO(b"kept"), "photo", "a.jpg"), film])
    gone = photos.add(vault, [Plain(io.BytesIO(b"gone"), "photo", "b.jpg"), film])
    push(vault)
    assert kept != gone
    photos.delete(vault, gone)
    push(vault)
    time += timedelta(days=30)
    assert collect.collect(vault) == 0
    time += timedelta(days=3)
    assert collect.collect(vault) == 1
    assert len(household.host.contents) == 2
    for each in photos.live(vault, kept).record.resources:
        photos.check(vault, each)
    with pytest.raises(Absent):
        photos.restore(vault, gone)
    assert collect.collect(vault) == 0


def test_photos_that_share_a_film_are_two_however_its_name_sorts(household: Household) -> None:
    vault = household.device()
    film = next(
        content
        for content in (b"film %d" % number for number in count())
        if name_of(vault, content) < min(name_of(vault, each) for each in (b"one", b"other"))
    )
    moving = Plain(io.BytesIO(film), "pairedVideo", "x.mov")
    one, other = (photos.add(vault, [Plain(io.BytesIO(each), "photo", "a.jpg"), moving]) for each in (b"one", b"other"))
    push(vault)
    photos.delete(vault, other)
    push(vault)
    fresh = household.device()
    pull(fresh)
    assert [each.signature for each in fresh.state.assets() if each.is_live] == [one] != [other]
    assert len(photos.live(fresh, one).record.resources) == 2


class Breaking(MemoryRemote):
    """A host that takes blobs and then is gone."""

    is_down = False

    def commit(self, commit: Commit) -> Head:
        if self.is_down:
            raise Unreachable("It is gone.")
        return super().commit(commit)


def sent_in_vain(host: Breaking, content: bytes, *devices: Vault) -> Blob:
    """A blob of this photo that no record names, as the host went away before any device could tell of it."""
    host.is_down = True
    for device in devices:
        photos.add(device, [Plain(io.BytesIO(content), "photo", "a.jpg")])
        with pytest.raises(Unreachable):
            push(device)
    host.is_down = False
    [(litter, _)] = host.contents.values()
    return litter


def test_what_was_collected_as_nobodys_is_sealed_anew(household: Household) -> None:
    """A slow device has sent a blob; another one takes it for litter; a late deletion must not hit what comes then."""
    host, time = Breaking(household.host.vault), now()
    household.host = host
    slow, tidy = household.device(), household.device(clock=lambda: time)
    litter = sent_in_vain(host, b"slow", slow)
    assert collect.collect(tidy) == 0
    time += timedelta(days=8)
    assert collect.collect(tidy) == 1
    push(slow)
    host.drop_blob(litter)
    [asset] = [each for each in slow.state.assets() if each.is_live]
    assert asset.record.resources[0].blob.sha256 != litter.sha256
    assert content_of(slow, asset.signature) == b"slow"


def test_what_another_device_had_sent_and_was_collected_is_sent_from_here(household: Household) -> None:
    """A device takes over what it finds at the host, and is gone before a record names it: by then it is litter."""
    host, time = Breaking(household.host.vault), now()
    household.host = host
    slow, late, tidy = household.device(), household.device(), household.device(clock=lambda: time)
    litter = sent_in_vain(host, b"the same", slow, late)
    assert collect.collect(tidy) == 0
    time += timedelta(days=8)
    assert collect.collect(tidy) == 1
    push(late)
    host.drop_blob(litter)
    [asset] = [each for each in late.state.assets() if each.is_live]
    assert content_of(late, asset.signature) == b"the same"
    push(slow)
    assert content_of(slow, asset.signature) == b"the same"


def test_a_collection_that_broke_off_is_ended_by_another_device(household: Household) -> None:
    vault, other = household.device(), household.device()
    litter = chunks.seal_for(bytes(20_000), vault.root.identity.public)
    name = vault.root.signature(hashlib.sha256(bytes(20_000)).digest())
    blob = Blob(name, len(litter), hashlib.sha256(litter).hexdigest())
    household.host.put_blob(blob, io.BytesIO(litter), lambda sent: None)
    vault.commit(vault.event("gc", "nonce", {"blobs": [[blob.signature, blob.size_bytes, blob.sha256]]}))
    pull(other)
    collect.finish(other)
    assert household.host.contents == {}
    pull(vault)
    assert list(vault.state.open_collections()) == []


def test_a_lost_blob_is_sent_again_by_who_has_it(household: Household) -> None:
    one, other = household.device(), household.device()
    signature = add(one, b"a photo")
    photos.delete(one, signature)
    push(one), pull(other)
    household.host.contents.clear()
    add(other, b"a photo")
    assert content_of(other, signature) == b"a photo"


@pytest.mark.usefixtures("quick_keys")
def test_a_revoked_device_opens_nothing_new(household: Household) -> None:
    mine, theirs, third = household.device(), household.device(), household.device()
    for each in (mine, theirs, third):
        devices.join(each)
    add(mine, b"before")
    pull(theirs)
    devices.revoke(mine, theirs.holder.device_id, "a new passphrase")
    signature = add(mine, b"after")
    with pytest.raises(WrongKey, match="revoked"):
        pull(theirs)
    pull(third)
    assert content_of(third, signature) == b"after"
    add(third, b"by the third")
    pull(mine)
    assert len([each for each in mine.state.assets() if each.is_live]) == 3
    assert devices.warnings(mine) == []
    found = devices.by_passphrase(household.host, "a new passphrase")
    assert found.secrets == mine.holder.keyring.secrets


def test_an_invitation_is_for_one_device_only(household: Household) -> None:
    vault, new = household.device(), household.device()
    add(vault)
    given = devices.welcome(vault, new.holder.identity.recipient)
    welcome = devices.accept(given, new.holder.identity)
    assert welcome.keyring == vault.holder.keyring or welcome.keyring.secrets == vault.holder.keyring.secrets
    words = devices.check_words(welcome.keyring, new.holder.identity.recipient)
    assert words == devices.check_words(vault.holder.keyring, new.holder.identity.recipient)
    assert words != devices.check_words(vault.holder.keyring, vault.holder.identity.recipient)
    with pytest.raises(WrongKey):
        devices.accept(given, vault.holder.identity)
    devices.expect(household.host, welcome.head)


def test_a_link_opens_its_photos_and_nothing_else(household: Household) -> None:
    vault = household.device()
    signature, content = add(vault, os.urandom(100_000)), b""
    ends = datetime.now(UTC) + timedelta(days=1)
    address, _, fragment = sharing.share(vault, [signature], "Rome", sharing.Bounds(ends, 3)).partition("#")
    [link] = household.host.links.values()
    assert address.endswith(link.link_id) and (link.expires_at, link.most_views) == (ends, 3)
    seed = base64.urlsafe_b64decode(fragment + "=")
    manifest = json.loads(chunks.unseal_by(link.manifest, [sharing.reader_of(seed).secret]))
    [file] = manifest["files"]
    sealed = household.host.contents[file["blob"]][1]
    content = chunks.unseal(sealed, lambda header: header.check(base64.b64decode(file["fileKey"])))
    digest = hashlib.sha256(content[: file["size"]]).hexdigest()
    assert digest == resource_of(vault, signature).sha256
    assert list(link.signatures) == [file["blob"]]
    with pytest.raises(NotEncrypted):
        age.unwrap(age.read_header(link.manifest), vault.secrets)


def test_a_large_file_is_never_whole_in_memory(household: Household) -> None:
    asked: list[int] = []

    class Watched(MemoryRemote):
        def read_blob(self, signature: str, start: int, length: int) -> bytes:
            asked.append(length)
            return super().read_blob(signature, start, length)

    household.host = Watched(household.host.vault)
    vault = household.device()
    signature = add(vault, os.urandom(5_000_000))
    assert len(content_of(vault, signature)) == 5_000_000
    assert max(asked) <= 16 * (chunks.CHUNK_BYTES + chunks.TAG_BYTES)
    asked.clear()
    reader = photos.open_resource(vault, resource_of(vault, signature))
    reader.seek(3_000_000)
    assert len(reader.read(1000)) == 1000 and sum(asked) < 400_000
