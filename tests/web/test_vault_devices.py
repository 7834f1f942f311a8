"""Devices of a vault: a browser is let in by the command line and lets another in; who is revoked is told so."""

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import numpy
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, StorageState, expect
from tests import make
from tests.web import reach
from tests.web.conftest import Visit
from tests.web.live import Live
from tests.web.test_vault_browser import SECRET, SLOW, Run, new_key, program, run, seen, tiles  # noqa: F401 - a fixture

from albumen_client.vault import keys, photos, previews
from albumen_client.vault.asking import opened
from albumen_client.vault.home import KeyFile
from albumen_client.vault.pull import pull
from albumen_client.vault.push import push

FACTS = """async (bytes) => (await import("app/vault-exif")).seenIn(Uint8Array.from(bytes))"""
CODE = """async (text) => (await import("app/vault-qr")).qr(text)"""


@dataclass(frozen=True)
class Shared:
    """A vault with a device at the command line; the address of its page, and a window that is signed in."""

    page: Page
    path: str
    home: Path


@pytest.fixture
def shared(
    visit: Visit,
    live: Live,
    keeper: StorageState,
    run: Run,  # noqa: F811 - the fixture
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Shared]:
    """Made at the command line, and deleted again, so that other tests find none."""
    monkeypatch.setattr(keys.for_passphrase, "__defaults__", (10,))
    visitor = visit(storage_state=keeper, reduced_motion="reduce")
    visitor.watch.allow("ERR_FILE_NOT_FOUND")  # a picture whose address was given back
    key, home = new_key(visitor.page), tmp_path / "keys"
    run("create", live.address, "--key", key, "--name", "laptop")
    name = KeyFile.open(home).place.vault
    yield Shared(visitor.page, f"/vault?v={name}", home)
    httpx2.delete(f"{live.address}/v1/vaults/{name}", headers={"Authorization": f"Bearer {key}"}).raise_for_status()


def ask(page: Page, path: str) -> str:
    """Have a browser ask to be let in; what it shows."""
    page.goto(path)
    page.get_by_role("button", name="Open it by another device instead").click()
    expect(page.locator("#join-code")).to_contain_text("age1")
    return page.locator("#join-code").inner_text()


def test_devices_let_each_other_in_and_the_revoked_are_told(
    shared: Shared,
    visit: Visit,
    keeper: StorageState,
    run: Run,  # noqa: F811 - the fixture
    tmp_path: Path,
) -> None:
    page = shared.page
    shown = ask(page, shared.path)
    reach.check(page)
    [code] = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.locator("#join-qr svg").screenshot())))
    assert code.text.endswith(f"{shared.path}#give={shown}")
    check_codes(page)
    given = run("device", "add", shown).splitlines()
    page.get_by_label("What the other device gives").fill(given[-2])
    page.get_by_role("button", name="Go on", exact=True).click()
    expect(page.locator("#join-words")).to_have_text(given[-1].rpartition(": ")[2])
    page.get_by_role("button", name="The words are the same").click()
    expect(page.locator("#vault-empty")).to_be_visible()
    assert "Linux" in run("device", "list")
    add_what_moves_and_what_cannot_be_seen(page, shared.home, tmp_path)

    visitor = visit(storage_state=keeper, reduced_motion="reduce")
    visitor.watch.allow("ERR_FILE_NOT_FOUND")
    other = visitor.page
    page.get_by_role("button", name="Devices").click()
    page.get_by_label("What the new device shows").fill(ask(other, shared.path))
    page.get_by_role("button", name="Give it the keys").click()
    expect(page.locator("#given")).to_be_visible()
    reach.check(page)
    expect(other.locator("#join-words")).to_have_text(page.locator("#given-words").inner_text())
    other.get_by_role("button", name="The words are the same").click()
    expect(tiles(other)).to_have_count(2)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Devices").click()
    expect(page.locator("#device-list li")).to_have_count(3)
    page.get_by_role("button", name="Revoke Chrome").click()
    page.locator("#revoke-passphrase").fill(SECRET + " indeed")
    page.locator("#revoke-passphrase-again").fill(SECRET + " indeed")
    page.get_by_role("button", name="Make new keys").click()
    expect(page.locator("#device-list")).to_contain_text("revoked", timeout=SLOW)
    expect(other.get_by_text("This browser was revoked")).to_be_visible()
    expect(tiles(other)).to_have_count(0)
    assert "revoked" in run("device", "list")
    assert "5 files are as they were put in" in run("verify"), "the device at the command line was given the new keys"


