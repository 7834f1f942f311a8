"""Sheets of cards: every QR code on them opens its event, every name is on them, and nothing is cut off."""

import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zxingcpp
from fpdf import FPDF
from PIL import Image
from tests.events.party import Party

from albumen.events.lettering import Lettering
from albumen.events.sheets import SHEETS, Card, Paper, Sheet, render

NAMES = ["Anna Müller", "Łódź Żółć", "Ελένη", "Иванов", "田中さくら", "김민준", "محمد علي", "שרה כהן", "Nguyễn", "Արամ"]


@pytest.fixture
def pages(program: Callable[..., str], tmp_path: Path) -> Callable[[bytes], list[Any]]:
    """The pages of a PDF as grey pictures, drawn by a program that is not ours."""

    def drawn(pdf: bytes) -> list[Any]:
        (tmp_path / "cards.pdf").write_bytes(pdf)
        command = [program("pdftoppm"), "-r", "150", "-gray", "-png", "cards.pdf", "page"]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
        return [np.asarray(Image.open(file).convert("L")) for file in sorted(tmp_path.glob("page-*.png"))]

    return drawn


@pytest.fixture
def words(program: Callable[..., str], tmp_path: Path) -> Callable[[bytes], str]:
    """The text of a PDF."""

    def told(pdf: bytes) -> str:
        (tmp_path / "text.pdf").write_bytes(pdf)
        command = [program("pdftotext"), "-layout", "text.pdf", "-"]
        return subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True).stdout

    return told


def links(page: Any) -> set[str]:
    """What the QR codes on a page say."""
    return {code.text for code in zxingcpp.read_barcodes(page)}


def cards(count: int) -> list[Card]:
    """Cards for people of all the world."""
    link = "https://photos.example.org/e/anna/summer#AbCdEfGhIjKlMnOpQrSt"
    return [Card(NAMES[n % len(NAMES)], f"ABCD-EF{n:02d}", f"{link}{n:02d}") for n in range(count)]


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=lambda sheet: f"{sheet.paper}-{2 * sheet.rows}")
def test_every_code_on_a_page_can_be_read(pages: Callable[[bytes], list[Any]], sheet: Sheet) -> None:
    made = cards(2 * sheet.rows + 1)
    drawn = pages(render(sheet, "Anna & Ben", made))
    assert [len(links(page)) for page in drawn] == [2 * sheet.rows, 1]
    assert set().union(*map(links, drawn)) == {card.link for card in made}


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=lambda sheet: f"{sheet.paper}-{2 * sheet.rows}")
def test_nothing_lies_in_the_margin_but_marks(pages: Callable[[bytes], list[Any]], sheet: Sheet) -> None:
    [page] = pages(render(sheet, "Anna & Ben", cards(2 * sheet.rows)))
    dots = 150 / 25.4
    assert page.shape == pytest.approx((sheet.page[1] * dots, sheet.page[0] * dots), abs=1)
    left, top = (int(each * dots) for each in sheet.corner)
    inside = page[top + 6 : -top - 6, left + 6 : -left - 6]
    assert (inside < 100).mean() > 0.05
    for margin in (page[: top - 6], page[-top + 6 :], page[:, : left - 6], page[:, -left + 6 :]):
        assert (margin < 100).sum() == 0
        assert 0 < (margin < 200).sum() < 500


def test_names_codes_and_links_are_text(words: Callable[[bytes], str]) -> None:
    text = words(render(SHEETS[Paper.a4, 10], "Fête d'été", cards(10)))
    for name in ("Anna Müller", "Łódź Żółć", "Ελένη", "Иванов", "田中さくら", "김민준", "Nguyễn", "Արամ"):
        assert name in text
    assert "ABCD-EF07" in text
    assert "Fête d'été" in text
    assert "photos.example.org/e/anna/" in text
    assert "AbCdEf" not in text
    assert "could not be printed" not in text


def test_letters_that_no_font_has_are_owned_up_to(words: Callable[[bytes], str]) -> None:
    text = words(render(SHEETS[Paper.a4, 8], "Party", [Card("अमित & Ben", "ABCD-EFGH", "https://x.org/e/a/b#t")]))
    assert "··· & Ben" in text
    assert "could not be printed" in text


def test_long_names_become_smaller_and_the_code_is_whole(words: Callable[[bytes], str]) -> None:
    name = "Bridesmaids and all of the groom's family from far away"
    text = words(render(SHEETS[Paper.a4, 10], "Party " * 30, [Card(name, "WWWW-MMMM", "https://x.org/e/a/b#t")]))
    assert "WWWW-MMMM" in text
    assert "Bridesmaids" in text


def test_marks_without_a_glyph_do_not_count() -> None:
    with closing(Lettering.of(FPDF(), "Anna")) as letters:
        assert letters.drawable(" Anna\U000e0100 \tB ") == "Anna B"


def test_owners_print_the_codes_that_open(party: Party, pages: Callable[[bytes], list[Any]]) -> None:
    first, second = party.code(label="Anna"), party.code(label="Ben")
    party.recode(party.code(label="Gone"), disabled=True)
    answer = party.host.get(f"{party.path}/cards.pdf?paper=letter&perPage=10")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    [page] = pages(answer.content)
    assert links(page) == {first["qrUrl"], second["qrUrl"]}
    only = party.host.get(f"{party.path}/cards.pdf?accessors={second['accessorId']}")
    assert [links(page) for page in pages(only.content)] == [{second["qrUrl"]}]


@pytest.mark.parametrize("asked", ["paper=a3", "perPage=9", "accessors=x", ""])
def test_what_cannot_be_printed_is_refused(party: Party, asked: str) -> None:
    assert party.host.get(f"{party.path}/cards.pdf?{asked}").status_code in (400, 404)
