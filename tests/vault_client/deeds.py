"""What somebody with a device may do in a story."""

import hashlib
import io
from collections.abc import Callable
from typing import TYPE_CHECKING

from albumen_client.vault import collect, devices, photos, snapshots
from albumen_client.vault.errors import Absent, WrongKey
from albumen_client.vault.push import INJECTED, push
from albumen_client.vault.sealing import Plain
from albumen_client.vault.vault import Vault

if TYPE_CHECKING:
    from tests.vault_client.simulator import Story

FIELDS = ("place", "favourite", "title")
PASSPHRASE = "that of the story"


def take_photo(story: "Story", vault: Vault) -> None:
    """One that others may have as well; some move, and share that film with others."""
    dice = story.chance.dice
    content, files = b"photo %d" % dice.randint(0, 4), []
    digest = hashlib.sha256(content).hexdigest()
    story.contents[digest] = content
    if dice.random() < 0.3:
        film = b"film %d" % dice.randint(0, 1)
        story.contents[hashlib.sha256(film).hexdigest()] = film
        files.append(Plain(io.BytesIO(film), "pairedVideo", "p.mov"))
    files.insert(0, Plain(io.BytesIO(content), "photo", "p.jpg"))
    photos.add(vault, files, photos.Portrait({"title": content.decode()}))
    story.added.add(digest)
    if dice.random() < 0.5:
        tell(vault)


def tell(vault: Vault) -> None:
    """Tell what waits; the host of a story may be slow and far away, but it never lies."""
    assert INJECTED not in push(vault).notices


def any_of(story: "Story", vault: Vault, *, live: bool) -> str:
    found = [each.signature for each in vault.state.assets() if each.is_live is live]
    if not found:
        raise Absent("none")
    return story.chance.dice.choice(found)


def edit_photo(story: "Story", vault: Vault) -> None:
    dice = story.chance.dice
    photos.edit(vault, any_of(story, vault, live=True), {dice.choice(FIELDS): dice.choice((True, "a", "b", None))})


def delete_photo(story: "Story", vault: Vault) -> None:
    asset = photos.live(vault, any_of(story, vault, live=True))
    story.deleted |= {each.sha256 for each in asset.record.resources}
    photos.delete(vault, asset.signature)


def restore_photo(story: "Story", vault: Vault) -> None:
    photos.restore(vault, any_of(story, vault, live=False))


def meet(story: "Story", vault: Vault) -> None:
    tell(vault)


def clean(story: "Story", vault: Vault) -> None:
    if story.chance.dice.random() < 0.5:
        story.day += 33
    collect.collect(vault)


def take_snapshot(story: "Story", vault: Vault) -> None:
    snapshots.take(vault)


def come(story: "Story", vault: Vault) -> None:
    """Somebody new opens the vault by the passphrase."""
    if len(story.people) > 4:
        raise Absent("there are enough")
    person = story.person(devices.by_passphrase(vault.remote, PASSPHRASE))
    snapshots.begin(person.vault)
    try:
        devices.join(person.vault)
    except WrongKey:
        raise Absent("the keys have just been changed") from None
    story.people.append(person)


def revoke(story: "Story", vault: Vault) -> None:
    """Shut out anybody, as long as two are left."""
    there = [each.device_id for each in vault.state.devices() if not each.is_revoked]
    if len(there) < 3:
        raise Absent("there are few")
    others = [each for each in there if each != vault.holder.device_id]
    devices.revoke(vault, story.chance.dice.choice(others), PASSPHRASE)


def change_passphrase(story: "Story", vault: Vault) -> None:
    devices.change_passphrase(vault, PASSPHRASE)


Deed = Callable[["Story", Vault], None]
OF_PHOTOS: dict[Deed, int] = {
    take_photo: 10,
    edit_photo: 4,
    delete_photo: 6,
    restore_photo: 4,
    meet: 8,
    clean: 6,
    take_snapshot: 1,
}
OF_DEVICES: dict[Deed, int] = {come: 3, revoke: 3, change_passphrase: 1}
