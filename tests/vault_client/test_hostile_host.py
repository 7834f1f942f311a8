"""A host that lies is refused, with a plain warning, and nothing here is changed by it."""

import base64
import hashlib
import io
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest
from tests.vault_client.households import VAULT, Household, add, content_of, resource_of, swap_row

from albumen_client.vault import age, chunks, devices, keys, photos, sealing
from albumen_client.vault.errors import NotEncrypted, Stuck, Untrusted
from albumen_client.vault.events import Event, seal_event
from albumen_client.vault.keys import Identity, Root
from albumen_client.vault.memory import MemoryRemote
from albumen_client.vault.pull import pull
from albumen_client.vault.push import push
from albumen_client.vault.records import Record, seal_record
from albumen_client.vault.remote import START, Blob, Commit, Entry, Head, Page, Row
from albumen_client.vault.vault import Vault, now
from albumen_client.vault.verify import verify

CHUNK = chunks.CHUNK_BYTES + chunks.TAG_BYTES


@contextmanager
def must_refuse(code: str, vault: Vault | None = None) -> Iterator[None]:
    """What is inside ends in this warning, and has changed nothing."""
    before = vault and vault.state.head
    with pytest.raises(Untrusted) as caught:
        yield
    assert caught.value.code == code
    assert str(caught.value).startswith("Warning: ") and str(caught.value).endswith(".")
    assert before is None or (vault is not None and vault.state.head == before)


def replace_blob(host: MemoryRemote, signature: str, content: bytes) -> None:
    """Other bytes under the same name, as if they had always been there."""
    blob = host.contents[signature][0]
    host.contents[signature] = (blob, content)


def test_swapped_blobs(household: Household) -> None:
    vault, host = household.device(), household.host
    one, other = (resource_of(vault, add(vault)) for _ in range(2))
    assert one.blob.size_bytes == other.blob.size_bytes
    replace_blob(host, one.signature, host.contents[other.signature][1])
    with must_refuse("swapped"):
        photos.copy_out(vault, one, io.BytesIO())
    with must_refuse("swapped"):
        photos.open_resource(vault, one)


def test_swapped_records(household: Household) -> None:
    vault, host = household.device(), household.host
    add(vault), add(vault)
    other = host.entries[1].row
    assert other is not None
    swap_row(host, 1, record=other.record)
    fresh = household.device()
    with must_refuse("swapped", fresh):
        pull(fresh)


def test_replayed_records(household: Household) -> None:
    vault, host = household.device(), household.host
    signature = add(vault)
    photos.edit(vault, signature, {"title": "new"})
    push(vault)
    old = host.entries[0].row
    assert old is not None
    swap_row(host, 2, record=old.record)
    fresh = household.device()
    with must_refuse("swapped", fresh):
        pull(fresh)
    host.states[signature] = old
    with must_refuse("replayed"):
        list(verify(vault))


def test_a_dropped_event(household: Household) -> None:
    vault, host = household.device(), household.host
    for _ in range(3):
        add(vault)
    last = host.entries[2]
    del host.entries[1]
    fresh = household.device()
    with must_refuse("gap", fresh):
        pull(fresh)
    host.entries[1] = replace(last, n=2)
    with must_refuse("forged", fresh):
        pull(fresh)


def test_a_log_whose_end_was_cut(household: Household) -> None:
    vault, host = household.device(), household.host
    add(vault), add(vault)
    kept = host.entries.pop()
    with must_refuse("rollback", vault):
        pull(vault)
    host.entries.append(replace(kept, event=host.entries[0].event))
    with must_refuse("fork", vault):
        pull(vault)


def test_a_new_device_knows_the_head_it_was_told(household: Household) -> None:
    vault, host = household.device(), household.host
    devices.announce(vault, devices.introduction(vault))
    add(vault)
    new = Identity.new()
    welcome = devices.accept(devices.welcome(vault, new.recipient), new)
    host.entries.pop()
    with must_refuse("rollback"):
        devices.expect(household.host, welcome.head)


def test_a_forged_tombstone(household: Household) -> None:
    vault, host = household.device(), household.host
    signature = add(vault)
    host.states[signature] = Row(signature, 2, None, base64.b64encode(bytes(32)).decode())
    with must_refuse("tombstone"):
        list(verify(vault))
    event = Event("delete", "somebody", "nonce", now(), signature, 2)
    text = seal_event(event, host.head(), vault.root, VAULT)
    host.entries.append(Entry(2, text, Row(signature, 2, None, "no proof")))
    with must_refuse("tombstone", vault):
        pull(vault)
    assert photos.live(vault, signature)


