"""Backups in a bucket: as those in a folder, by the port alone."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import s3
from tests.installation import Installation, settings_for
from tests.operations.planting import furnish

from albumen.blobs.folder import FolderBlobs
from albumen.kernel.errors import Conflict, NotFound
from albumen.media.guard import Guard
from albumen.operations.backups import drills, making, manifests, restoring, targets

KEYS = {"access_key": s3.ACCESS_KEY, "secret_key": s3.SECRET_KEY}


@pytest.fixture
def house(tmp_path: Path, guard: Guard, database_kind: str) -> Iterator[Installation]:
    """A store in a folder, with the keys of a bucket for its backups."""
    made = Installation.at(tmp_path / "data", guard, store={"endpoint": s3.moto().endpoint, **KEYS})
    yield made
    made.close()


def test_a_backup_in_a_bucket_comes_back(house: Installation, tmp_path: Path) -> None:
    where = f"s3://{s3.moto().bucket()}/{secrets.token_hex(6)}"
    with pytest.raises(NotFound):
        targets.there(where, house.app.settings)
    furnish(house, 2)
    target = targets.prepare(where, house.app.settings)
    first = making.make(house.app, target, where)
    assert (first.error, first.copied_bytes) == (None, first.size_bytes)
    house.clock.advance(hours=1)
    second = making.make(house.app, targets.prepare(where, house.app.settings), where, keep=1)
    assert (second.error, second.copied_bytes) == (None, 0)
    again = targets.there(where, house.app.settings)
    assert manifests.names(again) == [second.name]
    assert drills.drill(house.app, again, where).error is None
    (tmp_path / "new").mkdir()
    store = FolderBlobs(tmp_path / "new" / "store")
    found = restoring.restore(again, None, tmp_path / "new", store)
    assert found.is_whole
    assert {each.key for each in store.list()} == set(house.blobs())


def test_it_is_not_the_place_of_the_photos_nor_one_in_use(tmp_path: Path) -> None:
    bucket = s3.moto().bucket()
    given = {"kind": "s3", "endpoint": s3.moto().endpoint, "bucket": bucket, "prefix": "photos", **KEYS}
    settings = settings_for(tmp_path / "data", store=given)
    with pytest.raises(Conflict, match="lost with them"):
        targets.prepare(f"s3://{bucket}/photos/", settings)
    used = f"used-{secrets.token_hex(6)}"
    s3.moto().client.put_object(Bucket=bucket, Key=f"{used}/a.jpg", Body=b"x")
    with pytest.raises(Conflict, match="no backup"):
        targets.prepare(f"s3://{bucket}/{used}", settings)
