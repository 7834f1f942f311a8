"""The whole corpus imported by the command line, then compared over HTTP with an independent reader's facts."""

import base64
import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.commands import run, serving
from tests.corpus import EXPLAINED, facts_told, same

FIELDS = ("make", "model", "size", "taken", "place")


@dataclass(frozen=True)
class Imported:
    """What the import said, and what a server on the same data says of each content, by signature."""

    code: int
    report: dict[str, Any]
    shown: dict[str, dict[str, Any]]
    windows: dict[str, set[str]]


pytestmark = pytest.mark.torture  # for more than a minute; other tests decode the corpus, too


@pytest.fixture(scope="module")
def imported(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Imported:
    folder = tmp_path_factory.mktemp("installation")
    ended = run(folder, "import", corpus, "--report", folder / "report.json")
    assert "Traceback" not in ended.stderr
    report = json.loads((folder / "report.json").read_text("utf-8"))
    key = run(folder, "key", "create", "keeper", "--scopes", "read").stdout.strip()
    with serving(folder, Authorization=f"ApiKey {key}") as client:
        shown = {image: client.get(f"/v1/images/{image}/metadata").json()["file"] for image in images(client)}
        days = {file["takenOnLocal"][:10] for file in shown.values() if "takenOnLocal" in file}
        windows = {day: set(images(client, day)) for day in days}
        assert client.get("/healthz").status_code == 200
    return Imported(ended.returncode, report, shown, windows)


def images(client: httpx2.Client, day: str | None = None) -> Iterator[str]:
    """The ids of all images, or of those taken on a day, page by page."""
    wanted = {"limit": "200"} | ({"begin-time": day, "end-time": day} if day else {})
    cursor: dict[str, str] = {}
    while True:
        answer = client.get("/v1/images", params={**wanted, **cursor})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        yield from page["ids"]
        if not page.get("next"):
            return
        cursor = {"cursor": page["next"]}


def seen(file: dict[str, Any]) -> dict[str, Any]:
    """A file over HTTP, in the terms of `Facts`."""
    taken = file.get("takenOnLocal")
    return {
        "make": file.get("cameraMake"),
        "model": file.get("cameraModel"),
        "size": (file["width"], file["height"]),
        "taken": taken and taken[:19].replace("-", ":").replace("T", " "),
        "place": (file.get("latitude"), file.get("longitude")),
    }


def signature(path: Path) -> str:
    return base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode().replace("/", "_")


def test_every_file_is_accounted_for(imported: Imported, corpus: Path) -> None:
    report = imported.report
    counts = {fate: total["files"] for fate, total in report["totals"].items()}
    assert sum(counts.values()) == report["found"] == sum(len(names) for _, _, names in os.walk(corpus))
    named = Counter(entry["fate"] for entry in report["files"])
    assert named == {fate: count for fate, count in counts.items() if count and fate not in ("added", "sidecar")}
    assert all(entry["reason"] for entry in report["files"])
    assert (report["isComplete"], report["isDeveloped"]) == (True, True)
    assert imported.code == (1 if counts["failed"] else 0)
    assert counts["added"] == len(imported.shown) > 400


def test_each_is_shown_or_says_why_not(imported: Imported) -> None:
    troubles = imported.report["troubles"]
    hidden = Counter(trouble["name"] for trouble in troubles if not trouble["isShown"])
    lacking = [file for file in imported.shown.values() if "fileSizeSm" not in file]
    assert Counter(file["name"] for file in lacking) == hidden
    assert all(file["failure"] and not file["isProcessing"] for file in lacking)
    assert not [trouble for trouble in troubles if "unexpectedly" in trouble["reason"]]
    assert not [entry for entry in imported.report["files"] if "unexpectedly" in entry["reason"]]


def test_facts_equal_those_of_an_independent_reader(imported: Imported, corpus: Path) -> None:
    by_signature = {file["signature"]: file for file in imported.shown.values()}
    compared: Counter[str] = Counter()
    different: dict[tuple[str, str], Any] = {}
    for name, told in facts_told(corpus).items():
        file = by_signature.get(signature(corpus / name))
        have = seen(file) if file else {}
        for field in FIELDS & told.keys():
            compared[field] += 1
            if not same(field, told[field], have.get(field)):
                different[name, field] = (told[field], have.get(field))
    assert set(compared) == set(FIELDS)
    unexplained = {key: pair for key, pair in different.items() if key not in EXPLAINED}
    wrong = Counter(field for _, field in unexplained)
    assert all(wrong[field] <= compared[field] / 100 for field in FIELDS), unexplained


def test_each_dated_photo_is_found_by_its_day_and_by_no_other(imported: Imported) -> None:
    by_day: dict[str, set[str]] = {}
    for image, file in imported.shown.items():
        if "takenOnLocal" in file:
            by_day.setdefault(file["takenOnLocal"][:10], set()).add(image)
    assert len(by_day) > 50
    assert imported.windows == by_day
