"""Looking at everything that the host holds: every row against the log, every file read back."""

from collections.abc import Iterator

from albumen_client.vault import photos
from albumen_client.vault.errors import Untrusted
from albumen_client.vault.log import check_proof, listed
from albumen_client.vault.pull import pull
from albumen_client.vault.records import Record, open_record
from albumen_client.vault.remote import Row
from albumen_client.vault.vault import Vault


def verify(vault: Vault) -> Iterator[str]:
    """Check all of the vault; the name of each file once it was read back.

    Raises Untrusted at the first thing that is not as the log says, NotFound where the host has lost a file.
    """
    pull(vault)
    for _ in checked_rows(vault):
        pass
    for asset in list(vault.state.assets()):
        for resource in asset.record.resources if asset.is_live else ():
            photos.check(vault, resource)
            yield resource.file_name


def checked_rows(vault: Vault) -> Iterator[Row]:
    """The current state as the host shows it.  Raises Untrusted where it is not the one that the log leads to."""
    shown = set()
    for row in listed(vault.remote.rows):
        _check_row(vault, row)
        shown.add(row.signature)
        yield row
    if any(asset.signature not in shown for asset in vault.state.assets()):
        raise Untrusted("hidden", "the host does not show a photo that the log speaks of.")


def _check_row(vault: Vault, row: Row) -> None:
    found = _opened(vault, row)
    asset = vault.state.asset(row.signature)
    expected = asset.record if asset and asset.is_live else None
    if asset is None or row.rev != asset.rev or found != expected:
        raise Untrusted("replayed", "the host shows another state of a photo than the log leads to.")


def _opened(vault: Vault, row: Row) -> Record | None:
    """The record of a row, or None for a tombstone; whichever of the vault's roots it was made with."""
    refusal: Untrusted | None = None
    for root in reversed(vault.holder.keyring.roots):
        try:
            if row.record is not None:
                return open_record(row.record, row.signature, row.rev, root, vault.remote.vault)
            check_proof(row, root, vault.remote.vault)
        except Untrusted as error:
            refusal = error
        else:
            return None
    raise refusal or AssertionError("there is a root")
