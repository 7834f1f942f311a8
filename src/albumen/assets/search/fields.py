"""The fields that a search may name, each with what it makes of its value."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial

from albumen.assets.search import values
from albumen.assets.search.values import Days, Told, criterion
from albumen.kernel import words as wording
from albumen.media.kinds import KINDS

Field = Callable[[str, datetime], Told]

_PROPERTY = re.compile(r"(?P<name>property\.[^\s:=<>]+)(?P<sign>>=|<=|:|=|>|<)(?P<value>.+)", re.DOTALL | re.IGNORECASE)
_RAW = [kind.name for kind in KINDS.values() if kind.family == "raw"]
_EXTENSIONS = {extension: kind.name for kind in KINDS.values() for extension in kind.extensions}


def _pattern(attribute: str, otherwise: str, value: str, _: datetime) -> Told:
    return criterion(attribute, "matches" if re.search(r"[*?]", value) else otherwise, value)


def _words(attribute: str, value: str, _: datetime) -> Told:
    return criterion(attribute, "words", value)


def _ranged(attribute: str, read: Callable[[str], object], value: str, _: datetime) -> Told:
    return values.ranged(attribute, value, read)


def _taken(value: str, now: datetime) -> Told:
    return Days("takenOn", now).read(value)


def _moment(attribute: str, value: str, now: datetime) -> Told:
    return Days(attribute, now.astimezone(UTC), "Z").read(value)


def typed(value: str) -> Told:
    """What `type:` asks for.  Raises ValueError."""
    told = value.lower()
    if told in ("video", "photo", "image"):
        return criterion("isVideo", "eq", told == "video")
    if told == "raw":
        return criterion("kind", "oneOf", _RAW)
    if told not in KINDS and told not in _EXTENSIONS:
        raise ValueError("must be photo, video, raw, or a kind of file such as jpeg")
    return criterion("kind", "eq", told if told in KINDS else _EXTENSIONS[told])


def state(value: str) -> Told:
    """What `is:` asks for.  Raises ValueError."""
    told = value.lower()
    if told in ("photo", "video", "raw"):
        return typed(told)
    if told not in _STATES:
        raise ValueError(f"must be one of {', '.join(STATES)}")
    return criterion(_STATES[told], "eq", True)


_STATES = {"favorite": "favorite", "archived": "archived", "processing": "isProcessing", "failed": "isFailed"}
STATES = (*_STATES, "photo", "video", "raw")
HELD = ("gps", "tags", "rating", "title", "comments", "place", "camera", "lens", "date")
TYPES = ("photo", "video", "raw", *KINDS)

FIELDS: Mapping[str, Field] = {
    "tag": partial(_pattern, "tags", "eq"),
    "name": partial(_pattern, "filename", "words"),
    "title": partial(_words, "title"),
    "comments": partial(_words, "comments"),
    "camera": partial(_words, "camera"),
    "lens": partial(_words, "lens"),
    "place": partial(_words, "place"),
    "taken": _taken,
    "imported": partial(_moment, "importedOn"),
    "modified": partial(_moment, "modifiedOn"),
    "rating": partial(_ranged, "rating", values.whole),
    "size": partial(_ranged, "fileSize", values.size),
    "width": partial(_ranged, "width", values.whole),
    "height": partial(_ranged, "height", values.whole),
    "type": lambda value, _: typed(value),
    "is": lambda value, _: state(value),
    "has": lambda value, _: criterion("has", "eq", value.lower()),
    "near": lambda value, _: values.near(value),
    "within": lambda value, _: values.within(value),
    "folder": lambda value, _: criterion("folder", "eq", value),
    "text": partial(_words, "writing"),
    "object": partial(_words, "object"),
    "person": partial(_words, "person"),
}
_ALSO = {"tags": "tag", "filename": "name", "comment": "comments", "date": "taken", "path": "folder", "label": "object"}


def named(name: str) -> Field:
    """The field of this name.  Raises ValueError."""
    told = name.lower()
    found = FIELDS.get(_ALSO.get(told, told))
    if found is None:
        raise ValueError(f"there is no field {name!r}; there are {', '.join(FIELDS)} and property.NAME")
    return found


def property_told(term: str) -> Told | None:
    """What `property.client=acme` or `property.copies>=4` asks for; None where a term is none of these."""
    found = _PROPERTY.fullmatch(term)
    if found is None:
        return None
    attribute, value = "property." + found["name"].partition(".")[2], found["value"].strip('"')
    if found["sign"] in (":", "="):
        return _either_way(attribute, value)
    return values.ranged(attribute, found["sign"] + value, values.number)


def _either_way(attribute: str, value: str) -> Told:
    """Equal as a text, or where it looks like one as a number or a truth."""
    likes: list[object] = [value]
    if re.fullmatch(r"-?\d{1,15}(\.\d{1,6})?", value, re.ASCII):
        likes.append(values.number(value))
    if value.lower() in ("true", "false"):
        likes.append(value.lower() == "true")
    return criterion(attribute, "oneOf", likes)


def free(word: str, *, goes_on: bool) -> Told | None:
    """What a word without a field asks for; None where there is nothing to it.  `goes_on`: it is still being typed."""
    if re.search(r"[*?]", word.rstrip("*")) and wording.words(word):
        return criterion("filename", "matches", f"*{word}*")
    found = wording.words(word)
    if not found:
        return None
    is_prefix = word.endswith("*") or (goes_on and (len(found.split()[-1]) > 1))
    return criterion("text", "words", word.rstrip("*") + ("*" if is_prefix else ""))


def phrase(text: str) -> Told | None:
    """What words in quotes ask for; None where there is nothing to them."""
    return criterion("text", "words", text.replace("*", " ")) if wording.words(text) else None