def test_a_tombstone_in_place_of_a_record(household: Household) -> None:
    vault, host = household.device(), household.host
    add(vault)
    swap_row(host, 1, record=None)
    fresh = household.device()
    with must_refuse("swapped", fresh):
        pull(fresh)


def test_a_forged_record(household: Household) -> None:
    vault, host = household.device(), household.host
    signature = add(vault)
    stranger = Root.new()
    record = seal_record(Record(2, "x", ()), signature, stranger, VAULT)
    forged = Event("edit", "x", "nonce", now(), signature, 2, hashlib.sha256(record.encode()).hexdigest())
    host.commit(Commit(host.head(), seal_event(forged, host.head(), stranger, VAULT), Row(signature, 2, record)))
    with must_refuse("forged", vault):
        pull(vault)
    with must_refuse("forged"):
        list(verify(vault))


def test_a_record_that_no_event_is_about(household: Household) -> None:
    vault, host = household.device(), household.host
    signature = add(vault)
    event = vault.event("device", "nonce", {})
    host.commit(Commit(host.head(), seal_event(event, host.head(), vault.root, VAULT), Row(signature, 2, "v2.a.b")))
    with must_refuse("forged", vault):
        pull(vault)


def injected(household: Household, content: bytes) -> tuple[Vault, str]:
    """The host has something else under the name before the device sends its own."""
    vault = household.device()
    photo = os.urandom(3000)
    signature = vault.root.signature(hashlib.sha256(photo).digest())
    blob = Blob(signature, len(content), hashlib.sha256(content).hexdigest())
    household.host.contents[signature] = (blob, content)
    return vault, add(vault, photo)


@pytest.mark.parametrize("size", [0, 100, 16_650])
def test_an_injected_blob_is_replaced(household: Household, size: int) -> None:
    vault, signature = injected(household, os.urandom(size))
    assert len(content_of(vault, signature)) == 3000


def test_an_injected_blob_for_the_right_keys_is_replaced(household: Household) -> None:
    public = household.keyring.roots[0].identity.public
    vault, signature = injected(household, chunks.seal_for(os.urandom(16 << 10), public))
    assert len(content_of(vault, signature)) == 3000


def test_a_host_that_insists_on_its_blob(household: Household) -> None:
    class Insists(MemoryRemote):
        def drop_blob(self, blob: Blob) -> None:
            pass

    household.host = Insists(VAULT)
    with pytest.raises(Stuck):
        injected(household, b"mine")
    assert household.host.head() == START


def test_a_downgrade(household: Household) -> None:
    vault, host = household.device(), household.host
    signature = add(vault)
    event, row = vault.with_record("edit", "nonce", signature, Record(2, "x", ()))
    assert row.record is not None
    old = row.record.replace("v2.", "v1.", 1)
    told = replace(event, record=hashlib.sha256(old.encode()).hexdigest())
    host.commit(Commit(host.head(), seal_event(told, host.head(), vault.root, VAULT), replace(row, record=old)))
    with must_refuse("format", vault):
        pull(vault)
    host.entries[1] = Entry(2, host.entries[1].event.removeprefix("e1."), None)
    with must_refuse("format", vault):
        pull(vault)
    resource = resource_of(vault, signature)
    replace_blob(host, resource.signature, b"an unencrypted photo".ljust(resource.blob.size_bytes))
    with must_refuse("format"):
        photos.check(vault, resource)


