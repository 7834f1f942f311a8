"""A new device that begins at a snapshot sees what one sees that has read the whole log."""

import json

import pytest
from tests.vault_client.households import Household, add
from tests.vault_client.simulator import face

from albumen_client.vault import devices, photos, snapshots
from albumen_client.vault.pull import pull
from albumen_client.vault.push import push
from albumen_client.vault.verify import verify


def test_a_snapshot_leads_to_the_same(household: Household) -> None:
    vault = household.device()
    devices.join(vault)
    kept, gone = add(vault), add(vault)
    photos.delete(vault, gone)
    push(vault)
    snapshots.take(vault)
    photos.edit(vault, kept, {"title": "later"})
    push(vault)
    new, old = household.device(), household.device()
    assert snapshots.begin(new) and new.state.head.n == 5
    assert not snapshots.begin(new)
    pull(new), pull(old)
    assert face(new.state) == face(old.state) == face(vault.state)
    assert len(list(verify(new))) == 1 and list(vault.spool.iterdir()) == []
    photos.restore(new, gone)
    push(new), pull(vault)
    assert photos.live(vault, gone)


@pytest.mark.parametrize("lie", [b"", b"{}", b"no json", b'{"n": 1, "prev": "00"}', b'{"n": 99, "prev": "00"}', b"[]"])
def test_a_pointer_that_lies_costs_time_only(household: Household, lie: bytes) -> None:
    vault = household.device()
    add(vault)
    snapshots.take(vault)
    household.host.keys[snapshots.POINTER] = lie
    new = household.device()
    assert not snapshots.begin(new)
    pull(new)
    assert face(new.state) == face(vault.state)


def test_a_changed_snapshot_is_not_taken_in(household: Household) -> None:
    vault = household.device()
    add(vault)
    snapshots.take(vault)
    name = json.loads(vault.state.fact("snapshot") or "")[1]
    blob, content = household.host.contents[name]
    household.host.contents[name] = (blob, content[:-1] + bytes([content[-1] ^ 1]))
    new = household.device()
    assert not snapshots.begin(new) and new.state.head.n == 0
    assert list(new.spool.iterdir()) == []
