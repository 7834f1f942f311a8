"""Facts of real files against what an independent reader found in them, and of malformed ones against the clock."""

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from albumen.kernel.errors import Problem
from albumen.media.facts import Facts
from albumen.media.probe import probe

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
    parts = [float(part) for part in re.findall(r"[\d.]+", text)]
    total = sum(part / 60**n for n, part in enumerate(parts))
    return -total if letter in "SW" else total


def got(facts: Facts) -> dict[str, Any]:
    return {
        "make": facts.make,
        "model": facts.model,
        "size": (facts.width, facts.height),
        "taken": facts.taken and f"{facts.taken.local:%Y:%m:%d %H:%M:%S}",
        "place": (facts.latitude, facts.longitude),
        "iso": facts.iso,
    }


def read(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        try:
            return got(probe(file, "x"))
        except Problem:
            return {}


def same(field: str, want: Any, have: Any) -> bool:
    return (
        bool(have == pytest.approx(want, abs=1e-4)) if field == "place" and have and None not in have else want == have
    )


def test_facts_equal_those_of_an_independent_reader(corpus: Path) -> None:
    all_told: dict[str, dict[str, str]] = json.loads((corpus / "metadata.json").read_text("utf-8"))
    compared: Counter[str] = Counter()
    different = {}
    for name, told in all_told.items():
        if name.startswith(NOT_TAKEN_IN):
            continue
        have = read(corpus / name)
        for field, want in wanted(told).items():
            compared[field] += 1
            if not same(field, want, have.get(field)):
                different[name, field] = (want, have.get(field))
    assert min(compared.values()) >= 7
    assert set(compared) == {"make", "model", "size", "taken", "place", "iso"}
    unexplained = {key: pair for key, pair in different.items() if key not in EXPLAINED}
    assert not unexplained
    assert not EXPLAINED.keys() - different.keys(), "explained, but no longer different"


def test_intact_files_of_every_kind_are_read(corpus: Path) -> None:
    """Whole folders of well-formed files; PngSuite names its broken ones with a leading x."""
    refused = []
    intact = [
        *corpus.glob("png/PngSuite/[!x]*.png"),
        *corpus.glob("tif/BigTIFF/*"),
        *corpus.glob("webp/*"),
        *corpus.glob("mov/*"),
    ]
    for path in intact:
        with path.open("rb") as file:
            try:
                assert probe(file, path.name).width > 0
            except Problem as problem:
                refused.append((path.name, problem.detail))
    assert len(intact) > 40
    assert not refused


# Run apart from the tests, since a decoder below may end the whole process; it names each file before it starts.
PROBE_ALL = """
import resource, sys, time
from pathlib import Path
from albumen.kernel.errors import Problem
from albumen.media.probe import probe
resource.setrlimit(resource.RLIMIT_CPU, (240, 240))
for path in sorted(p for folder in sys.argv[1:] for p in Path(folder).rglob("*") if p.is_file()):
    print(path, end=" ", flush=True)
    start = time.process_time()
    with path.open("rb") as file:
        try:
            outcome = type(probe(file, path.name)).__name__
        except Problem as problem:
            outcome = "Problem"
        except BaseException as fault:
            outcome = f"escaped: {fault!r}"
    print("=>", outcome, round(time.process_time() - start, 2), flush=True)
"""


def test_malformed_files_end_in_facts_or_in_words(corpus: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", PROBE_ALL, str(corpus / "bad"), str(corpus / "fuzzing")],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    lines = run.stdout.splitlines()
    assert run.returncode == 0, f"{lines[-1:]} {run.stderr[-2000:]}"
    outcomes = [re.fullmatch(r".* => (\w+) ([\d.]+)", line) for line in lines]
    wrong = [line for line, found in zip(lines, outcomes, strict=True) if not found or float(found[2]) > 5]
    assert len(lines) > 700
    assert not wrong
