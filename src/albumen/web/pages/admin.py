"""Looking after the installation: how it stands, what it holds, who did what, and how it is set up."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import Depends, Request, Response
from pydantic import BaseModel, SecretStr

from albumen import __version__
from albumen.accounts import users
from albumen.http.deps import TheApp
from albumen.kernel.errors import Invalid
from albumen.operations import health, space, stats, watching
from albumen.operations.watching import Sought
from albumen.settings import Settings
from albumen.unit import Unit
from albumen.web import deed_words, health_words, keeping
from albumen.web.keeping import KeeperReading
from albumen.web.router import Pages
from albumen.web.texts import gettext as _

routes = Pages("/admin")
CSV_LINES = 10_000
_NEVER = datetime(9999, 12, 30, tzinfo=UTC)


@routes.get("")
def overview(request: Request, app: TheApp, unit: KeeperReading) -> Response:
    """Tiles that say how each part stands, the worst first."""
    said = [health_words.spoken(each) for each in health.checks(app, unit, _address(request))]
    holdings, numbers = space.of_house(app, unit), stats.of_service(unit)
    values: dict[str, Any] = {"bad": [each for each in said if each.state != "ok"], "fine": len(said)}
    return keeping.page(
        request, "overview", "overview", holdings=holdings, numbers=numbers, version=__version__, **values
    )


@routes.get("/health")
def health_page(request: Request, app: TheApp, unit: KeeperReading) -> Response:
    """Each part, and what to do where it is not well."""
    said = [health_words.spoken(each) for each in health.checks(app, unit, _address(request))]
    return keeping.page(request, "health", "health", checks=said)


def _address(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


@routes.get("/storage")
def storage_page(request: Request, app: TheApp, unit: KeeperReading) -> Response:
    """What lies in the store, and how long the disk lasts."""
    holdings = space.of_house(app, unit)
    return keeping.page(request, "storage", "storage", holdings=holdings, segments=_segments(holdings))


def _segments(holdings: space.Holdings) -> list[tuple[str, str, str]]:
    """Each part of the disk with where its bar begins and how long it is, in thousandths."""
    if holdings.disk is None:
        return []
    known = [("originals", holdings.originals), ("renditions", holdings.renditions)]
    taken = holdings.disk.total_bytes - holdings.disk.free_bytes
    known.append(("others", max(0, taken - sum(size for _, size in known))))
    placed, begin = [], 0.0
    for name, size in known:
        length = size / max(1, holdings.disk.total_bytes) * 1000
        placed.append((name, f"{begin:.2f}", f"{length:.2f}"))
        begin += length
    return placed


@routes.get("/audit")
def audit_page(request: Request, unit: KeeperReading, cursor: str = "") -> Response:
    """Who did what, the newest first."""
    told = {name: request.query_params.get(name, "") for name in ("deed", "who", "begin", "end")}
    page = watching.entries(unit, _sought(unit, told), cursor=cursor or None)
    lines = [(entry, name, deed_words.spoken(entry.deed)) for entry, name in page.items]
    deeds = [(each, deed_words.spoken(each)) for each in watching.deeds(unit)]
    people = users.everyone(unit)
    query = urlencode({name: value for name, value in told.items() if value})
    values: dict[str, Any] = {"lines": lines, "deeds": deeds, "people": people, "told": told, "query": query}
    return keeping.page(request, "audit", "audit", more=page.next or "", **values)


@routes.get("/audit.csv")
def audit_csv(request: Request, unit: KeeperReading) -> Response:
    """The same as a table for other programs."""
    told = {name: request.query_params.get(name, "") for name in ("deed", "who", "begin", "end")}
    page = watching.entries(unit, _sought(unit, told), limit=CSV_LINES)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("time", "user", "deed", "thing", "id", "result", "details"))
    for entry, name in page.items:
        facts = (entry.at.isoformat(), _safe(name or ""), entry.deed, entry.thing, str(entry.thing_id), entry.result)
        writer.writerow((*facts, _safe(str(entry.details or ""))))
    headers = {"Content-Disposition": 'attachment; filename="log.csv"', "Cache-Control": "private, no-store"}
    return Response(out.getvalue(), headers=headers, media_type="text/csv; charset=utf-8")


def _safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _sought(unit: Unit, told: dict[str, str]) -> Sought:
    user = users.find(unit, told["who"]) if told["who"] else None
    end = min(_day(told["end"]) or _NEVER, _NEVER) if told["end"] else None
    user_id = user.id if user else -1 if told["who"] else None
    return Sought(told["deed"], user_id, _day(told["begin"]), end and end + timedelta(days=1))


def _day(told: str) -> datetime | None:
    try:
        return datetime.fromisoformat(told).replace(tzinfo=UTC) if told else None
    except ValueError:
        raise Invalid(_("This is not a date.")) from None


@routes.get("/settings", dependencies=[Depends(keeping.reading, scope="function")])
def settings_page(request: Request, app: TheApp) -> Response:
    """Every setting as it is in effect."""
    return keeping.page(request, "settings", "settings", rooms=list(_rooms(app.settings)))


def _rooms(settings: Settings) -> list[tuple[str, list[dict[str, Any]]]]:
    plain = [name for name in Settings.model_fields if not isinstance(getattr(settings, name), BaseModel)]
    rooms: list[tuple[str, list[dict[str, Any]]]] = [("", [_setting(settings, "", each) for each in plain])]
    for name in Settings.model_fields:
        room = getattr(settings, name)
        if isinstance(room, BaseModel):
            rooms.append((name, [_setting(room, f"{name}_", each) for each in type(room).model_fields]))
    return rooms


def _setting(room: BaseModel, prefix: str, name: str) -> dict[str, Any]:
    value, known = getattr(room, name), type(room).model_fields[name]
    variable = f"ALBUMEN_{prefix}{name}".upper()
    is_secret = isinstance(value, SecretStr) or variable == "ALBUMEN_DATABASE_URL"
    shown = str(value) if not is_secret else ""
    if is_secret:
        is_set = bool(value.get_secret_value() if isinstance(value, SecretStr) else value)
        shown = _("set; not shown") if is_set else ""
    is_own = value != known.get_default(call_default_factory=True)
    return {"variable": variable, "value": shown, "words": known.description or "", "is_own": is_own}
