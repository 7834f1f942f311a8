"""How access codes look over the API to those who give them out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from pydantic import AwareDatetime, Field
from sqlalchemy import func, select

from albumen.accounts.models import User
from albumen.app import App
from albumen.events import accessors
from albumen.events.accessors import NewAccessor, Shown
from albumen.events.event_views import public_url
from albumen.events.models import Accessor, AccessorFile, Event, Shows
from albumen.events.sight import Permission, Size
from albumen.http.views import Form, Time, View
from albumen.kernel import codes, ids
from albumen.kernel.errors import Conflict, Invalid
from albumen.libraries import criteria
from albumen.unit import Unit

MOST_IMAGES = 10_000
_SUBSETS = ("images", "sets", "tag", "query")
_COLUMNS = {"expires_on": "expires_at", "disabled": "is_disabled"}


class Subset(Form):
    """What a code shows: `images` (files), `sets`, what has a `tag`, or what a `query` finds; with none of them all."""

    images: list[str] | None = Field(None, max_length=MOST_IMAGES)
    sets: list[str] | None = Field(None, max_length=1000)
    tag: str | None = Field(None, min_length=1, max_length=200)
    query: dict[str, Any] | None = None

    def shown(self) -> Shown:
        """The same in the words of the house.  Raises NotFound, Invalid."""
        told = [name for name in _SUBSETS if getattr(self, name) is not None]
        if len(told) > 1:
            raise Invalid("A code shows images, sets, a tag or a query.", errors=[(told[1], f"not beside {told[0]}")])
        if self.images is not None:
            return Shown(Shows.files, file_ids=[ids.decode(each) for each in self.images])
        if self.sets is not None:
            return Shown(Shows.sets, set_ids=[ids.decode(each) for each in self.sets])
        query = _tagged(self.tag) if self.tag is not None else self.query
        return Shown() if query is None else Shown(Shows.query, query=query)


def _tagged(tag: str) -> dict[str, Any]:
    criterion = {"attribute": "tags", "operator": "eq", "value": tag}
    return {"version": criteria.VERSION, "criteria": [criterion]}


class AccessorForm(Subset):
    """A code to make."""

    label: str | None = Field(None, max_length=200)
    permissions: tuple[Permission, ...] = (Permission.view,)
    sizes: tuple[Size, ...] = (Size.original,)
    expires_on: AwareDatetime | None = None
    most_files: int | None = Field(None, ge=0, lt=1 << 63)
    most_bytes: int | None = Field(None, ge=0, lt=1 << 63)

    def new(self) -> NewAccessor:
        """What the code starts with.  Raises NotFound, Invalid."""
        told = {"expires_at": self.expires_on, "most_files": self.most_files, "most_bytes": self.most_bytes}
        return NewAccessor(self.label, self.permissions, self.sizes, self.shown(), told)


class AccessorPatch(Subset):
    """What to change of a code; null takes a label, an end or a limit away, and one of the subsets null means all."""

    label: str | None = Field(None, max_length=200)
    permissions: tuple[Permission, ...] = ()
    sizes: tuple[Size, ...] = ()
    expires_on: AwareDatetime | None = None
    most_files: int | None = Field(None, ge=0, lt=1 << 63)
    most_bytes: int | None = Field(None, ge=0, lt=1 << 63)
    disabled: bool = False

    def told(self) -> dict[str, Any]:
        """What was told, by field.  Raises NotFound, Invalid."""
        plain = self.model_dump(exclude_unset=True, exclude=set(_SUBSETS))
        told = {_COLUMNS.get(name, name): value for name, value in plain.items()}
        if self.model_fields_set & set(_SUBSETS):
            told["shown"] = self.shown()
        return told


class AccessorView(View):
    """A code.  `accessCode` is missing where it cannot be read any more; `shows` is all, files, sets or query."""

    accessor_id: str
    event_id: str
    label: str | None
    access_code: str | None
    qr_url: str | None
    permissions: list[str]
    sizes: list[str]
    shows: str
    images: list[str] | None = None
    image_count: int | None = None
    sets: list[str] | None
    query: dict[str, Any] | None
    expires_on: Time | None
    disabled: bool
    is_over: bool
    most_files: int | None
    most_bytes: int | None
    sent_files: int
    sent_bytes: int
    use_count: int
    last_seen_on: Time | None
    sent_to: str | None
    created_on: Time


@dataclass(frozen=True)
class Page:
    """The page of an event: what links to it begin with."""

    url: str

    @classmethod
    def of(cls, unit: Unit, app: App, event: Event) -> "Page":
        """Where an event is shown to its guests."""
        owner = unit.db.get_one(User, event.user_id)
        return cls(f"{app.settings.address}/e/{quote(public_url(owner, event))}")

    def link(self, token: str) -> str:
        """A link that opens it; what stands behind `#` never reaches a server."""
        return f"{self.url}#{token}"


_AS_KEPT = (
    "label",
    "permissions",
    "sizes",
    "shows",
    "query",
    "most_files",
    "most_bytes",
    "sent_files",
    "sent_bytes",
    "use_count",
    "sent_to",
)


def of_accessors(unit: Unit, app: App, event: Event, wanted: Sequence[Accessor]) -> list[AccessorView]:
    """Codes of one event, for who may see them; without the picked files themselves."""
    page, counts = Page.of(unit, app, event), _counts(unit, wanted)
    return [_view(unit, app, page, each).model_copy(update={"image_count": counts.get(each.id)}) for each in wanted]


def of_accessor(unit: Unit, app: App, event: Event, accessor: Accessor) -> AccessorView:
    """One code with the files picked for it, for who may see it."""
    view = of_accessors(unit, app, event, [accessor])[0]
    if accessor.shows != Shows.files and view.image_count is None:
        return view
    picked = select(AccessorFile.file_id).where(
        AccessorFile.accessor_id == accessor.id, AccessorFile.is_withheld.is_(False)
    )
    images = [ids.encode(each) for each in unit.db.scalars(picked.order_by(AccessorFile.file_id))]
    return view.model_copy(update={"images": images, "image_count": len(images)})


def _view(unit: Unit, app: App, page: Page, accessor: Accessor) -> AccessorView:
    try:
        given = accessors.secrets_of(app.seals, accessor)
    except Conflict:
        given = None
    return AccessorView(
        **{name: getattr(accessor, name) for name in _AS_KEPT},
        accessor_id=ids.encode(accessor.id),
        event_id=ids.encode(accessor.event_id),
        access_code=codes.show(given.code) if given else None,
        qr_url=page.link(given.token) if given else None,
        sets=accessor.set_ids if accessor.shows == Shows.sets else None,
        expires_on=accessor.expires_at,
        disabled=accessor.disabled_at is not None,
        is_over=accessors.is_over(accessor, unit.now),
        last_seen_on=accessor.seen_at,
        created_on=accessor.created_at,
    )


def _counts(unit: Unit, wanted: Sequence[Accessor]) -> dict[int, int]:
    """How many files are picked for each code."""
    rows = select(AccessorFile.accessor_id, func.count().label("picked"))
    mine = AccessorFile.accessor_id.in_([each.id for each in wanted]), AccessorFile.is_withheld.is_(False)
    rows = rows.where(*mine).group_by(AccessorFile.accessor_id)
    return {row.accessor_id: row.picked for row in unit.db.execute(rows)}