def test_a_foreign_recipient(household: Household) -> None:
    vault = household.device()
    resource = resource_of(vault, add(vault))
    sealed = household.host.contents[resource.signature][1]
    header = age.read_header(sealed)
    file_key = age.unwrap(header, vault.secrets)
    foreign = age.read_header(age.wrap(file_key, Identity.new().public))
    signed = header.signed.removesuffix(b"---") + foreign.signed.split(b"\n", 1)[1]
    mac = base64.b64encode(age.mac(file_key, signed)).rstrip(b"=")
    replace_blob(household.host, resource.signature, signed + b" " + mac + b"\n" + sealed[header.size_bytes :])
    with must_refuse("recipient"):
        photos.check(vault, resource)
    theirs = chunks.seal_for(bytes(16 << 10), Identity.new().public)
    replace_blob(household.host, resource.signature, theirs)
    with must_refuse("recipient"):
        photos.check(vault, resource)


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body[CHUNK : 2 * CHUNK] + body[:CHUNK] + body[2 * CHUNK :],
        lambda body: body[:CHUNK] + body[2 * CHUNK :],
        lambda body: body[: 2 * CHUNK],
        lambda body: body[:-1],
        lambda body: body[:CHUNK] + body[:CHUNK] + body[2 * CHUNK :],
        lambda body: body + body[-CHUNK:],
    ],
    ids=["reordered", "removed", "cut at a chunk", "cut", "repeated", "grown"],
)
def test_chunks_that_were_moved_or_cut(household: Household, change: Callable[[bytes], bytes]) -> None:
    vault = household.device()
    resource = resource_of(vault, add(vault, os.urandom(200_000)))
    sealed = household.host.contents[resource.signature][1]
    start = age.read_header(sealed).size_bytes + 16
    changed = sealed[:start] + change(sealed[start:])
    replace_blob(household.host, resource.signature, changed)
    if len(changed) <= len(sealed):  # what was put behind the end is never even fetched
        with pytest.raises(NotEncrypted):
            photos.check(vault, resource)
    fitted = replace(resource, blob=replace(resource.blob, size_bytes=len(changed)))
    with pytest.raises(NotEncrypted):
        sealing.check(fitted, lambda start, length: changed[start : start + length], vault.secrets)


def test_a_key_file_that_asks_for_all_memory(household: Household) -> None:
    huge = keys.for_passphrase(household.keyring, "open", 10).replace(b" 10\n", b" 23\n", 1)
    household.host.put_key(keys.PASS, huge, None)
    with must_refuse("work-factor"):
        devices.by_passphrase(household.host, "open")


def test_an_old_key_file(household: Household) -> None:
    vault, host = household.device(), household.host
    host.put_key(keys.PASS, b"old", None)
    host.put_key(keys.RECOVERY, b"old", None)
    devices.announce(vault, {"keys": {keys.PASS: hashlib.sha256(b"new").hexdigest()}})
    [said] = devices.warnings(vault)
    assert said.startswith("Warning: ") and keys.PASS in said


class Pages(MemoryRemote):
    """A host whose pages are made by the test."""

    answer: Callable[[int], Page]

    def log(self, after: int, limit: int = 500, wait_seconds: float = 0) -> Page:
        return self.answer(after)


def test_a_cursor_that_jumps_ahead(household: Household) -> None:
    vault = household.device()
    for _ in range(3):
        add(vault)
    entries = tuple(household.host.entries)
    liar = Pages(VAULT, list(entries))
    liar.answer = lambda after: Page(entries[after + 1 :], liar.head())
    fresh = household.device(liar)
    with must_refuse("gap", fresh):
        pull(fresh)


@pytest.mark.parametrize("given", [0, 1])
def test_endless_paging(household: Household, given: int) -> None:
    vault = household.device()
    add(vault)
    entries = tuple(household.host.entries)
    liar = Pages(VAULT, list(entries))
    liar.head = lambda: Head(10**12, "0" * 64)  # type: ignore[method-assign]  # it promises ever more
    liar.answer = lambda after: Page(entries[after : after + given], liar.head())
    fresh = household.device(liar)
    with must_refuse("paging"):
        pull(fresh)
    assert fresh.state.head.n == given


def test_endless_listings(household: Household) -> None:
    class Repeats(MemoryRemote):
        def rows(self, after: str = "", limit: int = 500) -> Sequence[Row]:
            return super().rows("", limit)

    household.host = Repeats(VAULT)
    vault = household.device()
    add(vault)
    with must_refuse("paging"):
        list(verify(vault))


def test_a_photo_that_the_host_hides(household: Household) -> None:
    vault, host = household.device(), household.host
    signature = add(vault)
    del host.states[signature]
    with must_refuse("hidden"):
        list(verify(vault))


def test_a_whole_vault_passes(household: Household) -> None:
    vault = household.device()
    add(vault)
    gone = add(vault)
    photos.delete(vault, gone)
    push(vault)
    assert list(verify(vault)) == ["IMG.jpg"]
