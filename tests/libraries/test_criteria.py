"""Queries as data: every attribute and operator against a filter in Python, and what is refused."""

import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import not_, select
from tests.installation import Installation

from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.kernel.clock import iso
from albumen.kernel.errors import Invalid
from albumen.libraries import criteria, folders, names, ordering
from albumen.libraries.attributes import ATTRIBUTES, Operator
from albumen.libraries.library import NewLibrary
from albumen.libraries.library import create as create_library
from albumen.libraries.models import File, Folder, Original

START = datetime(2024, 3, 31, 23, 30, tzinfo=UTC)
TEXTS = ("Été à Paris", "e\u0301te\u0301 a\u0300 paris", "100%_sure", "STRASSE", "Straße", "", None, "Île")
TAGS: tuple[list[str], ...] = ([], ["Beach"], ["beach", "Été"], ["BEACHBALL"], ["50%"], ["a", "b", "c"])
KEPT: tuple[dict[str, Any], ...] = (
    {},
    {"client": "Acme"},
    {"client": 7},
    {"client": True},
    {"client": 7.5},
    {"x": "acme"},
)
PLACES = ((48.8566, 2.3522), (48.85, 2.35), (-33.9, 18.4), (0.0, 179.99), (0.0, -179.99), (None, None))
COUNT = 120


def query(*parts: tuple[str, str, Any], **more: Any) -> dict[str, Any]:
    told = [{"attribute": name, "operator": operator, "value": value} for name, operator, value in parts]
    return {"version": "1.0", "criteria": told, **more}


@pytest.fixture
def shelf(installation: Installation) -> SimpleNamespace:
    """A library of many files that differ in everything, each value in turn with its own period."""
    actor = installation.actor("alice")
    with installation.app.writing(actor) as unit:
        library = create_library(unit, NewLibrary("Generated"))
        below = [folders.create(unit, library.id, None, name) for name in ("Paris", "Île de Ré", "misc")]
        for n in range(4):
            unit.db.add(_original(n))
        unit.db.flush()
        unit.db.add_all(_file(n, below[n % 3]) for n in range(COUNT))
    return SimpleNamespace(installation=installation, library_id=library.id, folders=below)


def _original(n: int) -> Original:
    kinds = (("jpeg", "image/jpeg"), ("png", "image/png"), ("mp4", "video/mp4"), ("mov", "video/quicktime"))
    kind, mime = kinds[n]
    fixed = {"size_bytes": 1, "crc32": 0, "kind": kind, "mime": mime, "is_video": n > 1, "facts": b"{}"}
    sizes = {"width": 100 * n, "height": 50 + n, "stored_at": START}
    return Original(signature=f"s{n}", key=f"original/{n}", **fixed, **sizes)


def _file(n: int, folder: Folder) -> File:
    name = f"IMG_{n}{TEXTS[n % len(TEXTS)] or ''}.jpg"
    latitude, longitude = PLACES[n % len(PLACES)]
    taken = START + timedelta(hours=n) if n % 5 else None
    return File(
        id=ids.new_id(),
        library_id=folder.library_id,
        folder_id=folder.id,
        name=name,
        folded=names.fold(name),
        signature=f"s{n % 4}",
        size_bytes=1000 * (n % 7),
        imported_at=START + timedelta(days=n % 11),
        modified_at=START if n % 3 else None,
        taken_at=taken,
        taken_local=taken + timedelta(hours=2) if taken else None,
        sorted_at=taken or START,
        rating=(None, 0, 1, 3, 5)[n % 5],
        title=TEXTS[n % 8],
        comments=TEXTS[n % 7],
        camera_make=("Canon", None, "NIKON")[n % 3],
        camera_model=("Canon EOS 5D", "X100", None, "D90")[n % 4],
        lens=TEXTS[n % 5],
        latitude=latitude,
        longitude=longitude,
        favorite=n % 4 == 0,
        archived=n % 5 == 0,
        tags=TAGS[n % len(TAGS)],
        properties=KEPT[n % len(KEPT)],
    )


