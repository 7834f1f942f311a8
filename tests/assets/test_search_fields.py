"""Every field of a search with every operator, against a look at each file; in every order, page by page."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.assets.many import Many, Row, Test, fill
from tests.installation import Installation

from albumen.assets.search.orders import Sort
from albumen.kernel.text import fold
from albumen.libraries.models import File
from albumen.media.guard import Guard


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory, guard: Guard) -> Iterator[Many]:
    installation = Installation.at(tmp_path_factory.mktemp("search") / "data", guard)
    yield fill(installation)
    installation.close()


def day(year: int, month: int = 1, number: int = 1) -> datetime:
    return datetime(year, month, number, tzinfo=UTC)


def taken(row: Row) -> datetime:
    return row.file.taken_local or datetime.max.replace(tzinfo=UTC)


def was_taken(row: Row, begin: datetime, end: datetime) -> bool:
    return row.file.taken_local is not None and begin <= row.file.taken_local < end


def rated(row: Row) -> int:
    return -1 if row.file.rating is None else row.file.rating


def tagged(row: Row, tag: str) -> bool:
    return fold(tag) in map(fold, row.file.tags)


def is_near(row: Row, spot: tuple[float, float]) -> bool:
    return row.file.latitude is not None and (row.file.latitude, row.file.longitude) == spot


def client(row: Row) -> Any:
    return row.file.properties.get("client")


SEARCHES: dict[str, Test] = {
    "": lambda r: True,
    "beach ": lambda r: r.says("beach"),
    "beach": lambda r: r.says("beach", goes_on=True),
    "bea* ": lambda r: r.says("bea", goes_on=True),
    "ÉTÉ ": lambda r: r.says("ete"),
    "strasse ": lambda r: r.says("strasse"),
    "lodz ": lambda r: r.says("lodz"),
    "タワー ": lambda r: r.says("タワー"),
    "🏖 ": lambda r: r.says("🏖"),
    "img_12": lambda r: r.says("img 12", goes_on=True),
    "img_12 ": lambda r: r.says("img 12"),
    "dsc 00013 ": lambda r: r.says("dsc") and r.says("00013"),
    '"golden hour"': lambda r: r.says("golden hour"),
    '"hour golden"': lambda r: r.says("hour golden"),
    "golden hour ": lambda r: r.says("golden") and r.says("hour"),
    "*_1*": lambda r: "_1" in r.file.folded,
    "*sc0*3* ": lambda r: "sc0" in r.file.folded and "3" in r.file.folded.partition("sc0")[2],
    "name:*.nef": lambda r: r.file.folded.endswith(".nef"),
    "name:img_?.jpg": lambda r: r.file.folded.startswith("img_") and len(r.file.folded) == 9 and "jpg" in r.file.folded,
    "name:paris": lambda r: r.says("paris", "name"),
    'name:"straße-9 (1)"': lambda r: r.says("strasse 9 1", "name"),
    "title:golden": lambda r: r.says("golden", "title"),
    "title:gold*": lambda r: r.says("gold", "title", goes_on=True),
    'comments:"100% sure"': lambda r: r.says("100 sure", "comments"),
    "tag:beach": lambda r: tagged(r, "beach"),
    "tag:BEACH*": lambda r: any(fold(tag).startswith("beach") for tag in r.file.tags),
    'tag:"golden hour"': lambda r: tagged(r, "golden hour"),
    "tag:50%": lambda r: tagged(r, "50%"),
    "-tag:blurry": lambda r: not tagged(r, "blurry"),
    "tag:beach -tag:blurry": lambda r: tagged(r, "beach") and not tagged(r, "blurry"),
    "camera:canon": lambda r: r.says("canon", "camera"),
    'camera:"z 6"': lambda r: r.says("z 6", "camera"),
    "-camera:canon": lambda r: not r.says("canon", "camera"),
    'lens:"EF50mm"': lambda r: r.says("ef50mm", "lens"),
    "lens:ef*": lambda r: r.says("ef", "lens", goes_on=True),
    "place:lisbon": lambda r: r.file.city == "Lisbon",
    "place:zurich": lambda r: r.file.city == "Zürich",
    "place:pt": lambda r: r.file.country == "Portugal",
    "taken:2023": lambda r: was_taken(r, day(2023), day(2024)),
    "taken:2023-06": lambda r: was_taken(r, day(2023, 6), day(2023, 7)),
    "taken:2023-06-30": lambda r: was_taken(r, day(2023, 6, 30), day(2023, 7, 1)),
    "taken:2023-06..2024": lambda r: was_taken(r, day(2023, 6), day(2025)),
    "taken:2023-06..": lambda r: was_taken(r, day(2023, 6), day(9999)),
    "taken:..2023-06": lambda r: was_taken(r, day(1), day(2023, 7)),
    "taken:>2023-06": lambda r: was_taken(r, day(2023, 7), day(9999)),
    "taken:>=2023-06": lambda r: was_taken(r, day(2023, 6), day(9999)),
    "taken:<2023-06": lambda r: was_taken(r, day(1), day(2023, 6)),
    "taken:<=2023-06": lambda r: was_taken(r, day(1), day(2023, 7)),
    "-taken:2023": lambda r: not was_taken(r, day(2023), day(2024)),
    "taken:last-30-days": lambda r: was_taken(r, day(2024, 2, 15) - timedelta(days=30), day(9999)),
    "taken:2023-02 OR taken:2023-08": lambda r: taken(r).month in (2, 8) and taken(r).year == 2023,
    "imported:2023-01": lambda r: r.file.imported_at.strftime("%Y-%m") == "2023-01",
    "imported:>2023-01-10": lambda r: r.file.imported_at >= day(2023, 1, 11),
    "modified:2023": lambda r: r.file.modified_at is not None and r.file.modified_at.year == 2023,
    "rating:4": lambda r: rated(r) == 4,
    "rating:>=4": lambda r: rated(r) >= 4,
    "rating:<4": lambda r: 0 <= rated(r) < 4,
    "rating:1..3": lambda r: 1 <= rated(r) <= 3,
    "-rating:>=1": lambda r: rated(r) < 1,
    "size:>10mb": lambda r: r.file.size_bytes > 10_000_000,
    "size:5mb..15mb": lambda r: 5_000_000 <= r.file.size_bytes <= 15_000_000,
    "size:0": lambda r: r.file.size_bytes == 0,
    "width:>=2000": lambda r: r.original.width >= 2000,
    "height:602": lambda r: r.original.height == 602,
    "type:video": lambda r: r.original.is_video,
    "type:photo": lambda r: not r.original.is_video,
    "-type:video": lambda r: not r.original.is_video,
    "type:raw": lambda r: r.original.kind == "nef",
    "type:jpg": lambda r: r.original.kind == "jpeg",
    "is:favorite": lambda r: r.file.favorite,
    "-is:favorite": lambda r: not r.file.favorite,
    "is:failed": lambda r: r.original.failure,
    "is:processing": lambda r: r.original.failure is None and r.original.developed_at is None,
    "has:gps": lambda r: r.file.latitude is not None,
    "has:tags": lambda r: r.file.tags,
    "has:rating": lambda r: r.file.rating is not None,
    "-has:title": lambda r: not r.file.title,
    "has:place has:comments": lambda r: r.file.city and r.file.comments,
    "near:38.72,-9.14,10km": lambda r: is_near(r, (38.72, -9.14)),
    "near:0,180,5km": lambda r: r.file.latitude == 0,
    "near:47,8.5,100km -near:47.37,8.54,1km": lambda r: False,
    "within:38,-10,39,-9": lambda r: is_near(r, (38.72, -9.14)),
    "within:-1,179,1,-179": lambda r: r.file.latitude == 0,
    "folder:2023": lambda r: r.folder.name in ("2023", "Trip"),
    'folder:"All Pictures/2023/Trip"': lambda r: r.folder.name == "Trip",
    "folder:none": lambda r: False,
    "-folder:trip": lambda r: r.folder.name != "Trip",
    "property.client=acme": lambda r: client(r) == "Acme",
    "property.client=7": lambda r: client(r) == 7,
    "property.copies>=4": lambda r: (r.file.properties.get("copies") or 0) >= 4,
    "beach OR canon ": lambda r: r.says("beach") or r.says("canon"),
    "(beach OR canon) rating:>=4": lambda r: (r.says("beach") or r.says("canon")) and rated(r) >= 4,
    "-(beach OR canon)": lambda r: not r.says("beach") and not r.says("canon"),
    "-(beach rating:>=4)": lambda r: not (r.says("beach") and rated(r) >= 4),
    '-"golden hour" has:title': lambda r: not r.says("golden hour") and r.file.title,
    "size:>20mb OR (tag:beach -type:video)": lambda r: (
        r.file.size_bytes > 20_000_000 or (tagged(r, "beach") and not r.original.is_video)
    ),
    "camera:canon taken:2023 tag:beach": lambda r: (
        r.says("canon", "camera") and tagged(r, "beach") and was_taken(r, day(2023), day(2024))
    ),
    "& - … beach ": lambda r: r.says("beach"),
}


@pytest.mark.parametrize("q", SEARCHES)
def test_a_search_finds_what_a_look_at_each_file_finds(many: Many, q: str) -> None:
    expected = many.expected(SEARCHES[q])
    found = many.found(q)
    assert set(found) == expected
    assert len(found) == len(expected)
    assert many.plainly(q) == expected


def test_most_searches_find_some_and_not_all(many: Many) -> None:
    found = [len(many.expected(test)) for test in SEARCHES.values()]
    assert sum(0 < each < len(many.expected(lambda _: True)) for each in found) > 80


KEYS: dict[Sort, Any] = {
    Sort.taken: lambda file: file.sorted_at,
    Sort.imported: lambda file: file.imported_at,
    Sort.name: lambda file: file.folded,
    Sort.size: lambda file: file.size_bytes,
    Sort.rating: lambda file: file.rating,
}


def by_key(found: list[File], sort: Sort, *, descends: bool) -> list[Any]:
    keys = [KEYS[sort](file) for file in found]
    known = sorted((each for each in keys if each is not None), reverse=descends)
    return known + [None] * (len(keys) - len(known))


@pytest.mark.parametrize("walked", [False, True], ids=["few", "many"])
@pytest.mark.parametrize("q", ["", "beach", "rating:>=3 -tag:blurry"])
@pytest.mark.parametrize("sort", KEYS)
def test_pages_in_every_order_bring_each_file_once(
    many: Many, sort: Sort, q: str, walked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if walked:
        monkeypatch.setattr("albumen.assets.search.orders._SORTED", 3)
    files = {row.file.id: row.file for row in many.rows}
    for descends in (True, False):
        paged = many.found(q, sort, page=7, descends=descends)
        keys = [KEYS[sort](files[each]) for each in paged]
        assert keys == by_key([files[each] for each in paged], sort, descends=descends)
        assert len(set(paged)) == len(paged)
        assert set(paged) == many.plainly(q)


def test_a_search_whose_time_is_up_goes_on_where_it_stopped(many: Many, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = {sort: many.found("size:>20mb", sort) for sort in Sort}
    monkeypatch.setattr("albumen.assets.search.walk.Budget.is_spent", lambda _: True)
    for sort in Sort:
        found = many.found("size:>20mb", sort)
        assert set(found) == set(expected[sort])
        assert len(found) == len(expected[sort])


def test_relevance_puts_titles_first_and_whole_words_before_beginnings(many: Many) -> None:
    files = {row.file.id: row for row in many.rows}
    found = [files[each] for each in many.found("beach", Sort.relevance, page=11)]
    whole = [row.says("beach", "title") for row in found]
    assert whole == sorted(whole, reverse=True)
    assert any(whole)
    assert {row.file.id for row in found} == set(many.found("beach"))


def test_relevance_ranks_the_newest_and_then_goes_on_by_time(many: Many, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("albumen.assets.search.ranks._RANKED", 10)
    found = many.found("beach", Sort.relevance, page=4)
    by_time = many.found("beach")
    assert set(found[:10]) == set(by_time[:10])
    assert found[10:] == by_time[10:]


def test_a_ranking_cut_short_is_the_same_for_all_its_pages(many: Many, monkeypatch: pytest.MonkeyPatch) -> None:
    left = iter(range(9))
    monkeypatch.setattr("albumen.assets.search.walk.Budget.is_spent", lambda _: next(left, None) == 8)
    found = many.found("beach", Sort.relevance, page=4)
    assert sorted(found) == sorted(many.found("beach"))
