"""What the server tells, typed.  Names are the API's in snake case; what a newer server adds is passed over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec


class Model(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Something that the server tells."""


class User(Model, frozen=True, kw_only=True):
    """A user."""

    user_id: str
    user_name: str
    is_keeper: bool = False
    user_email: str | None = None
    used_bytes: int = 0
    quota_bytes: int | None = None


class Library(Model, frozen=True, kw_only=True):
    """A library; `user_role` is missing where the caller has roles on parts of it only."""

    library_id: str
    name: str
    time_zone: str
    created_on: datetime
    used_bytes: int = 0
    description: str | None = None
    quota_bytes: int | None = None
    same_name: str = "number"
    keep_versions: int | None = None
    keep_version_days: int | None = None
    user_role: str | None = None


class Folder(Model, frozen=True, kw_only=True):
    """A folder; counts and sizes are of the files directly in it."""

    library_id: str
    folder_id: str
    name: str
    path: str
    parent_id: str | None = None
    file_count: int = 0
    file_size: int = 0
    file_size_sm: int = 0
    file_size_md: int = 0
    file_size_lg: int = 0
    file_size_cnv: int = 0
    user_role: str | None = None


class Part(Model, frozen=True, kw_only=True):
    """The moving part of a photo: a film of its own, that lists leave out."""

    file_id: str
    name: str
    file_size: int
    signature: str
    mime_type: str


class File(Model, frozen=True, kw_only=True):
    """A photo or video.  `signature` names its content: base64 of its SHA-256 with `/` written as `_`."""

    library_id: str
    folder_id: str
    file_id: str
    name: str
    mime_type: str
    is_video: bool
    width: int
    height: int
    imported_on: datetime
    file_size: int
    signature: str
    version: int
    is_processing: bool = False
    favorite: bool = False
    archived: bool = False
    duration_seconds: float | None = None
    taken_on: datetime | None = None
    taken_on_local: str | None = None
    taken_on_source: str | None = None
    modified_on: datetime | None = None
    rating: int | None = None
    title: str | None = None
    comments: str | None = None
    camera_make: str | None = None
    camera_model: str | None = None
    lens: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    altitude: float | None = None
    file_size_sm: int | None = None
    file_size_md: int | None = None
    file_size_lg: int | None = None
    file_size_cnv: int | None = None
    failure: str | None = None
    tags: Sequence[str] = ()
    properties: dict[str, Any] = {}
    thumbhash: str | None = None
    user_role: str | None = None
    motion: bool = False
    part_of: str | None = None
    parts: Sequence[Part] = ()
    duplicate: bool = False


class Trashed(File, frozen=True, kw_only=True):
    """A file in the trash."""

    deleted_on: datetime
    purged_on: datetime | None = None


class Version(Model, frozen=True, kw_only=True):
    """One content that a file had."""

    number: int
    signature: str
    file_size: int
    mime_type: str
    added_on: datetime
    added_by: str | None = None
    is_current: bool = False


class Album(Model, frozen=True, kw_only=True):
    """A selection inside a library, by hand or by a query."""

    library_id: str
    album_id: str
    name: str
    created_on: datetime
    modified_on: datetime
    description: str | None = None
    query: dict[str, Any] | None = None
    cover_file_id: str | None = None
    file_count: int | None = None
    created_by: str | None = None
    user_role: str | None = None


class Assignment(Model, frozen=True, kw_only=True):
    """A role that a user was given."""

    user_id: str
    user_name: str
    role: str
    assigned_on: datetime | None = None


class Grant(Model, frozen=True, kw_only=True):
    """A role that lets somebody see a thing, and what it was given on: a library, folder or album."""

    place: str
    id: str
    name: str
    role: str


class Explanation(Model, frozen=True, kw_only=True):
    """A user's role on a thing, and through what, the strongest first; no role where the user does not see it."""

    user_id: str
    role: str | None = None
    through: Sequence[Grant] = ()


class Change(Model, frozen=True, kw_only=True):
    """One change: what is still there comes with it as it is now."""

    number: int
    thing: str
    id: str
    is_gone: bool
    changed_on: datetime
    library: Library | None = None
    folder: Folder | None = None
    file: File | None = None
    album: Album | None = None


class Changes(Model, frozen=True, kw_only=True):
    """Changes in order; `cursor` goes on from here, and `more` says that there is more already."""

    changes: Sequence[Change]
    cursor: str
    more: bool = False


class Amount(Model, frozen=True, kw_only=True):
    """So many things of so many bytes."""

    count: int
    bytes: int


class Statistics(Model, frozen=True, kw_only=True):
    """What a library holds; further figures are in `by_year`, `by_month` and `by_camera`."""

    used_bytes: int
    file_count: int
    folder_count: int
    by_kind: dict[str, Amount]
    quota_bytes: int | None = None
    free_bytes: int | None = None
    trash: Amount | None = None
    by_year: Sequence[dict[str, Any]] = ()
    by_month: Sequence[dict[str, Any]] = ()
    by_camera: Sequence[dict[str, Any]] = ()


class ExportJob(Model, frozen=True, kw_only=True):
    """An export under way: `pending`, `processing`, `success` or `failed`."""

    job_id: str
    status: str = "pending"
    library_id: str = ""
    file_ids: Sequence[str] = ()
    file_count: int = 0
    file_size: int | None = None
    filename: str | None = None
    metadata: str = "original"
    progress: float = 0.0
    error: str | None = None
    updated_on: datetime | None = None
    expires_on: datetime | None = None


class Download(Model, frozen=True, kw_only=True):
    """A signed link to a ZIP of many files."""

    url: str
    filename: str
    file_count: int
    size_bytes: int
    expires_on: datetime


class Upload(Model, frozen=True, kw_only=True):
    """Where a resumable upload stands."""

    upload_id: str
    offset: int
    size: int
    expires_on: datetime
    file_id: str | None = None


class DirectPart(Model, frozen=True, kw_only=True):
    """A part of a file, and where it is to be put."""

    number: int
    offset: int
    size: int
    url: str


class Failure(Model, frozen=True, kw_only=True):
    """Why a file was not taken."""

    code: str
    detail: str


class DirectUpload(Model, frozen=True, kw_only=True):
    """How an upload stands that goes straight into the store."""

    upload_id: str
    state: str
    size: int
    expires_on: datetime
    missing: int = 0
    parts: list[DirectPart] = []
    file_id: str | None = None
    failure: Failure | None = None


class Near(Model, frozen=True, kw_only=True):
    """A file that looks alike."""

    id: str
    distance: int


class Metadata(Model, frozen=True, kw_only=True):
    """Everything read from a file, by group, beside the facts settled from it."""

    file: File
    facts: dict[str, Any] = {}
    groups: dict[str, Any] = {}
