"""How timelines look over the API."""

import base64
from collections.abc import Sequence
from typing import Self

from pydantic import Field, model_validator

from albumen.assets.exports.downloads import MOST_FILES
from albumen.assets.timelines.selections import Selection
from albumen.assets.timelines.timeline import Cell
from albumen.http.views import Form, Time, View
from albumen.kernel import ids
from albumen.kernel.pages import Page

MOST_RANGES = 10_000


class BucketView(View):
    """A month, `2024-03`, and how many files it has."""

    bucket: str
    count: int


class BucketsView(View):
    """The months that have files, newest first."""

    buckets: list[BucketView]


class ColumnsView(View):
    """What a grid shows of a month's files, one array a field, all of one length; null where a file lacks it.

    `width` and `height` are as seen, `sortedOn` is the time by which they are listed, on the photo's own clock, and
    `thumbhash` is in base64.
    """

    file_id: list[str]
    width: list[int]
    height: list[int]
    taken_on: list[Time | None]
    sorted_on: list[Time]
    is_video: list[bool]
    duration_seconds: list[float | None]
    thumbhash: list[str | None]
    favorite: list[bool]
    is_processing: list[bool]
    next: str | None


class ChosenForm(Form):
    """Files by `fileIds`; or by `ranges` `[a, b)` of places in the version `timeline` of a timeline, `of` as there."""

    file_ids: list[str] | None = Field(None, min_length=1, max_length=MOST_FILES)
    timeline: str | None = Field(None, min_length=1, max_length=40)
    of: str = Field("", max_length=1000)
    ranges: list[tuple[int, int]] | None = Field(None, min_length=1, max_length=MOST_RANGES)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        by_place = self.timeline is not None and self.ranges is not None
        if (self.file_ids is not None) == by_place or (self.timeline is None) != (self.ranges is None):
            raise ValueError("give fileIds, or timeline and ranges")
        return self

    def selection(self) -> Selection:
        """What is selected.  Raises NotFound."""
        file_ids = [ids.decode(each) for each in self.file_ids or ()]
        return Selection(file_ids, self.timeline or "", self.of, self.ranges or ())


def of_months(months: Sequence[tuple[int, int]]) -> BucketsView:
    """Months as buckets."""
    buckets = [{"bucket": f"{month // 100:04}-{month % 100:02}", "count": count} for month, count in months]
    return BucketsView.model_validate({"buckets": buckets})  # many times as fast as from views made one by one


def of_cells(page: Page[Cell]) -> ColumnsView:
    """Files as columns."""
    cells = page.items
    return ColumnsView(
        file_id=[ids.encode(cell.id) for cell in cells],
        width=[cell.width for cell in cells],
        height=[cell.height for cell in cells],
        taken_on=[cell.taken_at for cell in cells],
        sorted_on=[cell.sorted_at for cell in cells],
        is_video=[cell.is_video for cell in cells],
        duration_seconds=[cell.duration_seconds for cell in cells],
        thumbhash=[base64.b64encode(cell.thumbhash).decode() if cell.thumbhash else None for cell in cells],
        favorite=[cell.favorite for cell in cells],
        is_processing=[cell.is_waiting for cell in cells],
        next=page.next,
    )
