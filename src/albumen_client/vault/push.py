"""Telling the host what this device wants done: blobs first, then the log; whoever loses reads on and tries again."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from albumen_client.errors import NotFound, Unreachable
from albumen_client.vault import sealing
from albumen_client.vault.collect import finish
from albumen_client.vault.errors import Stuck, Untrusted
from albumen_client.vault.outbox import Intent
from albumen_client.vault.pull import pull
from albumen_client.vault.records import Record, Resource
from albumen_client.vault.remote import Blob, BlobsMissing, BlobTaken, HeadMoved
from albumen_client.vault.state import Asset
from albumen_client.vault.vault import Vault

TRIES = 40
"""How often an intent is tried while others are faster."""

INJECTED = "Warning: the host had other bytes under the name of a photo; they were not used, and the photo was sent."

Telling = Callable[[str, int, int], None]
"""Is told the name of a file, how much of its ciphertext has been sent, and how much there is."""


@dataclass
class Pushed:
    """What became of the intents: how many are done, and what could not be done, in words."""

    done: int = 0
    notices: list[str] = field(default_factory=list)
    telling: Telling = lambda name, sent, size: None


def push(vault: Vault, telling: Telling = lambda name, sent, size: None) -> Pushed:
    """Tell everything that waits.  Raises Unreachable, Refused, Untrusted; what is not told then goes on waiting."""
    pushed = Pushed(telling=telling)
    for intent in vault.outbox.intents():
        _settle(vault, intent, pushed)
        pushed.done += 1
    pull(vault)
    with vault.state.writing():
        vault.outbox.tidy()
    return pushed


def _settle(vault: Vault, intent: Intent, pushed: Pushed) -> None:
    """Do one intent, or find that it is done, or that there is nothing left to do."""
    missing: frozenset[str] = frozenset()
    for turn in range(TRIES):
        pull(vault)
        if not vault.outbox.is_open(intent):
            return
        try:
            if not _try(vault, intent, missing, pushed):
                with vault.state.writing():
                    vault.outbox.let_go(intent)
            return
        except BlobsMissing as error:
            missing |= frozenset(error.signatures)
            _forget_uploads(vault, error.signatures)
        except (HeadMoved, Unreachable) as error:
            if turn == TRIES - 1:
                raise error if isinstance(error, Unreachable) else Stuck("Other devices were always faster.") from error
        vault.pause(random.uniform(0, 0.05 * 2 ** min(turn, 7)))  # noqa: S311 - no secret
    raise Stuck("The host says again and again that encrypted files are missing.")


def _forget_uploads(vault: Vault, signatures: tuple[str, ...]) -> None:
    with vault.state.writing():
        for signature in signatures:
            if there := vault.outbox.outgoing(signature):
                vault.outbox.send(there.resource)


def _try(vault: Vault, intent: Intent, missing: frozenset[str], pushed: Pushed) -> bool:
    """Commit what the intent asks for, upon what was read; False where there is nothing to do."""
    if intent.kind == "put":
        return _put(vault, intent, missing, pushed)
    asset = vault.state.asset(intent.signature)
    if intent.kind == "restore":
        return asset is not None and not asset.is_live and _restore(vault, intent, asset, pushed)
    if asset is None or not asset.is_live:
        if intent.kind == "edit":
            pushed.notices.append("A photo that was edited here has been deleted by another device.")
        return False
    if intent.kind == "delete":
        if not {each.sha256 for each in asset.record.originals} <= set(intent.body["seen"]):
            pushed.notices.append("A photo was not deleted: another device has added a file to it.")
            return False
        vault.commit(*vault.with_tombstone(intent.nonce, intent.signature, asset.rev + 1))
    else:
        record = asset.record.edited(intent.body["fields"], intent.body["base"], vault.holder.device_id)
        vault.commit(*vault.with_record("edit", intent.nonce, intent.signature, replace(record, rev=asset.rev + 1)))
    return True


def _restore(vault: Vault, intent: Intent, asset: Asset, pushed: Pushed) -> bool:
    if any(vault.state.is_collected(each.blob) for each in asset.record.resources):
        pushed.notices.append("A photo was to be restored, but its time had passed and it is gone.")
        return False
    record = replace(asset.record, rev=asset.rev + 1)
    blobs = tuple(each.blob for each in record.resources)
    vault.commit(*vault.with_record("restore", intent.nonce, intent.signature, record), blobs)
    return True


def _put(vault: Vault, intent: Intent, missing: frozenset[str], pushed: Pushed) -> bool:
    planned_at = vault.state.head
    asset = vault.state.asset(intent.signature)
    live = asset.record if asset and asset.is_live else None
    have = {each.signature for each in live.resources} if live else set()
    originals = [each for each in intent.resources if each.kind != "thumbnail"]
    if not originals and (live is None or live.has_thumbnail):
        return False
    if originals and live and have >= {each.signature for each in originals} and not have & missing:
        return False
    brought = tuple(_there(vault, each, missing, pushed) for each in intent.resources)
    if vault.state.head != planned_at:
        raise HeadMoved("More was read while files were sent.")
    kept = (
        tuple(each for each in live.resources if each.signature not in {b.signature for b in brought}) if live else ()
    )
    fields = {**intent.body["fields"], **(live.fields if live else {})}
    rev, history = (asset.rev if asset else 0) + 1, live.history if live else ()
    record = Record(rev, vault.holder.device_id, (*kept, *brought), fields, history)
    blobs = tuple(each.blob for each in record.resources)
    vault.commit(*vault.with_record("put", intent.nonce, intent.signature, record), blobs)
    return True


def _there(vault: Vault, wanted: Resource, missing: frozenset[str], pushed: Pushed) -> Resource:
    """The file in the ciphertext that is at the host: one that records name already, or the one from the spool."""
    known = vault.state.stored(wanted.signature)
    if known and wanted.signature not in missing:
        return wanted.sealed_as(known)
    waiting = vault.outbox.outgoing(wanted.signature)
    if waiting and waiting.at_host and not vault.state.is_collected(waiting.at_host.blob):
        return wanted.sealed_as(waiting.at_host)
    if waiting is None or not vault.outbox.path(waiting.resource).exists():
        raise Stuck("A file that was to be sent is no longer in the spool; add it again.")
    resource = waiting.resource
    if vault.state.is_collected(resource.blob):
        resource = _anew(vault, resource)
    for _ in range(3):
        sent = _send(vault, resource, pushed)
        if sent:
            return wanted.sealed_as(sent)
    if INJECTED in pushed.notices:
        raise Untrusted(
            "injected", "the host keeps other bytes under the name of a photo, and does not take the photo."
        )
    raise Stuck("The host does not keep what it is given.")


def _anew(vault: Vault, resource: Resource) -> Resource:
    """Other ciphertext: the one from before was collected, and who collects may still be about to delete it."""
    anew = sealing.sealed_anew(resource, vault.outbox.path(resource), vault.root, vault.secrets)
    with vault.state.writing():
        vault.outbox.send(anew)
    return anew


def _send(vault: Vault, resource: Resource, pushed: Pushed) -> Resource | None:
    """Have the file at the host, in our ciphertext or in another that was read back; None to try again."""
    there, found = vault.remote.blob(resource.signature), resource
    if there and there != resource.blob:
        adopted = _adopted(vault, resource, there)
        if adopted is None:
            _clear(vault, there, pushed)
            return None
        found = adopted
    elif there is None:
        try:
            with vault.outbox.path(resource).open("rb") as content:
                size = resource.blob.size_bytes
                report = lambda sent: pushed.telling(resource.file_name, sent, size)  # noqa: E731 - closes over both
                vault.remote.put_blob(resource.blob, content, report)
        except BlobTaken:
            return None
        if vault.remote.blob(resource.signature) != resource.blob:
            return None
    with vault.state.writing():
        vault.outbox.send(resource, found)
    return found


def _adopted(vault: Vault, mine: Resource, there: Blob) -> Resource | None:
    """What somebody else has sent under this name, if it is the same file: it is read back to see."""
    if vault.state.is_collected(there):
        return None
    try:
        return sealing.as_found(mine, there, sealing.fetch_from(vault.remote, there.signature), vault.secrets)
    except NotFound:
        return None  # another device has just collected it


def _clear(vault: Vault, there: Blob, pushed: Pushed) -> None:
    """Make room for what is to be sent, and say so where no device can have put there what is there."""
    is_foreign = not vault.state.is_collected(there) and vault.remote.blob(there.signature) == there
    if is_foreign and INJECTED not in pushed.notices:
        pushed.notices.append(INJECTED)
    finish(vault)
    vault.remote.drop_blob(there)


def waiting(vault: Vault) -> Iterator[str]:
    """The names of the files that wait to be sent."""
    return (each.file_name for each in vault.outbox.all_outgoing())