def fold(text: str) -> str:
    return unicodedata.normalize("NFC", text.casefold())


def held(*found: str | None) -> list[str]:
    return [fold(each) for each in found if each is not None]


READ: dict[str, Callable[[File, Folder, Original], list[Any]]] = {
    "parentFolderId": lambda f, d, o: [ids.encode(d.id)],
    "parentFolderName": lambda f, d, o: held(d.name),
    "filename": lambda f, d, o: held(f.name),
    "rating": lambda f, d, o: [f.rating],
    "isVideo": lambda f, d, o: [o.is_video],
    "importedOn": lambda f, d, o: [iso(f.imported_at)],
    "takenOn": lambda f, d, o: [f.taken_at and iso(f.taken_at)],
    "modifiedOn": lambda f, d, o: [f.modified_at and iso(f.modified_at)],
    "tags": lambda f, d, o: held(*f.tags),
    "camera": lambda f, d, o: held(" ".join(filter(None, (f.camera_make, f.camera_model))) or None, f.camera_model),
    "lens": lambda f, d, o: held(f.lens),
    "fileSize": lambda f, d, o: [f.size_bytes],
    "width": lambda f, d, o: [o.width],
    "height": lambda f, d, o: [o.height],
    "hasGps": lambda f, d, o: [f.latitude is not None],
    "favorite": lambda f, d, o: [f.favorite],
    "archived": lambda f, d, o: [f.archived],
    "mimeType": lambda f, d, o: held(o.mime),
    "title": lambda f, d, o: held(f.title),
    "comments": lambda f, d, o: held(f.comments),
    "property.client": lambda f, d, o: [fold(v) if isinstance(v := f.properties.get("client"), str) else v],
    "near": lambda f, d, o: [(f.latitude, f.longitude)],
}
"""What a file holds of each attribute, in the form in which a query speaks of it."""

TRIED_BY_SEARCHES = {
    *("text", "kind", "place", "within", "folder", "has", "isProcessing", "isFailed"),
    *("writing", "object", "person"),
    *(Operator.words, Operator.matches),
}
"""Attributes and operators that tests/assets/test_search_fields.py compares with a filter in Python."""

PARIS = {"latitude": 48.8566, "longitude": 2.3522, "km": 1.0}
SHIFT = {"latitude": 0.0, "longitude": 180.0, "km": 3.0}
VALUES: dict[str, list[Any]] = {
    "parentFolderName": ["paris", "ÎLE DE RÉ", "is"],
    "filename": ["img_8ÉTÉ à paris.JPG", "100%_", "_1", "strasse", "no such"],
    "rating": [0, 3, 4],
    "isVideo": [True, False],
    "importedOn": [iso(START), "2024-04-05T01:30:00+02:00"],
    "takenOn": [iso(START + timedelta(hours=7)), "2024-04-02T00:00:00Z"],
    "modifiedOn": [iso(START)],
    "tags": ["beach", "50%", "É", "b"],
    "camera": ["canon eos", "Canon Canon EOS 5D", "nikon d90", "X100", "nikon"],
    "lens": ["STRASSE", "é", "%"],
    "fileSize": [0, 3000, 2999],
    "width": [100, 250],
    "height": [51, 0],
    "hasGps": [True, False],
    "favorite": [True, False],
    "archived": [True, False],
    "mimeType": ["image/JPEG", "video/", "png"],
    "title": ["strasse", "ÎLE", "", "_"],
    "comments": ["100%", "été à paris"],
    "property.client": ["acme", 7, 7.5, True, "7"],
    "near": [PARIS, SHIFT],
}
PYTHON: dict[str, Callable[[Any, Any], bool]] = {
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
}


