"""Stills of each kind: upright, in sRGB, never larger than they were, and never with anybody's metadata."""

import io
from typing import Any

import numpy as np
import pytest
import pyvips
from PIL import Image
from tests.media.pictures import corners, develop, jpeg, noise, stored_for

from albumen.kernel.errors import Invalid, TooLarge
from albumen.media.guard import Guard
from albumen.media.picture import is_srgb

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def near(found: Any, wanted: Any, tolerance: int = 12) -> bool:
    return bool(np.max(np.abs(np.array(found[:3]) - np.array(wanted))) <= tolerance)


def saved(kind: str, **options: Any) -> bytes:
    return bytes(corners().write_to_buffer(f".{kind}", **options))


def bmp() -> bytes:
    target = io.BytesIO()
    Image.fromarray(corners().numpy()).save(target, "BMP")
    return target.getvalue()


BODIES = {
    "jpeg": jpeg,
    "png": lambda: saved("png"),
    "webp": lambda: saved("webp", lossless=True),
    "gif": lambda: saved("gif"),
    "tiff": lambda: saved("tif"),
    "avif": lambda: saved("avif", effort=0),
    "bmp": bmp,
}


@pytest.mark.parametrize("kind", BODIES)
def test_each_kind_is_developed(guard: Guard, kind: str) -> None:
    result = develop(guard, BODIES[kind](), kind)
    assert (result.developed.width, result.developed.height) == (800, 600)
    assert [result.size(variant) for variant in ("sm", "md", "lg", "full-size")] == [
        (320, 240), (640, 480), (800, 600), (800, 600)
    ]  # fmt: skip
    assert [made.mime for made in result.developed.renditions] == [*["image/webp"] * 2, *["image/jpeg"] * 2]
    for variant in ("sm", "lg", "full-size"):
        for place, colour in {(0.2, 0.2): RED, (0.8, 0.2): GREEN, (0.2, 0.8): BLUE, (0.8, 0.8): WHITE}.items():
            assert near(result.at(variant, *place), colour), (variant, place)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(("size", "suffix"), [((800, 600), "jpeg"), ((3000, 2250), "jpeg"), ((800, 600), "tiff")])
def test_orientation_is_applied(guard: Guard, orientation: int, size: tuple[int, int], suffix: str) -> None:
    image = stored_for(corners(*size), orientation).copy()
    image.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    result = develop(guard, image.write_to_buffer(f".{suffix}"), suffix, ("sm", "lg", "full-size"))
    assert (result.developed.width, result.developed.height) == size
    for variant in ("sm", "full-size"):
        assert near(result.at(variant, 0.2, 0.2), RED)
        assert near(result.at(variant, 0.8, 0.2), GREEN)
        assert near(result.at(variant, 0.2, 0.8), BLUE)
    assert result.size("full-size") == size


def test_small_pictures_keep_their_size(guard: Guard) -> None:
    result = develop(guard, jpeg(corners(100, 60)), "jpeg")
    assert {result.size(variant) for variant in result.bodies} == {(100, 60)}
    assert develop(guard, jpeg(corners(1, 1)), "jpeg").size("sm") == (1, 1)


def test_extreme_shapes(guard: Guard) -> None:
    assert develop(guard, jpeg(corners(6000, 8)), "jpeg").size("sm") == (320, 1)
    assert develop(guard, jpeg(corners(8, 6000)), "jpeg").size("lg")[1] == 1440


def test_nothing_of_the_metadata_is_kept(guard: Guard) -> None:
    image = corners().copy()
    image.set_type(pyvips.GValue.gstr_type, "exif-ifd0-Artist", "Somebody")
    image.set_type(pyvips.GValue.blob_type, "xmp-data", b"<x:xmpmeta>Somebody</x:xmpmeta>")
    body = jpeg(image)
    assert b"Somebody" in body
    result = develop(guard, body, "jpeg")
    for variant, rendition in result.bodies.items():
        assert b"Somebody" not in rendition
        fields = result.image(variant).get_fields()
        assert not {"exif-data", "xmp-data", "icc-profile-data", "orientation"} & set(fields)


def test_cmyk_becomes_srgb(guard: Guard) -> None:
    body = corners().icc_export(output_profile="cmyk").jpegsave_buffer(Q=95)
    assert pyvips.Image.jpegload_buffer(body).interpretation == "cmyk"
    for options in ({}, {"keep": "none"}):
        bare = pyvips.Image.jpegload_buffer(body).jpegsave_buffer(Q=95, **options)
        result = develop(guard, bare, "jpeg")
        assert near(result.at("sm", 0.8, 0.8), WHITE)
        red, green, blue = result.at("lg", 0.2, 0.2)
        assert red > 200
        assert max(green, blue) < 90


