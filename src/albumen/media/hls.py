"""Playlists for streaming: a film in one fragmented MP4, described to players from its own index (RFC 8216).

Only files that we made are read here: the index stands in front, the first track is the pictures.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from albumen.kernel.errors import Invalid
from albumen.media import boxes

HEAD_BYTES: Final = 1 << 20
"""The beginning of a file that holds its index: enough for some hundred hours."""
MIME: Final = "application/vnd.apple.mpegurl"


@dataclass(frozen=True)
class Segment:
    """A part of the film that can be fetched and played by itself."""

    start: int
    size_bytes: int
    seconds: float


@dataclass(frozen=True)
class Index:
    """What a player must know of a file: the bytes that come before all, the parts, the codecs."""

    init_bytes: int
    segments: Sequence[Segment]
    codecs: str

    @property
    def peak_bits(self) -> int:
        """Bits a second of the largest part."""
        return max((round(8 * each.size_bytes / each.seconds) for each in self.segments if each.seconds), default=1)

    @property
    def mean_bits(self) -> int:
        """Bits a second over all."""
        seconds = sum(each.seconds for each in self.segments)
        return round(8 * sum(each.size_bytes for each in self.segments) / seconds) if seconds else 1


def index(head: bytes) -> Index:
    """Read the index from the beginning of a file.  Raises Invalid where there is none."""
    found = {box.kind: box for box in reversed(list(boxes.inner_boxes(head, 0, len(head))))}
    if b"moov" not in found or b"sidx" not in found:
        raise Invalid("This form has no index.")
    moov, sidx = found[b"moov"], found[b"sidx"]
    return Index(moov.end, _segments(head[sidx.start : sidx.end], sidx.end), _codecs(head[moov.start : moov.end]))


def _segments(sidx: bytes, end: int) -> list[Segment]:
    """Of an index of version 1 or 0: time scale, how far behind the index the parts begin, size and length of each."""
    (scale,) = struct.unpack_from(">I", sidx, 8)
    (skipped,) = struct.unpack_from(">Q", sidx, 20) if sidx[0] else struct.unpack_from(">I", sidx, 16)
    at = 28 if sidx[0] else 20
    (count,) = struct.unpack_from(">H", sidx, at + 2)
    start, segments = end + skipped, []
    for number in range(count):
        size, length = struct.unpack_from(">II", sidx, at + 4 + 12 * number)
        segments.append(Segment(start, size & 0x7FFFFFFF, length / scale))
        start += size & 0x7FFFFFFF
    return segments


def _codecs(moov: bytes) -> str:
    at = moov.find(b"avcC")
    pictures = f"avc1.{moov[at + 5 : at + 8].hex()}" if at >= 0 else "avc1.640028"
    return f"{pictures},mp4a.40.2" if b"mp4a" in moov else pictures


def media_playlist(content: Index, address: str) -> str:
    """The playlist of one form, whose bytes are at `address`, from where players take ranges."""
    longest = max((each.seconds for each in content.segments), default=1.0)
    lines = [
        *("#EXTM3U", "#EXT-X-VERSION:7", f"#EXT-X-TARGETDURATION:{max(1, round(longest))}"),
        *("#EXT-X-PLAYLIST-TYPE:VOD", "#EXT-X-INDEPENDENT-SEGMENTS"),
        f'#EXT-X-MAP:URI="{address}",BYTERANGE="{content.init_bytes}@0"',
    ]
    for each in content.segments:
        lines += [f"#EXTINF:{each.seconds:.5f},", f"#EXT-X-BYTERANGE:{each.size_bytes}@{each.start}", address]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


@dataclass(frozen=True)
class Rung:
    """One form to choose from, by how much a player's line carries."""

    content: Index
    width: int
    height: int
    address: str


def master_playlist(rungs: Sequence[Rung]) -> str:
    """The playlist that names all forms of a film."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for each in rungs:
        bits = f"BANDWIDTH={each.content.peak_bits},AVERAGE-BANDWIDTH={each.content.mean_bits}"
        seen = f'RESOLUTION={each.width}x{each.height},CODECS="{each.content.codecs}"'
        lines += [f"#EXT-X-STREAM-INF:{bits},{seen}", each.address]
    return "\n".join([*lines, ""])
