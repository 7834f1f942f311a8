"""A small RAW photo for the tests, as the DNG specification has it."""

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyvips

IDENTITY = [(int(row == column), 1) for row in range(3) for column in range(3)]
BYTE, TEXT, SHORT, LONG, RATIONAL, SIGNED_RATIONAL = 1, 2, 3, 4, 5, 10


def dng(size: tuple[int, int] = (64, 48), *, preview: bytes = b"", orientation: int = 1) -> bytes:
    """One red surface, uncompressed, with an embedded preview if there is one."""
    width, height = size
    values = np.full((height, width), 400, "<u2")
    values[::2, ::2] = 3000
    raw = values.tobytes()
    top = _Directory([*_about(orientation), *(_preview(preview) if preview else [])])
    sensor = _Directory(_sensor(width, height, len(raw)))
    places = {"sensor": 8 + top.size}
    places["raw"] = places["sensor"] + sensor.size
    places["preview"] = places["raw"] + len(raw)
    return b"II*\0\x08\0\0\0" + top.write(8, places) + sensor.write(places["sensor"], places) + raw + preview


def _about(orientation: int) -> list[Any]:
    return [
        (254, LONG, [1]), (271, TEXT, b"Maker\0"), (272, TEXT, b"Model\0"), (274, SHORT, [orientation]),
        (330, LONG, ["sensor"]), (50706, BYTE, [1, 4, 0, 0]), (50708, TEXT, b"Maker Model\0"),
        (50721, SIGNED_RATIONAL, IDENTITY), (50728, RATIONAL, [(1, 1)] * 3),
    ]  # fmt: skip


def _preview(body: bytes) -> list[Any]:
    image = pyvips.Image.new_from_buffer(body, "")
    return [
        (256, LONG, [image.width]), (257, LONG, [image.height]), (258, SHORT, [8, 8, 8]), (259, SHORT, [7]),
        (262, SHORT, [6]), (273, LONG, ["preview"]), (277, SHORT, [3]), (278, LONG, [image.height]),
        (279, LONG, [len(body)]),
    ]  # fmt: skip


def _sensor(width: int, height: int, count: int) -> list[Any]:
    return [
        (254, LONG, [0]), (256, LONG, [width]), (257, LONG, [height]), (258, SHORT, [16]), (259, SHORT, [1]),
        (262, SHORT, [32803]), (273, LONG, ["raw"]), (277, SHORT, [1]), (278, LONG, [height]), (279, LONG, [count]),
        (33421, SHORT, [2, 2]), (33422, BYTE, [0, 1, 1, 2]), (50717, LONG, [4095]),
    ]  # fmt: skip


@dataclass(frozen=True)
class _Directory:
    """A TIFF directory; a word among the values stands for a place that is known only later."""

    entries: list[Any]

    @property
    def size(self) -> int:
        return len(self.write(0, dict.fromkeys(("sensor", "raw", "preview"), 0)))

    def write(self, start: int, places: dict[str, int]) -> bytes:
        head, tail = struct.pack("<H", len(self.entries)), b""
        after = start + 2 + 12 * len(self.entries) + 4
        for tag, kind, values in sorted(self.entries):
            body = values if isinstance(values, bytes) else b"".join(_value(kind, v, places) for v in values)
            head += struct.pack("<HHI", tag, kind, len(values))
            if len(body) <= 4:
                head += body.ljust(4, b"\0")
            else:
                head += struct.pack("<I", after + len(tail))
                tail += body + b"\0" * (len(body) % 2)
        return head + bytes(4) + tail


def _value(kind: int, value: Any, places: dict[str, int]) -> bytes:
    if isinstance(value, tuple):
        return struct.pack("<ii", *value)
    return struct.pack({BYTE: "<B", SHORT: "<H", LONG: "<I"}[kind], places.get(value, value))
