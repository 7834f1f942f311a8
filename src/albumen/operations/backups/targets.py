"""Where backups are: a folder that must be there, so that a disk that is not mounted is noticed, or a bucket."""

from pathlib import Path

from albumen import app as composition
from albumen.blobs.folder import FolderBlobs
from albumen.blobs.port import Blobs
from albumen.kernel.errors import Conflict, NotFound, Unavailable
from albumen.operations.backups.restoring import SPOOLS
from albumen.settings import Settings

_MARK = "albumen-backup"
_WORDS = b"Backups of Albumen. To bring one back: albumen restore\n"
_BUCKET = "s3://"


def prepare(where: str, settings: Settings, *, was_used: bool = False) -> Blobs:
    """A place for backups to go to, `s3://bucket/prefix` or a folder; marked as such when it is used first.

    Raises Unavailable where the folder above it is not there, and Conflict where it lies inside what is backed up, or
    holds something else, or where backups were made there before (`was_used`) and none is there now.
    """
    if was_used:
        return _used(where, settings)
    target = _bucket(where, settings) if where.startswith(_BUCKET) else FolderBlobs(_checked(where, settings))
    if not _is_marked(target):
        if next(iter(target.list()), None) is not None:
            raise Conflict(f"{where} holds something that is no backup of Albumen. Choose an empty place.")
        with target.spool() as spool:
            spool.write(_WORDS)
            target.put(_MARK, spool)
    return target


def _used(where: str, settings: Settings) -> Blobs:
    """A place that backups went to before: what lies below a disk that is not mounted must not be begun anew."""
    if not where.startswith(_BUCKET):
        _check_outside(where, settings)
    try:
        return there(where, settings)
    except NotFound:
        raise Conflict(
            f"The backups that were made in {where} are not there. Is the disk mounted? "
            "To begin anew there, run `albumen backup make`."
        ) from None


def there(where: str, settings: Settings) -> Blobs:
    """A place where backups are.  Raises NotFound, Unavailable."""
    if where.startswith(_BUCKET):
        target = _bucket(where, settings)
    elif (folder := Path(where).expanduser()).is_dir() and (folder / _MARK).is_file():
        return FolderBlobs(folder)
    else:
        raise NotFound(f"There are no backups in {where}.")
    if not _is_marked(target):
        raise NotFound(f"There are no backups in {where}.")
    return target


def _is_marked(target: Blobs) -> bool:
    try:
        return bool(target.stat(_MARK).size_bytes)
    except NotFound:
        return False


def _bucket(where: str, settings: Settings) -> Blobs:
    """A bucket of the store that the settings name, or of AWS, by the same keys."""
    bucket, _, prefix = where.removeprefix(_BUCKET).strip("/").partition("/")
    own = settings.store.prefix.strip("/")
    is_within = not own or f"{prefix}/".startswith(f"{own}/")
    if settings.store.kind == "s3" and bucket == settings.store.bucket and is_within:
        raise Conflict("A backup in the place of the photos is lost with them. Choose another bucket.")
    chosen = settings.store.model_copy(update={"kind": "s3", "bucket": bucket, "prefix": prefix, "links": "server"})
    return composition.store(chosen, settings.data_dir / SPOOLS)


def _check_outside(where: str, settings: Settings) -> None:
    folder = Path(where).expanduser().resolve()
    if any(folder.is_relative_to(each.resolve()) for each in (settings.data_dir, settings.store_folder)):
        raise Conflict("A backup inside the data directory or the store is lost with it. Choose another disk.")


def _checked(where: str, settings: Settings) -> Path:
    _check_outside(where, settings)
    folder = Path(where).expanduser().absolute()
    if not folder.parent.is_dir():
        raise Unavailable(f"There is no folder {folder.parent}. Is the disk mounted?")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / _MARK).is_file():
        raise Conflict(f"{folder} holds something that is no backup of Albumen. Choose an empty folder.")
    return folder
