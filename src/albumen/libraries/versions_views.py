"""How versions look over the API."""

from albumen.http.views import Time, View
from albumen.libraries.models import File
from albumen.libraries.versions import Listed


class VersionView(View):
    """One content a file had; `addedBy` is the id of the user who brought it."""

    number: int
    signature: str
    file_size: int
    mime_type: str
    added_on: Time
    added_by: str | None
    is_current: bool


def of_version(file: File, listed: Listed) -> VersionView:
    """A version of a file."""
    return VersionView(
        number=listed.number,
        signature=listed.signature,
        file_size=listed.size_bytes,
        mime_type=listed.mime,
        added_on=listed.added_at,
        added_by=listed.added_by,
        is_current=listed.number == file.version,
    )
