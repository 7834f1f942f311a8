"""Who sends resumable uploads, and what becomes of them: users file in folders, or through the cataloguing door."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from secrets import token_hex

from albumen.app import App
from albumen.blobs.port import Spool
from albumen.kernel import ids
from albumen.kernel.actor import Actor, Scope
from albumen.kernel.errors import NotFound, SignIn
from albumen.libraries import access, catalog, files, folders, library, tally, uploads
from albumen.libraries.models import File, Folder, Resumable, Role
from albumen.libraries.uploads import Arrival, Label
from albumen.media.sidecars import metadata_overlay
from albumen.unit import Unit

DIRECT = "direct"
"""The name of senders whose bytes go straight into the store, and not over this machine's disk."""
Brought = Callable[[Unit, Resumable], int]
"""Files bytes that are stored for good, under the row of their upload; the id of what they became."""


@dataclass(frozen=True)
class Announced:
    """An upload that is to come.  `pairs` are the client's words about it, `described` the same as they were sent.

    `told` are tags as ExifTool names them, which win over the file's own.  Users name a folder or the cataloguing door.
    """

    filename: str
    size_bytes: int
    folder_id: int | None
    told: Mapping[str, object]
    pairs: Mapping[str, str] = field(default_factory=dict)
    described: str | None = None


@dataclass(frozen=True)
class Sender:
    """A user who sends uploads.  Others that act for a user have a `name`, which tells their uploads from its own."""

    app: App
    actor: Actor
    name: str | None = None

    def announce(self, unit: Unit, new: Announced) -> Resumable:
        """Make room for an upload.  Raises NotFound, Denied, OverQuota, SignIn."""
        access.check_scope(unit, Scope.write)
        if new.folder_id is not None:
            return self.make_room(unit, new, folder_of(unit, new.folder_id).library_id)
        time_zone = self.app.settings.libraries.time_zone
        return self.make_room(unit, new, library.default(unit, time_zone=time_zone).id)

    def make_room(self, unit: Unit, new: Announced, library_id: int) -> Resumable:
        """Reserve its bytes in a library, for the user who acts.  Raises OverQuota, SignIn."""
        if unit.actor.user_id is None:
            raise SignIn
        tally.reserve(unit, library_id, new.size_bytes)
        row = Resumable(
            user_id=unit.actor.user_id,
            folder_id=new.folder_id,
            filename=new.filename,
            told=dict(new.told),
            described=new.described,
            sender=self.name,
            reserved_in=library_id,
            size_bytes=new.size_bytes,
            offset_bytes=0,
            spool=token_hex(16),
            created_at=unit.now,
            expires_at=unit.now + self.life,
        )
        unit.db.add(row)
        unit.db.flush()
        return row

    @property
    def life(self) -> timedelta:
        """For how long an upload stays that nobody goes on with."""
        return timedelta(hours=self.app.settings.upload.resumable_hours)

    def address(self, row: Resumable) -> str:
        """What its address ends with."""
        return ids.encode(row.id)

    def described(self, row: Resumable) -> str | None:
        """The client's words about it, as they were sent."""
        return row.described

    def container_of(self, unit: Unit, row: Resumable) -> int | None:
        """The library that an upload is meant for; None through the cataloguing door.  Raises NotFound, Denied."""
        return None if row.folder_id is None else folder_of(unit, row.folder_id).library_id

    def keep(self, row: Resumable, spool: Spool) -> Brought:
        """Look at what has come whole and store it.  Raises what `uploads.look` and `uploads.keep` raise."""
        overlay = metadata_overlay(row.told) if row.told else None
        with self.app.reading(self.actor) as unit:
            library_id = self.container_of(unit, row)
        container = "catalog" if library_id is None else ids.encode(library_id)
        looked = uploads.look(self.app, spool, Label(row.filename, overlay, container))
        arrival = uploads.keep(self.app, self.actor, looked)
        return lambda unit, filed: self.file(unit, filed, arrival).id

    def file(self, unit: Unit, row: Resumable, arrival: Arrival) -> File:
        """File what has come.  Raises NotFound, Denied, OverQuota."""
        if row.folder_id is None:
            return catalog.file_away(unit, arrival, time_zone=self.app.settings.libraries.time_zone)[0]
        return files.add(unit, folder_of(unit, row.folder_id), arrival)


def folder_of(unit: Unit, folder_id: int) -> Folder:
    """The folder that an upload is meant for.  Raises NotFound, Denied."""
    found = unit.db.get(Folder, folder_id)
    if found is None:
        raise NotFound("There is no such folder.")
    folder = folders.get(unit, found.library_id, folder_id)
    access.require_folder(unit, folder, Role.contributor)
    return folder
