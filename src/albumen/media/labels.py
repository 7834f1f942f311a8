"""What users say of a photo, as it is written into copies of it and beside them."""

from typing import Final

import msgspec

FIELDS: Final = ("title", "description", "keywords", "rating", "taken", "place", "make", "model")
"""What can be written by itself; `taken` goes with its offset, `place` is latitude, longitude and altitude."""


class Label(msgspec.Struct, frozen=True, omit_defaults=True):
    """The words, stars, time and place of a photo; None = unknown.

    `taken` is the clock on the wall, `2021-07-01T12:00:00` with or without a fraction; `offset_minutes` east of UTC.
    """

    title: str | None = None
    description: str | None = None
    keywords: tuple[str, ...] = ()
    rating: int | None = None
    taken: str | None = None
    offset_minutes: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    altitude: float | None = None
    make: str | None = None
    model: str | None = None

    @property
    def zone(self) -> str:
        """The offset as times have it, `+02:00`; empty where it is unknown."""
        if self.offset_minutes is None:
            return ""
        hours, minutes = divmod(abs(self.offset_minutes), 60)
        return f"{'-' if self.offset_minutes < 0 else '+'}{hours:02}:{minutes:02}"
