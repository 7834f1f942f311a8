"""What was put straight into the store: read once by a job, held against its digest, looked at, and filed."""

from collections.abc import Callable

from albumen.accounts.models import User
from albumen.app import App
from albumen.blobs.direct import Landed
from albumen.jobs.registry import Task
from albumen.kernel.actor import SYSTEM, Actor
from albumen.kernel.errors import Denied, Invalid, NotFound, OverQuota, Problem, Unavailable
from albumen.libraries import direct, resumable, uploads
from albumen.libraries.direct import Upload
from albumen.libraries.direct_models import DirectUpload
from albumen.libraries.models import Resumable
from albumen.libraries.senders import Brought, Sender
from albumen.media.guard import Broken

TRIES = 3
_FINAL = (Invalid, NotFound, Denied, Broken)
"""What no second attempt with the same bytes would change."""
_TELL = 0.02


def receive(app: App, task: Task) -> None:
    """File an upload whose parts are all there, once.  Raises Unavailable, after which it is tried again."""
    upload = _upload(app, int(task.subject))
    if upload is None or upload.more.sha256 is None:
        return
    if upload.row.file_id is None and upload.more.failure_code is None:
        try:
            by = _sender(app, upload.row.user_id)
            with _checked(app, upload, task) as spool:
                _file(by, upload, by.keep(upload.row, spool))
        except _FINAL as problem:
            _fail(app, upload.row.id, problem)
    _drop(app, upload)


def gave_up(app: App, task: Task, reason: str) -> None:
    """Note that no further try will be made."""
    _fail(app, int(task.subject), Problem(reason))


def _upload(app: App, upload_id: int) -> Upload | None:
    with app.reading(SYSTEM) as unit:
        row, more = unit.db.get(Resumable, upload_id), unit.db.get(DirectUpload, upload_id)
        return Upload(row, more) if row is not None and more is not None else None


def _sender(app: App, user_id: int) -> Sender:
    with app.reading(SYSTEM) as unit:
        user = unit.db.get(User, user_id)
    if user is None or user.disabled_at is not None:
        raise Denied("The account was closed.")
    return direct.sender(app, Actor(user.id, is_keeper=user.is_keeper))


def _checked(app: App, upload: Upload, task: Task) -> Landed:
    """The bytes, which are those that were announced.

    Bytes that are wrong in the same way twice lie there so; otherwise it is the way here that spoils them.
    """
    door, tell = direct.door(app), _teller(task)
    door.join(upload.landing)
    _check_disk(app, upload.row.size_bytes)
    wrong = set()
    for _ in range(TRIES):
        spool = door.fetch(upload.landing, tell)
        if spool.digest.hex() == upload.more.sha256:
            return spool
        spool.discard()
        if spool.digest in wrong:
            raise Invalid("What came is not what was announced.", code="checksum-mismatch")
        wrong.add(spool.digest)
    raise Unavailable("What the store that keeps the photos sends arrives damaged.")


def _teller(task: Task) -> Callable[[float], None]:
    """Tells how far it is, but not with each piece."""
    told = [0.0]

    def tell(share: float) -> None:
        if share < told[-1] or share - told[-1] >= _TELL:
            told.append(share)
            task.progress(share * 0.9, "checking what came")

    return tell


def _check_disk(app: App, size_bytes: int) -> None:
    """Raises Unavailable where this machine has no room to look at it; another may, or this one later."""
    try:
        uploads.check_space(app, size_bytes)
    except OverQuota as problem:
        raise Unavailable(problem.detail, retry_seconds=60) from None


def _file(by: Sender, upload: Upload, brought: Brought) -> None:
    """Write the rows, unless another worker did so, or it was given up.  Raises NotFound, Denied, Invalid."""
    try:
        with by.app.writing(by.actor) as unit:
            row = direct.find(unit, by, upload.row.id).row
            resumable.hold(unit, row)
            if row.file_id is None:
                resumable.give_back(unit, Resumable.id == row.id)
                row.file_id = brought(unit, row)
                row.expires_at = unit.now + by.life
    except OverQuota as problem:
        raise Invalid(problem.detail, code=problem.specific) from None


def _fail(app: App, upload_id: int, problem: Problem) -> None:
    """Say why it was not filed, and count it no more."""
    with app.writing(SYSTEM) as unit:
        row, more = unit.db.get(Resumable, upload_id), unit.db.get(DirectUpload, upload_id)
        if row is None or more is None:
            return
        resumable.hold(unit, row)
        if row.file_id is None:
            resumable.give_back(unit, Resumable.id == upload_id)
            more.failure_code, more.failure = problem.specific, problem.detail
            row.expires_at = unit.now + direct.sender(app, SYSTEM).life


def _drop(app: App, upload: Upload) -> None:
    """Forget the copy in the store that was looked at."""
    if app.blobs.direct is not None:
        app.blobs.direct.drop(upload.landing)