def test_display_p3_becomes_srgb(guard: Guard) -> None:
    pixels = np.full((400, 400, 3), (200, 100, 100), np.uint8)
    plain = pyvips.Image.new_from_array(pixels, interpretation="srgb")
    wide = plain.icc_transform("p3", input_profile="srgb")
    result = develop(guard, wide.pngsave_buffer(), "png")
    assert not near(wide(10, 10), (200, 100, 100), 3)
    assert near(result.at("full-size", 0.5, 0.5), (200, 100, 100), 4)


def test_a_wrong_profile_does_no_harm(guard: Guard) -> None:
    image = corners().copy()
    image.set_type(pyvips.GValue.blob_type, "icc-profile-data", b"this is no profile" * 20)
    assert near(develop(guard, image.pngsave_buffer(), "png").at("lg", 0.2, 0.2), RED)


@pytest.mark.parametrize("bands", [1, 3])
def test_sixteen_bits_are_scaled(guard: Guard, bands: int) -> None:
    ramp = np.linspace(0, 65535, 800).astype(np.uint16)[None, :, None].repeat(600, 0).repeat(bands, 2)
    image = pyvips.Image.new_from_array(ramp, interpretation="rgb16" if bands == 3 else "grey16")
    for kind, suffix in (("png", ".png"), ("tiff", ".tif")):
        result = develop(guard, image.write_to_buffer(suffix), kind)
        for part in (0.1, 0.5, 0.9):
            assert near(result.at("lg", part, 0.5), [255 * part] * 3, 4)


def test_see_through_is_kept_in_webp_and_white_in_jpeg(guard: Guard) -> None:
    upper_half = (pyvips.Image.xyz(800, 600)[1] < 300).cast("uchar")
    clear = corners().bandjoin(upper_half)
    result = develop(guard, clear.copy(interpretation="srgb").pngsave_buffer(), "png")
    assert result.at("sm", 0.2, 0.2)[3] > 250
    assert result.at("sm", 0.2, 0.8)[3] < 5
    assert near(result.at("lg", 0.2, 0.2), RED)
    assert near(result.at("lg", 0.2, 0.8), WHITE)


@pytest.mark.parametrize(("kind", "suffix"), [("gif", ".gif"), ("webp", ".webp")])
def test_an_animation_shows_its_first_frame(guard: Guard, kind: str, suffix: str) -> None:
    result = develop(guard, animation(suffix, 5), kind)
    assert (result.developed.width, result.developed.height) == (200, 150)
    assert near(result.at("full-size", 0.2, 0.2), RED, 20)


def animation(suffix: str, frames: int) -> bytes:
    first = corners(200, 150)
    strip = pyvips.Image.arrayjoin([first.rot180() if n % 2 else first for n in range(frames)], across=1).copy()
    strip.set_type(pyvips.GValue.gint_type, "page-height", 150)
    return bytes(strip.write_to_buffer(suffix))


def test_too_many_frames(guard: Guard) -> None:
    with pytest.raises(TooLarge):
        develop(guard, animation(".gif", guard.limits.max_frames + 1), "gif")


def test_a_bomb_is_refused_by_its_header(guard: Guard) -> None:
    bomb = pyvips.Image.black(30_000, 30_000).pngsave_buffer(compression=1, bitdepth=1)
    assert len(bomb) < 2_000_000
    with pytest.raises(TooLarge, match="megapixels"):
        develop(guard, bomb, "png")
    with pytest.raises(TooLarge, match="wide or high"):
        develop(guard, pyvips.Image.black(70_000, 1).pngsave_buffer(), "png")


@pytest.mark.parametrize(("kind", "suffix"), [("jpeg", ".jpg"), ("png", ".png"), ("gif", ".gif")])
def test_a_truncated_photo_is_still_a_photo(guard: Guard, kind: str, suffix: str) -> None:
    body = bytes(noise(1200, 900).write_to_buffer(suffix))
    result = develop(guard, body[: len(body) * 6 // 10], kind)
    assert result.developed.damaged
    assert "damaged" in result.developed.damage
    assert result.size("lg") == (1200, 900)


def test_a_photo_cut_before_its_pixels_is_invalid(guard: Guard) -> None:
    body = jpeg(noise(1200, 900))
    with pytest.raises(Invalid):
        develop(guard, body[: body.index(b"\xff\xda") + 14], "jpeg")


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "gif", "tiff", "avif", "heic", "bmp"])
@pytest.mark.parametrize("body", [b"", b"\xff\xd8\xff\xe0 nothing", b"\0" * 5000], ids=["empty", "header", "zeros"])
def test_what_is_no_picture_is_invalid(guard: Guard, kind: str, body: bytes) -> None:
    with pytest.raises(Invalid):
        develop(guard, body, kind)


def test_a_kind_is_not_another(guard: Guard) -> None:
    with pytest.raises(Invalid):
        develop(guard, saved("png"), "jpeg")
    with pytest.raises(Invalid):
        develop(guard, b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', "png")


@pytest.mark.parametrize("name", ["srgb", "p3", "cmyk"])
def test_srgb_is_recognised(name: str) -> None:
    profile = pyvips.Operation.call("profile_load", name)
    assert is_srgb(bytes(profile)) == (name == "srgb")
