"""What all guests of a code are told of a photo alike: its form, and links to it.

A thousand of them read the same list at once.  What is known of a photo that is done is therefore put together once
in a few seconds; who sees it, and what it is called, is asked each time.
"""

import base64
from collections.abc import Hashable, Sequence
from typing import Any

from albumen.app import App
from albumen.events import links, sight
from albumen.events.links import THUMBNAILS, Links
from albumen.events.sight import Permission, Size
from albumen.events.visits import Visit
from albumen.libraries import queries
from albumen.libraries.models import File
from albumen.libraries.queries import Content
from albumen.unit import Unit


def of_files(unit: Unit, app: App, visit: Visit, files: Sequence[File]) -> dict[int, dict[str, Any]]:
    """The same for each of these files, which the caller got by `sight.shown`, by their ids."""
    here = code(unit, visit)
    kept = {file.id: app.recent.get(_key(here, file)) for file in files}
    found = {file_id: told for file_id, told in kept.items() if told is not None}
    lacking = [file for file in files if file.id not in found]
    if lacking:
        contents, linked = queries.contents(unit, lacking), links.of_files(unit, app.signer, visit, lacking)
        for file in lacking:
            found[file.id] = _told(contents[file.signature], linked[file.id])
            if _is_done(visit, contents[file.signature], linked[file.id]):
                app.recent.remember(_key(here, file), found[file.id])
    return found


def code(unit: Unit, visit: Visit) -> tuple[Hashable, ...]:
    """All that links depend on beside the file."""
    allowed = tuple(visit.accessor.permissions), tuple(visit.accessor.sizes), visit.event.strip_location
    return sight.audience(visit), sight.link_end(visit, unit.now), allowed


def _key(code: Hashable, file: File) -> Hashable:
    return "shown", code, file.id, file.signature, file.name


def _is_done(visit: Visit, content: Content, linked: Links) -> bool:
    saves = sight.may(visit, Permission.download) and Size.original in visit.accessor.sizes
    has_all = len(linked.thumbnails) == len(THUMBNAILS) and (linked.original is not None or not saves)
    return has_all and not content.is_processing


def _told(content: Content, linked: Links) -> dict[str, Any]:
    original = content.original
    return {
        "mimeType": original.mime,
        "isVideo": original.is_video,
        "width": original.width,
        "height": original.height,
        "durationSeconds": original.duration_seconds,
        "isProcessing": content.is_processing,
        "thumbhash": base64.b64encode(original.thumbhash).decode() if original.thumbhash else None,
        "thumbnails": linked.thumbnails,
        "contents": linked.contents,
        "motion": linked.motion,
        "original": linked.original,
        "web": linked.web,
    }
