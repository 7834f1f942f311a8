"""`albumen import` as a user runs it: alone, beside a server, interrupted, killed, and on a terminal."""

import json
import os
import pty
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.commands import ENVIRONMENT, KEY, albumen, run, serving, started
from tests.installation import wait_until
from tests.make import garbled, photo


@pytest.fixture
def album(tmp_path: Path) -> Path:
    folder = tmp_path / "album"
    folder.mkdir()
    return folder


def stored_files(folder: Path) -> int:
    return sum(len(names) for _, _, names in os.walk(folder))


def report_of(path: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return told


def counts(told: dict[str, Any]) -> dict[str, int]:
    return {fate: total["files"] for fate, total in told["totals"].items() if total["files"]}


def test_alone_it_makes_the_thumbnails_itself_and_reports(tmp_path: Path, album: Path) -> None:
    (album / "a.jpg").write_bytes(photo())
    (album / "b [bold].jpg").write_bytes(garbled())
    (album / "notes.txt").write_text("Buy milk")
    ended = run(tmp_path, "import", album, "--report", tmp_path / "report.json")
    assert ended.returncode == 0, ended.stderr
    assert "kept, but cannot be shown" in ended.stdout
    assert "b [bold].jpg: " in ended.stdout
    told = report_of(tmp_path / "report.json")
    assert counts(told) == {"added": 2, "unsupported": 1}
    assert (told["found"], told["isComplete"], told["isDeveloped"]) == (3, True, True)
    assert [entry["path"] for entry in told["files"]] == ["notes.txt"]
    assert [trouble["name"] for trouble in told["troubles"]] == ["b [bold].jpg"]
    assert stored_files(tmp_path / "data" / "store" / "sm") == 1


def test_a_failure_ends_with_one_and_says_why(tmp_path: Path, album: Path) -> None:
    (album / "empty.jpg").touch()
    ended = run(tmp_path, "import", album, "--no-wait", "--report", tmp_path / "report.json")
    assert ended.returncode == 1
    assert "empty.jpg: The file is empty." in ended.stdout
    [entry] = report_of(tmp_path / "report.json")["files"]
    assert entry == {"path": "empty.jpg", "fate": "failed", "sizeBytes": 0, "reason": "The file is empty."}


def test_an_empty_folder_is_no_trouble(tmp_path: Path, album: Path) -> None:
    ended = run(tmp_path, "import", album, "--report", tmp_path / "report.json")
    assert ended.returncode == 0
    assert report_of(tmp_path / "report.json")["found"] == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [(("no-such-folder",), 2), ((".", "--user", "nobody@example.org"), 3), ((".", "--library", "None"), 3)],
)
def test_what_cannot_be_meant_is_said_at_once(tmp_path: Path, words: tuple[str, ...], code: int) -> None:
    ended = run(tmp_path, "import", *words)
    assert ended.returncode == code
    assert "Traceback" not in ended.stderr
    assert ended.stderr.strip()


def test_without_waiting_the_thumbnails_are_left_to_the_server(tmp_path: Path, album: Path) -> None:
    (album / "a.jpg").write_bytes(photo())
    ended = run(tmp_path, "import", album, "--no-wait")
    assert ended.returncode == 0
    assert "Thumbnails are still to be made" in ended.stdout
    assert not (tmp_path / "data" / "store" / "sm").exists()


def test_beside_a_running_server_for_a_user_of_an_application(tmp_path: Path, album: Path) -> None:
    for number in range(5):
        (album / f"{number}.jpg").write_bytes(photo(taken=f"2020-03-0{number + 1} 12:00:00"))
    with serving(tmp_path, **{"Authorization": f"ApiKey {KEY}", "API-User-ID": "ann"}) as client:
        assert client.get("/v1/images").json()["ids"] == []
        ended = run(tmp_path, "import", album, "--user", "ann")
        assert ended.returncode == 0, ended.stderr
        [found] = client.get("/v1/images?begin-time=2020-03-04&end-time=2020-03-04").json()["ids"]
        told = client.get(f"/v1/images/{found}/metadata").json()["file"]
        assert (told["name"], told["isProcessing"], told.get("failure")) == ("3.jpg", False, None)
        assert client.get(f"/v1/images/{found}/thumbnail").headers["content-type"] == "image/webp"


def test_killed_at_any_moment_the_next_run_does_the_rest(tmp_path: Path, album: Path) -> None:
    for number in range(60):
        (album / f"{number}.jpg").write_bytes(photo())
    stored = tmp_path / "data" / "store" / "original"
    with started(tmp_path, "import", album, "--report", tmp_path / "report.json") as process:
        wait_until(lambda: stored_files(stored) >= 5, "the first photos", 60)
        process.kill()
    assert not (tmp_path / "report.json").exists()
    ended = run(tmp_path, "import", album, "--report", tmp_path / "report.json")
    assert ended.returncode == 0, ended.stdout
    told = report_of(tmp_path / "report.json")
    assert (told["found"], told["isDeveloped"]) == (60, True)
    assert set(counts(told)) <= {"added", "present"}
    assert stored_files(tmp_path / "data" / "store" / "sm") == 60


def test_interrupted_it_ends_in_good_order(tmp_path: Path, album: Path) -> None:
    for number in range(300):
        (album / f"{number}.jpg").write_bytes(photo())
    stored = tmp_path / "data" / "store" / "original"
    with started(tmp_path, "import", album, "--no-wait", "--report", tmp_path / "report.json") as process:
        wait_until(lambda: stored_files(stored) >= 5, "the first photos", 60)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
    told = report_of(tmp_path / "report.json")
    assert not told["isComplete"]
    assert 5 <= counts(told)["added"] < 300
    assert not list((tmp_path / "data" / "store" / ".spool").iterdir())


def test_on_a_terminal_there_is_a_bar(tmp_path: Path, album: Path) -> None:
    for number in range(10):
        (album / f"{number}.jpg").write_bytes(photo())
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        albumen(tmp_path, "import", album), stdout=theirs, stderr=theirs, env={**ENVIRONMENT, "TERM": "xterm"}
    ) as process:
        os.close(theirs)
        shown = read_all(ours)
        assert process.wait(60) == 0
    assert "━" in shown
    assert "Making thumbnails" in shown
    assert " of 10" in shown


def read_all(terminal: int) -> str:
    """Everything until the other end is closed, which a terminal tells by an error."""
    shown = b""
    with suppress(OSError):
        while block := os.read(terminal, 65536):
            shown += block
    os.close(terminal)
    return shown.decode()
