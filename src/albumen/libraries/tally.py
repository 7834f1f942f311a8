"""Counts and sums that lists show, kept by whoever changes what they count."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, update

from albumen.accounts import users
from albumen.accounts.models import User
from albumen.db.statements import insert_for, table_of
from albumen.kernel.errors import OverQuota, Quota
from albumen.libraries.models import File, Folder, Library, MonthCount, Rendition
from albumen.unit import Unit

COLUMNS = {"sm": "sm_bytes", "md": "md_bytes", "lg": "lg_bytes", "full-size": "cnv_bytes", "video": "cnv_bytes"}
"""Which sum of a folder a variant counts in; what is not named counts against the quota only."""
_FOLDER_SUMS = ("file_count", "file_bytes", *dict.fromkeys(COLUMNS.values()))

_library, _folder, _months, _user = table_of(Library), table_of(Folder), table_of(MonthCount), table_of(User)
_grow_library = (
    update(_library)
    .where(_library.c.id == bindparam("library"))
    .values(used_bytes=_library.c.used_bytes + bindparam("more"))
    .returning(_library.c.used_bytes, _library.c.quota_bytes)
)
_grow_user = (
    update(_user)
    .where(_user.c.id == bindparam("user"))
    .values(used_bytes=_user.c.used_bytes + bindparam("more"))
    .returning(_user.c.used_bytes, _user.c.quota_bytes)
)
_grow_folder = (
    update(_folder)
    .where(_folder.c.id == bindparam("folder"))
    .values({name: _folder.c[name] + bindparam(f"more_{name}") for name in _FOLDER_SUMS})
)
_is_shown = File.deleted_at.is_(None)
_files, _shown = func.count().label("files"), func.count().filter(_is_shown).label("shown")
_holders = (
    select(File.library_id, File.folder_id, File.added_by, _files, _shown)
    .where(File.signature == bindparam("signature"))
    .group_by(File.library_id, File.folder_id, File.added_by)
)
_weights = select(Rendition.variant, Rendition.size_bytes).where(Rendition.signature == bindparam("signature"))


@dataclass(frozen=True)
class Weight:
    """What a file adds where it lies: its own bytes and those of its renditions by variant."""

    own: int
    renditions: Mapping[str, int]

    @property
    def made(self) -> int:
        """The bytes of its renditions."""
        return sum(self.renditions.values())


def weight(unit: Unit, file: File) -> Weight:
    """What a file weighs now."""
    rows = unit.db.execute(_weights, {"signature": file.signature})
    return Weight(file.size_bytes, {row.variant: row.size_bytes for row in rows})


@dataclass(frozen=True)
class Share:
    """Bytes that count in a library and, where a user is known, for that user; negative ones are given back."""

    library_id: int
    user_id: int | None
    size_bytes: int


def reserve(unit: Unit, library_id: int, size_bytes: int) -> None:
    """Count bytes against the quotas of a library and of the acting user.

    The rows' locks make writers of one library, and all that one user does, take turns, so that no two together pass
    a quota that either alone keeps.  Raises OverQuota, telling what is used and free.
    """
    used, quota = unit.db.execute(_grow_library, {"library": library_id, "more": size_bytes}).one()
    _refuse_over("library", (used - size_bytes, quota), size_bytes)
    reserve_own(unit, size_bytes)


def reserve_own(unit: Unit, size_bytes: int) -> None:
    """The same for the acting user alone, for what lies in no library.  Raises OverQuota."""
    if size_bytes and unit.actor.user_id is not None:
        used, own = unit.db.execute(_grow_user, {"user": unit.actor.user_id, "more": size_bytes}).one()
        _refuse_over("user", (used - size_bytes, users.quota_of(unit, own)), size_bytes)


def settle(unit: Unit, shares: Iterable[Share]) -> None:
    """Count bytes, or give them back, without asking whether there is room for them."""
    libraries: Counter[int] = Counter()
    adders: Counter[int] = Counter()
    for share in shares:
        libraries[share.library_id] += share.size_bytes
        if share.user_id is not None:
            adders[share.user_id] += share.size_bytes
    for library_id, more in sorted(libraries.items()):
        unit.db.execute(_grow_library, {"library": library_id, "more": more})
    for user_id, more in sorted(adders.items()):
        settle_own(unit, user_id, more)


def settle_own(unit: Unit, user_id: int, more: int) -> None:
    """The same for a user alone, for what lies in no library."""
    unit.db.execute(_grow_user, {"user": user_id, "more": more})


def check_quota(unit: Unit, library_id: int, size_bytes: int) -> None:
    """Refuse bytes that do not fit, without counting them yet: before they are stored.  Raises OverQuota."""
    library = unit.db.get_one(Library, library_id)
    _refuse_over("library", (library.used_bytes, library.quota_bytes), size_bytes)
    check_user_quota(unit, size_bytes)


def left(unit: Unit, library_id: int | None) -> int | None:
    """How many bytes the quotas of a library, where one is named, and of the acting user leave; None: no quota."""
    user = None if unit.actor.user_id is None else unit.db.get(User, unit.actor.user_id)
    library = None if library_id is None else unit.db.get_one(Library, library_id)
    standings = [(user.used_bytes, users.quota_of(unit, user.quota_bytes))] if user else []
    standings += [(library.used_bytes, library.quota_bytes)] if library else []
    return min((max(0, allowed - used) for used, allowed in standings if allowed is not None), default=None)


def check_user_quota(unit: Unit, size_bytes: int) -> None:
    """The same for the acting user alone, where the library is not known yet.  Raises OverQuota."""
    user = None if unit.actor.user_id is None else unit.db.get(User, unit.actor.user_id)
    if user is not None:
        _refuse_over("user", (user.used_bytes, users.quota_of(unit, user.quota_bytes)), size_bytes)


def _refuse_over(of: str, standing: tuple[int, int | None], size_bytes: int) -> None:
    used, allowed = standing
    if allowed is None or size_bytes <= 0 or used + size_bytes <= allowed:
        return
    quota = Quota(of, used, allowed)
    whose = "The library's" if of == "library" else "Your"
    told = f"{whose} quota is used up: {used} bytes used, {quota.free_bytes} free, {size_bytes} more wanted."
    raise OverQuota(told, quota=quota)


def place(unit: Unit, file: File, weight: Weight, *, sign: int = 1) -> None:
    """Count a file in its folder and month (`sign` -1 takes it out); the moving part of a photo only by its bytes."""
    more = _by_column(weight.renditions, sign)
    counted = 0 if file.part_of else sign
    _add_to_folder(unit, file.folder_id, {"file_count": counted, "file_bytes": sign * weight.own, **more})
    if counted:
        count_month(unit, file.library_id, file.sorted_at, counted)


def _by_column(sizes: Mapping[str, int], times: int) -> Mapping[str, int]:
    more: Counter[str] = Counter()
    for variant, size in sizes.items():
        if variant in COLUMNS:
            more[COLUMNS[variant]] += size * times
    return more


def _add_to_folder(unit: Unit, folder_id: int, more: Mapping[str, int]) -> None:
    unit.db.execute(_grow_folder, {"folder": folder_id, **{f"more_{name}": more.get(name, 0) for name in _FOLDER_SUMS}})


def count_month(unit: Unit, library_id: int, sorted_at: datetime, change: int) -> None:
    """Count a file in the month of its local date."""
    insert = insert_for(unit.db)(_months)
    summed = {"count": _months.c["count"] + insert.excluded["count"]}
    counted = insert.on_conflict_do_update(index_elements=["library_id", "month"], set_=summed)
    month = sorted_at.year * 100 + sorted_at.month
    unit.db.execute(counted, {"library_id": library_id, "month": month, "count": change})


def add_renditions(unit: Unit, signature: str, sizes: Mapping[str, int]) -> None:
    """Count renditions, by variant, that were made (or, negative, removed) wherever their original is filed.

    What lies in the trash counts against the quota, and in no folder.
    """
    total = sum(sizes.values())
    rows = unit.db.execute(_holders, {"signature": signature}).all()
    settle(unit, (Share(row.library_id, row.added_by, total * row.files) for row in rows))
    for row in rows:
        _add_to_folder(unit, row.folder_id, _by_column(sizes, row.shown))
