"""IPTC-IIM, the caption block of news photos, alone or inside Photoshop's image resources."""

from collections.abc import Iterator
from typing import Final

from albumen.media import times
from albumen.media.facts import Overlay, caption, decode, line, prose, words

MAX_RECORDS: Final = 2000
IPTC_RESOURCE: Final = 0x0404
NAMES: Final = {
    5: "ObjectName", 10: "Urgency", 15: "Category", 20: "SupplementalCategories", 25: "Keywords",
    40: "SpecialInstructions", 55: "DateCreated", 60: "TimeCreated", 62: "DigitalCreationDate",
    63: "DigitalCreationTime", 65: "OriginatingProgram", 80: "By-line", 85: "By-lineTitle", 90: "City",
    92: "Sub-location", 95: "Province-State", 101: "Country-PrimaryLocationName", 103: "TransmissionReference",
    105: "Headline", 110: "Credit", 115: "Source", 116: "CopyrightNotice", 118: "Contact", 120: "Caption-Abstract",
    122: "Writer-Editor",
}  # fmt: skip


def read(block: bytes) -> Overlay:
    """Facts from an IIM block or from Photoshop resources that hold one."""
    if block.startswith(b"Photoshop 3.0\0"):
        block = block[14:]
    if block.startswith(b"8BIM"):
        block = next((data for number, data in resources(block) if number == IPTC_RESOURCE), b"")
    found: dict[int, list[str]] = {}
    for number, text in _records(block):
        found.setdefault(number, []).append(text)
    return _overlay(found) if found else Overlay()


def resources(block: bytes) -> Iterator[tuple[int, bytes]]:
    """Photoshop's image resources: number and data."""
    at = 0
    while block[at : at + 4] == b"8BIM" and at + 12 <= len(block):
        number = int.from_bytes(block[at + 4 : at + 6], "big")
        name_bytes = (block[at + 6] + 2) // 2 * 2
        size_at = at + 6 + name_bytes
        size = int.from_bytes(block[size_at : size_at + 4], "big")
        yield number, block[size_at + 4 : size_at + 4 + size]
        at = size_at + 4 + (size + 1) // 2 * 2


def _records(block: bytes) -> Iterator[tuple[int, str]]:
    """The data sets of record 2, decoded as record 1 says."""
    at, utf8 = 0, False
    for _ in range(MAX_RECORDS):
        if block[at : at + 1] != b"\x1c" or at + 5 > len(block):
            return
        record, number = block[at + 1], block[at + 2]
        size = int.from_bytes(block[at + 3 : at + 5], "big")
        if size & 0x8000:
            return
        data = block[at + 5 : at + 5 + size]
        at += 5 + size
        if (record, number) == (1, 90):
            utf8 = data == b"\x1b%G"
        elif record == 2 and number in NAMES:
            yield number, data.decode("utf-8", "replace") if utf8 else decode(data)


def _overlay(found: dict[int, list[str]]) -> Overlay:
    def first(number: int) -> str:
        return next(iter(found.get(number, ())), "")

    created, clock = _digits(first(55)), first(60).replace(":", "")
    text = f"{created} {clock[0:2]}:{clock[2:4]}:{clock[4:6]}{clock[6:]}" if len(clock) >= 6 else created
    return Overlay(
        taken=times.stamp(text, "iptc:DateCreated") or times.stamp(created, "iptc:DateCreated"),
        title=line(first(5)) or line(first(105)),
        description=caption(first(120)),
        artist=line(first(80), 256),
        copyright=line(first(116), 256),
        keywords=words(found.get(25, ())),
        groups={"IPTC": {NAMES[n]: shown for n, v in found.items() if (shown := prose("; ".join(v)))}},
    )


def _digits(date: str) -> str:
    """`20190628` as `2019-06-28`."""
    return f"{date[:4]}-{date[4:6]}-{date[6:8]}" if date[:8].isdigit() and len(date) >= 8 else date
