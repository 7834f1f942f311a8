"""A ZIP written member by member into a spool, each as it is; what is known of a member must be known before it."""

import zlib
from collections.abc import Iterable

from albumen.blobs.port import Spool
from albumen.http import manifest
from albumen.http.manifest import Manifest, Member
from albumen.kernel.errors import Unavailable


class Archive:
    """The spool's content; whoever made the spool puts or discards it."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._members: list[Member] = []

    def add(self, member: Member, blocks: Iterable[bytes]) -> bool:
        """Append a member; False where its bytes are not those that its CRC-32 was taken of.

        Raises Unavailable where they are more or fewer.
        """
        self._members.append(member)
        self._spool.write(manifest.header(member))
        crc32 = size_bytes = 0
        for block in blocks:
            self._spool.write(block)
            crc32, size_bytes = zlib.crc32(block, crc32), size_bytes + len(block)
        if size_bytes != member.size_bytes:
            raise Unavailable("A file changed while it was read.")
        return crc32 == member.crc32

    def close(self) -> None:
        """Append the directory; the ZIP is whole then."""
        for piece in Manifest(self._members).directory():
            self._spool.write(piece)
