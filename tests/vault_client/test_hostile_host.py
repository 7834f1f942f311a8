"""A host that lies is refused, with a plain warning, and nothing here is changed by it."""

import base64
import hashlib
import io
import os
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from tests.vault_client.households import VAULT, Household, add, content_of, resource_of, swap_row

from albumen_client.errors import NotFound
from albumen_client.vault import age, chunks, devices, keys, photos, sealing
from albumen_client.vault.errors import Untrusted
from albumen_client.vault.events import Event, seal_event
from albumen_client.vault.keys import Identity, Root
from albumen_client.vault.memory import MemoryRemote
from albumen_client.vault.pull import pull
from albumen_client.vault.push import INJECTED, push
from albumen_client.vault.records import Record, seal_record
from albumen_client.vault.remote import ENTRY_BYTES, START, Blob, Commit, Entry, Head, Page, Row
from albumen_client.vault.sealing import Plain
from albumen_client.vault.vault import Vault, now
from albumen_client.vault.verify import verify

CHUNK = chunks.CHUNK_BYTES + chunks.TAG_BYTES


ANOTHER_FILE = "swapped: Warning: the host gave another encrypted file than the one that was asked for."
ANOTHER_RECORD = "swapped: Warning: the host gave another record than the one that a device wrote."
ANOTHER_STATE = "replayed: Warning: the host shows another state of a photo than the log leads to."
LEFT_OUT = "gap: Warning: the host left out a part of the log."
NOT_OURS = "forged: Warning: the host gave something that no device of this vault has written."
NO_EVENT = "forged: Warning: the host set a record that no device has written."
END_CUT = "rollback: Warning: the host has lost or withholds the end of the log; nothing was changed here."
ANOTHER_LOG = "fork: Warning: the host shows another log than before; nothing was changed here."
NOT_DELETED = "tombstone: Warning: the host says that a photo was deleted, but no device did that."
OLD_FORMAT = "format: Warning: the host gave something in an old or unknown format."
NOT_ENCRYPTED = "format: Warning: a file is not encrypted in the way that this vault uses."
ALSO_FOR_OTHERS = "recipient: Warning: a file was also encrypted for somebody else, or in another way."
FOR_OTHERS = "recipient: Warning: a file was not encrypted for this vault."
CHANGED = "chunk: Warning: an encrypted file was changed, cut, or put in another order."
CUT = "truncated: Warning: an encrypted file is cut."
TOO_MUCH_MEMORY = "work-factor: Warning: the key file asks for so much memory that it would stop this device."
NEVER_ENDS = "paging: Warning: the host says that there is more in the log, and does not give it."
AGAIN_AND_AGAIN = "paging: Warning: the host lists the same things again and again."
HIDDEN = "hidden: Warning: the host does not show a photo that the log speaks of."
TOO_LARGE = "size: Warning: an entry of the log is larger than any that a device writes."
NEWER = "newer: Warning: the log holds an event that this version does not know; update it."
INSISTS = "injected: Warning: the host keeps other bytes under the name of a photo, and does not take the photo."


def warning(does: Callable[[], object], vault: Vault | None = None) -> str:
    """The code and the sentence with which something is refused; the vault's memory must be as before."""
    before = vault and vault.state.head
    with pytest.raises(Untrusted) as caught:
        does()
    assert before is None or (vault is not None and vault.state.head == before)
    return f"{caught.value.code}: {caught.value}"


def replace_blob(host: MemoryRemote, signature: str, content: bytes) -> None:
    """Other bytes under the same name, as if they had always been there."""
    blob = host.contents[signature][0]
    host.contents[signature] = (blob, content)


def test_swapped_blobs(household: Household) -> None:
    vault, host = household.device(), household.host
    one, other = (resource_of(vault, add(vault)) for _ in range(2))
    assert one.blob.size_bytes == other.blob.size_bytes
    replace_blob(host, one.signature, host.contents[other.signature][1])
    assert warning(lambda: photos.copy_out(vault, one, io.BytesIO())) == ANOTHER_FILE
    assert warning(lambda: photos.open_resource(vault, one)) == ANOTHER_FILE


def test_swapped_records(household: Household) -> None:
    vault, host = household.device(), household.host
    add(vault), add(vault)
    other = host.entries[1].row
    assert other is not None
    swap_row(host, 1, record=other.record)
    fresh = household.device()
    assert warning(lambda: pull(fresh), fresh) == ANOTHER_RECORD


def test_replayed_records(household: Household) -> None:
    vault, host = household.device(), household.host
    signature = add(vault)
    photos.edit(vault, signature, {"title": "new"})
    push(vault)
    old = host.entries[0].row
    assert old is not None
    swap_row(host, 2, record=old.record)
    fresh = household.device()
    assert warning(lambda: pull(fresh), fresh) == ANOTHER_RECORD
    host.states[signature] = old
    assert warning(lambda: list(verify(vault))) == ANOTHER_STATE


