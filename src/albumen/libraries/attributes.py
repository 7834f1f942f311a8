"""What a query may ask of files: each attribute with its operators, the values it takes, and its SQL over `File`.

Every test is self-contained (what lies in other tables is read by correlated subqueries), so that it can stand in
any WHERE.  Texts are compared without case.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, String, and_, case, false, func, literal, not_, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased

from albumen.db import fulltext, functions
from albumen.libraries import seen, values
from albumen.libraries.attribute import (
    COMPARE,
    EQUAL,
    ONE,
    RANGED,
    SEVERAL,
    TEXTUAL,
    WORDED,
    Attribute,
    Expression,
    Operator,
    Test,
    compared,
    plain_column,
    stored,
    true_or_not,
)
from albumen.libraries.models import File, Folder, Original
from albumen.libraries.values import Box, Near

__all__ = ["ATTRIBUTES", "SEVERAL", "Attribute", "Operator", "below", "of_property"]

_SORTED_CHARACTERS = 100
_KM_PER_DEGREE = 111.0


def _worded(*readings: Expression, within: str = "", more: frozenset[Operator] = frozenset()) -> Attribute:
    """A text that may be read in several ways, the fullest first; each is folded already.

    `within` is where the search index holds its words, if it does.
    """

    def among(wanted: Sequence[str]) -> Test:
        return or_(*(each.in_(wanted) for each in readings))

    def against(operator: Operator, told: Any) -> Test:
        if operator is Operator.words:
            return _said(told, (within,))
        if operator is Operator.matches:
            return readings[0].like(told, escape="\\")
        if operator in COMPARE:
            return COMPARE[operator](readings[0], told)  # type: ignore[no-any-return]  # the operator's own result
        return readings[0].contains(told, autoescape=True)

    sort = func.substr(readings[0], 1, _SORTED_CHARACTERS, type_=String())
    operators = TEXTUAL | more | (WORDED if within else frozenset())
    return Attribute(operators, values.text, among, against, sort, values.TEXTUAL)


def _said(told: values.Phrase, within: Sequence[str]) -> Test:
    return fulltext.said(told.text, within, is_prefix=told.is_prefix, file_id=plain_column(File.id))


def _free(column: InstrumentedAttribute[str | None], within: str) -> Attribute:
    """A text column that is kept as it was written."""
    return _worded(functions.folded(plain_column(column)), within=within)


def _anywhere() -> Attribute:
    """Words in any text of a file, or seen in its picture."""
    return Attribute(
        WORDED,
        values.words,
        lambda _: false(),
        lambda _, told: or_(_said(told, fulltext.COLUMNS), seen.in_picture(told)),
    )


def _taken() -> Attribute:
    def column(moment: datetime) -> tuple[Any, datetime]:
        return (File.taken_local, moment.replace(tzinfo=UTC)) if moment.tzinfo is None else (File.taken_at, moment)

    def among(moments: Sequence[datetime]) -> Test:
        return or_(*(each == moment for each, moment in map(column, moments)))

    def against(operator: Operator, other: datetime) -> Test:
        value, moment = column(other)
        return COMPARE[operator](value, moment)  # type: ignore[no-any-return]  # the operator's own result

    return Attribute(RANGED, values.wall_or_moment, among, against, plain_column(File.taken_at))


def _tags() -> Attribute:
    """A test holds where one of the tags meets it."""
    each = functions.elements(plain_column(File.tags))
    tag = functions.folded(each.c.value)

    def some(test: Test) -> Test:
        return select(literal(1)).select_from(each).where(test).exists()

    def against(operator: Operator, told: Any) -> Test:
        if operator is Operator.words:
            return _said(told, ("tags",))
        return some(
            tag.like(told, escape="\\") if operator is Operator.matches else tag.contains(told, autoescape=True)
        )

    operators = TEXTUAL | {Operator.words, Operator.matches}
    return Attribute(operators, values.text, lambda wanted: some(tag.in_(wanted)), against, read_for=values.TEXTUAL)


def of_property(name: str) -> Attribute:
    """What a user keeps under this name: a text, a number or a truth, equal only to its like."""
    each = functions.entries(plain_column(File.properties))

    def some(test: Test) -> Test:
        return select(literal(1)).select_from(each).where(each.c.key == name, test).exists()

    def is_one(value: Any) -> Test:
        if isinstance(value, bool):
            return each.c.type == str(value).lower()
        if isinstance(value, str):
            return and_(each.c.type == "text", functions.folded(each.c.value) == value)
        return and_(each.c.type.in_(("integer", "real")), functions.number(each) == literal(value))

    def against(operator: Operator, value: Any) -> Test:
        if operator is Operator.contains:
            held = functions.folded(each.c.value).contains(str(value), autoescape=True)
            return some(and_(each.c.type == "text", held))
        return some(
            and_(each.c.type.in_(("integer", "real")), COMPARE[operator](functions.number(each), literal(value)))
        )

    readers: dict[str, Callable[[object], Any]] = {
        **dict.fromkeys(COMPARE, values.amount),
        Operator.contains: values.text,
    }
    return Attribute(
        RANGED | TEXTUAL, values.plain, lambda wanted: some(or_(*map(is_one, wanted))), against, read_for=readers
    )


def _around() -> Attribute:
    def among(spots: Sequence[Near]) -> Test:
        return or_(*map(within, spots))

    def within(spot: Near) -> Test:
        span = spot.km / _KM_PER_DEGREE
        band = File.latitude.between(spot.latitude - span, spot.latitude + span)
        way = functions.kilometres(
            plain_column(File.latitude), plain_column(File.longitude), spot.latitude, spot.longitude
        )
        return and_(band, way <= spot.km)

    return Attribute(ONE, values.near, among)


def _boxed() -> Attribute:
    def inside(box: Box) -> Test:
        across = File.longitude >= box.west, File.longitude <= box.east
        either = or_(*across) if box.west > box.east else and_(*across)
        return and_(File.latitude.between(box.south, box.north), either)

    return Attribute(ONE, values.box, lambda boxes: or_(*map(inside, boxes)))


_HELD: Mapping[str, Test] = {
    "gps": File.latitude.is_not(None),
    "rating": File.rating.is_not(None),
    "title": File.title != "",
    "comments": File.comments != "",
    "tags": functions.count(File.tags.expression) > 0,
    "place": func.coalesce(File.city, File.region, File.country).is_not(None),
    "camera": func.coalesce(File.camera_make, File.camera_model).is_not(None),
    "lens": File.lens.is_not(None),
    "date": File.taken_at.is_not(None),
}
"""What a file may have, as the search index knows it, too."""


def _has() -> Attribute:
    def among(names: Sequence[str]) -> Test:
        return or_(*(func.coalesce(_HELD[name], false()) for name in names))

    return Attribute(EQUAL, values.one_of(*_HELD), among)


def _under() -> Attribute:
    """In a folder or below it, told by the end of its path."""

    def among(paths: Sequence[tuple[str, ...]]) -> Test:
        return or_(*(File.folder_id.in_(below(path)) for path in paths))

    return Attribute(ONE, values.path, among)


def below(path: Sequence[str], seen: Callable[[type[Folder]], Test] = lambda _: true()) -> Select[int]:
    """The folders at or below those whose path ends so; all that are named must be `seen`."""
    here = aliased(Folder)
    wanted = select(here.id)
    top: type[Folder] | None = None
    for name in reversed(path):
        each = aliased(Folder)
        link = (
            each.id == top.parent_id
            if top
            else and_(here.library_id == each.library_id, here.lineage.between(each.lineage, each.lineage + "~"))
        )
        wanted = wanted.join(each, link).where(each.folded == name, seen(each))
        top = each
    return wanted.where(here.deleted_at.is_(None))


def _folder_name() -> Expression:
    above = aliased(Folder)
    return select(above.folded).where(above.id == File.folder_id).correlate(File).scalar_subquery()


def _camera() -> Attribute:
    """The make and the model, or the model alone, which often begins with the make."""
    both = func.trim(func.coalesce(File.camera_make, "") + " " + func.coalesce(File.camera_model, ""))
    model = functions.folded(plain_column(File.camera_model))
    return _worded(functions.folded(func.nullif(both, "")), model, within="camera")


def _place() -> Attribute:
    """The city, the region and the country, or one of them."""
    parts = [plain_column(each) for each in (File.city, File.region, File.country, File.country_code)]
    whole = func.trim(func.coalesce(parts[0], "") + " " + func.coalesce(parts[1], ""))
    whole = func.trim(whole + " " + func.coalesce(parts[2], ""))
    return _worded(functions.folded(func.nullif(whole, "")), *map(functions.folded, parts), within="place")


def _state(test: Callable[[type[Original]], Test]) -> Attribute:
    content = aliased(Original)
    wanted = select(literal(1)).where(content.signature == File.signature, test(content))
    return true_or_not(case((wanted.correlate(File).exists(), True), else_=False))


def _is_failed(content: type[Original]) -> Test:
    return func.coalesce(content.failure, content.unplayable).is_not(None)


def _is_processing(content: type[Original]) -> Test:
    undone = or_(content.developed_at.is_(None), and_(content.is_video, content.converted_at.is_(None)))
    return and_(not_(_is_failed(content)), undone)


ATTRIBUTES: Mapping[str, Attribute] = {
    "parentFolderId": compared(values.public_id, plain_column(File.folder_id), EQUAL),
    "parentFolderName": _worded(_folder_name()),
    "filename": _worded(plain_column(File.folded), within="name", more=RANGED | {Operator.matches}),
    "rating": compared(values.whole, plain_column(File.rating)),
    "isVideo": true_or_not(stored("is_video")),
    "importedOn": compared(values.moment, plain_column(File.imported_at)),
    "takenOn": _taken(),
    "modifiedOn": compared(values.moment, plain_column(File.modified_at)),
    "tags": _tags(),
    "camera": _camera(),
    "lens": _free(File.lens, "lens"),
    "fileSize": compared(values.whole, plain_column(File.size_bytes)),
    "width": compared(values.whole, stored("width")),
    "height": compared(values.whole, stored("height")),
    "near": _around(),
    "hasGps": true_or_not(case((File.latitude.is_not(None), True), else_=False)),
    "favorite": true_or_not(plain_column(File.favorite)),
    "archived": true_or_not(plain_column(File.archived)),
    "mimeType": _worded(functions.folded(stored("mime"))),
    "kind": _worded(stored("kind")),
    "place": _place(),
    "within": _boxed(),
    "folder": _under(),
    "has": _has(),
    "isProcessing": _state(_is_processing),
    "isFailed": _state(_is_failed),
    "text": _anywhere(),
    "title": _free(File.title, "title"),
    "comments": _free(File.comments, "comments"),
    **seen.ATTRIBUTES,
}
