"""What every host of a vault must do.  Subclass `VaultRemoteContract` and give `remote` and `again`."""

import hashlib
import io
from uuid import uuid4

import pytest

from albumen_client.errors import Invalid, NotFound
from albumen_client.vault.remote import (
    START,
    Blob,
    BlobsMissing,
    BlobTaken,
    Commit,
    Head,
    HeadMoved,
    KeyMoved,
    Remote,
    Row,
)

VAULT = str(uuid4())


def named(letter: str) -> str:
    """A signature: 44 characters, here all alike."""
    return letter * 43 + "="


def blob_of(content: bytes, letter: str = "a") -> Blob:
    return Blob(named(letter), len(content), hashlib.sha256(content).hexdigest())


def head_of(n: int, event: str) -> Head:
    return Head(n, hashlib.sha256(event.encode()).hexdigest())


def put(remote: Remote, content: bytes, letter: str = "a") -> Blob:
    blob = blob_of(content, letter)
    remote.put_blob(blob, io.BytesIO(content), lambda sent: None)
    return blob


class VaultRemoteContract:
    """One vault at one host, empty before each test; `again` is a second connection to it."""

    def test_log_begins_empty(self, remote: Remote) -> None:
        assert remote.head() == START
        assert remote.log(0).entries == () and remote.log(0).head == START

    def test_events_are_numbered_without_a_gap(self, remote: Remote, again: Remote) -> None:
        head = START
        for n in range(1, 8):
            head = remote.commit(Commit(head, f"event {n}"))
            assert head == head_of(n, f"event {n}")
        assert again.head() == head
        page = again.log(2, limit=3)
        assert [(entry.n, entry.event) for entry in page.entries] == [(n, f"event {n}") for n in (3, 4, 5)]
        assert page.head == head
        assert again.log(7).entries == ()

    def test_only_the_first_of_two_commits_counts(self, remote: Remote, again: Remote) -> None:
        first = remote.commit(Commit(START, "one"))
        with pytest.raises(HeadMoved):
            again.commit(Commit(START, "other"))
        with pytest.raises(HeadMoved):
            again.commit(Commit(Head(1, "f" * 64), "other"))
        assert again.head() == first and len(again.log(0).entries) == 1

    def test_a_row_follows_the_one_before(self, remote: Remote, again: Remote) -> None:
        one = Row(named("k"), 1, "v2.record.mac")
        head = remote.commit(Commit(START, "put", one))
        for wrong in (1, 3):
            with pytest.raises(HeadMoved):
                remote.commit(Commit(head, "edit", Row(named("k"), wrong, "v2.other.mac")))
        with pytest.raises(HeadMoved):
            remote.commit(Commit(head, "edit", Row(named("l"), 2, "v2.other.mac")))
        gone = Row(named("k"), 2, None, "proof")
        head = again.commit(Commit(head, "delete", gone))
        assert list(remote.rows()) == [gone]
        assert [entry.row for entry in remote.log(0).entries] == [one, gone]
        assert remote.head() == head

    def test_rows_come_by_signature(self, remote: Remote) -> None:
        head, letters = START, "cabd"
        for letter in letters:
            head = remote.commit(Commit(head, f"put {letter}", Row(named(letter), 1, "v2.r.m")))
        assert [row.signature for row in remote.rows(limit=2)] == [named("a"), named("b")]
        assert [row.signature for row in remote.rows(named("b"))] == [named("c"), named("d")]

    def test_a_commit_needs_its_blobs(self, remote: Remote) -> None:
        there, absent = put(remote, b"ciphertext"), blob_of(b"absent", "b")
        for wrong in (absent, Blob(there.signature, 10, "0" * 64), Blob(there.signature, 11, there.sha256)):
            with pytest.raises(BlobsMissing) as caught:
                remote.commit(Commit(START, "put", blobs=(there, wrong)))
            assert caught.value.signatures == (wrong.signature,)
        assert remote.head() == START
        assert remote.commit(Commit(START, "put", blobs=(there,))).n == 1

    def test_blobs_are_stored_once_and_read_by_range(self, remote: Remote, again: Remote) -> None:
        content = bytes(range(256)) * 300
        blob = put(remote, content)
        put(again, content)
        assert again.blob(blob.signature) == blob
        assert again.read_blob(blob.signature, 0, len(content) + 5) == content
        assert again.read_blob(blob.signature, 1000, 70_000) == content[1000:71_000]
        assert again.read_blob(blob.signature, len(content) - 3, 10) == content[-3:]
        with pytest.raises(BlobTaken):
            put(again, b"other bytes")
        assert again.blob(blob.signature) == blob

    def test_wrong_bytes_leave_nothing(self, remote: Remote) -> None:
        with pytest.raises(Invalid):
            remote.put_blob(blob_of(b"announced"), io.BytesIO(b"another 9"), lambda sent: None)
        assert remote.blob(named("a")) is None

    def test_an_absent_blob_is_said_to_be_absent(self, remote: Remote) -> None:
        assert remote.blob(named("z")) is None
        with pytest.raises(NotFound):
            remote.read_blob(named("z"), 0, 10)

    def test_only_this_very_ciphertext_is_dropped(self, remote: Remote, again: Remote) -> None:
        old = put(remote, b"old ciphertext")
        remote.drop_blob(old)
        remote.drop_blob(old)
        assert remote.blob(old.signature) is None
        new = put(again, b"new ciphertext")
        remote.drop_blob(old)
        assert again.blob(new.signature) == new

    def test_blobs_are_listed_by_name(self, remote: Remote) -> None:
        blobs = {letter: put(remote, letter.encode() * 20, letter) for letter in "dacb"}
        assert list(remote.blobs(limit=3)) == [blobs[letter] for letter in "abc"]
        assert list(remote.blobs(named("c"))) == [blobs["d"]]

    def test_key_files_are_replaced_by_who_saw_the_last(self, remote: Remote, again: Remote) -> None:
        assert remote.key("pass.age") is None
        remote.put_key("pass.age", b"one", None)
        again.put_key("pass.age", b"one", None)
        with pytest.raises(KeyMoved):
            again.put_key("pass.age", b"two", None)
        again.put_key("pass.age", b"two", hashlib.sha256(b"one").hexdigest())
        with pytest.raises(KeyMoved):
            remote.put_key("pass.age", b"three", hashlib.sha256(b"one").hexdigest())
        with pytest.raises(KeyMoved):
            remote.put_key("recovery.age", b"one", hashlib.sha256(b"one").hexdigest())
        assert remote.key("pass.age") == b"two" and remote.key("recovery.age") is None

    def test_usage_counts_what_is_stored(self, remote: Remote) -> None:
        before = remote.usage().used_bytes
        put(remote, bytes(5000))
        assert remote.usage().used_bytes >= before + 5000
