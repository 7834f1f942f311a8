"""Deeds that correct facts of many files: tags, dates, favourites, ratings."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from albumen.kernel.errors import Invalid
from albumen.libraries import dates, edits, tally, trash
from albumen.libraries.models import File, Role
from albumen.operations import deeds, tags
from albumen.operations.deeds import Args, Before, Done
from albumen.unit import Unit

_FACTS = frozenset(("tags", "taken_at", "rating"))
_MOST_SECONDS = 200 * 366 * 86_400

Columns = dict[str, Any]


@dataclass(frozen=True)
class Marking:
    """A deed that sets columns: `clean` reads what was told, `columns` says what they become for a file.

    `columns` raises Invalid for a file that cannot be so; that one is left out.
    """

    clean: Callable[[Args], Args]
    columns: Callable[[File, Args], Columns]

    def check(self, unit: Unit, library_id: int, args: Args) -> Args:
        """What was told, as it is kept.  Raises NotFound, Denied, Invalid."""
        trash.reached(unit, library_id, Role.contributor)
        return self.clean(args)

    def apply(self, unit: Unit, library_id: int, args: Args, file_ids: Sequence[int]) -> Done:
        """Set the columns; what was before is kept beside what they became."""
        count, before, changed = 0, [], []
        for file in deeds.changeable(unit, library_id, file_ids):
            try:
                wanted = self.columns(file, args)
            except Invalid:
                continue
            count += 1
            columns = {column: value for column, value in wanted.items() if getattr(file, column) != value}
            added = sorted((_FACTS & wanted.keys()) - set(file.corrected))
            if columns or added:
                before.append({**_kept(file, columns, added), "at": deeds.as_kept(unit.now)})
                changed.append((file, file.sorted_at))
                _set(file, columns, sorted({*file.corrected, *added}), unit.now)
        _settle(unit, library_id, changed)
        return Done(count, before)

    def undo(self, unit: Unit, library_id: int, args: Args, before: Sequence[Before]) -> int:
        """Set back what still is as it was set."""
        kept = {each["id"]: each for each in before}
        changed = []
        for file in deeds.changeable(unit, library_id, list(kept)):
            each = kept[file.id]
            if any(getattr(file, column) != value for column, value in each["became"].items()):
                continue
            changed.append((file, file.sorted_at))
            corrected = [name for name in file.corrected if name not in each["added"]]
            _set(file, each["was"], corrected, _modified(file, each))
        _settle(unit, library_id, changed)
        return len(changed)


def _kept(file: File, columns: Columns, added: Sequence[str]) -> Before:
    was = {column: getattr(file, column) for column in columns}
    return {"id": file.id, "was": was, "became": columns, "added": added, "modified_at": file.modified_at}


def _modified(file: File, before: Before) -> datetime | None:
    """When a file was modified once a deed is undone: as before, unless something else was changed since."""
    return before["modified_at"] if file.modified_at == before["at"] else file.modified_at


def _set(file: File, columns: Columns, corrected: list[str], modified_at: datetime | None) -> None:
    for column, value in columns.items():
        setattr(file, column, value)
    file.corrected, file.modified_at = corrected, modified_at


def _settle(unit: Unit, library_id: int, changed: Sequence[tuple[File, datetime]]) -> None:
    """Write changed files, count them in their months, and tell of them."""
    unit.db.flush()
    months: Counter[tuple[int, int]] = Counter()
    for file, sorted_before in changed:
        months[sorted_before.year, sorted_before.month] -= 1
        months[file.sorted_at.year, file.sorted_at.month] += 1
    for (year, month), more in months.items():
        if more:
            tally.count_month(unit, library_id, datetime(year, month, 1, tzinfo=UTC), more)
    deeds.tell(unit, library_id, [file for file, _ in changed])


def _tagging(args: Args) -> Args:
    told = {name: edits.tags(args.get(name) or ()) for name in ("add", "remove")}
    if not told["add"] and not told["remove"]:
        raise Invalid("Give tags to add or to remove.", errors=[("add", "missing")])
    return told


def _tagged(file: File, args: Args) -> Columns:
    return {"tags": edits.tags([*tags.without(file.tags, args["remove"]), *args["add"]])}


def _renaming(args: Args) -> Args:
    [renamed], [name] = edits.tags([args["from"]]), edits.tags([args["to"]])
    return {"from": renamed, "to": name}


def _renamed(file: File, args: Args) -> Columns:
    return {"tags": edits.tags(tags.renamed(file.tags, args["from"], args["to"]))}


def _removed(file: File, args: Args) -> Columns:
    return {"tags": tags.renamed(file.tags, args["tag"], None)}


def _editing(args: Args) -> Args:
    shift, zone = args.get("shift_seconds"), args.get("time_zone")
    if not args:
        raise Invalid("Say what to change.", errors=[("shiftSeconds", "missing")])
    if shift is not None and not 0 < abs(shift) <= _MOST_SECONDS:
        raise Invalid("Dates are shifted by up to 200 years.", errors=[("shiftSeconds", "none, or too much")])
    if zone is not None:
        _zone(zone)
    return args


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid("There is no such time zone.", errors=[("timeZone", "unknown")]) from None


def _edited(file: File, args: Args) -> Columns:
    columns: Columns = {name: args[name] for name in ("favorite", "archived", "rating") if name in args}
    if args.get("shift_seconds") is not None or args.get("time_zone") is not None:
        if file.taken_at is not None:
            columns |= _dated(file.taken_at, file.taken_local or file.taken_at, args)
        elif not columns:
            raise Invalid("It has no date.")
    return columns


def _dated(taken_at: datetime, local: datetime, args: Args) -> Columns:
    """A date, shifted and read on the clock of a zone.  Raises Invalid where there is no such time."""
    shift = timedelta(seconds=args.get("shift_seconds") or 0)
    try:
        taken_at, local = taken_at + shift, local + shift
        if args.get("time_zone") is not None:
            taken_at = local.replace(tzinfo=_zone(args["time_zone"])).astimezone(UTC)
    except OverflowError:
        raise Invalid("There is no such time.") from None
    return {"taken_at": taken_at, "taken_local": local, "sorted_at": local, "taken_source": dates.SOURCE}


def _removing(args: Args) -> Args:
    [tag] = edits.tags([args["tag"]])
    return {"tag": tag}


MARKINGS: Mapping[str, Marking] = {
    "tag": Marking(_tagging, _tagged),
    "edit": Marking(_editing, _edited),
    "rename-tag": Marking(_renaming, _renamed),
    "remove-tag": Marking(_removing, _removed),
}
