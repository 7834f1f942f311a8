"""GIF: its frames and how long they show, and the XMP packet that Adobe's programs hide in it."""

from typing import BinaryIO, Final

from albumen.kernel.errors import Invalid
from albumen.media.containers import Blocks
from albumen.media.facts import Frame, decode, prose

MAX_STEPS: Final = 500_000
XMP_APPLICATION: Final = b"XMP DataXMP"
MAX_XMP_BYTES: Final = 2 * 1024 * 1024


class Walk:
    """One pass over the blocks of a GIF, counting what is on the way."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.steps = 0
        self.frames = 0
        self.hundredths = 0
        self.texts: dict[str, str] = {}
        self.xmp: bytes | None = None

    def run(self) -> None:
        """Walk to the trailer, or as far as the file makes sense."""
        while self.steps < MAX_STEPS:
            self.steps += 1
            kind = self.file.read(1)
            if kind == b"\x2c":
                self._picture()
            elif kind == b"\x21":
                self._extension()
            else:
                return

    def _picture(self) -> None:
        head = self.file.read(9)
        if len(head) < 9:
            return
        self.frames += 1
        self.file.seek(_table_bytes(head[8]) + 1, 1)
        self._skip()

    def _extension(self) -> None:
        label = self.file.read(1)
        if label == b"\xf9":
            head = self.file.read(5)
            self.hundredths += int.from_bytes(head[2:4], "little")
            self._skip()
        elif label == b"\xfe":
            self.texts.setdefault("Comment", prose(decode(self._gather(4096))) or "")
        elif label == b"\xff":
            name = self._block()
            if name == XMP_APPLICATION and self.xmp is None:
                self._packet()
            self._skip()
        else:
            self._skip()

    def _block(self) -> bytes:
        self.steps += 1
        size = self.file.read(1)
        return self.file.read(size[0]) if size else b""

    def _skip(self) -> None:
        while self.steps < MAX_STEPS and self._block():
            pass

    def _gather(self, limit: int) -> bytes:
        gathered = b""
        while self.steps < MAX_STEPS and (block := self._block()):
            gathered += block if len(gathered) < limit else b""
        return gathered

    def _packet(self) -> None:
        """The packet is plain bytes, not blocks; a trailer that reads as blocks from anywhere ends it."""
        start = self.file.tell()
        data = self.file.read(MAX_XMP_BYTES)
        end = data.find(b"\x01\xff\xfe\xfd")
        self.xmp = data[:end] if end > 0 else b""
        self.file.seek(start)


def _table_bytes(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def gif(file: BinaryIO) -> Blocks:
    """Size, frames, duration, comment and XMP."""
    file.seek(6)
    head = file.read(7)
    width, height = int.from_bytes(head[:2], "little"), int.from_bytes(head[2:4], "little")
    if len(head) < 7 or not width or not height:
        raise Invalid("This GIF says that it has no size")
    file.seek(_table_bytes(head[4]), 1)
    walk = Walk(file)
    walk.run()
    frames = max(walk.frames, 1)
    seconds = walk.hundredths / 100 if frames > 1 else None
    return Blocks(
        Frame(width, height, frames=frames, duration_seconds=seconds or None), xmp=walk.xmp or b"", texts=walk.texts
    )
