"""The language of searches: what it becomes, and mistakes that are told with the character they stand at."""

import random
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from albumen.assets.search import language
from albumen.kernel.errors import Invalid
from albumen.libraries import criteria

NOW = datetime(2024, 2, 15, 12, tzinfo=UTC)


def one(attribute: str, operator: str, value: Any) -> dict[str, Any]:
    return {"attribute": attribute, "operator": operator, "value": value}


def word(text: str) -> dict[str, Any]:
    return one("text", "words", text)


READ: dict[str, list[dict[str, Any]]] = {
    "": [],
    "  \t\n ": [],
    "beach": [word("beach*")],
    "beach ": [word("beach")],
    "b": [word("b")],
    "beach sun": [word("beach"), word("sun*")],
    "-beach": [{"not": word("beach")}],
    "--beach ": [{"not": {"not": word("beach")}}],
    "a OR b c ": [{"any": [word("a"), {"all": [word("b"), word("c")]}]}],
    "(a OR b) c ": [{"any": [word("a"), word("b")]}, word("c")],
    "((a))": [word("a")],
    '"a b"': [word("a b")],
    '"a" b ': [word("a"), word("b")],
    "or ORANGE ": [word("or"), word("ORANGE")],
    "a OR & ": [],
    "... - * ": [],
    "12:30 ": [word("12:30")],
    "tag:Beach": [one("tags", "eq", "Beach")],
    "TAGS:x": [one("tags", "eq", "x")],
    'tag:"a b"': [one("tags", "eq", "a b")],
    'name:"a (1).jpg"': [one("filename", "words", "a (1).jpg")],
    "name:*.nef": [one("filename", "matches", "*.nef")],
    "taken:2023": [one("takenOn", "gte", "2023-01-01T00:00:00.000"), one("takenOn", "lt", "2024-01-01T00:00:00.000")],
    "taken:9999": [one("takenOn", "gte", "9999-01-01T00:00:00.000")],
    "taken:yesterday": [
        one("takenOn", "gte", "2024-02-14T00:00:00.000"),
        one("takenOn", "lt", "2024-02-15T00:00:00.000"),
    ],
    "imported:>=2023": [one("importedOn", "gte", "2023-01-01T00:00:00.000Z")],
    "size:>1.5kib": [one("fileSize", "gt", 1536)],
    "width:1..2": [one("width", "gte", 1), one("width", "lte", 2)],
    "rating:..3": [one("rating", "lte", 3)],
    "type:VIDEO": [one("isVideo", "eq", True)],
    "near:48.85,2.35,500m": [one("near", "eq", {"latitude": 48.85, "longitude": 2.35, "km": 0.5})],
    "near:48,2": [one("near", "eq", {"latitude": 48, "longitude": 2, "km": 10.0})],
    "property.client=acme": [one("property.client", "oneOf", ["acme"])],
    'property.client="a b"': [one("property.client", "oneOf", ["a b"])],
    "property.copies>=4": [one("property.copies", "gte", 4)],
}


@pytest.mark.parametrize("text", READ)
def test_a_search_becomes_criteria(text: str) -> None:
    assert language.parse(text, NOW) == READ[text]


WRONG = {
    "(beach": 1,
    "beach)": 6,
    "beach ()": 7,
    "OR beach": 1,
    "beach OR": 7,
    "beach OR OR sun": 7,
    "beach (sun OR )": 12,
    'beach "sun': 7,
    'lens:"EF 50': 6,
    "beach -(": 8,
    "colour:red": 1,
    "beach rating:": 14,
    "rating:five": 8,
    "rating:>": 8,
    "rating:..": 8,
    "beach size:10xb": 12,
    "taken:2023-13": 7,
    "taken:soon": 7,
    "near:1": 6,
    "near:91,0,1km": 1,
    "near:1,2,far": 6,
    "within:1,2,3": 8,
    "within:9,2,3,4": 1,
    "type:hologram": 6,
    "is:late": 4,
    "has:wings": 1,
    "place:...": 1,
    "b* ": 1,
    "beach x* ": 7,
    "a " * 41: 81,
    "-" * 9 + "a": 9,
    "(" * 9 + "a" + ")" * 9: 9,
    "name:" + "*a" * 9: 1,
    "folder://": 1,
    "property.x>acme": 1,
}


@pytest.mark.parametrize("text", WRONG)
def test_a_mistake_is_told_where_it_stands(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        language.read(text, NOW)
    [(at, message)] = refused.value.errors
    assert at == "q"
    assert re.match(rf"character {WRONG[text]}: \w", message), message


def test_what_is_too_long_is_refused() -> None:
    with pytest.raises(Invalid):
        language.read("a" * 2001, NOW)


PIECES = [
    *(
        "beach",
        "IMG_1",
        "été",
        '"',
        '"a b"',
        "(",
        ")",
        "-",
        "OR",
        ":",
        "*",
        "?",
        "..",
        ">=",
        "<",
        "=",
        ",",
        "%",
        "\\",
        "'",
    ),
    *(
        "tag:",
        "name:*.n",
        "taken:",
        "2023-06",
        "last-30-days",
        "rating:",
        ">=4",
        "size:>1mb",
        "near:1,2,3km",
        "within:",
    ),
    *(
        "property.",
        "property.a=",
        "folder:a/b",
        "is:",
        "has:gps",
        "type:raw",
        "\0",
        "\u202e",
        "🏖",
        "東京",
        "\ue000",
        "NEAR(",
    ),
    *(
        "AND",
        "NOT",
        "^a",
        "a+b",
        "{a}",
        "0x1F",
        "1e309",
        "NaN",
        "-0",
        "\ud800",
        "ﷺ",
        "İ",
        "' OR 1=1 --",
        "${7*7}",
        "../..",
    ),
    *("z̸a̵l̶g̷o", "\ufeff", "\r\n", "𝕋𝕖𝕩𝕥", "null", "\u2028", "999999999999999999999", "x" * 500, "a*" * 20, "(" * 10),
]


def gibberish(dice: random.Random) -> str:
    """Pieces of the language and of what breaks languages, and at times any sign at all."""
    pieces = dice.choices(PIECES, k=dice.randrange(1, 14))
    if dice.random() < 0.3:
        pieces.append("".join(chr(dice.randrange(0x110000)) for _ in range(dice.randrange(8))))
    return dice.choice(("", " ")).join(pieces)[:2000]


def test_ten_thousand_strings_are_read_or_refused() -> None:
    dice, understood = random.Random(7), 0
    for _ in range(10_000):
        try:
            found = language.read(gibberish(dice), NOW)
        except Invalid as refused:
            assert refused.errors[0][0] == "q"
        else:
            understood += 1
            assert len(criteria.leaves(*found.criteria)) <= 2 * language.MOST_TERMS
    assert 1000 < understood < 9000
