"""The language of searches: a line of text becomes criteria, or an error that points at the character.

search  = one { "OR" one }          one = { ["-"] part }
part    = word | "phrase" | field:value | ( search )
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from albumen.assets.search import fields
from albumen.kernel.errors import Invalid
from albumen.libraries import criteria
from albumen.libraries.criteria import Criteria

LONGEST = 2000
MOST_TERMS = 40
DEEPEST = 8
_SIGNS = re.compile(r'[\s\x00-\x1f]*(?P<sign>[()]|-(?=\S)|OR(?=[\s(]|$)|"|[^\s()"]+)')
_QUOTED = re.compile(r'"([^"]*)"')
_NAMED = re.compile(r"(?P<name>[a-zA-Z]+):(?P<value>.*)", re.DOTALL)

Told = dict[str, Any]


@dataclass
class _Reader:
    """Reads a text from its beginning to its end."""

    text: str
    now: datetime
    at: int = 0
    begin: int = 0
    sign: str = ""
    terms: int = 0
    depth: int = 0

    def next(self) -> None:
        """Go on to the next sign; at the end it is empty."""
        found = _SIGNS.match(self.text, self.at)
        self.sign = found["sign"] if found else ""
        self.begin = found.start("sign") if found else len(self.text)
        self.at = found.end() if found else len(self.text)

    def wrong(self, message: str, at: int | None = None) -> Invalid:
        """The error that points at a character, by default where the sign begins."""
        place = self.begin if at is None else at
        return Invalid(
            f"The search is not right at character {place + 1}: {message}.",
            errors=[("q", f"character {place + 1}: {message}")],
        )


def parse(text: str, now: datetime) -> list[Told]:
    """The criteria of a search as data; `now`, on the library's clock, is what `today` is read by.  Raises Invalid."""
    if len(text) > LONGEST:
        raise Invalid("The search is too long.", errors=[("q", f"must have at most {LONGEST} characters")])
    reader = _Reader("".join(each if each.isprintable() or each.isspace() else " " for each in text), now)
    reader.next()
    found = _search(reader)
    if reader.sign:
        raise reader.wrong("this bracket was not opened")
    return [] if found is None else found["all"] if found.keys() == {"all"} else [found]


def read(text: str, now: datetime) -> Criteria:
    """The query that a search stands for.  Raises Invalid."""
    return criteria.parse({"version": criteria.VERSION, "criteria": parse(text, now)}, at="q")


def _search(reader: _Reader) -> Told | None:
    """All up to a closing bracket or the end; None where it asks for nothing."""
    if reader.sign == "OR":
        raise reader.wrong("there is nothing before this OR")
    ways = [_one(reader)]
    while reader.sign == "OR":
        begin = reader.begin
        reader.next()
        if reader.sign in ("", ")", "OR"):
            raise reader.wrong("there is nothing after this OR", begin)
        ways.append(_one(reader))
    found = [each for each in ways if each is not None]
    if len(found) < len(ways):
        return None
    return found[0] if len(found) == 1 else {"any": found}


def _one(reader: _Reader) -> Told | None:
    parts: list[Told | None] = []
    while reader.sign not in ("", ")", "OR"):
        parts.append(_part(reader))
    found = [each for each in parts if each is not None]
    return found[0] if len(found) == 1 else {"all": found} if found else None


def _part(reader: _Reader) -> Told | None:
    if reader.sign == "-":
        return _deeper(reader, _negated)
    if reader.sign == "(":
        return _deeper(reader, _bracketed)
    reader.terms += 1
    if reader.terms > MOST_TERMS:
        raise reader.wrong(f"a search has at most {MOST_TERMS} terms")
    begin = reader.begin
    told = _phrase(reader) if reader.sign == '"' else _term(reader)
    if told is not None:
        _check(reader, told, begin)
    return told


def _deeper(reader: _Reader, read: Callable[[_Reader], Told | None]) -> Told | None:
    reader.depth += 1
    if reader.depth > DEEPEST:
        raise reader.wrong(f"brackets and minus signs go at most {DEEPEST} deep")
    told = read(reader)
    reader.depth -= 1
    return told


def _negated(reader: _Reader) -> Told | None:
    begin = reader.begin
    reader.next()
    if reader.sign in ("", ")", "OR"):
        raise reader.wrong("there is nothing after this minus", begin)
    told = _part(reader)
    return None if told is None else {"not": told}


def _bracketed(reader: _Reader) -> Told | None:
    begin = reader.begin
    reader.next()
    if reader.sign == ")":
        raise reader.wrong("there is nothing between the brackets", begin)
    told = _search(reader)
    if reader.sign != ")":
        raise reader.wrong("this bracket is not closed", begin)
    reader.next()
    return told


def _quoted(reader: _Reader, at: int) -> str:
    """The text in quotes that begins here; goes on after it."""
    found = _QUOTED.match(reader.text, at)
    if found is None:
        raise reader.wrong("this quote is not closed", at)
    reader.at = found.end()
    return found[1]


def _phrase(reader: _Reader) -> Told | None:
    text = _quoted(reader, reader.begin)
    reader.next()
    return fields.phrase(text)


def _term(reader: _Reader) -> Told | None:
    """A word, or a field and its value; what follows a sign without a space may be the value in quotes."""
    word, begin = reader.sign, reader.begin
    if word.endswith((":", "=", "<", ">")) and reader.text[reader.at : reader.at + 1] == '"':
        quoted = _quoted(reader, reader.at)
        reader.next()
        return _field(reader, word, quoted, begin)
    goes_on = reader.at == len(reader.text) and not reader.depth
    reader.next()
    if _NAMED.fullmatch(word) or word.lower().startswith("property."):
        return _field(reader, word, "", begin)
    return fields.free(word, goes_on=goes_on)


def _field(reader: _Reader, word: str, quoted: str, begin: int) -> Told | None:
    try:
        told = fields.property_told(word + quoted)
        found = _NAMED.fullmatch(word)
        if told is not None or found is None:
            return told if told is not None else fields.free(word + quoted, goes_on=False)
        value = found["value"] + quoted
        read = fields.named(found["name"])
    except ValueError as fault:
        raise reader.wrong(str(fault), begin) from None
    if not value.strip():
        raise reader.wrong(f"{found['name']}: wants a value", begin + len(found["name"]) + 1)
    try:
        return read(value, reader.now)
    except ValueError as fault:
        raise reader.wrong(f"{found['name']} {fault}", begin + len(found["name"]) + 1) from None


def _check(reader: _Reader, told: Told, begin: int) -> None:
    """See that the criteria are ones that there are."""
    try:
        criteria.parse({"version": criteria.VERSION, "criteria": [told]})
    except Invalid as refused:
        raise reader.wrong(refused.errors[0][1], begin) from None
