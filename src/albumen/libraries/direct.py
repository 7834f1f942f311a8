"""Uploads whose bytes clients put straight into the store: announced, looked after, and given up.

Their bytes count against the quotas from when they were announced, as those of resumable uploads do, whose rows they
have.  Those that nobody goes on with lose their rows in time, and a sweep takes what is in the store of them.
"""

from dataclasses import dataclass
from datetime import timedelta

from albumen.app import App
from albumen.blobs.direct import Direct, Landing
from albumen.jobs.queue import Terms
from albumen.kernel.actor import Actor
from albumen.kernel.errors import Conflict, Invalid, NotFound, OverQuota, TooLarge
from albumen.libraries import resumable
from albumen.libraries.direct_models import DirectUpload
from albumen.libraries.models import Resumable
from albumen.libraries.senders import DIRECT, Announced, Sender
from albumen.unit import Unit

KIND = "receive-direct"
"""The job that looks at what was put into the store and files it; its subject is the upload's id."""
LOOKED_AT = timedelta(days=30)
"""How long an upload stays whose bytes all came, however long the jobs before it take."""


@dataclass(frozen=True)
class Upload:
    """An upload as it stands."""

    row: Resumable
    more: DirectUpload

    @property
    def is_open(self) -> bool:
        """Whether parts are still to come."""
        return self.row.file_id is None and self.more.sha256 is None and self.more.failure_code is None

    @property
    def landing(self) -> Landing:
        """Where it lands."""
        return Landing(self.row.spool, self.more.token, self.row.size_bytes, self.more.part_bytes)


def sender(app: App, actor: Actor) -> Sender:
    """A user who sends so; such uploads are not those of other doors."""
    return Sender(app, actor, DIRECT)


def door(app: App) -> Direct:
    """Where clients put files.  Raises Conflict where the store lets them not."""
    if app.blobs.direct is None:
        raise Conflict("Files go through this server, not straight into its store.", code="not-direct")
    return app.blobs.direct


def announce(by: Sender, new: Announced) -> Upload:
    """Make room for an upload.  Raises what `Sender.announce` raises; Invalid, TooLarge, Conflict, Unavailable."""
    if new.size_bytes == 0:
        raise Invalid("The file is empty.", code="empty")
    if new.size_bytes > by.app.settings.upload.max_bytes:
        raise TooLarge(f"A file may have {by.app.settings.upload.max_bytes} bytes at most.")
    try:
        row = _reserve(by, new)
    except OverQuota:
        if not resumable.expire(by.app):
            raise
        row = _reserve(by, new)
    try:
        return _begin(by, row)
    except BaseException:
        resumable.forget(by.app, row.id)
        raise


def _reserve(by: Sender, new: Announced) -> Resumable:
    with by.app.writing(by.actor) as unit:
        row = by.announce(unit, new)
        door(by.app)
        return row


def _begin(by: Sender, row: Resumable) -> Upload:
    landing = door(by.app).begin(row.spool, row.size_bytes)
    with by.app.writing(by.actor) as unit:
        more = DirectUpload(id=row.id, token=landing.token, part_bytes=landing.part_bytes)
        unit.db.add(more)
    return Upload(row, more)


def find(unit: Unit, by: Sender, upload_id: int) -> Upload:
    """An upload of the sender's own.  Raises NotFound, Denied, Gone."""
    row = resumable.find(unit, by, upload_id)
    more = unit.db.get(DirectUpload, upload_id)
    if more is None:
        raise NotFound("There is no such upload.")
    return Upload(row, more)


def look(by: Sender, upload_id: int) -> Upload:
    """The same, by itself."""
    with by.app.reading(by.actor) as unit:
        return find(unit, by, upload_id)


def complete(by: Sender, upload_id: int, sha256: str) -> Upload:
    """All parts are there: have them looked at and filed.  Raises what `find` raises, Conflict, Unavailable."""
    found = look(by, upload_id)
    if not found.is_open:
        return found
    if door(by.app).missing(found.landing):
        raise Conflict("Parts of the file are missing.", code="incomplete")
    with by.app.writing(by.actor) as unit:
        upload = find(unit, by, upload_id)
        resumable.hold(unit, upload.row)
        if upload.is_open:
            upload.more.sha256 = sha256
            upload.row.expires_at = unit.now + LOOKED_AT
            unit.jobs.add(KIND, str(upload_id), terms=Terms(user_id=unit.actor.user_id))
        return upload


def give_up(by: Sender, upload_id: int) -> None:
    """End an upload and forget what has come; what was filed stays.  Raises NotFound, Gone."""
    with by.app.writing(by.actor) as unit:
        upload = find(unit, by, upload_id)
        resumable.hold(unit, upload.row)
        landing = upload.landing
        resumable.give_back(unit, Resumable.id == upload_id)
        unit.db.delete(upload.more)
        unit.db.flush()
        unit.db.delete(upload.row)
    if by.app.blobs.direct is not None:
        by.app.blobs.direct.drop(landing)
