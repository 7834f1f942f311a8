"""Pictures to look at: drawn text, and the free photos beside this module."""

import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

FOLDER = Path(__file__).parent / "seen"


def photo(name: str, *, share: float = 1.0, mirrored: bool = False) -> bytes:
    """One of the photos, of another size or mirrored where that is asked for."""
    with Image.open(FOLDER / f"{name}.jpg") as picture:
        made = ImageOps.mirror(picture) if mirrored else picture.copy()
    return jpeg(ImageOps.scale(made, share) if share != 1.0 else made)


def beside(*names: str) -> bytes:
    """Photos of one height, side by side."""
    parts = []
    for name in names:
        with Image.open(FOLDER / f"{name}.jpg") as picture:
            parts.append(picture.resize((round(400 * picture.width / picture.height), 400)))
    whole = Image.new("RGB", (sum(part.width for part in parts), 400))
    at = 0
    for part in parts:
        whole.paste(part, (at, 0))
        at += part.width
    return jpeg(whole)


def sign(*lines: str) -> bytes:
    """Text in the font that Pillow brings, black on white."""
    picture = Image.new("RGB", (900, 100 + 90 * len(lines)), "white")
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        draw.text((60, 50 + 90 * number), line, "black", ImageFont.load_default(56))
    return jpeg(picture)


def blank() -> bytes:
    """Nothing to be seen."""
    return jpeg(Image.new("RGB", (400, 300), "lightgrey"))


def jpeg(picture: Image.Image) -> bytes:
    """A picture as a file."""
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()
