"""Draws photos that belong to nobody: landscapes and lights by numbers, with sizes, dates and cameras like real ones.

    .venv/bin/python tools/sample_photos.py FOLDER [COUNT]

The same numbers give the same pictures.
"""

import sys
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Array = NDArray[np.float64]
SHAPES = ((1620, 1080), (1080, 1440), (1440, 1080), (1620, 1080), (1080, 1620), (1900, 810), (1200, 1200), (1600, 900))
PALETTES = (  # top of the sky, horizon, far hills, near hills
    "2b4a75 f6c99a a98ba0 1c2233|6fa3cf eaf2f4 9db8c4 22402f|22304f e88a5b 7c5468 140f1c|8fb3b8 f2eee0 b4c0b2 46523a"
    "|b6c7d6 f8f4ee c5ccd3 5a6675|3c6a86 fbe3b8 c79a76 4a2f28|d8a8a0 fdf0da c9a9a6 5b4652"
)
WARM = np.array([1.0, 0.95, 0.84])


def colour(code: str) -> Array:
    """`rrggbb` as three numbers from 0 to 1."""
    return np.array([int(code[i : i + 2], 16) for i in (0, 2, 4)]) / 255


def mix(a: Array, b: Array, t: Array) -> Array:
    """From colour a (t = 0) to b (t = 1), for every pixel of t."""
    return a + (b - a) * np.clip(t, 0, 1)[..., None]