def test_a_dropped_event(household: Household) -> None:
    vault, host = household.device(), household.host
    for _ in range(3):
        add(vault)
    last = host.entries[2]
    del host.entries[1]
    fresh = household.device()
    assert warning(lambda: pull(fresh), fresh) == LEFT_OUT
    host.entries[1] = replace(last, n=2)
    assert warning(lambda: pull(fresh), fresh) == NOT_OURS


def test_a_log_whose_end_was_cut(household: Household) -> None:
    vault, host = household.device(), household.host
    add(vault), add(vault)
    kept = host.entries.pop()
    assert warning(lambda: pull(vault), vault) == END_CUT
    host.entries.append(replace(kept, event=host.entries[0].event))
    assert warning(lambda: pull(vault), vault) == ANOTHER_LOG


def test_a_new_device_knows_the_head_it_was_told(household: Household) -> None:
    vault, host = household.device(), household.host
    devices.announce(vault, devices.introduction(vault))
    add(vault)
    new = Identity.new()
    welcome = devices.accept(devices.welcome(vault, new.recipient), new)
    host.entries.pop()
    assert warning(lambda: devices.expect(household.host, welcome.head)) == END_CUT


def test_a_forged_tombstone(household: Household) -> None:
    vault, host = household.device(), household.host
    signature = add(vault)
    host.states[signature] = Row(signature, 2, None, base64.b64encode(bytes(32)).decode())
    assert warning(lambda: list(verify(vault))) == NOT_DELETED
    event = Event("delete", "somebody", "nonce", now(), signature, 2)
    text = seal_event(event, host.head(), vault.root, VAULT)
    host.entries.append(Entry(2, text, Row(signature, 2, None, "no proof")))
    assert warning(lambda: pull(vault), vault) == NOT_DELETED
    assert photos.live(vault, signature)


def test_a_tombstone_in_place_of_a_record(household: Household) -> None:
    vault, host = household.device(), household.host
    add(vault)
    swap_row(host, 1, record=None)
    fresh = household.device()
    assert warning(lambda: pull(fresh), fresh) == ANOTHER_RECORD


def test_a_forged_record(household: Household) -> None:
    vault, host = household.device(), household.host
    signature = add(vault)
    stranger = Root.new()
    record = seal_record(Record(2, "x", ()), signature, stranger, VAULT)
    forged = Event("edit", "x", "nonce", now(), signature, 2, hashlib.sha256(record.encode()).hexdigest())
    host.commit(Commit(host.head(), seal_event(forged, host.head(), stranger, VAULT), Row(signature, 2, record)))
    assert warning(lambda: pull(vault), vault) == NOT_OURS
    assert warning(lambda: list(verify(vault))) == NOT_OURS


def test_a_record_that_no_event_is_about(household: Household) -> None:
    vault, host = household.device(), household.host
    signature = add(vault)
    event = vault.event("device", "nonce", {})
    host.commit(Commit(host.head(), seal_event(event, host.head(), vault.root, VAULT), Row(signature, 2, "v2.a.b")))
    assert warning(lambda: pull(vault), vault) == NO_EVENT


def injected(household: Household, content: bytes) -> tuple[Vault, str, list[str]]:
    """The host has something else under the name before the device sends its own; what the device then says."""
    vault = household.device()
    photo = os.urandom(3000)
    signature = vault.root.signature(hashlib.sha256(photo).digest())
    blob = Blob(signature, len(content), hashlib.sha256(content).hexdigest())
    household.host.contents[signature] = (blob, content)
    photos.add(vault, [Plain(io.BytesIO(photo), "photo", "IMG.jpg")])
    return vault, signature, push(vault).notices


@pytest.mark.parametrize("size", [0, 100, 16_650])
def test_an_injected_blob_is_replaced(household: Household, size: int) -> None:
    vault, signature, notices = injected(household, os.urandom(size))
    assert notices == [INJECTED]
    assert len(content_of(vault, signature)) == 3000


def test_an_injected_blob_for_the_right_keys_is_replaced(household: Household) -> None:
    public = household.keyring.roots[0].identity.public
    vault, signature, notices = injected(household, chunks.seal_for(os.urandom(16 << 10), public))
    assert notices == [INJECTED]
    assert len(content_of(vault, signature)) == 3000


def test_a_host_that_insists_on_its_blob(household: Household) -> None:
    class Insists(MemoryRemote):
        def drop_blob(self, blob: Blob) -> None:
            pass

    household.host = Insists(VAULT)
    assert warning(lambda: injected(household, b"mine")) == INSISTS
    assert household.host.head() == START


