"""Near duplicates among real files: copies are found, and different photos stay apart."""

import io
from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps

from albumen.assets.duplicates import lookalikes, near
from albumen.assets.duplicates.shots import Shot
from albumen.kernel.errors import Problem
from albumen.media.facts import Facts
from albumen.media.guard import Guard

STILLS = ("jpg", "heic", "webp", "tif", "avif", "nef", "png", "bmp", "gif")
# Many files of these suites show one picture, in other depths, palettes and layouts, and they hold each other's.
ONE_PICTURE = ("bmp/bmpsuite/", "png/PngSuite/", "png/ImageTestSuite/", "tif/BigTIFF/", "tif/ImageTestSuite/")
WAYS = ("encoded", "smaller", "brighter", "darker", "cropped", "webp")


def read(guard: Guard, file: io.BufferedIOBase, name: str) -> tuple[Facts, Shot]:
    facts = guard.probe(file.fileno(), name)
    made = guard.develop(file.fileno(), facts.kind, {})
    if min(made.width, made.height) < near.SMALLEST or (made.phash & (1 << 64) - 1).bit_count() < near.PLAIN:
        raise Problem
    taken = facts.taken.local if facts.taken else None
    return facts, Shot(0, name, facts.make, facts.model, taken, name, None, made.phash)


@pytest.fixture(scope="module")
def shots(guard: Guard, corpus: Path) -> dict[str, Shot]:
    """What can be decoded, by its path in the corpus."""
    found: dict[str, Shot] = {}
    for file in sorted(each for kind in STILLS for each in (corpus / kind).rglob("*") if each.is_file()):
        name = file.relative_to(corpus).as_posix()
        with file.open("rb") as opened:
            try:
                found[name] = read(guard, opened, name)[1]
            except Problem:
                continue
    return found


def grouped(shots: list[Shot]) -> list[near.Group]:
    """The groups that a library of these would have; files by their number in the list."""
    by_hash: dict[int, list[Shot]] = defaultdict(list)
    for number, shot in enumerate(shots, 1):
        by_hash[shot.phash & (1 << 64) - 1].append(Shot(**{**vars(shot), "file_id": number}))
    hashes = np.unique(np.array(list(by_hash), dtype=np.uint64))
    return near._grouped(by_hash, hashes[lookalikes.pairs(hashes)].tolist())


def test_different_photos_stay_apart(shots: dict[str, Shot]) -> None:
    names = list(shots)
    groups = [[names[number - 1] for number in group] for group in grouped(list(shots.values()))]
    assert len(shots) > 150
    assert [group for group in groups if not all(name.startswith(ONE_PICTURE) for name in group)] == []


def copies(photo: Path) -> Iterator[tuple[str, bytes]]:
    """Copies of a photo without what it tells, as people make them."""
    with Image.open(photo) as opened:
        opened.draft("RGB", (1000, 1000))
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    width, height = picture.size
    edge = width // 100, height // 100
    ways = {
        "encoded": (picture, "JPEG", 50),
        "smaller": (picture.resize((width // 3, height // 3), Image.Resampling.LANCZOS), "JPEG", 85),
        "brighter": (ImageEnhance.Brightness(picture).enhance(1.15), "JPEG", 85),
        "darker": (ImageEnhance.Brightness(picture).enhance(0.85), "JPEG", 85),
        "cropped": (picture.crop((*edge, width - edge[0], height - edge[1])), "JPEG", 85),
        "webp": (picture, "WEBP", 70),
    }
    for way, (changed, kind, quality) in ways.items():
        out = io.BytesIO()
        changed.save(out, kind, quality=quality)
        yield way, out.getvalue()


@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.torture)])
def test_copies_are_found(guard: Guard, corpus: Path, shots: dict[str, Shot], every: int) -> None:
    photos = [name for name, shot in shots.items() if name.startswith("jpg/") and shot.camera_make][::every]
    missed, tried = [], 0
    for name in photos:
        original = shots[name]
        for way, body in copies(corpus / name):
            with TemporaryFile() as file:
                file.write(body)
                file.flush()
                copy = read(guard, file, "copy.jpg")[1]
            tried += 1
            if not grouped([original, copy]):
                missed.append((name, way, ((original.phash ^ copy.phash) & (1 << 64) - 1).bit_count()))
    assert tried >= 6 * 15
    assert len(missed) <= 0.02 * tried, missed
    assert {way for way in WAYS if sum(each[1] == way for each in missed) > 0.05 * tried / len(WAYS)} == set()


def test_pairs_are_those_of_a_full_comparison() -> None:
    dice = np.random.default_rng(4)
    some = dice.integers(0, 1 << 63, 500, dtype=np.uint64)
    flips = np.uint64(1) << dice.integers(0, 64, (500, 9), dtype=np.uint64)
    hashes = np.unique(np.concatenate([some, some ^ np.bitwise_xor.reduce(flips, axis=1)]))
    distances = np.bitwise_count(hashes[:, None] ^ hashes[None, :])
    wanted = {(i, j) for i, j in product(range(len(hashes)), repeat=2) if i < j and distances[i, j] <= 10}
    assert len(wanted) >= 450
    assert {(int(i), int(j)) for i, j in lookalikes.pairs(hashes)} == wanted
