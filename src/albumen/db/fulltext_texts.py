"""What stands in the entries of the search index: the words of a file's texts, and its marks."""

import json
from collections.abc import Iterable
from math import floor
from typing import Any

from albumen.kernel import words as wording
from albumen.kernel.text import fold

COLUMNS = ("name", "title", "comments", "tags", "place", "camera", "lens")
"""The texts of an entry, each as words with one space between them."""

_LONGEST = 200


def lexeme(word: str, within: str | None = None) -> str:
    """How PostgreSQL keeps a word: cut where it is very long, and told apart by the text where that is asked for."""
    return word[:_LONGEST] if within is None else f"{wording.apart(within)}{word[:_LONGEST]}"


def cell(latitude: float, longitude: float) -> str:
    """The cell of the globe, one degree a side, that a place lies in."""
    return f"{floor(latitude)},{floor(longitude)}"


def text_words(text: object) -> str | None:
    """The words of a text; None where there are none."""
    return wording.words(text) or None if isinstance(text, str) else None


def _listed(tags: object) -> list[str]:
    try:
        found = json.loads(tags) if isinstance(tags, str) else []
    except ValueError:
        return []
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def tag_words(tags: object) -> str | None:
    """The words of all tags, given as a JSON array."""
    return " ".join(filter(None, (wording.words(each) for each in _listed(tags)))) or None


def grams(bare: str) -> str:
    """The marks of every three letters of a name."""
    return " ".join(wording.reserved("g", each) for each in wording.trigrams(bare))


def marks(*told: Any) -> str:
    """The marks of a file: its library, folder, kind, whether it is a film, a favourite; rating, place, tags, …

    The rest are names of what a file may have, each with whether it has it.
    """
    library, folder, kind, is_video, is_favorite, rating, latitude, longitude, tags, *has = told
    found = [("l", library), ("f", folder), ("k", kind), ("v" if is_video else "p", "")]
    found += [("s", "")] if is_favorite else []
    found += [("r", rating if 0 <= rating <= 5 else "x"), ("h", "rating")] if rating is not None else []
    found += [("h", "gps")] if latitude is not None else []
    found += [("c", cell(latitude, longitude))] if None not in (latitude, longitude) else []
    found += [("h", name) for name, value in zip(has[::2], has[1::2], strict=True) if value]
    each = [wording.reserved(kind, str(value)) for kind, value in found]
    return " ".join(dict.fromkeys(each + _tag_marks(_listed(tags))))


def _tag_marks(tags: Iterable[str]) -> list[str]:
    each = [wording.reserved("t", fold(tag)) for tag in tags]
    return [*each, wording.reserved("h", "tags")] if each else each
