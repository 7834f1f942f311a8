"""Names of any script on paper: which letters the fonts hold, and how a name is made to fit."""

import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fpdf import FPDF
    from fpdf.fonts import TTFFont

FOLDER: Final = Path(__file__).parent / "fonts"
SANS: Final = "DejaVu Sans"
EAST_ASIAN: Final = "Micro Hei"
FILES: Final = {SANS: "DejaVuSans.ttf", EAST_ASIAN: "MicroHei.ttf"}
MISSING: Final = "\N{MIDDLE DOT}"
ELLIPSIS: Final = "\N{HORIZONTAL ELLIPSIS}"
_SMALLER: Final = 0.5
"""How much smaller than wanted type becomes before its end is cut off."""
_SLACK: Final = 0.99
_UNSEEN: Final = frozenset({"Mn", "Me", "Cf"})


@dataclass(frozen=True)
class Lettering:
    """The fonts of one document."""

    pdf: "FPDF"

    @classmethod
    def of(cls, pdf: "FPDF", text: str) -> "Lettering":
        """Give a document the fonts that this text takes; letters join and run as their script wants it."""
        pdf.add_font(SANS, fname=FOLDER / FILES[SANS])
        letters = cls(pdf)
        if not all(map(letters.has, set(text))):
            pdf.add_font(EAST_ASIAN, fname=FOLDER / FILES[EAST_ASIAN])
            pdf.set_fallback_fonts([EAST_ASIAN], exact_match=False)
        pdf.c_margin = 0
        pdf.set_text_shaping(use_shaping_engine=True)
        return letters

    def close(self) -> None:
        """Let go of the fonts' files, once the document is done."""
        for font in self._fonts():
            font.ttfont.close()

    def _fonts(self) -> "list[TTFFont]":
        from fpdf.fonts import TTFFont  # noqa: PLC0415  (loaded when somebody prints)

        return [font for font in self.pdf.fonts.values() if isinstance(font, TTFFont)]

    def drawable(self, text: str) -> str:
        """The text with a dot for each letter that no font has; marks that no font has are left out."""
        normal = unicodedata.normalize("NFC", " ".join(text.split()))
        return "".join(letter if self.has(letter) else _instead(letter) for letter in normal)

    def has(self, letter: str) -> bool:
        """Whether one of the fonts has this letter."""
        return any(ord(letter) in font.cmap for font in self._fonts())

    def fit(self, text: str, width: float, size: float) -> tuple[str, float]:
        """The text, and the largest type up to `size` points in which it is so wide at most; cut off where it must."""
        self.pdf.set_font(SANS, size=size)
        wide = self.pdf.get_string_width(text)
        chosen = max(size * _SMALLER, min(size, size * width / wide * _SLACK)) if wide else size
        self.pdf.set_font(SANS, size=chosen)
        shown = text
        while shown and self.pdf.get_string_width(shown) > width:
            text = text[:-1].rstrip()
            shown = text + ELLIPSIS
        return shown, chosen

    def lines(self, text: str, width: float, size: float) -> list[str]:
        """The text in one line or two, parted between words where that lets it be larger."""
        self.pdf.set_font(SANS, size=size)
        words = text.split(" ")
        if self.pdf.get_string_width(text) <= width or len(words) == 1:
            return [text]
        halves = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
        return list(min(halves, key=lambda pair: max(map(self.pdf.get_string_width, pair))))


def _instead(letter: str) -> str:
    return "" if unicodedata.category(letter) in _UNSEEN else MISSING