def add_what_moves_and_what_cannot_be_seen(page: Page, home: Path, folder: Path) -> None:
    """A photo with its film becomes one asset; what this browser cannot read gets its preview from another device."""
    still, film, scan = (folder / name for name in ("IMG_1.jpg", "IMG_1.MOV", "scan.tif"))
    still.write_bytes(make.photo(taken="2021-07-01 12:00:00"))
    film.write_bytes(os.urandom(3000))
    scan.write_bytes(make.photo(kind="tiff"))
    page.locator("#vault-files").set_input_files([still, film, scan])
    expect(page.locator("#vault-adding")).to_contain_text("2 photos were added.")
    expect(page.locator("#vault-adding")).to_contain_text("scan.tif: It is in the vault, without a preview")
    expect(page.locator("#vault-grid h2")).to_have_text(["July 2021", "Without a date"])
    expect(tiles(page).last).to_contain_text("No preview yet")
    with program(), opened(home) as device:
        pull(device)
        [moving] = photos.find(device, "IMG_1.jpg")
        assert [each.kind for each in moving.record.originals] == ["photo", "pairedVideo"]
        [unseen] = previews.wanting(device)
        assert previews.add(device, unseen)
        push(device)
    expect(page.get_by_text("No preview yet")).to_have_count(0)
    assert seen(tiles(page).last.locator("img")) > 0


@pytest.mark.torture
def test_real_heics_are_kept_and_shown_once_another_device_has_read_them(shared: Shared, corpus: Path) -> None:
    """Chromium reads none of them, but their dates."""
    page = shared.page
    page.goto(shared.path)
    page.locator("#unlock-passphrase").fill(SECRET)
    page.get_by_role("button", name="Open the vault").click()
    expect(page.locator("#vault-empty")).to_be_visible(timeout=SLOW)
    months = ("May 2020", "August 2019", "Without a date")
    taken = dict(zip(("IMG_2927.HEIC", "Issue 263 dotnet.heic", "cheers_1440x960.heic"), months, strict=True))
    real = [corpus / "heic" / name for name in taken]
    page.locator("#vault-files").set_input_files(real)
    expect(page.locator("#vault-adding")).to_contain_text("3 photos were added.", timeout=SLOW)
    for name in taken:
        expect(page.locator("#vault-adding")).to_contain_text(f"{name}: It is in the vault, without a preview")
    expect(page.locator("#vault-grid h2")).to_have_text([*months])
    expect(page.get_by_text("No preview yet")).to_have_count(3)
    with program(), opened(shared.home) as device:
        pull(device)
        for asset in [*previews.wanting(device)]:
            [original] = asset.record.originals
            path = shared.home / "fetched"
            photos.save(device, original, path)
            assert path.read_bytes() == (corpus / "heic" / original.file_name).read_bytes()
            assert previews.add(device, asset), original.file_name
        push(device)
    expect(page.get_by_text("No preview yet")).to_have_count(0)
    for each in tiles(page).all():
        assert seen(each.locator("img")) > 100
    tiles(page).first.click()
    assert seen(page.locator("[data-stage] img")) > 1000
    reach.check(page)


def check_codes(page: Page) -> None:
    """Codes of all sizes are read by another program."""
    for size in (1, 40, 105, 130, 152, 200, 213):
        text = ("https://photos.example/vault#give=" + "q" * size)[:size]
        rows = numpy.array(page.evaluate(CODE, text), dtype=numpy.uint8)
        picture = 255 - 255 * numpy.kron(numpy.pad(rows, 4), numpy.ones((4, 4), dtype=numpy.uint8))
        assert [each.text for each in zxingcpp.read_barcodes(picture)] == [text]


def test_dates_are_read_where_the_photo_cannot_be(visit: Visit) -> None:
    page = visit().page
    page.goto("/s/0123456789abcdef")
    with Image.open(io.BytesIO(make.photo(taken="2022-08-02 13:14:00"))) as image:
        exif = image.getexif().tobytes()
    heic = b"\0\0\0\x18ftypheic" + bytes(333) + exif + bytes(50)
    assert page.evaluate(FACTS, list(heic)) == {"takenAt": "2022-08-02T13:14:00"}
