"""The corpus of real files: what an independent reader found in them, and where another reading is the right one."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

NO_START = "its third byte is not FF, so it is no JPEG for any browser either; the other reader guesses by name"
NO_DATE = "the camera's clock was never set: zeros are no date"

# (file, field) -> why what is read here differs from `metadata.json`.
EXPLAINED = {
    ("jpg/ImageTestSuite/3cc4a7fc6481ea3681138da4643f3d16.jpg", "size"): NO_START,
    ("jpg/ImageTestSuite/3ef05501315073d9d4e1c6b654d99ac0.jpg", "size"): NO_START,
    ("jpg/ImageTestSuite/46e5ac4a62d7a445a7c1fb704fafe05c.jpg", "size"): NO_START,
    ("jpg/ImageTestSuite/56d4a1bb53241f7c5ed6ab531320a542.jpg", "size"): NO_START,
    ("jpg/ImageTestSuite/5bc61724b33e34a6188a817f9f2f8138.jpg", "size"): NO_START,
    ("jpg/ImageTestSuite/75e4bd7544a85af6438497980b62fba5.jpg", "size"): NO_START,
    ("jpg/ImageTestSuite/b5369bcbddca7135a5708c5237ad64e4.jpg", "size"): NO_START,
    ("jpg/ImageTestSuite/ba60305ac83fe3d8ef01da1d9a0ecc79.jpg", "size"): NO_START,
    ("jpg/ImageTestSuite/d15b71b8cebe35a57cc6e996cc09218b.jpg", "size"): NO_START,
    ("jpg/Nikon E900 (1).jpg", "taken"): NO_DATE,
    ("jpg/Olympus C4040Z.jpg", "taken"): NO_DATE,
    ("jpg/Olympus C860L.jpg", "taken"): NO_DATE,
}
# Read by the other program, but nothing that is taken in here.
NOT_TAKEN_IN = ("psd/",)


def facts_told(corpus: Path) -> dict[str, dict[str, Any]]:
    """For each file that is taken in here, what the independent reader says of it, in the terms of `Facts`."""
    told: dict[str, dict[str, str]] = json.loads((corpus / "metadata.json").read_text("utf-8"))
    return {name: wanted(record) for name, record in told.items() if not name.startswith(NOT_TAKEN_IN)}


def wanted(told: dict[str, str]) -> dict[str, Any]:
    """One record of `metadata.json` in the terms of `Facts`."""
    want: dict[str, Any] = {name: " ".join(told[name].split()) for name in ("make", "model") if told.get(name)}
    if "width" in told:
        size = (int(told["width"].split()[0]), int(told["height"].split()[0]))
        want["size"] = size[::-1] if re.search(r"Rotate (90|270)", told.get("orientation", "")) else size
    if told.get("dateTimeOriginal"):
        want["taken"] = told["dateTimeOriginal"]
    if "lat" in told:
        want["place"] = (degrees(told["lat"], told["latRef"]), degrees(told["lon"], told["lonRef"]))
    if told.get("iso"):
        want["iso"] = int(told["iso"])
    return want


def degrees(text: str, letter: str) -> float:
    """Degrees, minutes and seconds as one number."""
    parts = [float(part) for part in re.findall(r"[\d.]+", text)]
    total: float = sum(part / 60**n for n, part in enumerate(parts))
    return -total if letter in "SW" else total


def same(field: str, want: Any, have: Any) -> bool:
    """Whether two readings agree; places to about ten metres."""
    return (
        bool(have == pytest.approx(want, abs=1e-4)) if field == "place" and have and None not in have else want == have
    )