def test_a_blob_that_goes_while_it_is_read_is_sent_anew(household: Household) -> None:
    """No lie: another device has just collected it."""

    class Goes(MemoryRemote):
        def read_blob(self, signature: str, start: int, length: int) -> bytes:
            self.contents.pop(signature, None)
            raise NotFound(404, "not-found", "There is no such blob.")

    household.host = Goes(VAULT)
    vault, signature, notices = injected(household, b"of another device")
    assert notices == [] and photos.live(vault, signature)


def test_an_event_that_no_version_writes(household: Household) -> None:
    vault, host = household.device(), household.host
    add(vault)
    text = seal_event(Event("burn", "somebody", "nonce", now()), host.head(), vault.root, VAULT)
    host.entries.append(Entry(2, text, None))
    assert warning(lambda: pull(vault), vault) == NEWER
    host.entries[1] = Entry(2, text + "=" * ENTRY_BYTES, None)
    assert warning(lambda: pull(vault), vault) == TOO_LARGE


def test_a_downgrade(household: Household) -> None:
    vault, host = household.device(), household.host
    signature = add(vault)
    event, row = vault.with_record("edit", "nonce", signature, Record(2, "x", ()))
    assert row.record is not None
    old = row.record.replace("v2.", "v1.", 1)
    told = replace(event, record=hashlib.sha256(old.encode()).hexdigest())
    host.commit(Commit(host.head(), seal_event(told, host.head(), vault.root, VAULT), replace(row, record=old)))
    assert warning(lambda: pull(vault), vault) == OLD_FORMAT
    host.entries[1] = Entry(2, host.entries[1].event.removeprefix("e1."), None)
    assert warning(lambda: pull(vault), vault) == OLD_FORMAT
    resource = resource_of(vault, signature)
    replace_blob(host, resource.signature, b"an unencrypted photo".ljust(resource.blob.size_bytes))
    assert warning(lambda: photos.check(vault, resource)) == NOT_ENCRYPTED


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
    assert warning(lambda: photos.check(vault, resource)) == ALSO_FOR_OTHERS
    theirs = chunks.seal_for(bytes(16 << 10), Identity.new().public)
    replace_blob(household.host, resource.signature, theirs)
    assert warning(lambda: photos.check(vault, resource)) == FOR_OTHERS


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
        assert warning(lambda: photos.check(vault, resource)) in (CHANGED, CUT)
    fitted = replace(resource, blob=replace(resource.blob, size_bytes=len(changed)))
    fetch = lambda start, length: changed[start : start + length]  # noqa: E731 - a file that lies in memory
    assert warning(lambda: sealing.check(fitted, fetch, vault.secrets)) in (CHANGED, CUT)


def test_a_key_file_that_asks_for_all_memory(household: Household) -> None:
    huge = keys.for_passphrase(household.keyring, "open", 10).replace(b" 10\n", b" 23\n", 1)
    household.host.put_key(keys.PASS, huge, None)
    assert warning(lambda: devices.by_passphrase(household.host, "open")) == TOO_MUCH_MEMORY


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
    assert warning(lambda: pull(fresh), fresh) == LEFT_OUT


@pytest.mark.parametrize("given", [0, 1])
def test_endless_paging(household: Household, given: int) -> None:
    vault = household.device()
    add(vault)
    entries = tuple(household.host.entries)
    liar = Pages(VAULT, list(entries))
    liar.head = lambda: Head(10**12, "0" * 64)  # type: ignore[method-assign]  # it promises ever more
    liar.answer = lambda after: Page(entries[after : after + given], liar.head())
    fresh = household.device(liar)
    assert warning(lambda: pull(fresh)) == NEVER_ENDS
    assert fresh.state.head.n == given


def test_endless_listings(household: Household) -> None:
    class Repeats(MemoryRemote):
        def rows(self, after: str = "", limit: int = 500) -> Sequence[Row]:
            return super().rows("", limit)

    household.host = Repeats(VAULT)
    vault = household.device()
    add(vault)
    assert warning(lambda: list(verify(vault))) == AGAIN_AND_AGAIN


def test_a_photo_that_the_host_hides(household: Household) -> None:
    vault, host = household.device(), household.host
    signature = add(vault)
    del host.states[signature]
    assert warning(lambda: list(verify(vault))) == HIDDEN


def test_a_whole_vault_passes(household: Household) -> None:
    vault = household.device()
    add(vault)
    gone = add(vault)
    photos.delete(vault, gone)
    push(vault)
    assert list(verify(vault)) == ["IMG.jpg"]
