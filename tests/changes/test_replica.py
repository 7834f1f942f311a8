"""A device that follows the feed holds what the server lists, whatever happened meanwhile and whoever it is."""

import random

from tests import make
from tests.flows.replica import Replica, check_replica, check_replicas
from tests.installation import Caller, Installation

from albumen.changes import retention


def test_it_follows_uploads_renditions_deletions(installation: Installation, alice: Caller) -> None:
    shelf, dice = alice.library(), random.Random(3)
    replica = Replica(alice, shelf.library_id)
    added: list[str] = []
    for _ in range(4):
        added += [shelf.add(make.photo())["fileId"] for _ in range(3)]
        alice.post(f"{shelf.library}/folders", json={"parentId": shelf.folder_id, "name": f"F{len(added)}"})
        alice.delete(f"{shelf.library}/files/{added.pop(dice.randrange(len(added)))}")
        replica.catch_up()
        replica.check()
    installation.work_off()
    replica.catch_up()
    replica.check()
    check_replicas(installation)


def test_whoever_was_away_too_long_starts_over(installation: Installation, alice: Caller) -> None:
    shelf = alice.library()
    replica = Replica(alice, shelf.library_id)
    replica.catch_up()
    gone = shelf.add(make.photo())["fileId"]
    replica.catch_up()
    alice.delete(f"{shelf.library}/files/{gone}")
    installation.clock.advance(days=40)
    retention.forget(installation.app)
    shelf.add(make.photo())
    replica.catch_up()
    replica.check()
    check_replica(alice, shelf.library_id)