def is_equal(name: str, mine: Any, other: Any) -> bool:
    if name == "near":
        return mine[0] is not None and distance(mine, other) <= other["km"]
    if mine is None or isinstance(mine, bool) != isinstance(other, bool):
        return False
    if name.endswith("On"):
        return datetime.fromisoformat(mine) == datetime.fromisoformat(other)
    return bool(mine == (fold(other) if isinstance(other, str) and name != "parentFolderId" else other))


def distance(mine: tuple[float, float], other: dict[str, float]) -> float:
    a, b, c, d = map(radians, (*mine, other["latitude"], other["longitude"]))
    half = sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2
    return 2 * 6371.0088 * asin(sqrt(half))


def meets(name: str, operator: str, mine: list[Any], value: Any) -> bool:
    """The rules, as a person would write them down."""
    others = value if operator in ("oneOf", "notOneOf") else [value]
    if operator in ("eq", "oneOf"):
        return any(is_equal(name, each, other) for each in mine for other in others)
    if operator in ("neq", "notOneOf"):
        return not any(is_equal(name, each, other) for each in mine for other in others)
    if operator == "contains":
        return any(isinstance(each, str) and fold(value) in each for each in mine)
    return any(ordered(name, operator, each, value) for each in mine)


def ordered(name: str, operator: str, mine: Any, value: Any) -> bool:
    if mine is None or isinstance(mine, bool | str) != isinstance(value, bool | str):
        return False
    if name.endswith("On"):
        return PYTHON[operator](datetime.fromisoformat(mine), datetime.fromisoformat(value))
    return PYTHON[operator](mine, fold(value) if isinstance(value, str) else value)


def operators(name: str) -> list[str]:
    if name.startswith("property."):
        return sorted(set(Operator) - TRIED_BY_SEARCHES)
    return sorted(ATTRIBUTES[name].operators - TRIED_BY_SEARCHES)


def asked(name: str, given: list[Any]) -> Iterator[tuple[str, Any]]:
    """Every operator with every value that it takes."""
    for operator in operators(name):
        if operator in ("oneOf", "notOneOf"):
            yield operator, given[:2]
            continue
        for value in given:
            is_text, is_flag = isinstance(value, str), isinstance(value, bool)
            fits = {"contains": is_text, **dict.fromkeys(PYTHON, not is_text and not is_flag)}
            if not name.startswith("property.") or fits.get(operator, True):
                yield operator, value


@pytest.mark.parametrize("name", [*VALUES, "parentFolderId"])
def test_every_operator_finds_what_a_filter_in_python_finds(shelf: SimpleNamespace, name: str) -> None:
    given = VALUES.get(name) or [ids.encode(folder.id) for folder in shelf.folders]
    some = 0
    with shelf.installation.app.reading(SYSTEM) as unit:
        rows = unit.db.execute(select(File, Folder, Original).join(Folder).join(Original)).all()
        for operator, value in asked(name, given):
            found = criteria.parse(query((name, operator, value))).predicate()
            expected = {f.id for f, d, o in rows if meets(name, operator, READ[name](f, d, o), value)}
            assert set(unit.db.scalars(select(File.id).where(found))) == expected, (operator, value)
            joined = select(File.id).join(Original).join(Folder).where(not_(found))
            assert set(unit.db.scalars(joined)) <= {f.id for f, _, _ in rows} - expected, (operator, value)
            some += 0 < len(expected) < COUNT
    assert some > 1


def test_every_attribute_is_tried() -> None:
    assert {*VALUES, "parentFolderId"} - {"property.client"} == ATTRIBUTES.keys() - TRIED_BY_SEARCHES


def test_all_criteria_must_hold(shelf: SimpleNamespace) -> None:
    told = query(("rating", "gte", 3), ("tags", "contains", "beach"), ("isVideo", "eq", False))
    with shelf.installation.app.reading(SYSTEM) as unit:
        found = unit.db.scalars(select(File).where(criteria.parse(told).predicate())).all()
        assert found
        assert all(f.rating and f.rating >= 3 and any("beach" in fold(tag) for tag in f.tags) for f in found)
        assert len(unit.db.scalars(select(File).where(criteria.parse(query()).predicate())).all()) == COUNT


