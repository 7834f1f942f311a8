"""How texts are taken apart into words, so that a search finds them however they are written."""

import re
import unicodedata

_WORDY = ("L", "N", "Co", "So", "M")
_DROPPED = re.compile("[\u0300-\u036f\u200d\ufe00-\ufe0f]")
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}
)
_ALONE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_SEAM = re.compile(r"(?<=[^\W\d_])(?=[0-9])|(?<=[0-9])(?=[^\W\d_])")
_PLAIN = re.compile("[0-9a-z]*")
_RESERVED, _SPELT = "\ue000", "\ue001"
"""What begins the words that texts cannot hold, and what says that the rest is spelt in hexadecimal digits."""


def bare(text: str) -> str:
    """A text without case, accents and the many ways of writing the same letter."""
    apart = _DROPPED.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFKC", apart).casefold().translate(_LETTERS)


def words(text: str) -> str:
    """The words of a text, bare, with one space between them.  Signs that are written without spaces are words each."""
    if text.isascii():
        return " ".join("".join(each if each.isalnum() else " " for each in text.lower()).split())
    apart = _ALONE.sub(r" \g<0> ", bare(text))
    return " ".join("".join(each if _is_wordy(each) else " " for each in apart).split())


def name_words(name: str) -> str:
    """The words of a file's name, and the parts that are only letters or only digits: `dsc0042 nef dsc 0042`."""
    whole = words(name)
    parts = _SEAM.sub(" ", whole)
    return whole if parts == whole else f"{whole} {parts}"


def trigrams(text: str) -> list[str]:
    """Every three letters that stand together, once each."""
    return list(dict.fromkeys(text[at : at + 3] for at in range(len(text) - 2)))


def reserved(kind: str, value: str = "") -> str:
    """A word that no text holds: a letter for the kind, and a value."""
    return f"{_RESERVED}{kind}{value if _PLAIN.fullmatch(value) else _SPELT + value.encode().hex()}"


def apart(within: str) -> str:
    """What begins a word of one text where those of another are to differ."""
    return f"{_SPELT}{within}{_SPELT}"


def _is_wordy(sign: str) -> bool:
    return sign not in (_RESERVED, _SPELT) and unicodedata.category(sign).startswith(_WORDY)
