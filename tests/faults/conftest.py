"""What the fault trials ask for: a data directory of their own, and a line of the summary for each trial."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.faults.living import House

TOLD = "trial"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A data directory with no process on it yet."""
    made = House(tmp_path)
    yield made
    made.close()


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Has a line shown in the summary of the run, wherever the test ran and however it ended."""
    return lambda line: record_property(TOLD, line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show those lines."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    lines = [line for report in reports for name, line in report.user_properties if name == TOLD]
    if lines:
        terminalreporter.section("trials")
    for line in sorted(lines):
        terminalreporter.write_line(str(line))
