"""Who has the keys: making a vault, joining it, new passphrases, new keys when a device is lost."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from albumen_client.vault import keys, records, words
from albumen_client.vault.chunks import seal_for, unseal_by
from albumen_client.vault.errors import Absent, NotEncrypted, Stuck, Untrusted, WrongKey
from albumen_client.vault.events import sha256_of
from albumen_client.vault.keys import PASS, RECOVERY, Identity, Keyring, Root, recipient_bytes
from albumen_client.vault.log import check_head
from albumen_client.vault.pull import pull
from albumen_client.vault.remote import Head, HeadMoved, KeyMoved, Remote
from albumen_client.vault.vault import Vault

_TRIES = 20


@dataclass(frozen=True)
class Welcome:
    """What an old device gives a new one: the keys, and the head that the host must show at least."""

    keyring: Keyring
    head: Head


def hexed(content: bytes) -> str:
    """The SHA-256 of a key file, as the log names it."""
    return hashlib.sha256(content).hexdigest()


def write_keys(remote: Remote, keyring: Keyring, passphrase: str) -> dict[str, str]:
    """Replace both key files; their hashes, for the log.  Raises KeyMoved where another device does so too."""
    made = {PASS: keys.for_passphrase(keyring, passphrase), RECOVERY: keys.for_words(keyring)}
    for name, content in made.items():
        there = remote.key(name)
        remote.put_key(name, content, None if there is None else hexed(there))
    return {name: hexed(content) for name, content in made.items()}


def announce(vault: Vault, more: Mapping[str, Any]) -> None:
    """Put an event about devices or keys into the log.  Raises Stuck."""
    for _ in range(_TRIES):
        pull(vault)
        try:
            vault.commit(vault.event("device", secrets.token_urlsafe(12), more))
        except HeadMoved:
            continue
        pull(vault)
        return
    raise Stuck("Other devices were always faster.")


def found(vault: Vault, passphrase: str) -> None:
    """Begin the log of a new vault, with this device as its first.  Raises KeyMoved where there is one already."""
    if vault.remote.head().n or vault.remote.key(PASS):
        raise KeyMoved("There is a vault already; unlock it.")
    written = write_keys(vault.remote, vault.holder.keyring, passphrase)
    announce(vault, {**introduction(vault), "root": vault.root.identity.recipient, "keys": written})


def introduction(vault: Vault) -> dict[str, Any]:
    """This device, as the log is told of it."""
    holder = vault.holder
    return {"add": {"id": holder.device_id, "name": holder.name, "recipient": holder.identity.recipient}}


def join(vault: Vault) -> None:
    """Read the log, and tell the others of this device where they do not know it."""
    pull(vault)
    if all(each.device_id != vault.holder.device_id for each in vault.state.devices()):
        announce(vault, introduction(vault))


def by_passphrase(remote: Remote, passphrase: str) -> Keyring:
    """The keys, by the passphrase.  Raises WrongKey, NotEncrypted."""
    sealed = remote.key(PASS)
    if sealed is None:
        raise Absent("There is no vault at this host.")
    return keys.by_passphrase(sealed, passphrase, remote.vault)


def by_words(remote: Remote, spelled: str) -> Keyring:
    """The keys, by the 24 words.  Raises WrongKey, NotEncrypted."""
    sealed = remote.key(RECOVERY)
    if sealed is None:
        raise Absent("There is no vault at this host.")
    return keys.by_words(sealed, spelled, remote.vault)


def welcome(vault: Vault, recipient: str) -> str:
    """What a new device, which shows this recipient, is given.  Both then show `check_words`."""
    pull(vault)
    head = vault.state.head
    told = {
        "vault": vault.remote.vault,
        "roots": [base64.b64encode(root.content).decode() for root in vault.holder.keyring.roots],
        "recovery": vault.holder.keyring.recovery,
        "head": [head.n, head.sha256],
    }
    return base64.b64encode(seal_for(records.dense(told), recipient_bytes(recipient))).decode()


def accept(given: str, identity: Identity) -> Welcome:
    """What the old device has given.  Raises WrongKey."""
    try:
        told = json.loads(unseal_by(base64.b64decode(given), [identity.secret]))
        roots = tuple(Root(base64.b64decode(each)) for each in told["roots"])
        return Welcome(Keyring(told["vault"], roots, told["recovery"]), Head(*told["head"]))
    except (ValueError, KeyError, TypeError, NotEncrypted) as error:
        raise WrongKey("This was not made for this device.") from error


def expect(remote: Remote, known: Head) -> None:
    """See that the host shows at least what the old device had read.  Raises Untrusted."""
    if known.n == 0:
        return
    check_head(remote.head(), known)
    [entry] = remote.log(known.n - 1, 1).entries[:1] or [None]
    if entry is None or sha256_of(entry.event) != known.sha256:
        raise Untrusted("fork", "the host shows another log than it shows to the device that invited this one.")


def check_words(keyring: Keyring, recipient: str) -> str:
    """Four words that depend on the keys that were given and on whom they were given to."""
    return keys.check_words([*keyring.secrets, recipient.encode()])


def change_passphrase(vault: Vault, passphrase: str) -> None:
    """Replace the passphrase; the old one opens nothing any more, unless somebody kept the old key file."""
    for _ in range(_TRIES):
        pull(vault)
        roots = vault.holder.keyring.roots
        try:
            announce(vault, {"keys": write_keys(vault.remote, vault.holder.keyring, passphrase)})
        except KeyMoved:
            continue
        if vault.holder.keyring.roots == roots:
            return
    raise Stuck("Other devices were always faster.")


def change_words(vault: Vault, passphrase: str) -> str:
    """New 24 words in place of the old ones.  The passphrase is asked for, as both key files name the words' key."""
    by_passphrase(vault.remote, passphrase)
    recovery = Identity.new()
    vault.holder.keyring = Keyring(vault.remote.vault, vault.holder.keyring.roots, recovery.recipient)
    vault.holder.learn(vault.holder.keyring.roots[0])
    change_passphrase(vault, passphrase)
    return words.to_words(recovery.secret)


