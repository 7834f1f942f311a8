"""Files large enough to be hashed beside the sealing, and previews that another device adds."""

import hashlib
import io
import os
from pathlib import Path

import pytest
from tests import make
from tests.vault_client.households import Household, content_of

from albumen_client.vault import photos, previews
from albumen_client.vault.hashing import ALONE_BYTES, Hash
from albumen_client.vault.pull import pull
from albumen_client.vault.push import push
from albumen_client.vault.sealing import Plain


@pytest.mark.parametrize("odd", [0, 1, -1])
def test_a_large_file_comes_back(household: Household, odd: int) -> None:
    content = os.urandom(1 << 20) * 11 + bytes(1 + odd)
    device = household.device()
    assert not photos.has_size(device, len(content))
    signature = photos.add(device, [Plain(io.BytesIO(content), "video", "a.mp4")])
    push(device)
    assert photos.has_size(device, len(content))
    assert content_of(device, signature) == content
    [(blob, sealed)] = household.host.contents.values()
    assert (hashlib.sha256(sealed).hexdigest(), len(sealed)) == (blob.sha256, blob.size_bytes)


def test_hashing_beside_takes_blocks_in_their_order() -> None:
    hashed, whole = Hash(), hashlib.sha256()
    for number in range(40):
        room = hashed.room(ALONE_BYTES // 8)
        room[:] = bytes([number]) * len(room)
        whole.update(room)
        hashed.update(room)
    assert hashed.hexdigest() == whole.hexdigest()


def test_a_device_adds_the_preview_that_another_could_not_make(household: Household, tmp_path: Path) -> None:
    browser, device, late = (household.device() for _ in range(3))
    signature = photos.add(browser, [Plain(io.BytesIO(make.photo()), "photo", "IMG.jpg")])
    unknown = photos.add(browser, [Plain(io.BytesIO(b"what is this"), "photo", "IMG.heic")])
    push(browser)
    for each in (device, late):
        pull(each)
        found = {asset.signature: previews.add(each, asset) for asset in list(previews.wanting(each))}
        assert found == {signature: True, unknown: False}
    push(device)
    push(late)
    asset = photos.live(late, signature)
    assert [each.kind for each in asset.record.resources] == ["photo", "thumbnail"], "the first one counts"
    assert asset.record.fields["pixelSize"]
    assert [each.signature for each in previews.wanting(late)] == [unknown]
    pull(browser)
    photos.delete(browser, unknown)
    push(browser)
    assert list(previews.wanting(browser)) == [] and not list(late.spool.iterdir())
