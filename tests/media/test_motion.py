"""The film in a motion photo is found where it is, and nowhere else."""

import tempfile

import pytest
from tests import make
from tests.media import samples

from albumen.kernel.errors import Invalid
from albumen.media import motion
from albumen.media.boxes import motion_film


def taken_out(body: bytes, offset: int) -> bytes:
    with tempfile.TemporaryFile() as file:
        file.write(body)
        file.flush()
        return b"".join(motion.film_in(file.fileno(), offset))


def test_the_film_is_taken_out_byte_for_byte() -> None:
    photo, film = make.photo(), make.film()
    assert taken_out(photo + film, len(film)) == film


def test_a_header_before_the_film_is_passed_over() -> None:
    photo, film = make.photo(), make.film()
    assert taken_out(photo + b"mpvd-like header" + film, len(film) + 16) == film


@pytest.mark.parametrize("offset", [0, -5, 10, 1_000_000_000])
def test_a_photo_that_points_nowhere_has_none(offset: int) -> None:
    with pytest.raises(Invalid):
        taken_out(make.photo(), offset)


def test_a_heic_with_a_film_in_a_box_of_its_own() -> None:
    film = make.film()
    body = samples.heic((64, 48)) + samples.box(b"mpvd", film)
    with tempfile.TemporaryFile() as file:
        file.write(body)
        assert motion_film(file) == len(film)
    assert taken_out(body, len(film)) == film
