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


def prepare(where: str, settings: Settings) -> Blobs:
    """A place for backups to go to, `s3://bucket/prefix` or a folder; marked as such when it is used first.

    Raises Unavailable where the folder above it is not there, and Conflict where it lies inside what is backed up, or
    holds something else.
    """
    target = _bucket(where, settings) if where.startswith(_BUCKET) else FolderBlobs(_checked(where, settings.data_dir))
    if not _is_marked(target):
        if next(iter(target.list()), None) is not None:
            raise Conflict(f"{where} holds something that is no backup of Albumen. Choose an empty place.")
        with target.spool() as spool:
            spool.write(_WORDS)
            target.put(_MARK, spool)
    return target


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
    if settings.store.kind == "s3" and (bucket, prefix) == (settings.store.bucket, settings.store.prefix.strip("/")):
        raise Conflict("A backup in the place of the photos is lost with them. Choose another bucket.")
    chosen = settings.store.model_copy(update={"kind": "s3", "bucket": bucket, "prefix": prefix, "links": "server"})
    return composition.store(chosen, settings.data_dir / SPOOLS)


def _checked(where: str, data_dir: Path) -> Path:
    folder = Path(where).expanduser().absolute()
    if folder.is_relative_to(data_dir.absolute()):
        raise Conflict("A backup inside the data directory is lost with it. Choose a folder on another disk.")
    if not folder.parent.is_dir():
        raise Unavailable(f"There is no folder {folder.parent}. Is the disk mounted?")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / _MARK).is_file():
        raise Conflict(f"{folder} holds something that is no backup of Albumen. Choose an empty folder.")
    return folder
