"""A host that lies to a device that joins, or that makes a copy of everything: nothing of that is believed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from tests.vault_client.households import SECRET, VAULT, Household, add, resource_of
from tests.vault_client.test_hostile_host import (
    AGAIN_AND_AGAIN,
    ANOTHER_FILE,
    ANOTHER_LOG,
    ANOTHER_STATE,
    END_CUT,
    HIDDEN,
    replace_blob,
    warning,
)

from albumen_client.errors import NotFound
from albumen_client.vault import devices, keys, photos, snapshots
from albumen_client.vault.exporting import export
from albumen_client.vault.keys import Identity
from albumen_client.vault.log import listed
from albumen_client.vault.memory import MemoryRemote
from albumen_client.vault.pull import pull
from albumen_client.vault.push import push
from albumen_client.vault.remote import LARGEST_PAGE, Blob, Row

NO_NAME = "injected: Warning: the host lists something under a name that no device gives."
NO_KEY = "hidden: Warning: the host does not show the pass.age that was written last; nothing was copied."


@pytest.mark.parametrize("has_snapshot", [False, True])
def test_a_new_device_is_not_led_past_the_head_it_was_told(household: Household, *, has_snapshot: bool) -> None:
    """The host shows its whole log as the head is asked for, and another one, or less of it, when it is read."""
    vault, host = household.device(), household.host
    devices.announce(vault, devices.introduction(vault))
    add(vault)
    if has_snapshot:
        snapshots.take(vault)
    add(vault)
    new = Identity.new()
    welcome = devices.accept(devices.welcome(vault, new.recipient), new)
    devices.expect(host, welcome.head)
    last = host.entries.pop()
    joining = household.device()
    joining.state.floor = welcome.head
    assert snapshots.begin(joining) is has_snapshot
    assert warning(lambda: pull(joining), joining) == END_CUT
    behind = household.device()
    pull(behind)
    photos.delete(behind, next(behind.state.assets()).signature)
    push(behind)
    other = household.device()
    other.state.floor = welcome.head
    assert warning(lambda: pull(other), other) == ANOTHER_LOG
    snapshots.take(behind)
    assert not snapshots.begin(other)
    host.entries[welcome.head.n - 1 :] = [last]
    pull(other)
    assert other.state.head == welcome.head


def test_a_way_to_a_snapshot_has_no_gaps(household: Household) -> None:
    """The host gives one true event with a number that is too high, so that the rest of the way is not walked."""
    vault, host = household.device(), household.host
    devices.announce(vault, devices.introduction(vault))
    add(vault), add(vault)
    told = vault.state.head
    add(vault)
    hidden = host.entries[-1]
    del host.entries[told.n - 1 :]
    behind = household.device()
    add(behind), add(behind)
    snapshots.take(behind)
    host.entries[told.n] = replace(hidden, n=1000)
    joining = household.device()
    joining.state.floor = told
    assert not snapshots.begin(joining)


def test_names_that_are_paths(household: Household, tmp_path: Path) -> None:
    vault, host = household.device(), household.host
    keys_of(household)
    add(vault)
    for name in ("../evil", str(tmp_path / "evil"), ".", "a/b", "a\0b"):
        host.contents[name] = (Blob(name, 4, hashlib.sha256(b"evil").hexdigest()), b"evil")
        assert warning(lambda: list(listed(host.blobs))) in (NO_NAME, AGAIN_AND_AGAIN)
        export(vault, tmp_path / "copy")
        del host.contents[name]
    assert [each.name for each in tmp_path.iterdir() if each.name == "evil"] == []
    assert len(list((tmp_path / "copy" / "blobs").iterdir())) == 1


def test_a_copy_that_would_not_be_whole(household: Household, tmp_path: Path) -> None:
    vault, host = household.device(), household.host
    keys_of(household)
    one, other = (resource_of(vault, add(vault)) for _ in range(2))
    whole = host.contents[one.signature]
    replace_blob(host, one.signature, host.contents[other.signature][1])
    assert warning(lambda: export(vault, tmp_path / "copy")) == ANOTHER_FILE
    host.contents[one.signature] = (whole[0], whole[1][:-1])
    assert warning(lambda: export(vault, tmp_path / "copy")) == ANOTHER_FILE
    assert not (tmp_path / "copy" / "blobs" / one.signature).exists()
    del host.contents[one.signature]
    with pytest.raises(NotFound):
        export(vault, tmp_path / "copy")
    host.contents[one.signature] = whole
    (tmp_path / "copy" / "blobs" / one.signature).write_bytes(bytes(len(whole[1])))
    assert export(vault, tmp_path / "copy") == 2
    assert (tmp_path / "copy" / "blobs" / one.signature).read_bytes() == whole[1]
    shown = host.states.pop(next(iter(host.states)))
    assert warning(lambda: export(vault, tmp_path / "copy")) == HIDDEN
    host.states[shown.signature] = shown
    del host.keys[keys.PASS]
    assert warning(lambda: export(vault, tmp_path / "copy")) == NO_KEY


@dataclass
class Wavering(MemoryRemote):
    """Shows the present state of its rows once, and then an older one."""

    older: dict[str, Row] = field(default_factory=dict)

    def rows(self, after: str = "", limit: int = LARGEST_PAGE) -> Sequence[Row]:
        found = super().rows(after, limit)
        if not found:
            self.states = self.older
        return found


def test_records_are_copied_as_they_were_checked(tmp_path: Path) -> None:
    host = Wavering(VAULT)
    household = Household(tmp_path, host)
    vault = household.device()
    keys_of(household)
    signature = add(vault)
    host.older = dict(host.states)
    photos.edit(vault, signature, {"title": "now"})
    push(vault)
    present = host.states[signature].record or ""
    export(vault, tmp_path / "copy")
    assert present.split(".")[1] in (tmp_path / "copy" / "records.jsonl").read_text()


def test_a_copy_that_is_refused_leaves_the_one_before_as_it_was(household: Household, tmp_path: Path) -> None:
    vault, host = household.device(), household.host
    keys_of(household)
    signature, copy = add(vault), tmp_path / "copy"
    export(vault, copy)
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    row, recovery = host.states[signature], host.keys.pop(keys.RECOVERY)
    photos.edit(vault, signature, {"title": "another"})
    push(vault)
    host.keys[keys.PASS] = keys.for_passphrase(household.keyring, SECRET, 12)
    assert warning(lambda: export(vault, copy)).startswith("hidden: ")
    host.keys[keys.RECOVERY] = recovery
    host.states[signature] = row
    assert warning(lambda: export(vault, copy)) == ANOTHER_STATE
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before


def keys_of(household: Household) -> None:
    """Key files at the host, as a vault has them from its beginning."""
    household.host.put_key(keys.PASS, keys.for_passphrase(household.keyring, SECRET, 12), None)
    household.host.put_key(keys.RECOVERY, keys.for_words(household.keyring), None)
