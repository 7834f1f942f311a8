"""Where backups are: a folder, which must be there, so that a disk that is not mounted is noticed."""

from pathlib import Path

from albumen.blobs.folder import FolderBlobs
from albumen.blobs.port import Blobs
from albumen.kernel.errors import Conflict, NotFound, Unavailable

_MARK = "albumen-backup"


def prepare(where: str, data_dir: Path) -> Blobs:
    """A place for backups to go to, made at first.

    Raises Unavailable where the folder above it is not there, and Conflict where it lies inside what is backed up, or
    holds something else.
    """
    folder = Path(where).expanduser().absolute()
    if folder.is_relative_to(data_dir.absolute()):
        raise Conflict("A backup inside the data directory is lost with it. Choose a folder on another disk.")
    if not folder.parent.is_dir():
        raise Unavailable(f"There is no folder {folder.parent}. Is the disk mounted?")
    is_new = not folder.is_dir() or not any(folder.iterdir())
    if not is_new and not (folder / _MARK).exists():
        raise Conflict(f"{folder} holds something that is no backup of Albumen. Choose an empty folder.")
    made = FolderBlobs(folder)
    if is_new:
        (folder / _MARK).write_text("Backups of Albumen. To bring one back: albumen restore\n", "utf-8")
    return made


def there(where: str) -> Blobs:
    """A place where backups are.  Raises NotFound."""
    folder = Path(where).expanduser()
    if not (folder / _MARK).exists():
        raise NotFound(f"There are no backups in {folder}.")
    return FolderBlobs(folder)
