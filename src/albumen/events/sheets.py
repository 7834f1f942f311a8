"""Sheets of cards to print and cut: a PDF with one card for each access code."""

import re
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from itertools import batched, product
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fpdf import FPDF

from albumen.events import qr
from albumen.events.lettering import MISSING, SANS, Lettering

MOST: Final = 500
"""How many cards one PDF has at most."""
_COLUMNS: Final = 2
_MARK: Final = 4.0
_GAP: Final = 1.5
_INSET: Final = 5.0
_OVERLAP: Final = 1.03
"""How much higher than its row a bar is drawn, so that no hairline shows between two rows."""
_INCOMPLETE: Final = f"{MISSING} stands for letters that could not be printed."
_POINT: Final = 25.4 / 72
_QR_SHARE: Final = 0.44
_LINK_PIECES: Final = re.compile(r"[^/_.-]{1,20}[/_.-]?|[/_.-]")


class Paper(StrEnum):
    """What is printed on."""

    a4 = "a4"
    letter = "letter"


@dataclass(frozen=True)
class Card:
    """What a card says: whose it is, the code as it is typed, and the link of its QR code."""

    label: str
    code: str
    link: str


@dataclass(frozen=True)
class Sheet:
    """How cards lie on a page, in millimetres: two columns in the middle of it, edge to edge."""

    paper: Paper
    rows: int
    wide: float
    high: float
    page: tuple[float, float]

    @property
    def corner(self) -> tuple[float, float]:
        """Where the first card begins."""
        return (self.page[0] - _COLUMNS * self.wide) / 2, (self.page[1] - self.rows * self.high) / 2

    @property
    def places(self) -> list[tuple[float, float]]:
        """Where each card begins, row by row."""
        left, top = self.corner
        rows_and_columns = product(range(self.rows), range(_COLUMNS))
        return [(left + column * self.wide, top + row * self.high) for row, column in rows_and_columns]


_A4: Final = (210.0, 297.0)
_LETTER: Final = (215.9, 279.4)
SHEETS: Final = {
    (Paper.a4, 8): Sheet(Paper.a4, 4, 92, 66, _A4),
    (Paper.a4, 10): Sheet(Paper.a4, 5, 85, 54, _A4),
    (Paper.letter, 8): Sheet(Paper.letter, 4, 92, 62, _LETTER),
    (Paper.letter, 10): Sheet(Paper.letter, 5, 88.9, 50.8, _LETTER),
}
"""The sheets by paper and cards a page; those with ten have the usual sizes of business cards."""


def render(sheet: Sheet, title: str, cards: Sequence[Card]) -> bytes:
    """The PDF."""
    from fpdf import FPDF  # noqa: PLC0415  (30 MB that a server needs only when somebody prints)

    pdf = FPDF(unit="mm", format=sheet.page)
    pdf.set_auto_page_break(auto=False)
    pdf.set_title(title)
    pdf.set_creator("Albumen")
    text = title + "".join(card.label for card in cards)
    with closing(Lettering.of(pdf, text)) as letters:
        for page in batched(cards, len(sheet.places)):
            pdf.add_page()
            _draw_marks(pdf, sheet)
            for place, card in zip(sheet.places, page, strict=False):
                _draw(letters, sheet, place, (title, card))
        return bytes(pdf.output())


def _draw_marks(pdf: "FPDF", sheet: Sheet) -> None:
    """Where to cut: short lines outside the cards, and small crosses where four of them meet."""
    left, top = sheet.corner
    right, bottom = left + _COLUMNS * sheet.wide, top + sheet.rows * sheet.high
    pdf.set_draw_color(150)
    pdf.set_line_width(0.15)
    columns = [left + n * sheet.wide for n in range(_COLUMNS + 1)]
    rows = [top + n * sheet.high for n in range(sheet.rows + 1)]
    for x in columns:
        pdf.line(x, top - _GAP - _MARK, x, top - _GAP)
        pdf.line(x, bottom + _GAP, x, bottom + _GAP + _MARK)
    for y in rows:
        pdf.line(left - _GAP - _MARK, y, left - _GAP, y)
        pdf.line(right + _GAP, y, right + _GAP + _MARK, y)
    for x, y in product(columns[1:-1], rows[1:-1]):
        pdf.line(x - 1, y, x + 1, y)
        pdf.line(x, y - 1, x, y + 1)


def _draw(letters: Lettering, sheet: Sheet, place: tuple[float, float], told: tuple[str, Card]) -> None:
    title, card = told
    side = min(sheet.high - 2 * _INSET, sheet.wide * _QR_SHARE)
    x, y = place
    _draw_qr(letters.pdf, (x + sheet.wide - side - _INSET + 2, y + (sheet.high - side) / 2, side), card.link)
    width = sheet.wide - side - 2 * _INSET - 1
    label, event = letters.drawable(card.label), letters.drawable(title)
    top = _write(letters, (x + _INSET, y + _INSET + 1, width), [(event, 8.0)])
    names = letters.lines(label, width, 15.0) if label else []
    _write(letters, (x + _INSET, top + 2.5, width), [(line, 15.0) for line in names])
    code = [(card.code, 17.0)]
    link = [(line, 6.5) for line in _parts(letters, card.link, width)]
    note = [(_INCOMPLETE, 5.0)] if MISSING in (label + event) and MISSING not in (card.label + title) else []
    low = code + link + note
    _write(letters, (x + _INSET, y + sheet.high - _INSET - _height(low), width), low)


def _height(lines: Sequence[tuple[str, float]]) -> float:
    return sum(size * _POINT * 1.35 for _, size in lines)


def _write(letters: Lettering, place: tuple[float, float, float], lines: Sequence[tuple[str, float]]) -> float:
    """Write lines (text and size in points), each as wide as there is room; where the next one would begin."""
    x, y, width = place
    for text, size in lines:
        shown, chosen = letters.fit(text, width, size)
        height = size * _POINT * 1.35
        letters.pdf.set_font(SANS, size=chosen)
        letters.pdf.set_xy(x, y)
        letters.pdf.cell(width, height, shown, align="L")
        y += height
    return y


def _parts(letters: Lettering, link: str, width: float) -> list[str]:
    """The link as people type it, without the token, parted after signs where it is long."""
    plain = link.partition("#")[0].partition("://")[2]
    letters.pdf.set_font(SANS, size=6.5)
    lines = [""]
    for part in _LINK_PIECES.findall(plain):
        if lines[-1] and letters.pdf.get_string_width(lines[-1] + part) > width:
            lines.append("")
        lines[-1] += part
    return lines


def _draw_qr(pdf: "FPDF", place: tuple[float, float, float], link: str) -> None:
    x, y, side = place
    modules, bars = qr.bars(link)
    unit = side / (modules + 2 * qr.QUIET)
    x, y = x + qr.QUIET * unit, y + qr.QUIET * unit
    pdf.set_fill_color(0)
    for row, column, length in bars:
        pdf.rect(x + column * unit, y + row * unit, length * unit, unit * _OVERLAP, style="F")
