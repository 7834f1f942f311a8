"""How benches print: our figure, the reference's, the ratio, the goal, and whether it is met."""

import json
import os
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One measurement.  `ratio` is ours ÷ reference; `goal` as `>= 0.9` or `<= 600`, on the ratio or on ours."""

    number: str
    what: str
    ours: float
    unit: str
    reference: float | None
    goal: str
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours ÷ reference; None without one."""
        return None if self.reference is None else self.ours / self.reference

    @property
    def is_met(self) -> bool:
        """Whether the goal holds."""
        value = self.ours if self.ratio is None else self.ratio
        sign, bound = self.goal.split()
        return value >= float(bound) if sign == ">=" else value <= float(bound)


def show(row: Row) -> Row:
    """Print a row, and append it to the file that `ALBUMEN_BENCH_OUT` names."""
    reference = "" if row.reference is None else f"  reference {row.reference:,.3g} {row.unit}  ratio {row.ratio:.2f}"
    verdict = "met" if row.is_met else "NOT MET"
    sys.stdout.write(f"{row.number:>3} {row.what}: {row.ours:,.3g} {row.unit}{reference}  goal {row.goal}: {verdict}")
    sys.stdout.write(f"  ({row.note})\n" if row.note else "\n")
    sys.stdout.flush()
    if out := os.environ.get("ALBUMEN_BENCH_OUT"):
        with Path(out).open("a") as file:
            file.write(json.dumps(asdict(row) | {"ratio": row.ratio, "met": row.is_met}) + "\n")
    return row


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)
