"""Draw the icons that a phone puts on its home screen, from the mark of the project.

For maintainers: `tools/icons.py` after the mark or a colour was changed.
"""

from math import cos, pi, sin
from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).resolve().parent.parent / "src/albumen/web/static/icons"
GROUND, MARK = "#0f5e59", "#ffffff"
OVERSAMPLED = 4
SIDES = {"icon-192": (192, 0.2), "icon-512": (512, 0.2), "maskable-512": (512, 0.0), "touch-180": (180, 0.0)}
"""Each icon's side in pixels, and how round its corners are; those without are cut by the phone."""
TOP = ((12.0, 1.6), (16.3, 1.6), (20.0, 8.2), (20.0, 13.7))
"""The curve from the top of the egg to its widest place, in the 24 units of the favicon."""


def egg() -> list[tuple[float, float]]:
    """The outline of the mark."""
    right = [_on_curve(step / 60) for step in range(61)]
    return right + _below() + [(24 - x, y) for x, y in reversed(right)]


def _on_curve(t: float) -> tuple[float, float]:
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    return (
        sum(weight * point[0] for weight, point in zip(weights, TOP, strict=True)),
        sum(weight * point[1] for weight, point in zip(weights, TOP, strict=True)),
    )


def _below() -> list[tuple[float, float]]:
    """The lower half, a half ellipse from right to left."""
    angles = [pi * step / 60 for step in range(61)]
    return [(12 + 8 * cos(angle), 13.7 + 8.5 * sin(angle)) for angle in angles]


def drawn(side: int, roundness: float) -> Image.Image:
    """One icon: the mark in white, well inside of what phones cut off."""
    large = side * OVERSAMPLED
    image = Image.new("RGBA", (large, large), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, large - 1, large - 1), radius=large * roundness, fill=GROUND)
    scale, shift = large * 0.56 / 24, large * 0.22
    pen.polygon([(x * scale + shift, y * scale + shift) for x, y in egg()], fill=MARK)
    box = tuple(each * scale + shift for each in (12 - 4.6, 14.4 - 4.6, 12 + 4.6, 14.4 + 4.6))
    pen.ellipse(box, fill=GROUND)
    return image.resize((side, side), Image.Resampling.LANCZOS)


def main() -> None:
    """Write them anew."""
    FOLDER.mkdir(exist_ok=True)
    for name, (side, roundness) in SIDES.items():
        drawn(side, roundness).quantize(64).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
