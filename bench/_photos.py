"""The photos that benches work on: real camera JPEGs of 6 to 22 megapixels where there are any, else drawn ones."""

import io
import os
import shutil
from pathlib import Path

import numpy as np
from PIL import Image

CORPUS = Path(os.environ.get("ALBUMEN_CORPUS") or Path(__file__).resolve().parents[2] / "shared" / "corpus")
MOST = 65
PIXELS = range(6_000_000, 22_500_000)


def prepare(folder: Path, most: int = MOST) -> list[Path]:
    """Fill a folder with photos, each with content of its own; returns them."""
    folder.mkdir(parents=True, exist_ok=True)
    real = [path for path in sorted((CORPUS / "jpg").glob("*.jpg")) if _is_large(path)] if CORPUS.is_dir() else []
    for number, path in enumerate(real[:most]):
        shutil.copyfile(path, folder / f"{number:03}.jpg")
    if not real:
        for number in range(min(most, 24)):
            (folder / f"{number:03}.jpg").write_bytes(drawn(number))
    return sorted(folder.iterdir())


def described(photos: list[Path]) -> str:
    """How many photos, of what size."""
    megabytes = sum(path.stat().st_size for path in photos) / len(photos) / 1e6
    pixels = 0
    for path in photos:
        with Image.open(path) as image:
            pixels += image.width * image.height
    return f"{len(photos)} photos, mean {pixels / len(photos) / 1e6:.1f} MP, {megabytes:.2f} MB"


def again(photo: Path, number: int) -> bytes:
    """The same photo as other content."""
    return told_apart(photo.read_bytes(), number)


def told_apart(raw: bytes, number: int) -> bytes:
    """A JPEG as other content: a comment is added to it."""
    comment = f"bench {number}".encode()
    return raw[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + raw[2:]


def drawn(seed: int) -> bytes:
    """A 12-megapixel JPEG with structure at every scale."""
    random = np.random.default_rng(seed)
    picture = np.zeros((3000, 4000, 3), np.float32)
    for octave in range(1, 9):
        side = 2**octave
        grain = random.normal(size=(side * 3, side * 4, 3)).astype(np.float32)
        scaled = [Image.fromarray(grain[..., band]).resize((4000, 3000), Image.Resampling.BICUBIC) for band in range(3)]
        picture += np.stack([np.asarray(band) for band in scaled], -1) / octave**1.5
    pixels = np.clip(128 + 45 * picture, 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=90)
    return out.getvalue()


def _is_large(path: Path) -> bool:
    try:
        with Image.open(path) as image:
            return image.format == "JPEG" and image.width * image.height in PIXELS
    except (OSError, ValueError, Image.DecompressionBombError):
        return False
