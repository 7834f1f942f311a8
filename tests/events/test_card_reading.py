"""QR cards are read from photos as they are taken, by a guarded child."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests import make
from tests.events.shots import Shot

from albumen.kernel.errors import Problem, Unsupported
from albumen.media.guard import Codes, Guard

LINK = "https://photos.example.org/e/anna/summer_wedding#AbCdEfGhIjKlMnOpQrStUv"

READABLE = {
    "plain": Shot(),
    "12 % of the width": Shot(width=0.12),
    "12 %, in bad light, askew": Shot(width=0.12, angle=12, noise=8, light=0.5, size=(4000, 2667)),
    "upside down": Shot(width=0.2, angle=180),
    "on its side": Shot(width=0.2, angle=90),
    "tilted": Shot(tilt=0.35, angle=20),
    "tilted much": Shot(width=0.4, tilt=0.5, angle=-40),
    "in the dark": Shot(light=0.12, noise=6),
    "grainy": Shot(noise=30),
    "out of focus": Shot(width=0.4, blur=4),
    "9 % of the width": Shot(width=0.09, size=(4800, 3200), quality=80),
}


@pytest.fixture
def read(guard: Guard, tmp_path: Path) -> Callable[..., Codes]:
    """Reads the codes in a photo."""

    def reading(photo: bytes, kind: str = "jpeg") -> Codes:
        file = tmp_path / "photo"
        file.write_bytes(photo)
        descriptor = os.open(file, os.O_RDONLY)
        try:
            return guard.codes(descriptor, kind)
        finally:
            os.close(descriptor)

    return reading


@pytest.mark.parametrize("name", READABLE)
def test_a_card_is_read_as_it_is_photographed(read: Callable[..., Codes], name: str) -> None:
    assert read(READABLE[name].of(LINK)).texts == (LINK,)


def test_photos_of_other_things_show_no_code(read: Callable[..., Codes]) -> None:
    assert read(make.photo(size=(1200, 800))) == Codes()
    assert read(make.photo(size=(300, 200), kind="png"), "png") == Codes()


def test_a_card_that_is_cut_off_is_noticed(read: Callable[..., Codes]) -> None:
    assert read(Shot(width=1.25).of(LINK)) == Codes((), is_unread=True)


def test_a_card_is_read_turned_as_the_camera_says(read: Callable[..., Codes]) -> None:
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = 8
    assert read(Shot(width=0.2).of(LINK, exif)).texts == (LINK,)


def test_what_is_no_photo_is_refused(read: Callable[..., Codes]) -> None:
    with pytest.raises(Unsupported):
        read(b"", "mp4")
    with pytest.raises(Problem):
        read(b"no photo at all")


@pytest.mark.parametrize("every", [12, pytest.param(1, marks=pytest.mark.torture)])
def test_real_photos_are_not_taken_for_cards(read: Callable[..., Codes], corpus: Path, every: int) -> None:
    photos = sorted((corpus / "jpg").rglob("*.jp*g"))[::every]
    assert photos
    assert [file.name for file in photos if _seen(read, file)] == []


def _seen(read: Callable[..., Codes], file: Path) -> bool:
    try:
        return read(file.read_bytes()) != Codes()
    except Problem:
        return False
