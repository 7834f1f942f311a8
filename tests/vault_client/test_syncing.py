"""Files brought to the disk while they are written: of any size, straight or not, and where the disk is full."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from albumen_client.vault import syncing
from albumen_client.vault.syncing import ORDINARY_BYTES, STEP_BYTES, synced

BLOCK = os.urandom(1 << 20)
FULL = """
import resource, sys
from pathlib import Path
from albumen_client.vault.syncing import synced
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    with synced(Path(sys.argv[1])) as target:
        for _ in range(64):
            target.write(bytes(range(256)) * 4096)
except OSError as error:
    print(error.strerror)
"""


def written(path: Path, size_bytes: int, piece_bytes: int) -> bytes:
    """What a file of this size should hold that was written in such pieces."""
    content = (BLOCK * (size_bytes // len(BLOCK) + 1))[:size_bytes]
    with synced(path) as target:
        for start in range(0, size_bytes, piece_bytes):
            target.write(content[start : start + piece_bytes])
    return content


@pytest.mark.parametrize("piece_bytes", [65_552, 1 << 20, 11 << 20])
@pytest.mark.parametrize("over", [-1, 0, 1, 4096, STEP_BYTES - 1, STEP_BYTES, 5 * STEP_BYTES + 100])
def test_a_file_of_any_size_is_as_it_was_written(tmp_path: Path, over: int, piece_bytes: int) -> None:
    path = tmp_path / "file"
    assert written(path, ORDINARY_BYTES + over, piece_bytes) == path.read_bytes()


@pytest.mark.parametrize(("name", "value"), [("_STRAIGHT", 0), ("STEP_BYTES", STEP_BYTES + 100)])
def test_a_disk_that_takes_nothing_straight(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: int
) -> None:
    monkeypatch.setattr(syncing, name, value)
    path = tmp_path / "file"
    assert written(path, ORDINARY_BYTES + 5 * STEP_BYTES + 1, 100_000) == path.read_bytes()


@pytest.mark.parametrize("mebibytes", [1, 33, 47, 63])
def test_a_full_disk_is_told_wherever_it_is_full(tmp_path: Path, mebibytes: int) -> None:
    limit = (mebibytes << 20) + 1000
    done = subprocess.run(
        [sys.executable, "-c", FULL, tmp_path / "file", str(limit)], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr, done.returncode) == ("File too large\n", "", 0)


def test_what_breaks_off_the_writing_is_what_is_raised(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), synced(tmp_path / "file") as target:
        for _ in range(50):
            target.write(BLOCK)
        raise ZeroDivisionError


def test_no_file_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises(FileExistsError), synced(tmp_path / "file"):
        pass
    assert (tmp_path / "file").read_bytes() == b"mine"
