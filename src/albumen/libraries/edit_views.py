"""What users may change of folders and files, as they tell the API."""

from pydantic import Field

from albumen.http.views import Form


class FolderPatch(Form):
    """What to change of a folder; an empty parent makes it a root."""

    name: str = Field("", min_length=1, max_length=255)
    parent_id: str = Field("", max_length=13)
