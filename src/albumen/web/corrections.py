"""The form in which the facts of a photo are corrected: what stands in it, and what of it was changed."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from albumen.kernel.errors import Invalid
from albumen.libraries.models import File
from albumen.web.forms import Sent
from albumen.web.texts import gettext as _

_LONGEST: Final = {"title": 1000, "description": 10_000, "tags": 20_000}


def shown(file: File) -> dict[str, str]:
    """What stands in the form at first."""
    is_placed = file.latitude is not None and file.longitude is not None
    return {
        "title": file.title or "",
        "description": file.comments or "",
        "tags": ", ".join(file.tags),
        "taken": f"{file.taken_local:%Y-%m-%dT%H:%M:%S}" if file.taken_local else "",
        "place": f"{file.latitude:.6f}, {file.longitude:.6f}" if is_placed else "",
        "name": file.name,
    }


def told(file: File, form: Sent) -> dict[str, Any]:
    """What was changed, as `edits.edit` takes it; what was left as it stood is not said.  Raises Invalid."""
    stood = shown(file)
    found: dict[str, Any] = {}
    for field, before in stood.items():
        now = form.text(field).replace("\r\n", "\n").strip()
        if field in form.fields and now != before.strip():
            _check_length(field, now)
            found |= _READ[field](now)
    return found


def sent(file: File, form: Sent) -> dict[str, str]:
    """What stood in a form that was sent, to be shown again."""
    return {field: form.text(field) for field in shown(file) if field in form.fields}


def _check_length(field: str, text: str) -> None:
    if len(text) > _LONGEST.get(field, 255):
        raise Invalid(_("This text is too long."), errors=[(field, "too long")])


def _place(text: str) -> Mapping[str, Any]:
    """`54.1838, 7.8891`; nothing where it is not known."""
    if not text:
        return {"latitude": None, "longitude": None}
    try:
        latitude, longitude = (float(each) for each in text.split(","))
    except ValueError:
        latitude = longitude = 999.0
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise Invalid(_("A place is two numbers, such as 54.1838, 7.8891."), errors=[("place", "not a place")])
    return {"latitude": latitude, "longitude": longitude}


def _taken(text: str) -> Mapping[str, Any]:
    if not text:
        return {"taken_on": None}
    return {"taken_on": f"{text}:00" if text.count(":") == 1 else text}


_READ: Final[Mapping[str, Callable[[str], Mapping[str, Any]]]] = {
    "title": lambda text: {"title": text or None},
    "description": lambda text: {"comments": text or None},
    "tags": lambda text: {"tags": [each.strip() for each in text.split(",") if each.strip()]},
    "taken": _taken,
    "place": _place,
    "name": lambda text: {"name": text},
}
