"""RAW photos: from their preview when it will do, from the sensor when not."""

import pytest
from tests.media.negatives import dng
from tests.media.pictures import corners, develop, jpeg

from albumen.kernel.errors import Invalid
from albumen.media.guard import Guard


def is_red(colour: list[int]) -> bool:
    return colour[0] > 200 and max(colour[1], colour[2]) < 120


def test_a_raw_without_preview_is_developed(guard: Guard) -> None:
    result = develop(guard, dng((640, 480)), "dng")
    assert (result.developed.width, result.developed.height) == (640, 480)
    assert result.size("full-size") == (640, 480)
    assert is_red(result.at("full-size", 0.5, 0.5))
    assert is_red(result.at("sm", 0.5, 0.5))


def test_orientation_is_applied_to_the_sensor(guard: Guard) -> None:
    result = develop(guard, dng((640, 480), orientation=6), "dng")
    assert (result.developed.width, result.developed.height) == (480, 640)
    assert result.size("full-size") == (480, 640)


def test_a_large_preview_serves_for_small_renditions_only(guard: Guard) -> None:
    body = dng((1600, 1200), preview=jpeg(corners(1600, 1200)))
    small = develop(guard, body, "dng", ("sm", "md", "lg"))
    assert small.at("lg", 0.8, 0.2)[1] > 200  # the green of the preview
    full = develop(guard, body, "dng")
    assert is_red(full.at("full-size", 0.8, 0.2))
    assert is_red(full.at("sm", 0.8, 0.2))


def test_a_preview_is_turned_with_the_photo(guard: Guard) -> None:
    body = dng((1600, 1200), preview=jpeg(corners(1600, 1200)), orientation=6)
    result = develop(guard, body, "dng", ("lg",))
    assert result.size("lg") == (1080, 1440)
    assert is_red(result.at("lg", 0.8, 0.2))  # what was at the left


@pytest.mark.parametrize("size", [(160, 120), (1600, 400)], ids=["small", "cropped"])
def test_a_preview_that_will_not_do_is_passed_over(guard: Guard, size: tuple[int, int]) -> None:
    body = dng((1600, 1200), preview=jpeg(corners(*size)))
    assert is_red(develop(guard, body, "dng", ("lg",)).at("lg", 0.8, 0.2))


def test_a_broken_preview_is_passed_over(guard: Guard) -> None:
    preview = jpeg(corners(1600, 1200))
    body = dng((1600, 1200), preview=preview).replace(preview[2000:], bytes(len(preview) - 2000))
    assert is_red(develop(guard, body, "dng", ("lg",)).at("lg", 0.8, 0.2))


def test_a_large_raw_is_halved_for_small_renditions(guard: Guard) -> None:
    result = develop(guard, dng((3200, 2400)), "dng", ("lg",))
    assert result.size("lg") == (1440, 1080)
    assert (result.developed.width, result.developed.height) == (3200, 2400)


@pytest.mark.parametrize("body", [b"", b"II*\0\x08\0\0\0\0\0\0\0", dng()[:200]])
def test_what_is_no_raw_is_invalid(guard: Guard, body: bytes) -> None:
    with pytest.raises(Invalid):
        develop(guard, body, "dng")
