"""Photos of cards as cameras take them: small, tilted, blurred, dark, upside down."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import segno
from PIL import Image, ImageDraw, ImageFilter
from tests import make

CARD = (1500, 1000)


@dataclass(frozen=True)
class Shot:
    """How a card is photographed: `width` is the card's share of the frame's, `tilt` how much its top recedes."""

    width: float = 0.3
    angle: float = 0
    tilt: float = 0
    blur: float = 0
    noise: float = 0
    light: float = 1
    size: tuple[int, int] = (2400, 1600)
    quality: int = 60

    def of(self, payload: str, exif: Image.Exif | None = None) -> bytes:
        """A JPEG of a card with this QR code on it."""
        corners = self._corners()
        frame = make.picture(self.size, 7)
        onto = _perspective(corners)
        placed = {"size": self.size, "method": Image.Transform.PERSPECTIVE, "data": onto}
        card = _card(payload).transform(**placed, resample=Image.Resampling.BICUBIC)  # type: ignore[arg-type]  # one dictionary for both
        mask = Image.new("L", CARD, 255).transform(**placed)  # type: ignore[arg-type]  # one dictionary for both
        frame.paste(card, (0, 0), mask)
        return self._taken(frame, exif)

    def _corners(self) -> Any:
        wide, high = self.size[0] * self.width, self.size[0] * self.width * CARD[1] / CARD[0]
        square = np.array([(-wide, -high), (wide, -high), (wide, high), (-wide, high)]) / 2
        square[:, 1] *= 1 - self.tilt / 2
        square[:2, 0] *= 1 - self.tilt
        turn = np.deg2rad(self.angle)
        turned = square @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        return turned + np.array(self.size) / 2

    def _taken(self, frame: Image.Image, exif: Image.Exif | None) -> bytes:
        if self.blur:
            frame = frame.filter(ImageFilter.GaussianBlur(self.blur))
        if self.noise or self.light != 1:
            pixels = np.asarray(frame, dtype=np.float32) * self.light
            pixels += np.random.default_rng(3).normal(0, self.noise, pixels.shape)
            frame = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
        out = io.BytesIO()
        frame.save(out, "JPEG", quality=self.quality, **({"exif": exif} if exif is not None else {}))
        return out.getvalue()


def _card(payload: str) -> Image.Image:
    card = Image.new("RGB", CARD, "white")
    drawn = io.BytesIO()
    segno.make(payload, error="q", micro=False).save(drawn, kind="png", scale=20, border=4)
    card.paste(Image.open(drawn).convert("RGB").resize((760, 760), Image.Resampling.NEAREST), (690, 120))
    pen = ImageDraw.Draw(card)
    pen.rectangle((5, 5, CARD[0] - 6, CARD[1] - 6), outline="grey", width=3)
    pen.text((80, 450), "ABCD-EFGH", fill="black", font_size=90)
    return card


def _perspective(corners: Sequence[Any]) -> list[float]:
    """What maps a point of the frame to the point of the card that is seen there."""
    wide, high = CARD
    rows, wanted = [], []
    for (x, y), (u, v) in zip(corners, ((0, 0), (wide, 0), (wide, high), (0, high)), strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        wanted += [u, v]
    return [float(each) for each in np.linalg.solve(np.array(rows, dtype=float), np.array(wanted, dtype=float))]
