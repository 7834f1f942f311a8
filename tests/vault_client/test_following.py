"""Files that are written to while they are put into a vault."""

import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from tests import make
from tests.vault_client.households import Household, Pocket

from albumen_client.vault import following, photos
from albumen_client.vault.push import push


@dataclass
class Busy(Pocket):
    """Keys on a device on which somebody saves a file each time that they are taken, so and so often."""

    file: Path = Path()
    contents: tuple[bytes, ...] = ()

    def __getattribute__(self, name: str) -> Any:
        if name == "keyring" and self.contents and self.file.exists():
            self.file.write_bytes(self.contents[0])
            self.contents = self.contents[1:]
        return super().__getattribute__(name)


@pytest.mark.parametrize("saved", [1, 9])
def test_an_edit_saved_while_a_file_is_sealed_is_a_change(household: Household, tmp_path: Path, saved: int) -> None:
    """Keys are taken after the file was looked at, and before it is sealed; whatever was saved last must be kept."""
    path, edits = tmp_path / "photos" / "one.jpg", [make.photo() for _ in range(saved)]
    path.parent.mkdir()
    path.write_bytes(make.photo())
    vault = household.device()
    busy = Busy(household.keyring, "busy", file=path, contents=tuple(edits))
    vault = replace(vault, holder=busy)
    assert following.sync(vault, path.parent).added == 1
    edited = path.read_bytes()
    assert edited in edits
    busy.contents = ()
    other = household.device()
    push(other)
    for asset in list(other.state.assets()):
        photos.delete(other, asset.signature)
    push(other)
    following.sync(vault, path.parent)
    kept = {each.record.originals[0].sha256 for each in vault.state.assets() if each.is_live}
    assert (saved == 1 and not path.exists()) or hashlib.sha256(edited).hexdigest() in kept


def test_only_what_is_as_it_was_is_deleted(tmp_path: Path) -> None:
    same, written, replaced = (tmp_path / name for name in ("same.jpg", "written.jpg", "replaced.jpg"))
    for path in (same, written, replaced):
        path.write_bytes(b"0123")
    seen = {path: following.look_of(path) for path in (same, written, replaced)}
    written.write_bytes(b"4567")
    os.utime(written, ns=(1, seen[written][1] + 1))
    (tmp_path / "new").write_bytes(b"4567")
    os.utime(tmp_path / "new", ns=(1, seen[replaced][1]))
    (tmp_path / "new").replace(replaced)
    assert following.free((same, written, replaced), seen) == [written, replaced]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["replaced.jpg", "written.jpg"]
