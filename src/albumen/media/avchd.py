"""AVCHD camcorders write no date to the container, but hide one in the video stream itself (an H.264 message)."""

from typing import BinaryIO, Final

from albumen.media import times
from albumen.media.facts import Taken

SCANNED_BYTES: Final = 1024 * 1024
MARK: Final = bytes.fromhex("17ee8c60f84d11d98cd60800200c9a66") + b"MDPM"


def recorded(file: BinaryIO) -> Taken | None:
    """The recording date by the camcorder's clock, or None."""
    file.seek(0)
    data = file.read(SCANNED_BYTES)
    start, step = (4, 192) if data[4:5] == b"\x47" and data[196:197] == b"\x47" else (0, 188)
    for stream in _streams(data, start, step).values():
        at = stream.find(MARK)
        if at >= 0:
            # The stream puts a 3 behind two zeros, lest they look like a start.
            message = bytes(stream[at + len(MARK) : at + len(MARK) + 256]).replace(b"\0\0\3", b"\0\0")
            return _date(message)
    return None


def _streams(data: bytes, start: int, step: int) -> dict[int, bytearray]:
    """The payloads of a transport stream, joined by stream."""
    streams: dict[int, bytearray] = {}
    for at in range(start, len(data) - 187, step):
        if data[at] == 0x47:
            number = (data[at + 1] & 0x1F) << 8 | data[at + 2]
            control = data[at + 3] >> 4 & 3
            skip = 4 + (1 + data[at + 4] if control & 2 else 0)
            if control & 1 and skip < 188:
                streams.setdefault(number, bytearray()).extend(data[at + skip : at + 188])
    return streams


def _date(message: bytes) -> Taken | None:
    """Entries of a tag and four bytes; 0x18 holds zone, century, year, month, 0x19 day and clock, all in BCD."""
    count = message[0] if message else 0
    entries = {message[1 + 5 * n]: message[2 + 5 * n : 6 + 5 * n] for n in range(count) if 5 * n + 6 <= len(message)}
    first, second = entries.get(0x18, b""), entries.get(0x19, b"")
    if len(first) < 4 or len(second) < 4:
        return None
    text = (
        f"{first[1]:02x}{first[2]:02x}:{first[3]:02x}:{second[0]:02x} {second[1]:02x}:{second[2]:02x}:{second[3]:02x}"
    )
    taken = times.stamp(text, "avchd:recorded")
    return taken and Taken(taken.local, _zone(first[0]), taken.source)


def _zone(byte: int) -> int | None:
    """Bit 5 the sign, bits 1 to 4 the hours, bit 0 half an hour; all set when the clock has no zone."""
    hours, half = byte >> 1 & 15, byte & 1
    if byte & 0x80 or hours > 14:
        return None
    minutes = hours * 60 + half * 30
    return -minutes if byte & 0x20 else minutes
