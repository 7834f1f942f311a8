"""What an import tells: numbers as people read them, and a report that is whole or not there."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from albumen.cli import import_report
from albumen.cli.import_report import Run, Tally, duration, size
from albumen.libraries.importing import Outcome, Trouble
from albumen.libraries.walk import Fate

RUN = Run("/photos", "abc", "2024-05-01T10:00:00.000Z", 75.0, is_complete=True, is_developed=True)


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (2_660_000, "2.7 MB"), (9e15, "9,000.0 TB")],
)
def test_sizes(count: float, text: str) -> None:
    assert size(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.21, "0.2 s"), (42.4, "42 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_the_file_names_all_that_was_not_simply_added(tmp_path: Path) -> None:
    outcomes = [
        Outcome("a.jpg", 5, Fate.added),
        Outcome("b.jpg", 5, Fate.added, warning="Its sidecar b.xmp was not used."),
        Outcome("b.xmp", 1, Fate.sidecar),
        Outcome("caf\udce9.jpg", 5, Fate.failed, "The file is empty."),
    ]
    tally = Tally()
    with import_report.report_file(tmp_path / "report.json") as report:
        for outcome in outcomes:
            tally.note(outcome)
            report.add(outcome)
        report.add_trouble(Trouble("a.jpg", "Damaged.", is_shown=False))
        report.end(RUN, tally)
    told = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert [entry["path"] for entry in told["files"]] == ["b.jpg", "caf�.jpg"]
    assert told["troubles"] == [{"name": "a.jpg", "reason": "Damaged.", "isShown": False}]
    assert (told["found"], told["totals"]["added"], told["seconds"]) == (4, {"files": 2, "bytes": 10}, 75.0)


def test_a_report_that_was_cut_off_leaves_the_last_one(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text("{}")
    with pytest.raises(KeyboardInterrupt), import_report.report_file(file) as report:
        report.add(Outcome("a.jpg", 5, Fate.failed, "The file is empty."))
        raise KeyboardInterrupt
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("report.json", "{}")]


def test_the_first_failures_are_shown_and_the_others_counted() -> None:
    tally, out = Tally(), io.StringIO()
    for number in range(1025):
        tally.note(Outcome(f"{number}.jpg", 1, Fate.failed, "The file is [red]empty."))
    import_report.show(Console(file=out, width=100), RUN, tally)
    assert "1,025 failed" in out.getvalue()
    assert "  19.jpg: The file is [red]empty." in out.getvalue()
    assert "  20.jpg" not in out.getvalue()
    assert "and 1,005 more" in out.getvalue()
    assert "In 1 min 15 s." in out.getvalue()