def noise(rng: Generator, width: int, height: int, cells: int) -> Array:
    """Clouds from 0 to 1: grids of chance, made larger and laid over each other."""
    total = np.zeros((height, width))
    for octave in range(5):
        across = cells * 2**octave
        grid = rng.random((max(2, across * height // width + 1), across + 1)).astype("float32")
        layer = Image.fromarray(grid, "F").resize((width, height), Image.Resampling.BICUBIC)
        total += np.asarray(layer) * 0.5**octave
    return total / 1.9375


def ridge(rng: Generator, width: int, roughness: float) -> Array:
    """A line of hills, from about -1 to 1."""
    return np.asarray((noise(rng, width, 2, 3)[0] - 0.5) * 3 + (noise(rng, width, 2, 14)[0] - 0.5) * roughness)


def sky(rng: Generator, palette: list[str], width: int, height: int, horizon: float) -> tuple[Array, Array]:
    """A sky with soft clouds, and the sun low in it; the sun's place comes with it."""
    y, x = np.mgrid[0:height, 0:width] / height
    low = colour(palette[1])
    image = mix(colour(palette[0]), low, (y / horizon) ** 1.4)
    clouds = np.clip(noise(rng, width, height, 4) * 2.6 - 1.15, 0, 1) * np.clip(1 - y / horizon, 0, 1) ** 0.5
    image = mix(image, low * 0.5 + 0.5, clouds * 0.55)
    sun = np.array([rng.uniform(0.2, 0.8) * width / height, horizon * rng.uniform(0.72, 0.98)])
    return mix(image, WARM, np.exp(-((x - sun[0]) ** 2 + (y - sun[1]) ** 2) / 0.05) * 0.75), sun


def hills(rng: Generator, palette: list[str], width: int, height: int) -> Array:
    """Ranges of hills behind each other, each with mist at its feet."""
    horizon, layers = rng.uniform(0.5, 0.7), int(rng.integers(4, 7))
    image, _ = sky(rng, palette, width, height, horizon)
    y = np.mgrid[0:height, 0:width][0] / height
    for depth in np.linspace(0, 1, layers):
        line = horizon - 0.1 + depth * 0.42 - ridge(rng, width, 0.4 + depth) * (0.12 - 0.05 * depth)
        tone = mix(colour(palette[2]), colour(palette[3]), np.asarray(depth**0.8))
        mist = np.clip((y - line) * (3.2 - 2 * depth), 0, 0.75) * (1 - depth * 0.8)
        shade = mix(tone, colour(palette[1]), mist) * (0.94 + 0.12 * noise(rng, width, height, 40))[..., None]
        image = np.where((y > line)[..., None], shade, image)
    return image


def sea(rng: Generator, palette: list[str], width: int, height: int) -> Array:
    """Water that gives the sky back, with the sun's path on it."""
    horizon = rng.uniform(0.42, 0.62)
    image, sun = sky(rng, palette, width, height, horizon)
    y, x = np.mgrid[0:height, 0:width] / height
    below = np.clip((y - horizon) / (1 - horizon), 0, 1)
    rows = np.clip(horizon - (y - horizon) * 0.8, 0, horizon)
    water = image[(rows * (height - 1)).astype(int), np.arange(width)[None, :]] * (0.86 - 0.4 * below)[..., None]
    waves = noise(rng, width // 6, height, 5)[:, np.arange(width) * (width // 6) // width]
    water = water * (0.72 + 0.56 * waves)[..., None]
    path = np.exp(-(((x - sun[0]) / (0.03 + below * 0.16)) ** 2)) * np.clip(waves * 3 - 1.2, 0, 1)
    return np.where((y > horizon)[..., None], mix(water, WARM, path * 0.8), image)


def night(rng: Generator, _: list[str], width: int, height: int) -> Array:
    """Stars, the band of the galaxy, and a dark ridge."""
    y, x = np.mgrid[0:height, 0:width] / height
    image = mix(colour("070b18"), colour("2a3a5c"), y**1.5)
    band = np.exp(-(((y - 0.75 + x * rng.uniform(0.3, 0.6)) / 0.16) ** 2)) * noise(rng, width, height, 6)
    image = mix(image, mix(colour("8f86b8"), colour("e8c9b0"), band), band * 0.7)
    stars = np.zeros((height, width), "float32")
    stars[rng.integers(0, height, 2600), rng.integers(0, width, 2600)] = np.clip(rng.random(2600) ** 5 * 2300, 0, 255)
    soft = Image.fromarray(stars.astype("uint8")).filter(ImageFilter.GaussianBlur(0.8))
    image = image + (np.asarray(soft) / 110)[..., None]
    return np.where((y > 0.86 - ridge(rng, width, 0.6) * 0.06)[..., None], colour("04060c"), image)


def lights(rng: Generator, palette: list[str], width: int, height: int) -> Array:
    """Lights of a street, far out of focus."""
    y, x = np.mgrid[0:height, 0:width] / height
    image = mix(colour("0d0f16"), colour(palette[3]) * 0.8, noise(rng, width, height, 3))
    tones = [colour(code) for code in ("ffb45c", "ff7d4d", "ffe1a8", "7fc4d9", palette[1])]
    for _ in range(70):
        radius = rng.uniform(0.02, 0.09)
        distance = np.hypot(x - rng.uniform(0, width / height), y - np.clip(rng.normal(0.55, 0.2), 0, 1))
        disc = np.clip((radius - distance) / 0.004, 0, 1) * (0.55 + 0.45 * (distance / radius) ** 4)
        image = image + disc[..., None] * tones[rng.integers(len(tones))] * rng.uniform(0.06, 0.4)
    return image


def dunes(rng: Generator, palette: list[str], width: int, height: int) -> Array:
    """Sand in low light: smooth crests, bright on one side."""
    image = sky(rng, palette, width, height, 0.45)[0]
    y, x = np.mgrid[0:height, 0:width] / height
    for layer in range(4):
        crest = 0.36 + layer * 0.16 - (noise(rng, width, 2, 2)[0] - 0.5) * (0.3 + layer * 0.1)
        fall = np.clip((y - crest) * 3, 0, 1)
        lit = 0.5 + 0.5 * np.tanh((np.sin(x * 3 + layer * 2.1 + fall * 2.4) + 0.3) * 3)
        ripples = 1 + 0.03 * np.sin((y * 300 + noise(rng, width, height, 6) * 60) * (1.2 - layer * 0.15))
        sand = mix(colour("6d4030"), colour("efbd83"), lit * (0.9 - 0.35 * fall)) * ripples[..., None]
        sand = mix(sand, colour(palette[1]), np.full_like(y, 0.24 - layer * 0.08))
        image = np.where((y > crest)[..., None], sand, image)
    return image


def photo(number: int) -> Image.Image:
    """One picture, with the vignette and the grain of a lens and a film."""
    rng = np.random.default_rng(number * 7 + 3)
    width, height = SHAPES[rng.integers(len(SHAPES))]
    motif = (hills, sea, hills, dunes, night, sea, hills, lights)[number * 3 % 8]
    image = motif(rng, PALETTES.split("|")[number % 7].split(), width, height)
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    image = image * (1 - 0.16 * (x**2 + y**2))[..., None] + rng.normal(0, 0.01, (height, width, 1))
    return Image.fromarray((np.clip(image, 0, 1) * 255).astype("uint8"))


def main(folder: Path, count: int = 42) -> None:
    """Write that many photos, a few to a day."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = datetime(2024, 9, 14, 19, 12, 31)
    for number in range(count):
        picture, exif = photo(number), Image.Exif()
        exif[271], exif[272] = "FUJIFILM", "X-T5"
        exif.get_ifd(34665).update({36867: f"{taken:%Y:%m:%d %H:%M:%S}", 33434: 1 / 250, 33437: 5.6, 34855: 200})
        picture.save(folder / f"IMG_{4100 + number}.jpg", quality=90, exif=exif)
        taken -= timedelta(days={10: 1, 13: 17}.get(number % 14, 0), minutes=47)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:3]))
