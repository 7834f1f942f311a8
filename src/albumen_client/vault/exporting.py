"""A vault as plain files: everything that is needed to get it back with `age`, `jq` and `head`, and nothing else."""

from importlib.resources import files
from pathlib import Path

from albumen_client.vault.keys import PASS, RECOVERY
from albumen_client.vault.log import listed
from albumen_client.vault.records import dense
from albumen_client.vault.remote import Report
from albumen_client.vault.vault import Vault

_BLOCK_BYTES = 1 << 20
_TOOLS = ("words.txt", "words.jq", "recover.sh")


def export(vault: Vault, to: Path, report: Report = lambda done: None) -> int:
    """Write key files, records and ciphertext below a folder, still sealed; how many blobs.  What is there is kept."""
    (to / "blobs").mkdir(parents=True, exist_ok=True)
    for name in (PASS, RECOVERY):
        (to / name).write_bytes(vault.remote.key(name) or b"")
    for name in _TOOLS:
        (to / name).write_bytes(files("albumen_client.vault").joinpath(name).read_bytes())
    with (to / "records.jsonl").open("wb") as target:
        for row in listed(vault.remote.rows):
            if row.record is not None:
                target.write(dense({"signature": row.signature, "record": row.record.split(".")[1]}) + b"\n")
    done = 0
    for blob in listed(vault.remote.blobs):
        path = to / "blobs" / blob.signature
        if not path.exists() or path.stat().st_size != blob.size_bytes:
            _fetch(vault, blob.signature, path)
        done += 1
        report(done)
    return done


def _fetch(vault: Vault, signature: str, to: Path) -> None:
    part = to.with_suffix(".part")
    with part.open("wb") as target:
        while block := vault.remote.read_blob(signature, target.tell(), _BLOCK_BYTES):
            target.write(block)
    part.replace(to)