def check(vault: Vault, device_id: str) -> None:
    """See that the log knows this device.  Raises Absent."""
    if all(each.device_id != device_id for each in vault.state.devices()):
        raise Absent("There is no such device: see `device list`.")


def revoke(vault: Vault, device_id: str, passphrase: str) -> None:
    """New keys for all that comes later, for all devices but this one.  What it had, it keeps.

    The key files come first: were they second, and this device lost in between, they would not open what comes later.
    """
    root = Root.new()
    for _ in range(_TRIES):
        pull(vault)
        check(vault, device_id)
        others = [each for each in vault.state.devices() if each.device_id != device_id and not each.is_revoked]
        given = {
            each.device_id: base64.b64encode(seal_for(root.content, recipient_bytes(each.recipient))).decode()
            for each in others
        }
        try:
            written = write_keys(vault.remote, vault.holder.keyring.with_root(root), passphrase)
            told = {"revoke": device_id, "root": root.identity.recipient, "roots": given, "keys": written}
            vault.commit(vault.event("rotate", secrets.token_urlsafe(12), told))
        except (HeadMoved, KeyMoved):
            continue
        pull(vault)
        return
    raise Stuck("Other devices were always faster.")


def warnings(vault: Vault) -> list[str]:
    """What is odd about the key files that the host shows."""
    said = []
    for name in (PASS, RECOVERY):
        there, named = vault.remote.key(name), vault.state.fact(f"key {name}")
        if named and (there is None or hexed(there) != named):
            said.append(
                f"Warning: the host shows another {name} than the one that was written last:"
                " it may be an old one.  Set the passphrase anew."
            )
    return said
