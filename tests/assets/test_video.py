"""What becomes of an uploaded film: a form that browsers play, a preview, forms to stream; or a reason."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, update
from tests import films, make
from tests.installation import Caller, Installation, Shelf, wait_until

from albumen import worker
from albumen.jobs import queue
from albumen.jobs.models import Job, State
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import Original, Rendition
from albumen.libraries.uploads import CONVERT
from albumen.media.guard import Guard


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], bytes]:
    """Films of `films.MAKES` by name, made once."""
    folder = tmp_path_factory.mktemp("films")

    def made(name: str) -> bytes:
        path = folder / name
        return (path if path.exists() else films.film(films.named(name), folder)).read_bytes()

    return made


@pytest.fixture(scope="module")
def long_film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A film that takes a while to convert."""
    folder = tmp_path_factory.mktemp("long")
    short = films.film(films.named("large.mov"), folder)
    films.ffmpeg("-stream_loop", "300", "-i", str(short), "-c", "copy", str(folder / "long.mov"))
    return (folder / "long.mov").read_bytes()


def variants(installation: Installation) -> set[str]:
    with installation.app.reading(SYSTEM) as unit:
        return set(unit.db.scalars(select(Rendition.variant)))


def path_of(shelf: Shelf, file: dict[str, object]) -> str:
    return f"{shelf.library}/files/{file['fileId']}"


def test_a_film_that_browsers_do_not_play_is_converted(
    installation: Installation, alice: Caller, film: Callable[[str], bytes]
) -> None:
    shelf = alice.library()
    file = shelf.add(film("divx.avi"), "clip.avi")
    assert file["isProcessing"] is True
    path = path_of(shelf, file)
    early = alice.get(f"{path}/contents")
    assert (early.status_code, early.json()["detail"]) == (404, "This form is not made yet.")
    installation.work_off()
    assert variants(installation) == {"sm", "md", "lg", "video", "preview"}
    shown = alice.get(f"{path}/contents")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "video/mp4")
    assert 'filename="clip.mp4"' in shown.headers["content-disposition"]
    assert alice.get(f"{path}/contents?attachment=true").content == film("divx.avi")
    after = shelf.file(str(file["fileId"]))
    assert after["isProcessing"] is False
    assert after["fileSizeCnv"] == len(shown.content)
    part = alice.get(f"{path}/contents", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, shown.content[10:20])
    installation.check_counts()
    assert installation.spools() == 0


def test_a_film_that_browsers_play_gets_a_preview_only(
    installation: Installation, alice: Caller, film: Callable[[str], bytes]
) -> None:
    shelf = alice.library()
    file = shelf.add(film("plain.mp4"), "clip.mp4")
    path = path_of(shelf, file)
    assert alice.get(f"{path}/contents").content == film("plain.mp4")
    installation.work_off()
    assert variants(installation) == {"sm", "md", "lg", "preview"}
    assert alice.get(f"{path}/contents").content == film("plain.mp4")
    preview = alice.get(f"{path}/preview")
    assert (preview.status_code, preview.headers["content-type"]) == (200, "video/mp4")
    assert alice.get(f"{path}/hls/master.m3u8").status_code == 404
    assert "fileSizeCnv" not in shelf.file(str(file["fileId"]))


def test_a_long_film_can_be_streamed(tmp_path: Path, guard: Guard, film: Callable[[str], bytes]) -> None:
    installation = Installation.at(tmp_path / "data", guard, media={"hls_minutes": 1 / 60})
    alice = installation.caller("alice")
    shelf = alice.library()
    path = path_of(shelf, shelf.add(film("plain.mp4"), "clip.mp4"))
    installation.work_off()
    master = alice.get(f"{path}/hls/master.m3u8")
    assert master.headers["content-type"].startswith("application/vnd.apple.mpegurl")
    assert master.text.splitlines()[-1] == "360.m3u8"
    listed = alice.get(f"{path}/hls/360.m3u8").text
    assert '#EXT-X-MAP:URI="360.mp4"' in listed
    assert alice.get(f"{path}/hls/360.mp4", headers={"Range": "bytes=4-7"}).content == b"ftyp"
    assert alice.get(f"{path}/hls/720.m3u8").status_code == 404
    assert alice.get(f"{path}/hls/999.m3u8").status_code == 404
    assert installation.caller("bob").get(f"{path}/hls/360.mp4").status_code == 404
    installation.check_counts()
    installation.close()


def test_the_size_of_a_film_is_reason_enough_to_stream_it(
    tmp_path: Path, guard: Guard, film: Callable[[str], bytes]
) -> None:
    installation = Installation.at(tmp_path / "data", guard, media={"hls_bytes": 1000})
    installation.caller("alice").library().add(film("plain.mp4"), "clip.mp4")
    installation.work_off()
    assert "hls-360" in variants(installation)
    installation.close()


