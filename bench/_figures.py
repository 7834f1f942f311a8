"""`make bench`: run every measurement, keep what it said, compare with the committed figures, and draw them.

Ratios are compared, as absolute figures tell more of the machine: one that is worse by more than 15 % fails the run.
`--keep` makes the last figures the committed ones; `--draw` draws these and measures nothing; names run some benches.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import _charts

BENCH: Final = Path(__file__).resolve().parent
FIGURES: Final = BENCH / "figures.json"
LAST: Final = BENCH.parent / "build" / "bench.json"
CHART: Final = BENCH.parent / "docs" / "charts" / "performance.svg"
WORSE: Final = 0.15

type Figure = dict[str, Any]


def main(asked: Sequence[str]) -> int:
    """Do what is asked; returns how the program ends."""
    if "--draw" not in asked:
        wanted = [each for each in asked if not each.startswith("-")]
        failed = run(wanted)
        found, before = read(LAST), read(FIGURES)
        worse = [*failed, *regressions(found, before)]
        for line in worse:
            print(f"WORSE: {line}")
        if worse and "--keep" not in asked:
            return 1
        if "--keep" in asked:
            write(FIGURES, merged(before, found))
    draw()
    return 0


def run(wanted: Sequence[str]) -> list[str]:
    """Run the benches, one after the other; returns those that did not end well."""
    LAST.parent.mkdir(exist_ok=True)
    told, failed = LAST.with_suffix(".lines"), []
    told.unlink(missing_ok=True)
    for script in sorted(BENCH.glob("[!_]*.py")):
        if not wanted or script.stem in wanted:
            print(f"== bench/{script.name}", flush=True)
            environment = {**os.environ, "ALBUMEN_BENCH_OUT": str(told)}
            ended = subprocess.run([sys.executable, str(script)], check=False, env=environment)
            failed += [f"{script.stem} did not end well"] if ended.returncode else []
    lines = told.read_text().splitlines() if told.exists() else []
    write(LAST, [json.loads(line) for line in lines])
    told.unlink(missing_ok=True)
    return failed


def regressions(found: Iterable[Figure], before: Iterable[Figure]) -> list[str]:
    """What is worse than it was, in words; rows without a reference are not compared."""
    known = {name(each): each["ratio"] for each in before}
    told = []
    for each in found:
        was, now = known.get(name(each)), each["ratio"]
        if was and now is not None and strayed(now / was, each["goal"]) > WORSE:
            told.append(f"{each['number']} {each['what']}: {now:.2f}, and was {was:.2f}")
    return told


def strayed(change: float, goal: str) -> float:
    """By how much a ratio that has become `change` of what it was is worse; below 0 where it is better."""
    return 1 - change if goal.startswith(">=") else change - 1


def merged(before: Sequence[Figure], found: Sequence[Figure]) -> list[Figure]:
    """The figures of before, with those that were measured now in their places."""
    fresh = {name(each): each for each in found}
    kept = [fresh.pop(name(each), each) for each in before]
    return [*kept, *fresh.values()]


def name(figure: Figure) -> tuple[str, str]:
    """What tells a row from others."""
    return figure["number"], figure["what"]


def read(file: Path) -> list[Figure]:
    """The figures in a file; none where there is no file."""
    found: list[Figure] = json.loads(file.read_text()) if file.exists() else []
    return found


def write(file: Path, figures: Sequence[Figure]) -> None:
    """One row a line, so that what has changed can be seen."""
    file.write_text("[\n" + ",\n".join(json.dumps(each, ensure_ascii=False) for each in figures) + "\n]\n")


def draw() -> None:
    """The chart in PERFORMANCE.md."""
    CHART.parent.mkdir(parents=True, exist_ok=True)
    CHART.write_text(_charts.chart("Albumen beside its goals", read(FIGURES)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
