"""Facts of real files against what an independent reader found in them, and of malformed ones against the clock."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from tests.corpus import EXPLAINED, facts_told, same

from albumen.kernel.errors import Problem
from albumen.media.facts import Facts
from albumen.media.probe import probe


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


def test_facts_equal_those_of_an_independent_reader(corpus: Path) -> None:
    compared: Counter[str] = Counter()
    different = {}
    for name, told in facts_told(corpus).items():
        have = read(corpus / name)
        for field, want in told.items():
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