def test_a_film_without_pictures_that_can_be_read_says_so_and_stays(
    installation: Installation, alice: Caller, film: Callable[[str], bytes]
) -> None:
    whole = film("divx.avi")
    start = whole.index(b"movi") + 4
    broken = whole[:start] + bytes(len(whole) - start)
    shelf = alice.library()
    file = shelf.add(broken, "broken.avi")
    installation.work_off()
    after = shelf.file(file["fileId"])
    assert after["isProcessing"] is False
    assert len(after["failure"]) > 10
    path = path_of(shelf, file)
    assert alice.get(f"{path}/contents").json()["detail"] == "This form is missing."
    assert alice.get(f"{path}/contents?attachment=true").content == broken
    assert installation.spools() == 0


def test_converting_again_changes_nothing(
    installation: Installation, alice: Caller, film: Callable[[str], bytes]
) -> None:
    alice.library().add(film("divx.avi"), "clip.avi")
    installation.work_off()
    before = installation.blobs()
    with installation.app.writing(SYSTEM) as unit:
        signature = unit.db.scalars(select(Original.signature)).one()
        unit.db.execute(update(Original).values(converted_at=None))
        unit.jobs.add(CONVERT, signature)
    installation.work_off()
    assert installation.blobs() == before
    with installation.app.reading(SYSTEM) as unit:
        assert unit.db.scalars(select(Original.converted_at)).one() is not None


def running(installation: Installation) -> Job | None:
    with installation.app.reading(SYSTEM) as unit:
        return unit.db.scalars(select(Job).where(Job.kind == CONVERT, Job.state == State.running)).first()


def test_a_conversion_tells_how_far_it_is_and_can_be_stopped(
    installation: Installation, alice: Caller, long_film: bytes
) -> None:
    shelf = alice.library()
    file = shelf.add(long_film, "long.mov")
    crew = worker.crew(installation.app)
    crew.start()
    try:
        wait_until(lambda: (job := running(installation)) and job.progress > 0, "progress")
        (process,) = installation.app.converter.processes
        photo = shelf.add(make.photo())
        wait_until(lambda: not shelf.file(photo["fileId"])["isProcessing"], "the photo, while the film goes on")
        job = running(installation)
        assert job
        assert (job.note, 0 < job.progress < 1) == ("converting", True)
        with installation.app.writing(SYSTEM) as unit:
            assert queue.cancel(unit.db, job.id, unit.now)
        wait_until(lambda: running(installation) is None, "the end", 10)
        wait_until(lambda: not Path(f"/proc/{process}").exists(), "the end of ffmpeg", 10)
    finally:
        crew.stop()
    assert "stopped" in shelf.file(file["fileId"])["failure"]
    assert alice.get(f"{path_of(shelf, file)}/contents?attachment=true").content == long_film
    assert installation.spools() == 0


def test_a_stopping_server_ends_its_conversion_and_the_next_one_begins_anew(
    installation: Installation, alice: Caller, long_film: bytes
) -> None:
    alice.library().add(long_film, "long.mov")
    crew = worker.crew(installation.app)
    crew.start()
    wait_until(lambda: installation.app.converter.processes, "the conversion")
    crew.stop(10)
    assert installation.app.converter.processes == ()
    assert installation.spools() == 0
    with installation.app.reading(SYSTEM) as unit:
        job = unit.db.scalars(select(Job).where(Job.kind == CONVERT)).one()
    assert (job.state, job.attempts) == (State.ready, 0)


def test_a_crashing_ffmpeg_is_tried_again(installation: Installation, alice: Caller, long_film: bytes) -> None:
    alice.library().add(long_film, "long.mov")
    crew = worker.crew(installation.app)
    crew.start()
    try:
        wait_until(lambda: installation.app.converter.processes, "the conversion")
        os.kill(installation.app.converter.processes[0], signal.SIGKILL)
        wait_until(lambda: (job := _waiting(installation)) is not None and "SIGKILL" in (job.error or ""), "its end")
    finally:
        crew.stop()
    assert installation.spools() == 0


def _waiting(installation: Installation) -> Job | None:
    with installation.app.reading(SYSTEM) as unit:
        return unit.db.scalars(select(Job).where(Job.kind == CONVERT, Job.state == State.ready)).first()


def test_only_so_many_films_are_converted_at_once(
    tmp_path: Path, guard: Guard, long_film: bytes, film: Callable[[str], bytes]
) -> None:
    installation = Installation.at(tmp_path / "data", guard, media={"conversions": 1})
    shelf = installation.caller("alice").library()
    shelf.add(long_film, "long.mov")
    shelf.add(film("divx.avi"), "clip.avi")
    crew = worker.crew(installation.app)
    crew.start()
    try:
        wait_until(lambda: (job := running(installation)) and job.progress > 0, "progress")
        assert len(installation.app.converter.processes) == 1
        assert _waiting(installation) is not None
    finally:
        crew.stop()
    installation.close()
