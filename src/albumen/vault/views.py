"""What the routes of vaults show and are told; sizes in bytes, hashes in hex, what devices sealed as it came."""

from collections.abc import Sequence

from pydantic import AwareDatetime, Field

from albumen.http.views import Form, Time, View
from albumen.kernel import ids
from albumen.libraries.models import Resumable
from albumen.vault.blobs import Stored
from albumen.vault.log import Commit, Head, LogPage, State, head_of
from albumen.vault.models import Vault, VaultBlob, VaultDevice, VaultEvent, VaultKey, VaultLink

_HEX = "^[0-9a-f]{64}$"
_SIGNATURE = "^[A-Za-z0-9+_-]{43}=$"


class HeadView(View):
    """Where a log ends: the number of the newest event (0: none), and the SHA-256 of its text."""

    n: int
    sha256: str


class VaultView(View):
    """A vault, as far as its host can tell."""

    vault_id: str
    created_on: Time
    head: HeadView
    used_bytes: int
    quota_bytes: int | None


class NewVaultForm(Form):
    """A vault to be made; its id is a UUID, chosen here where the device has not."""

    vault_id: str | None = None
    quota_bytes: int | None = Field(None, ge=0, lt=1 << 63)


class VaultForm(Form):
    """What can be changed of a vault; null takes the limit away."""

    quota_bytes: int | None = Field(None, ge=0, lt=1 << 63)


class BlobView(View):
    """Sealed bytes as they are stored; `sha256` is that of the sealed bytes."""

    signature: str
    size: int
    sha256: str
    stored_on: Time


class BlobsView(View):
    """Blobs by name; `next` is the last name while there is more."""

    blobs: list[BlobView]
    next: str | None


class BegunView(View):
    """An upload that can be gone on with, at `/v1/uploads/{uploadId}`."""

    upload_id: str
    signature: str
    sha256: str
    offset: int
    size: int
    expires_on: Time


class BlobForm(Form):
    """A blob as an event names it."""

    signature: str = Field(pattern=_SIGNATURE)
    size: int = Field(ge=0, lt=1 << 63)
    sha256: str = Field(pattern=_HEX)


class StateForm(Form):
    """The state of an asset that an event sets: a record, or (a tombstone) a proof."""

    signature: str = Field(pattern=_SIGNATURE)
    rev: int = Field(ge=1, lt=1 << 53)
    record: str | None = None
    proof: str | None = None


class CommitForm(Form):
    """An event to be appended, the state that it sets, and the blobs that must be there."""

    event: str = Field(min_length=1)
    row: StateForm | None = None
    blobs: list[BlobForm] = Field([], max_length=2000)


class StateView(View):
    """The state of an asset."""

    signature: str
    rev: int
    record: str | None
    proof: str | None


class EventView(View):
    """An event of the log, with the state that it set."""

    n: int
    event: str
    row: StateView | None
    committed_on: Time


class LogView(View):
    """Events without a gap, and the head as it was when they were read."""

    entries: list[EventView]
    head: HeadView


class StatesView(View):
    """Current states by signature; `next` is the last signature while there is more."""

    rows: list[StateView]
    next: str | None


class KeyView(View):
    """A key file, without what is in it."""

    name: str
    size: int
    sha256: str
    written_on: Time


class DeviceForm(Form):
    """A device to be let in; the label is kept as it comes."""

    label: str | None = Field(None, max_length=500)


class DeviceView(View):
    """A device; `token` is shown when it is let in, and never again."""

    device_id: str
    label: str | None
    created_on: Time
    seen_on: Time | None
    revoked_on: Time | None
    token: str | None


class LinkForm(Form):
    """A link for visitors: the sealed manifest in base64, and what its holder may fetch until when and how often."""

    manifest: str = Field(max_length=700 << 10)
    signatures: list[str] = Field(max_length=6000)
    expires_on: AwareDatetime | None = None
    most_views: int | None = Field(None, ge=1, lt=1 << 31)


class LinkView(View):
    """A link; its visitors open `url` with the fragment that only the devices know."""

    link_id: str
    url: str
    created_on: Time
    expires_on: Time | None
    most_views: int | None
    views: int


def of_vault(vault: Vault) -> VaultView:
    """A vault as it is shown."""
    return VaultView(
        vault_id=vault.name,
        created_on=vault.created_at,
        head=of_head(head_of(vault)),
        used_bytes=vault.used_bytes,
        quota_bytes=vault.quota_bytes,
    )


def of_head(head: Head) -> HeadView:
    """A head as it is shown."""
    return HeadView(n=head.number, sha256=head.sha256)


def of_blob(blob: VaultBlob) -> BlobView:
    """A blob as it is shown."""
    return BlobView(signature=blob.signature, size=blob.size_bytes, sha256=blob.sha256.hex(), stored_on=blob.stored_at)


def of_begun(row: Resumable) -> BegunView:
    """An upload as it is shown."""
    return BegunView(
        upload_id=ids.encode(row.id),
        signature=str(row.told["signature"]),
        sha256=str(row.told["sha256"]),
        offset=row.offset_bytes,
        size=row.size_bytes,
        expires_on=row.expires_at,
    )


def of_blobs(found: Sequence[VaultBlob], limit: int) -> BlobsView:
    """A page of blobs."""
    more = found[-1].signature if len(found) == limit else None
    return BlobsView(blobs=[of_blob(each) for each in found], next=more)


def commit_of(form: CommitForm, after: Head) -> Commit:
    """What a device wants appended."""
    row = form.row
    state = None if row is None else State(_plain(row.signature), row.rev, row.record, row.proof)
    named = tuple(Stored(_plain(each.signature), each.size, each.sha256) for each in form.blobs)
    return Commit(after, form.event, state, named)


def _plain(signature: str) -> str:
    return signature.replace("-", "+")


def of_state(event: VaultEvent) -> StateView | None:
    """The state that an event set."""
    if event.signature is None or event.rev is None:
        return None
    return StateView(signature=event.signature, rev=event.rev, record=event.record, proof=event.proof)


def of_log(page: LogPage) -> LogView:
    """A page of the log."""
    entries = [
        EventView(n=each.number, event=each.event, row=of_state(each), committed_on=each.committed_at)
        for each in page.events
    ]
    return LogView(entries=entries, head=of_head(page.head))


def of_states(found: Sequence[VaultEvent], *, more: bool) -> StatesView:
    """A page of states."""
    rows = [state for state in map(of_state, found) if state is not None]
    return StatesView(rows=rows, next=rows[-1].signature if more and rows else None)


def of_key(key: VaultKey) -> KeyView:
    """A key file as it is shown."""
    return KeyView(name=key.name, size=key.size_bytes, sha256=key.sha256, written_on=key.written_at)


def of_device(device: VaultDevice, token: str | None = None) -> DeviceView:
    """A device as it is shown."""
    return DeviceView(
        device_id=ids.encode(device.id),
        label=device.label,
        created_on=device.created_at,
        seen_on=device.seen_at,
        revoked_on=device.revoked_at,
        token=token,
    )


def of_link(link: VaultLink, address: str) -> LinkView:
    """A link as its vault's devices see it."""
    return LinkView(
        link_id=link.name,
        url=f"{address}/s/{link.name}",
        created_on=link.created_at,
        expires_on=link.expires_at,
        most_views=link.most_views,
        views=link.view_count,
    )
