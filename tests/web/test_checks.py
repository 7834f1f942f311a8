"""The page that says which test tries what is promised: all thirty are there, and so are their tests."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_promise_names_tests_that_are_there() -> None:
    page = (ROOT / "docs/browser-checks.md").read_text()
    rows = re.findall(r"^\| (\d+) \|.*?\| ([^|]+) \|$", page, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 31))
    for number, named in rows:
        assert "::" in named, number
    for file, name in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page):
        assert f"\ndef {name}(" in (ROOT / file).read_text(), f"{file}::{name}"
