"""The QR code of an access code holds the link that opens its event, and only owners get it."""

import io
from typing import Any

import numpy as np
import pytest
import pyvips
import zxingcpp
from PIL import Image
from tests.events.party import Party, knock

from albumen.events import qr


def read(picture: bytes) -> list[str]:
    """What the QR codes in a picture say."""
    grey = np.asarray(Image.open(io.BytesIO(picture)).convert("L"))
    return [code.text for code in zxingcpp.read_barcodes(grey)]


def drawn(svg: bytes) -> bytes:
    """A drawing as a picture."""
    return bytes(pyvips.Image.new_from_buffer(svg, "", scale=6).flatten(background=255).write_to_buffer(".png"))


def test_the_picture_holds_the_link(party: Party) -> None:
    code = party.code()
    for form in ("qr.png", "qr.svg"):
        answer = party.host.get(f"{party.path}/accessors/{code['accessorId']}/{form}")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        picture = answer.content if form == "qr.png" else drawn(answer.content)
        assert read(picture) == [code["qrUrl"]]


def test_the_link_lets_a_guest_in(party: Party) -> None:
    code = party.code()
    [link] = read(party.host.get(f"{party.path}/accessors/{code['accessorId']}/qr.png").content)
    assert knock(party.installation, link.partition("#")[2]).status_code == 200


@pytest.mark.parametrize("size", [64, 300, 2048])
def test_pictures_have_at_most_the_size_that_was_asked_for(party: Party, size: int) -> None:
    path = f"{party.path}/accessors/{party.code()['accessorId']}/qr.png"
    picture = Image.open(io.BytesIO(party.host.get(f"{path}?size={size}").content))
    assert size * 0.7 <= picture.width <= size
    assert picture.width == picture.height


@pytest.mark.parametrize("size", ["63", "2049", "-1", "x", ""])
def test_other_sizes_are_refused(party: Party, size: str) -> None:
    path = f"{party.path}/accessors/{party.code()['accessorId']}/qr.png"
    assert party.host.get(f"{path}?size={size}").status_code == 400


def test_a_replaced_code_has_another_picture(party: Party) -> None:
    code = party.code()
    path = f"{party.path}/accessors/{code['accessorId']}"
    before = party.host.get(f"{path}/qr.svg").content
    party.host.post(f"{path}/replace")
    assert party.host.get(f"{path}/qr.svg").content != before


def test_bars_are_the_same_code(tmp_path: Any) -> None:
    modules, bars = qr.bars("https://example.org/e/a/b#token")
    field = np.full((modules + 8, modules + 8), 255, dtype=np.uint8)
    for row, column, length in bars:
        field[row + 4, column + 4 : column + 4 + length] = 0
    assert [code.text for code in zxingcpp.read_barcodes(field.repeat(4, 0).repeat(4, 1))] == [
        "https://example.org/e/a/b#token"
    ]
