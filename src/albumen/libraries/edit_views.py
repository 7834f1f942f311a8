"""What users may change of folders and files, as they tell the API."""

from typing import Annotated, Any

from pydantic import Field, StrictBool, StrictInt

from albumen.http.views import Form
from albumen.kernel import ids

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class FolderPatch(Form):
    """What to change of a folder; an empty parent makes it a root."""

    name: str = Field("", min_length=1, max_length=255)
    parent_id: str = Field("", max_length=13)


class FilePatch(Form):
    """What to change of a file; null clears what may be unknown.

    `takenOn` is RFC 3339, or a local time without a zone.
    """

    name: str = Field("", min_length=1, max_length=255)
    folder_id: str = Field("", max_length=13)
    taken_on: str | None = Field(None, max_length=40)
    rating: Annotated[int, Field(strict=True, ge=0, le=5)] | None = None
    title: str | None = Field(None, max_length=1000)
    comments: str | None = Field(None, max_length=10_000)
    camera_make: str | None = Field(None, max_length=200)
    camera_model: str | None = Field(None, max_length=200)
    latitude: Annotated[Number, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[Number, Field(ge=-180, le=180)] | None = None
    altitude: Annotated[Number, Field(ge=-20_000, le=100_000)] | None = None
    tags: list[str] = Field([], max_length=1000)
    properties: dict[str, StrictBool | StrictInt | Number | str] = Field({}, max_length=1000)
    favorite: StrictBool = False
    archived: StrictBool = False

    def told(self) -> dict[str, Any]:
        """What was told, by column.  Raises NotFound for a folder whose id cannot be one."""
        said = {name: getattr(self, name) for name in self.model_fields_set}
        return said | ({"folder_id": ids.decode(self.folder_id)} if "folder_id" in said else {})
