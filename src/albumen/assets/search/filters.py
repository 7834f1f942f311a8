"""Criteria by the names of a search's fields (`size`, `type`, `is`, …), as the attributes that these stand for."""

from collections.abc import Callable, Mapping
from typing import Any

from albumen.assets.search import fields, values
from albumen.kernel.errors import Invalid
from albumen.libraries.attribute import EQUAL, NEGATIVE, SEVERAL
from albumen.libraries.criteria import DEEPEST, MOST_VALUES

_ATTRIBUTES = {
    "tag": "tags",
    "name": "filename",
    "taken": "takenOn",
    "imported": "importedOn",
    "modified": "modifiedOn",
    "size": "fileSize",
}
_SPELLED: Mapping[str, Callable[[str], values.Told]] = {"type": fields.typed, "is": fields.state}
_BRACKETS = ("all", "any", "not")


def plain(query: dict[str, Any]) -> dict[str, Any]:
    """The query with nothing but attributes in it; what is wrong otherwise stays as it was told.  Raises Invalid."""
    told = dict(query)
    if isinstance(query.get("criteria"), list):
        told["criteria"] = [_node(each, f".criteria.{at}") for at, each in enumerate(query["criteria"])]
    if isinstance(query.get("orderBy"), list):
        told["orderBy"] = [_renamed(each) for each in query["orderBy"]]
    return told


def _node(told: Any, at: str, deep: int = DEEPEST) -> Any:
    if not isinstance(told, dict) or not deep:
        return told
    word = next((each for each in _BRACKETS if each in told), None)
    if word is not None:
        inner = told[word]
        if isinstance(inner, list):
            return {**told, word: [_node(each, f"{at}.{word}.{n}", deep - 1) for n, each in enumerate(inner)]}
        return {**told, word: _node(inner, f"{at}.{word}", deep - 1)}
    is_whole = told.keys() == {"attribute", "operator", "value"}
    return _spelled(told, at) if is_whole and _name(told) in _SPELLED else _renamed(told)


def _name(told: dict[str, Any]) -> str:
    name = told.get("attribute")
    return name if isinstance(name, str) else ""


def _renamed(told: Any) -> Any:
    if not isinstance(told, dict) or _name(told) not in _ATTRIBUTES:
        return told
    return {**told, "attribute": _ATTRIBUTES[_name(told)]}


def _spelled(told: dict[str, Any], at: str) -> values.Told:
    """What a value stands for that is an attribute by itself, such as `video`."""
    operator = told["operator"]
    if operator not in list(EQUAL):
        raise _wrong(f"{at}.operator", f"must be one of {', '.join(sorted(EQUAL))}")
    several = told["value"] if operator in SEVERAL else [told["value"]]
    if not isinstance(several, list) or not 1 <= len(several) <= MOST_VALUES:
        raise _wrong(f"{at}.value", f"must be a list of 1 to {MOST_VALUES}")
    found: list[values.Told] = []
    for number, value in enumerate(several):
        place = f"{at}.value.{number}" if operator in SEVERAL else f"{at}.value"
        if not isinstance(value, str):
            raise _wrong(place, "must be a text")
        try:
            found.append(_SPELLED[_name(told)](value))
        except ValueError as fault:
            raise _wrong(place, str(fault)) from None
    return {"not": {"any": found}} if operator in NEGATIVE else {"any": found}


def _wrong(place: str, message: str) -> Invalid:
    return Invalid("The query is not right.", errors=[(place, message)])
