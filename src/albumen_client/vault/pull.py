"""Reading on: the log from where this device stands to where it ends."""

import base64

from albumen_client.vault.chunks import unseal_by
from albumen_client.vault.errors import NotEncrypted, WrongKey
from albumen_client.vault.events import Event
from albumen_client.vault.keys import Root
from albumen_client.vault.log import check_head, checked, pages
from albumen_client.vault.vault import Vault


def pull(vault: Vault) -> int:
    """Take in all events that are new here; how many.  Raises Untrusted with nothing of that page taken in.

    The log must lead to, or through, the head that the device told of which invited this one.
    """
    before, floor = vault.state.head, vault.state.floor
    if before.n < floor.n:
        check_head(vault.remote.head(), floor)
    for page in pages(vault.remote, before):
        with vault.state.writing():
            for entry in page.entries:
                happened = checked(entry, vault.state.head, vault.root, vault.remote.vault)
                if happened.event.kind == "rotate":
                    learn(vault, happened.event)
                if happened.head.n == floor.n:
                    check_head(happened.head, floor)
                vault.state.apply(happened, vault.holder.device_id)
    check_head(vault.state.head, floor)
    return vault.state.head.n - before.n


def learn(vault: Vault, event: Event) -> None:
    """Take the new root from a rotation, if it was given to this device.  Raises WrongKey where it was not."""
    recipient, given = event.more["root"], event.more["roots"].get(vault.holder.device_id)
    if any(root.identity.recipient == recipient for root in vault.holder.keyring.roots):
        return
    try:
        root = Root(unseal_by(base64.b64decode(given or ""), [vault.holder.identity.secret]))
    except NotEncrypted as error:
        raise WrongKey("This device was revoked: the vault has new keys, which it was not given.") from error
    if root.identity.recipient != recipient:
        raise WrongKey("The vault has new keys, and those that this device was given are not they.")
    vault.holder.learn(root)
