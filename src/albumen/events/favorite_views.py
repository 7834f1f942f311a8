"""How favourites look over the API to those who have the event."""

from collections.abc import Sequence

from albumen.events.favorites import Pick
from albumen.http.views import View
from albumen.kernel import ids


class MarkView(View):
    """Who marked a photo."""

    accessor_id: str
    label: str | None
    guest_id: str
    guest_name: str | None


class FavoriteView(View):
    """A photo that guests marked."""

    file_id: str
    name: str
    count: int
    by: list[MarkView]


class FavoritesView(View):
    """All that guests marked."""

    favorites: list[FavoriteView]


def of_picks(picks: Sequence[Pick]) -> FavoritesView:
    """Favourites by photo."""
    by: dict[int, list[Pick]] = {}
    for each in picks:
        by.setdefault(each.file.id, []).append(each)
    return FavoritesView(favorites=[_favorite(chosen) for chosen in by.values()])


def _favorite(chosen: Sequence[Pick]) -> FavoriteView:
    file = chosen[0].file
    marks = [
        MarkView(
            accessor_id=ids.encode(each.accessor.id),
            label=each.accessor.label,
            guest_id=ids.encode(each.guest.id),
            guest_name=each.guest.name,
        )
        for each in chosen
    ]
    return FavoriteView(file_id=ids.encode(file.id), name=file.name, count=len(marks), by=marks)
