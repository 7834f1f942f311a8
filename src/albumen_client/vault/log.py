"""Reading the log without trusting who keeps it: every event in its place, every row what its event says."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from albumen_client.vault.errors import Untrusted
from albumen_client.vault.events import SETS_RECORD, Event, open_event, sha256_of
from albumen_client.vault.keys import Root
from albumen_client.vault.records import Record, open_record, proof, same
from albumen_client.vault.remote import ENTRY_BYTES, LARGEST_PAGE, Entry, Head, Page, Remote, Row

_NAME = re.compile(r"[A-Za-z0-9+_-]{1,63}={0,2}")
"""What a signature looks like; no path of a file system is among them."""


@dataclass(frozen=True)
class Happened:
    """A checked event, the record that it set, and the head that it is."""

    event: Event
    head: Head
    record: Record | None = None


def pages(remote: Remote, known: Head) -> Iterator[Page]:
    """Page after page behind what is known.  Raises Untrusted where pages do not lead to the head."""
    head = remote.head()
    check_head(head, known)
    while known.n < head.n:
        page = remote.log(known.n, LARGEST_PAGE)
        if not page.entries or len(page.entries) > LARGEST_PAGE:
            raise Untrusted("paging", "the host says that there is more in the log, and does not give it.")
        check_head(page.head, head)
        yield page
        last = page.entries[-1]
        known = Head(last.n, sha256_of(last.event))
    if known.n == head.n:
        check_head(head, known)


class Named(Protocol):
    """Something that a host lists by its signature."""

    @property
    def signature(self) -> str:
        """Its name."""


def listed[T: Named](listing: Callable[[str, int], Sequence[T]]) -> Iterator[T]:
    """Everything in a listing.  Raises Untrusted where a name is none, or they do not go up: it might never end."""
    after = ""
    while page := listing(after, LARGEST_PAGE):
        for each in page:
            if not _NAME.fullmatch(each.signature):
                raise Untrusted("injected", "the host lists something under a name that no device gives.")
            if each.signature <= after:
                raise Untrusted("paging", "the host lists the same things again and again.")
            after = each.signature
            yield each


def check_head(head: Head, known: Head) -> None:
    """Raises Untrusted where the log ends before what is known, or is another one there."""
    if head.n < known.n:
        raise Untrusted("rollback", "the host has lost or withholds the end of the log; nothing was changed here.")
    if head.n == known.n and head.sha256 != known.sha256:
        raise Untrusted("fork", "the host shows another log than before; nothing was changed here.")


def checked(entry: Entry, after: Head, root: Root, vault: str) -> Happened:
    """What an entry says.  Raises Untrusted where it is not the next one, or its row is not what its event says."""
    if entry.n != after.n + 1:
        raise Untrusted("gap", "the host left out a part of the log.")
    if len(entry.event) + len((entry.row and entry.row.record) or "") > ENTRY_BYTES:
        raise Untrusted("size", "an entry of the log is larger than any that a device writes.")
    event = open_event(entry.event, after, root, vault)
    record = _record(event, entry.row, root, vault)
    return Happened(event, Head(entry.n, sha256_of(entry.event)), record)


def _record(event: Event, row: Row | None, root: Root, vault: str) -> Record | None:
    """The record that an event set.  Raises Untrusted."""
    is_about = row is not None and (row.signature, row.rev) == (event.signature, event.rev)
    if event.kind in SETS_RECORD:
        if row is None or not is_about or row.record is None or sha256_of(row.record) != event.record:
            raise Untrusted("swapped", "the host gave another record than the one that a device wrote.")
        return open_record(row.record, row.signature, row.rev, root, vault)
    if event.kind == "delete":
        if row is None or not is_about or row.record is not None:
            raise Untrusted("swapped", "the host gave another record than the one that a device wrote.")
        check_proof(row, root, vault)
    elif row is not None:
        raise Untrusted("forged", "the host set a record that no device has written.")
    return None


def check_proof(row: Row, root: Root, vault: str) -> None:
    """Raises Untrusted where a tombstone was set by nobody who has the keys."""
    if not same(proof(row.signature, row.rev, root, vault), row.proof or ""):
        raise Untrusted("tombstone", "the host says that a photo was deleted, but no device did that.")
