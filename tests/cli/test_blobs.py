"""Copying the store from the command line."""

from pathlib import Path

import pytest
from tests import make, s3
from tests.cli.conftest import Command
from tests.installation import Installation

from albumen.media.guard import Guard


def test_an_installation_moves_into_a_bucket_and_back(
    command: Command, tmp_path: Path, guard: Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, photo = Installation.at(tmp_path / "data", guard), make.photo()
    shelf = before.caller().library()
    path = f"{shelf.library}/files/{shelf.add(photo)['fileId']}/contents"
    before.close()
    place = s3.radosgw().place()
    store = {"endpoint": place.endpoint, "access_key": place.access_key, "secret_key": place.secret_key}
    for name, value in store.items():
        monkeypatch.setenv(f"ALBUMEN_STORE_{name.upper()}", value)
    there = command("blobs", "copy", "--to", f"s3://{place.bucket}/{place.prefix}")
    assert (there.code, there.out.splitlines()[-1]) == (0, "1 copied and compared, 0 there already."), there.err
    where = {"kind": "s3", "bucket": place.bucket, "prefix": place.prefix}
    after = Installation.at(tmp_path / "data", guard, store={**store, **where})
    assert after.caller().get(path).content == photo
    after.close()
    for name, value in where.items():
        monkeypatch.setenv(f"ALBUMEN_STORE_{name.upper()}", value)
    assert "This is the store itself" in command("blobs", "copy", "--to", f"s3://{place.bucket}/{place.prefix}").err
    back = command("blobs", "copy", "--to", str(tmp_path / "other"))
    assert (back.code, back.out.splitlines()[-1]) == (0, "1 copied and compared, 0 there already."), back.err
    [copy] = [file for file in (tmp_path / "other" / "original").rglob("*") if file.is_file()]
    assert copy.read_bytes() == photo
