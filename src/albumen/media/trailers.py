"""What phones append behind a JPEG: Samsung's list of extras, among them the film of a motion photo."""

from typing import BinaryIO, Final

MAX_LIST_BYTES: Final = 64 * 1024
FILM: Final = 0x0A30


def samsung_film(file: BinaryIO) -> int | None:
    """Bytes from the end of the file to where the film begins, or None.

    The list stands last: `SEFH`, a version, a count, then entries of type, distance back to the data and its
    length; then the list's own length and `SEFT`.  The data begins with its type and its name.
    """
    end = file.seek(0, 2)
    file.seek(max(0, end - 8))
    tail = file.read(8)
    size = int.from_bytes(tail[:4], "little")
    if tail[4:] != b"SEFT" or not 12 <= size <= min(MAX_LIST_BYTES, end - 8):
        return None
    start = end - 8 - size
    file.seek(start)
    listing = file.read(size)
    if listing[:4] != b"SEFH":
        return None
    for at in range(12, len(listing) - 11, 12):
        kind = int.from_bytes(listing[at + 2 : at + 4], "little")
        distance = int.from_bytes(listing[at + 4 : at + 8], "little")
        if kind == FILM and 8 < distance <= start:
            file.seek(start - distance + 4)
            name_bytes = int.from_bytes(file.read(4), "little")
            return size + 8 + distance - 8 - name_bytes if name_bytes < distance - 8 else None
    return None
