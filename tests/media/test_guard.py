"""The guard: what a child may not do, and what happens when one breaks."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import pyvips
from tests.conftest import in_ci
from tests.media.pictures import corners, develop, film, jpeg, noise

from albumen.kernel.errors import Invalid, Problem, TooLarge, Unavailable, Unsupported
from albumen.media.guard import VIPS_THREADS, Broken, Guard, Limits
from albumen.media.kinds import KINDS, sniff

# Each line is tried inside the shelter; all must fail.
FORBIDDEN = {
    "read a file": "open('/etc/passwd')",
    "list the root": "os.listdir('/')",
    "read the parent's secrets": "open(f'/proc/{os.getppid()}/environ')",
    "write a file": "open(CANARY, 'w')",
    "remove a file": "os.unlink(CANARY)",
    "change rights": "os.chmod(CANARY, 0o777)",
    "open a socket": "socket.socket()",
    "start a program": "os.execv('/bin/true', ['true'])",
    "fork": "os.fork()",
    "signal the parent": "os.kill(os.getppid(), 0)",
}


def inside(code: str) -> str:
    """Run a line within the shelter, in a process of its own; its outcome in words."""
    with tempfile.NamedTemporaryFile() as canary:
        program = (
            "import os, socket\n"
            "from albumen.media.limits import Limits\n"
            "from albumen.media.sandbox import shelter\n"
            f"CANARY = {canary.name!r}\n"
            "held, missing = shelter(Limits())\n"
            "if missing: print('missing', missing); raise SystemExit\n"
            f"try: {code}\n"
            "except OSError as error: print('refused')\n"
            "else: print('done')\n"
        )
        ran = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True, timeout=60)
        return ran.stdout.strip() or ran.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="the shelter is Linux's")
@pytest.mark.parametrize("deed", FORBIDDEN)
def test_shelter_refuses(deed: str) -> None:
    outcome = inside(FORBIDDEN[deed])
    if outcome.startswith("missing"):
        (pytest.fail if in_ci() else pytest.skip)(outcome)
    assert outcome == "refused"


@pytest.mark.skipif(sys.platform != "linux", reason="the shelter is Linux's")
@pytest.mark.parametrize("module", ["pyvips", "pi_heif", "rawpy", "av", "PIL.Image"])
def test_decoders_can_be_imported_under_the_lock(module: str) -> None:
    assert inside(f"import {module}") in ("done", "") or inside("pass").startswith("missing")


def test_guard_tells_its_shelter(guard: Guard) -> None:
    assert "limits" in guard.shelter.layers
    assert {*guard.shelter.layers, *(name.split(" (")[0] for name in guard.shelter.missing)} == {
        "limits", "no new privileges", "landlock", "seccomp"
    }  # fmt: skip


def test_probe_tells_the_facts(guard: Guard) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(jpeg(corners(800, 600), orientation=6))
        file.flush()
        facts = guard.probe(file.fileno(), "IMG_1.jpg")
    assert (facts.kind, facts.width, facts.height) == ("jpeg", 600, 800)


@pytest.mark.skipif(sys.platform != "linux", reason="where sessions share the processors out")
def test_children_come_after_whoever_asks(guard: Guard) -> None:
    assert guard.shelter
    for child in guard.processes:
        assert os.getpriority(os.PRIO_PROCESS, child) > os.getpriority(os.PRIO_PROCESS, 0)
        assert os.getsid(child) == os.getsid(0), "or each would have as large a share as all of us"
        assert os.getpgid(child) != os.getpgid(0), "or an interrupt at the terminal would end it"


def test_a_refusal_keeps_its_word(guard: Guard) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(b"#EXTM3U\nfile:///etc/passwd\n")
        file.flush()
        with pytest.raises(Unsupported):
            guard.probe(file.fileno(), "playlist.mp4")
    with pytest.raises(Unsupported):
        develop(guard, b"", "nonsense")


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_killed_child_fails_its_file_only() -> None:
    with Guard(1) as guard, ThreadPoolExecutor(1) as pool, tempfile.NamedTemporaryFile() as file:
        file.write(pyvips.Image.black(13_000, 13_000).pngsave_buffer(compression=1))
        file.flush()
        assert guard.shelter
        (child,) = guard.processes
        work = pool.submit(guard.develop, file.fileno(), "png", {})
        until(lambda: file.name in opened(child))
        os.kill(child, signal.SIGKILL)
        with pytest.raises(Broken, match="SIGKILL"):
            work.result()
        assert develop(guard, jpeg(), "jpeg").developed.width == 800


def opened(process: int) -> list[str]:
    """The names of the files that a process has open."""
    found = []
    for link in Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(OSError):
            found.append(str(link.readlink()))
    return found


def until(true: Callable[[], bool]) -> None:
    """Wait for a condition, ten seconds at most."""
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        os.sched_yield()


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_the_decoders_threads_do_not_end_when_idle() -> None:
    with Guard(1) as guard:
        develop(guard, jpeg(), "jpeg", ("sm",))
        (child,) = guard.processes
        names = [(task / "comm").read_text() for task in Path(f"/proc/{child}/task").iterdir()]
        assert len(names) >= VIPS_THREADS + 1


def test_an_endless_child_is_stopped_in_time() -> None:
    with Guard(1, Limits(still_seconds=0.2)) as guard:
        assert guard.shelter
        (child,) = guard.processes
        os.kill(child, signal.SIGSTOP)
        with pytest.raises(Broken, match=r"within 0\.2 seconds"):
            develop(guard, jpeg(), "jpeg")
        assert guard.processes == ()


def test_processor_time_is_bounded() -> None:
    with Guard(1, Limits(cpu_seconds=0)) as guard:
        big = jpeg(noise(800, 800).replicate(10, 10))
        with pytest.raises(Broken, match="processor time"):
            for _ in range(5):
                develop(guard, big, "jpeg", ("full-size",))


def test_memory_is_bounded() -> None:
    with Guard(1, Limits(memory_bytes=224 * 2**20)) as guard:
        rotated = jpeg(pyvips.Image.black(12_000, 12_000, bands=3).copy(interpretation="srgb"), orientation=6)
        with pytest.raises(Broken):
            develop(guard, rotated, "jpeg", ("full-size",))
        assert develop(guard, jpeg(), "jpeg").developed.width == 800


def test_output_is_bounded() -> None:
    with Guard(1, Limits(output_bytes=10_000)) as guard, pytest.raises((Unavailable, Broken)):
        develop(guard, jpeg(noise()), "jpeg")


def test_children_are_replaced_after_many_files() -> None:
    with Guard(1, Limits(files_per_child=2)) as guard:
        seen: set[int] = set()
        for _ in range(5):
            develop(guard, jpeg(), "jpeg", ("sm",))
            seen.update(guard.processes)
        assert len(seen) >= 2


def test_many_threads_share_few_children() -> None:
    bodies = [jpeg(noise(400 + 10 * n, 300)) for n in range(12)]
    with Guard(2) as guard, ThreadPoolExecutor(6) as pool:
        results = list(pool.map(lambda body: develop(guard, body, "jpeg", ("sm",)), bodies))
        assert [result.developed.width for result in results] == [400 + 10 * n for n in range(12)]
        assert 1 <= len(guard.processes) <= 2


def test_children_end_with_their_parent() -> None:
    program = (
        "import os, sys\n"
        "from albumen.media.guard import Guard\n"
        "guard = Guard(1); guard.shelter\n"
        "print(*guard.processes, flush=True)\n"
        "os._exit(0)\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True, timeout=60)
    child = int(ran.stdout)
    until(lambda: not _runs(child))
    assert not _runs(child)


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.parametrize("limit", ["max_pixels", "max_side", "max_total_pixels", "max_still_bytes"])
def test_limits_are_compared_with_the_header(limit: str) -> None:
    with Guard(1, Limits(**{limit: 700})) as guard, pytest.raises(TooLarge):
        develop(guard, jpeg(), "jpeg")


def test_a_film_of_too_many_pixels() -> None:
    with Guard(1, Limits(max_pixels=1000)) as guard, pytest.raises(TooLarge):
        develop(guard, film(), "mp4")


@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.torture)])
@pytest.mark.parametrize("folders", ["jpg heic avif webp png tif gif bmp nef mov mp4", "bad fuzzing"])
def test_files_of_the_corpus_end_well(corpus: Path, folders: str, every: int) -> None:
    """Developed, or refused in words; none brings a child down."""
    found = (file for folder in folders.split() for file in (corpus / folder).rglob("*") if file.is_file())
    files = sorted(found)[::every]
    with Guard(2) as guard, ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda file: _outcome(guard, file), files))
    assert "broken" not in outcomes
    assert outcomes.count("developed") > len(files) / 5


def _outcome(guard: Guard, path: Path) -> str:
    try:
        with path.open("rb") as file:
            kind = sniff(file).name
        result = develop(guard, path.read_bytes(), kind, ("sm", "md", "lg"))
    except Broken as problem:
        return f"{problem.code}"
    except Invalid as problem:
        assert "/" not in problem.detail
        return "refused"
    except Problem as problem:
        return type(problem).__name__
    assert kind in KINDS
    assert [made.variant for made in result.developed.renditions] == ["sm", "md", "lg"]
    return "developed"
