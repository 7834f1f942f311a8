"""A process killed anywhere inside `put` leaves the whole blob or none, and a spool that the sweep removes."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from albumen.blobs.folder import FolderBlobs

CONTENT = os.urandom(2_500_000)
KEY = "original/ab/abcdef"
UPLOAD = """
import os, signal, sys
from pathlib import Path
from albumen.blobs.folder import FolderBlobs

root, content, die_at = Path(sys.argv[1]), Path(sys.argv[2]).read_bytes(), int(sys.argv[3])
steps = 0

def counted(call):
    def step(*args, **kwargs):
        global steps
        steps += 1
        if steps == die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*args, **kwargs)
    return step

blobs = FolderBlobs(root)
for name in ("open", "pwrite", "utime", "fsync", "mkdir", "link", "unlink", "close"):
    setattr(os, name, counted(getattr(os, name)))
with blobs.spool() as spool:
    for start in range(0, len(content), 1 << 20):
        spool.write(content[start : start + (1 << 20)])
    blobs.put("original/ab/abcdef", spool)
    print(steps, flush=True)
"""


def upload(root: Path, die_at: int) -> subprocess.CompletedProcess[str]:
    source = root.with_name("content")
    source.write_bytes(CONTENT)
    return subprocess.run(
        [sys.executable, "-c", UPLOAD, root, source, str(die_at)], capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many calls to the system an upload makes."""
    whole = upload(tmp_path_factory.mktemp("whole") / "store", die_at=0)
    assert whole.returncode == 0, whole.stderr
    return int(whole.stdout)


def test_a_kill_at_any_step_leaves_all_or_nothing(tmp_path: Path, steps: int) -> None:
    outcomes = set()
    for die_at in range(1, steps + 1):
        root = tmp_path / str(die_at) / "store"
        root.parent.mkdir()
        assert upload(root, die_at).returncode == -signal.SIGKILL
        blobs = FolderBlobs(root)
        kept = [stored.key for stored in blobs.list()]
        outcomes.add(tuple(kept))
        assert kept in ([], [KEY])
        assert not kept or b"".join(blobs.read(KEY)) == CONTENT
        blobs.sweep_spools(timedelta(0))
        assert list((root / ".spool").iterdir()) == []
        assert not kept or b"".join(blobs.read(KEY)) == CONTENT, "sweeping a linked spool leaves the blob"
        with blobs.spool() as spool:
            spool.write(CONTENT)
            assert blobs.put(KEY, spool) is not bool(kept), "the next upload goes through"
    assert outcomes == {(), (KEY,)}, "kills came before and after the link"
