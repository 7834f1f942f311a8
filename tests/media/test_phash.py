"""Placeholders and perceptual hashes."""

import numpy as np
import numpy.typing as npt
import pytest
from tests.media.pictures import corners, develop, jpeg, noise

from albumen.media.guard import Guard
from albumen.media.phash import phash
from albumen.media.thumbhash import thumbhash


def waves(width: int, height: int, *, see_through: bool) -> npt.NDArray[np.uint8]:
    y, x = np.mgrid[:height, :width]
    alpha = (x * 9 + y) % 256 if see_through else x * 0 + 255
    planes = ((x * 5 + y * 2) % 256, (x * x + y * 3) % 256, (255 - x + y * y) % 256, alpha)
    return np.stack(planes, axis=2).astype(np.uint8)


@pytest.mark.parametrize(
    ("width", "height", "see_through", "expected"),
    [
        (100, 75, False, "e007060d828707774817a668668b8778a92170caa0"),
        (60, 100, False, "df07060c045965056873798986987980f436c6"),
        (64, 64, True, "dfe7810d04272ea037c25b88b74f63f4629557077767777877"),
        (100, 7, False, "e3150a2986436059a9897787e602098a88"),
    ],
)
def test_thumbhash_is_the_one_of_the_reference(width: int, height: int, see_through: bool, expected: str) -> None:
    """The expected values were made with the npm package thumbhash 0.1.1."""
    pixels = waves(width, height, see_through=see_through)
    assert thumbhash(pixels).hex() == expected
    if not see_through:
        assert thumbhash(pixels[..., :3]).hex() == expected


def test_thumbhash_refuses_a_large_picture() -> None:
    with pytest.raises(ValueError, match="101×50"):
        thumbhash(np.zeros((50, 101, 3), np.uint8))


def test_thumbhash_of_nothing_to_see() -> None:
    assert len(thumbhash(np.zeros((10, 20, 4), np.uint8))) > 5


def distance(one: int, other: int) -> int:
    return ((one ^ other) & (2**64 - 1)).bit_count()


def test_phash_fits_a_signed_column() -> None:
    flat = np.zeros((32, 32, 3), np.uint8)
    flat[:16] = 255
    assert -(2**63) <= phash(flat) < 2**63
    assert phash(flat) != phash(flat[::-1])


def test_copies_are_near_and_others_far(guard: Guard) -> None:
    def hashed(body: bytes) -> int:
        return develop(guard, body, "jpeg", ("sm",)).developed.phash

    photo = noise(seed=1)
    original = hashed(jpeg(photo))
    smaller = hashed(jpeg(photo.resize(0.5)))
    brighter = hashed(jpeg((photo * 1.1 + 10).cast("uchar")))
    assert distance(original, smaller) <= 6
    assert distance(original, brighter) <= 10
    assert distance(original, hashed(jpeg(noise(seed=2)))) > 16
    assert distance(original, hashed(jpeg(corners()))) > 16
