"""Searches as albums keep them."""

from typing import Any
from zoneinfo import ZoneInfo

from albumen.assets.search import language, views
from albumen.kernel.errors import Invalid, Problem
from albumen.libraries import criteria
from albumen.libraries.models import Library
from albumen.unit import Unit


def query(unit: Unit, library_id: int, text: str) -> dict[str, Any]:
    """What a search stands for, as an album's query.  Raises NotFound, Denied, Invalid."""
    views.read(unit, library_id, text)
    now = unit.now.astimezone(ZoneInfo(unit.db.get_one(Library, library_id).time_zone))
    return {"version": criteria.VERSION, "criteria": language.parse(text, now)}


def at_fault(problem: Problem) -> dict[str, str]:
    """Which field a problem is about: the search, or the name."""
    places = [place for place, _ in problem.errors] if isinstance(problem, Invalid) else []
    is_search = any(place.split(".")[0] in ("q", "query") for place in places)
    return {"wrong_search" if is_search else "wrong": problem.detail}
