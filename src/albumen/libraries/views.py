"""How libraries, folders and files look over the API."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field

from albumen.http.views import Form, Time, View
from albumen.kernel import ids
from albumen.libraries import access, folders, pairs, queries
from albumen.libraries.models import File, Folder, Library, SameName
from albumen.libraries.pairs import Part
from albumen.libraries.queries import Content
from albumen.unit import Unit


class LibraryForm(Form):
    """A library to make."""

    name: str = Field(min_length=1, max_length=255)
    time_zone: str = "UTC"
    description: str | None = Field(None, max_length=5000)
    quota_bytes: int | None = Field(None, ge=0, lt=1 << 63)
    same_name: SameName = SameName.number
    keep_versions: int | None = Field(None, ge=1, le=1_000_000)
    keep_version_days: int | None = Field(None, ge=1, le=100_000)


class LibraryPatch(Form):
    """What to change of a library; null takes a description, a quota or a policy away."""

    name: str = Field("", min_length=1, max_length=255)
    time_zone: str = ""
    description: str | None = Field(None, max_length=5000)
    quota_bytes: int | None = Field(None, ge=0, lt=1 << 63)
    same_name: SameName = SameName.number
    keep_versions: int | None = Field(None, ge=1, le=1_000_000)
    keep_version_days: int | None = Field(None, ge=1, le=100_000)


class LibraryView(View):
    """A library.  Who sees parts of it only is not told what all of it uses (`statistics` has their share)."""

    library_id: str
    name: str
    description: str | None
    time_zone: str
    quota_bytes: int | None
    used_bytes: int | None
    same_name: str
    keep_versions: int | None
    keep_version_days: int | None
    created_on: Time
    user_role: str | None


class FolderForm(Form):
    """A folder to make; an empty or missing parent makes a root."""

    parent_id: str | None = None
    name: str = Field(min_length=1, max_length=255)


class FolderView(View):
    """A folder; counts and sizes are of the files directly in it."""

    library_id: str
    folder_id: str
    name: str
    parent_id: str | None
    path: str
    file_count: int
    file_size: int
    file_size_sm: int
    file_size_md: int
    file_size_lg: int
    file_size_cnv: int
    user_role: str | None


class PlaceView(View):
    """What the place of a photo is called.  Names of places: © GeoNames (geonames.org), CC BY 4.0."""

    city: str | None
    region: str | None
    country: str | None
    country_code: str | None


class PartView(View):
    """The moving part of a photo that was filed as a film of its own, and is served as one."""

    file_id: str
    name: str
    file_size: int
    signature: str
    mime_type: str


class FileView(View):
    """A photo or video.  Sizes in bytes, width and height as seen.

    `motion` says of a photo that it has a moving part, `partOf` of a film which photo's moving part it is.  Such films
    are listed nowhere but in the `parts` of their photo, for those who may read them.
    """

    library_id: str
    folder_id: str
    file_id: str
    name: str
    mime_type: str
    is_video: bool
    width: int
    height: int
    duration_seconds: float | None
    imported_on: Time
    taken_on: Time | None
    taken_on_local: str | None
    taken_on_source: str | None
    modified_on: Time | None
    rating: int | None
    title: str | None
    comments: str | None
    camera_make: str | None
    camera_model: str | None
    lens: str | None
    latitude: float | None
    longitude: float | None
    altitude: float | None
    place: PlaceView | None
    file_size: int
    file_size_sm: int | None
    file_size_md: int | None
    file_size_lg: int | None
    file_size_cnv: int | None
    signature: str
    version: int
    is_processing: bool
    failure: str | None
    favorite: bool
    archived: bool
    tags: list[str]
    properties: dict[str, Any]
    thumbhash: str | None
    user_role: str | None
    motion: bool | None = None
    part_of: str | None = None
    parts: list[PartView] | None = None
    duplicate: bool | None = None


def of_library(unit: Unit, library: Library) -> LibraryView:
    """A library as the actor sees it."""
    role = access.role_on(unit, library.id)
    return LibraryView(
        library_id=ids.encode(library.id),
        name=library.name,
        description=library.description,
        time_zone=library.time_zone,
        quota_bytes=library.quota_bytes if role else None,
        used_bytes=library.used_bytes if role else None,
        same_name=library.same_name,
        keep_versions=library.keep_versions,
        keep_version_days=library.keep_version_days,
        created_on=library.created_at,
        user_role=role,
    )


def of_folders(unit: Unit, wanted: Sequence[Folder]) -> list[FolderView]:
    """Folders of one library as the actor sees them."""
    paths = folders.paths(unit, wanted)
    given = access.reach(unit, wanted[0].library_id) if wanted else None
    return [_folder(folder, paths[folder.id], given) for folder in wanted if given]


def _folder(folder: Folder, path: str, given: access.Reach) -> FolderView:
    parent = folder.lineage.rstrip("/").rpartition("/")[0] + "/"
    return FolderView(
        library_id=ids.encode(folder.library_id),
        folder_id=ids.encode(folder.id),
        name=folder.name,
        parent_id=ids.encode(folder.parent_id) if folder.parent_id and given.sees(parent) else None,
        path=path,
        file_count=folder.file_count,
        file_size=folder.file_bytes,
        file_size_sm=folder.sm_bytes,
        file_size_md=folder.md_bytes,
        file_size_lg=folder.lg_bytes,
        file_size_cnv=folder.cnv_bytes,
        user_role=given.at(folder.lineage),
    )


def of_files(unit: Unit, wanted: Sequence[File]) -> list[FileView]:
    """Files as the actor sees them, in a handful of queries however many there are."""
    contents = queries.contents(unit, wanted)
    parts = pairs.moving(unit, wanted)
    films = [part.file for each in parts.values() for part in each]
    roles = access.roles_on_files(unit, [*wanted, *films])
    views = [_file(file, contents[file.signature], roles[file.id]) for file in wanted]
    return [
        _with_parts(view, parts[file.id], roles) if file.id in parts else view
        for file, view in zip(wanted, views, strict=True)
    ]


def _with_parts(view: FileView, parts: Sequence[Part], roles: Mapping[int, str | None]) -> FileView:
    """The photo with its moving parts: those the actor may read, which can lie in another folder."""
    told = [
        PartView(
            file_id=ids.encode(part.file.id),
            name=part.file.name,
            file_size=part.file.size_bytes,
            signature=part.file.signature,
            mime_type=part.mime,
        )
        for part in parts
        if roles[part.file.id]
    ]
    return view.model_copy(update={"motion": True, "parts": told or None})


def of_file(unit: Unit, file: File, *, duplicate: bool | None = None) -> FileView:
    """One file as the actor sees it."""
    view = of_files(unit, [file])[0]
    return view if duplicate is None else view.model_copy(update={"duplicate": duplicate})


_DESCRIBED = ("rating", "title", "comments", "camera_make", "camera_model", "lens", "latitude", "longitude", "altitude")
_AS_FILED = ("name", "signature", "version", "favorite", "archived", "tags", "properties", *_DESCRIBED)
_AS_STORED = ("is_video", "width", "height", "duration_seconds", "failure")


def _file(file: File, content: Content, role: str | None) -> FileView:
    original, sizes = content.original, content.rendition_bytes
    return FileView(
        **{name: getattr(file, name) for name in _AS_FILED},
        **{name: getattr(original, name) for name in _AS_STORED},
        library_id=ids.encode(file.library_id),
        folder_id=ids.encode(file.folder_id),
        file_id=ids.encode(file.id),
        mime_type=original.mime,
        imported_on=file.imported_at,
        taken_on=file.taken_at,
        taken_on_local=local_time(file),
        place=_place(file),
        taken_on_source=file.taken_source,
        modified_on=file.modified_at,
        file_size=file.size_bytes,
        file_size_sm=sizes.get("sm"),
        file_size_md=sizes.get("md"),
        file_size_lg=sizes.get("lg"),
        file_size_cnv=sizes.get("full-size", sizes.get("video")),
        is_processing=content.is_processing,
        motion=True if "motion" in sizes else None,
        part_of=ids.encode(file.part_of) if file.part_of else None,
        thumbhash=base64.b64encode(original.thumbhash).decode() if original.thumbhash else None,
        user_role=role,
    )


def _place(file: File) -> PlaceView | None:
    if file.country_code is None:
        return None
    return PlaceView(**{name: getattr(file, name) for name in PlaceView.model_fields})


def local_time(file: File) -> str | None:
    """The wall-clock time a photo was taken, `2019-06-28T12:43:29.000`, without a zone; None when unknown."""
    return (
        None if file.taken_local is None else file.taken_local.replace(tzinfo=None).isoformat(timespec="milliseconds")
    )
