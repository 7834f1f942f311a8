"""The route of a library's statistics."""

from albumen.http.deps import Reading, public_id
from albumen.http.views import Routes, View
from albumen.libraries import statistics
from albumen.libraries.statistics import Amount, Statistics

routes = Routes(tags=["Libraries"])


class AmountView(View):
    """How many, and their bytes."""

    count: int
    bytes: int


class KindsView(View):
    """What a library's bytes are: current photos and videos, their renditions, and older versions."""

    photo: AmountView
    video: AmountView
    rendition: AmountView
    version: AmountView


class YearView(AmountView):
    """A year."""

    year: int


class MonthView(View):
    """A month, `2024-03`."""

    month: str
    count: int


class CameraView(AmountView):
    """A camera, make and model."""

    camera: str


class StatisticsView(View):
    """What the caller sees of a library, counted; quota and free bytes for who sees the whole."""

    quota_bytes: int | None
    used_bytes: int
    free_bytes: int | None
    by_kind: KindsView
    trash: AmountView
    by_year: list[YearView]
    by_month: list[MonthView]
    by_camera: list[CameraView]
    folder_count: int
    file_count: int


@routes.get("/libraries/{library_id}/statistics", summary="The statistics of a library")
def get_statistics(unit: Reading, library_id: str) -> StatisticsView:
    """Photos without a date count in the month they were added.  Years and months newest first, cameras by count."""
    return _view(statistics.of_library(unit, public_id(library_id)))


def _view(found: Statistics) -> StatisticsView:
    quota = found.quota_bytes
    return StatisticsView(
        quota_bytes=quota,
        used_bytes=found.used_bytes,
        free_bytes=None if quota is None else max(0, quota - found.used_bytes),
        by_kind=KindsView(**{kind: _amount(amount) for kind, amount in found.by_kind.items()}),
        trash=_amount(found.trash),
        by_year=[YearView(year=year, **_sizes(amount)) for year, amount in found.by_year],
        by_month=[MonthView(month=f"{m // 100:04}-{m % 100:02}", count=count) for m, count in found.by_month],
        by_camera=[CameraView(camera=camera, **_sizes(amount)) for camera, amount in found.by_camera],
        folder_count=found.folder_count,
        file_count=found.file_count,
    )


def _amount(amount: Amount) -> AmountView:
    return AmountView(**_sizes(amount))


def _sizes(amount: Amount) -> dict[str, int]:
    return {"count": amount.count, "bytes": amount.size_bytes}
