"""Times as queries write them."""

from datetime import date, datetime, time
from typing import Annotated

from fastapi import Depends, Query

from albumen.kernel.clock import Span
from albumen.kernel.errors import Invalid


def moment(text: str | None, name: str, *, is_end: bool) -> datetime | None:
    """`YYYY-MM-DD[ hh:mm:ss]` (naive: on the photo's own clock) or RFC 3339; a date as an end is its last moment.

    Raises Invalid.
    """
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        message = "not a time such as 2019-06-28 or 2019-06-28 12:43:29"
        raise Invalid(f"{name} is {message}.", errors=[(name, message)]) from None
    return datetime.combine(found, time.max) if is_end and _is_date(text.strip()) else found


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


class _Within:
    def __init__(
        self,
        begin: Annotated[
            str | None, Query(alias="begin-time", description="`YYYY-MM-DD[ hh:mm:ss]` or RFC 3339")
        ] = None,
        end: Annotated[str | None, Query(alias="end-time", description="The same; included.")] = None,
    ) -> None:
        self._begin, self._end = begin, end

    def span(self) -> Span:
        """The time meant.  Raises Invalid."""
        begin = moment(self._begin, "begin-time", is_end=False)
        return Span(begin, moment(self._end, "end-time", is_end=True))


Within = Annotated[_Within, Depends()]