def test_a_time_without_zone_is_meant_on_the_clock_of_the_photo(shelf: SimpleNamespace) -> None:
    told = query(("takenOn", "gte", "2024-04-02"), ("takenOn", "lt", "2024-04-03T00:00:00"))
    with shelf.installation.app.reading(SYSTEM) as unit:
        found = unit.db.scalars(select(File).where(criteria.parse(told).predicate())).all()
    assert {f.taken_local.date().isoformat() for f in found if f.taken_local} == {"2024-04-02"}
    assert len(found) > 10


def _by(name: str, direction: str | None = None) -> dict[str, str]:
    return {"attribute": name} if direction is None else {"attribute": name, "direction": direction}


ORDERS = [[_by("takenOn")], [_by("rating", "desc"), _by("filename")], [_by("title", "desc"), _by("isVideo")]]
ORDERS += [[_by(name)] for name, each in ATTRIBUTES.items() if each.sort is not None]


@pytest.mark.parametrize("orders", ORDERS, ids=lambda orders: "-".join(each["attribute"] for each in orders))
def test_pages_in_any_order_bring_each_file_once(shelf: SimpleNamespace, orders: list[dict[str, str]]) -> None:
    asked = criteria.parse(query(orderBy=orders))
    with shelf.installation.app.reading(SYSTEM) as unit:
        whole = ordering.page(unit, asked.predicate(), asked.order_by, limit=COUNT, cursor=None)
        paged: list[int] = []
        cursor: str | None = ""
        while cursor is not None:
            page = ordering.page(unit, asked.predicate(), asked.order_by, limit=7, cursor=cursor)
            paged += [file.id for file in page.items]
            cursor = page.next
    assert whole.next is None
    assert paged == [file.id for file in whole.items]
    assert len(set(paged)) == COUNT


def test_what_lacks_the_key_comes_last_in_both_directions(shelf: SimpleNamespace) -> None:
    for direction in ("asc", "desc"):
        asked = criteria.parse(query(orderBy=[_by("rating", direction)]))
        with shelf.installation.app.reading(SYSTEM) as unit:
            page = ordering.page(unit, asked.predicate(), asked.order_by, limit=COUNT, cursor=None)
        ratings = [file.rating for file in page.items]
        known = [rating for rating in ratings if rating is not None]
        assert ratings[: len(known)] == sorted(known, reverse=direction == "desc")


