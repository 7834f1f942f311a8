"""Checks of photos in a bucket: everything that is planted there is found and named, and nothing else is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import s3
from tests.installation import Installation
from tests.operations.planting import Objects, Planter, furnish
from tests.operations.test_checking import false, found_in, lacking

from albumen.media.guard import Guard


@pytest.fixture
def bucket(tmp_path: Path, guard: Guard, database_kind: str) -> Iterator[tuple[Installation, Objects]]:
    """An installation whose photos are in a bucket of a real server, and its objects."""
    place = s3.radosgw().place()
    keys = {"access_key": place.access_key, "secret_key": place.secret_key}
    where = {"kind": "s3", "bucket": place.bucket, "prefix": place.prefix, "endpoint": place.endpoint}
    made = Installation.at(tmp_path / "data", guard, store={**where, **keys, "silent_seconds": 20.0})
    yield made, Objects(s3.radosgw().client, place.bucket, place.prefix)
    made.close()


def check_found(bucket: tuple[Installation, Objects], photos: int, count: int) -> None:
    """So many defects among so many photos."""
    installation, objects = bucket
    furnish(installation, photos)
    assert found_in(installation) == []
    planted = Planter(installation, seed=3, store=objects).plant(count)
    assert len(planted) >= count
    found = found_in(installation)
    assert lacking(planted, found) == []
    assert false(planted, found) == []


@pytest.mark.torture
def test_defects_in_a_bucket_are_found_and_named(bucket: tuple[Installation, Objects]) -> None:
    check_found(bucket, 22, 26)


@pytest.mark.torture
def test_a_thousand_defects_in_a_bucket_are_found_and_named(bucket: tuple[Installation, Objects]) -> None:
    check_found(bucket, 900, 1000)
