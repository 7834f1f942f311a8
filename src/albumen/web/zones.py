"""The time zones that pages offer, by part of the world."""

from functools import cache
from zoneinfo import available_timezones

_PARTS = (
    *("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"),
)


@cache
def offered() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Each part of the world with its zones: the name, and how it reads beside the others."""
    every = sorted(available_timezones())
    return tuple(
        (part, tuple((name, name.partition("/")[2].replace("_", " ")) for name in every if name.startswith(f"{part}/")))
        for part in _PARTS
    )