REFUSED: list[tuple[object, str]] = [
    (None, "query"),
    ([], "query"),
    ({}, "query.criteria"),
    ({"version": "2.0", "criteria": []}, "query.version"),
    ({"version": "1.0", "criteria": [], "limit": 1}, "query.limit"),
    ({"version": "1.0", "criteria": {}}, "query.criteria"),
    (query(*[("rating", "eq", 1)] * 101), "query.criteria"),
    ({"version": "1.0", "criteria": ["rating"]}, "query.criteria.0"),
    ({"version": "1.0", "criteria": [{"attribute": "rating", "operator": "eq"}]}, "query.criteria.0.value"),
    (query(("rating", "eq", 1), ("colour", "eq", "red")), "query.criteria.1.attribute"),
    (query((["rating"], "eq", "red")), "query.criteria.0.attribute"),  # type: ignore[arg-type]  # wrong on purpose
    (query(("property.", "eq", "red")), "query.criteria.0.attribute"),
    (query((f"property.{'x' * 101}", "eq", "red")), "query.criteria.0.attribute"),
    (query(("rating", "contains", 1)), "query.criteria.0.operator"),
    (query(("rating", ["eq"], 1)), "query.criteria.0.operator"),  # type: ignore[arg-type]  # wrong on purpose
    (query(("isVideo", "gt", True)), "query.criteria.0.operator"),
    (query(("title", "lt", "b")), "query.criteria.0.operator"),
    (query(("near", "contains", PARIS)), "query.criteria.0.operator"),
    (query(("rating", "eq", "5")), "query.criteria.0.value"),
    (query(("rating", "eq", True)), "query.criteria.0.value"),
    (query(("rating", "eq", 1 << 63)), "query.criteria.0.value"),
    (query(("rating", "eq", [1])), "query.criteria.0.value"),
    (query(("rating", "oneOf", 1)), "query.criteria.0.value"),
    (query(("rating", "oneOf", [])), "query.criteria.0.value"),
    (query(("rating", "oneOf", [1, "2"])), "query.criteria.0.value.1"),
    (query(("rating", "oneOf", [1] * 1001)), "query.criteria.0.value"),
    (query(*[("rating", "oneOf", [1] * 600)] * 2), "query.criteria"),
    (query(("isVideo", "eq", 1)), "query.criteria.0.value"),
    (query(("title", "eq", 1)), "query.criteria.0.value"),
    (query(("title", "eq", "x" * 1001)), "query.criteria.0.value"),
    (query(("title", "eq", "\ud800")), "query.criteria.0.value"),
    (query(("title", "eq", "\0")), "query.criteria.0.value"),
    (query(("takenOn", "lt", "yesterday")), "query.criteria.0.value"),
    (query(("takenOn", "lt", "2024-02-30")), "query.criteria.0.value"),
    (query(("importedOn", "lt", "2024-02-01")), "query.criteria.0.value"),
    (query(("parentFolderId", "eq", "no/id")), "query.criteria.0.value"),
    (query(("near", "eq", {"latitude": 1, "longitude": 1})), "query.criteria.0.value"),
    (query(("near", "eq", {"latitude": 91, "longitude": 1, "km": 1})), "query.criteria.0.value"),
    (query(("near", "eq", {"latitude": float("nan"), "longitude": 1, "km": 1})), "query.criteria.0.value"),
    (query(("near", "eq", {"latitude": 1, "longitude": 1, "km": 0})), "query.criteria.0.value"),
    (query(("property.client", "lt", "b")), "query.criteria.0.value"),
    (query(("property.client", "contains", 7)), "query.criteria.0.value"),
    (query(("property.client", "eq", None)), "query.criteria.0.value"),
    (query(orderBy=[_by("tags")]), "query.orderBy.0.attribute"),
    (query(orderBy=[_by("takenOn", "up")]), "query.orderBy.0.direction"),
    (query(orderBy=[_by("takenOn")] * 4), "query.orderBy"),
]


@pytest.mark.parametrize(("told", "place"), REFUSED)
def test_what_is_wrong_is_named_by_its_place(told: object, place: str) -> None:
    with pytest.raises(Invalid) as refused:
        criteria.parse(told)
    assert place in [at for at, _ in refused.value.errors]


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        criteria.parse(query(("rating", "contains", 1), ("colour", "eq", 1), ("rating", "oneOf", ["1", "2"])))
    assert len(refused.value.errors) == 4


def test_a_query_that_is_no_longer_understood_finds_nothing(shelf: SimpleNamespace) -> None:
    with shelf.installation.app.reading(SYSTEM) as unit:
        assert not unit.db.scalars(select(File).where(criteria.found_by({"version": "0.1"}))).all()


def test_a_foreign_cursor_is_refused(shelf: SimpleNamespace) -> None:
    asked = criteria.parse(query(orderBy=[_by("takenOn")]))
    with shelf.installation.app.reading(SYSTEM) as unit:
        for cursor in ("WyJhIiwxXQ", "WzFd", "WzEsIDIsIDNd", "Wzk5OTk5OTk5OTk5OTk5OTk5OSwxXQ"):
            with pytest.raises(Invalid):
                ordering.page(unit, asked.predicate(), asked.order_by, limit=7, cursor=cursor)
