"""A real `albumen serve`: a photo's whole life over HTTP, a graceful end, and what a killed process leaves."""

import json
import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import select
from tests import make
from tests.commands import ENVIRONMENT, KEY, albumen, answers, free_port, run
from tests.installation import Installation, wait_until

from albumen.jobs.models import Job, State
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import File, Original, Rendition
from albumen.media.guard import Guard

AS_ALICE = {"Authorization": f"ApiKey {KEY}", "API-User-ID": "alice"}


@dataclass
class Served:
    """A server process, a client of it, and what it printed."""

    process: subprocess.Popen[bytes]
    client: httpx2.Client
    output: Path

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.client.base_url.port or 0)


@contextmanager
def serve(folder: Path) -> Iterator[Served]:
    """A server on the installation in `folder`, killed at the end where it still lives."""
    port, output = free_port(), folder / "output.txt"
    with output.open("wb") as out:
        process = subprocess.Popen(
            albumen(folder, "serve", "--port", port), stdout=out, stderr=out, env=ENVIRONMENT, cwd=folder
        )
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        try:
            wait_until(lambda: process.poll() is not None or answers(client), "the server", 60)
            assert process.poll() is None, output.read_text()
            yield Served(process, client, output)
        finally:
            process.kill()
            process.wait()


@pytest.fixture
def left(tmp_path: Path, guard: Guard) -> Iterator[Installation]:
    """The installation that a server leaves, looked at in this process."""
    made = Installation.at(tmp_path / "data", guard)
    yield made
    made.close()


def test_a_photos_whole_life(tmp_path: Path) -> None:
    with serve(tmp_path) as served:
        client = served.client
        link = re.search(r"http://\S+(/sign-in/\S+)", served.output.read_text())
        assert link
        signed_in = client.post(link[1])
        assert signed_in.status_code in (200, 302, 303)
        assert client.get("/v1/users/me").json()["isKeeper"] is True
        assert client.post(link[1]).status_code == 410
        client.cookies.clear()
        assert client.get("/v1/users/me").status_code == 401

        made = run(tmp_path, "key", "create", "keeper", "--scopes", "read,write")
        client.headers["Authorization"] = f"Bearer {made.stdout.strip()}"
        photo = make.photo(taken="2021-07-01 12:00:00", camera=("Canon", "EOS 5D"), size=(800, 600))
        added = client.post("/v1/upload/", files={"file": ("IMG_1.jpg", photo)})
        assert added.status_code == 201
        path = f"/v1/libraries/{added.json()['libraryId']}/files/{added.json()['fileId']}"
        wait_until(lambda: client.get(path).json()["isProcessing"] is False, "the photo to be developed")
        for size in ("sm", "md", "lg"):
            thumbnail = client.get(f"{path}/thumbnails/{size}")
            assert (thumbnail.status_code, len(thumbnail.content)) == (200, int(thumbnail.headers["content-length"]))
            again = client.get(f"{path}/thumbnails/{size}", headers={"If-None-Match": thumbnail.headers["etag"]})
            assert again.status_code == 304
        assert client.get(f"{path}/contents?attachment=true").content == photo
        part = client.get(f"{path}/contents", headers={"Range": "bytes=5-9"})
        assert (part.status_code, part.content) == (206, photo[5:10])
        within = "/v1/images?begin-time=2021-07-01&end-time=2021-07-01"
        assert client.get(within).json() == {"ids": [added.json()["fileId"]]}
        assert client.delete(f"/v1/images/{added.json()['fileId']}/original").status_code == 204
        assert client.get(within).json() == {"ids": []}
        assert client.get(path).status_code == 404
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(30) == 0
        assert "Traceback" not in served.output.read_text()


def test_a_second_server_on_the_same_data_is_refused(tmp_path: Path) -> None:
    with serve(tmp_path):
        second = run(tmp_path, "serve", "--port", free_port())
        assert second.returncode == 4
        assert "Another albumen serve is using" in second.stderr
        assert "Traceback" not in second.stderr
    with serve(tmp_path) as served:
        assert served.client.get("/readyz").status_code == 200


def upload_head(port: int, length: int) -> bytes:
    words = [
        "POST /v1/upload/?name=a.jpg HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        *(f"{name}: {value}" for name, value in AS_ALICE.items()),
        "Content-Type: image/jpeg",
        f"Content-Length: {length}",
    ]
    return ("\r\n".join(words) + "\r\n\r\n").encode()


@contextmanager
def half_an_upload(served: Served, photo: bytes, store: Path) -> Iterator[socket.socket]:
    """A connection on which half a photo was sent and has arrived."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=30) as connection:
        connection.sendall(upload_head(served.port, len(photo)) + photo[: len(photo) // 2])
        wait_until(lambda: list((store / ".spool").glob("*.part")), "the upload to begin")
        yield connection


def test_stopping_lets_an_upload_in_flight_end(tmp_path: Path, left: Installation) -> None:
    photo = make.photo(size=(1600, 1200), kind="png")
    with serve(tmp_path) as served:
        with half_an_upload(served, photo, left.app.settings.store_folder) as connection:
            served.process.send_signal(signal.SIGTERM)
            connection.sendall(photo[len(photo) // 2 :])
            answer = b""
            try:
                while piece := connection.recv(65536):
                    answer += piece
            except ConnectionError:
                pass
        assert served.process.wait(60) == 0
    status = re.match(rb"HTTP/1\.1 (\d+)", answer)
    assert left.rows(File) == (1 if status and status[1] == b"201" else 0)
    assert len(left.blobs("original/")) == left.rows(Original)
    assert left.spools() == 0
    left.check_counts()


def test_a_client_that_goes_away_leaves_nothing(tmp_path: Path, left: Installation) -> None:
    photo = make.photo(size=(1600, 1200), kind="png")
    with serve(tmp_path) as served:
        with half_an_upload(served, photo, left.app.settings.store_folder):
            pass
        wait_until(lambda: left.spools() == 0, "the half of the photo to be dropped")
        assert (left.rows(File), left.blobs()) == (0, [])
        whole = served.client.post("/v1/upload/", files={"file": ("a.png", photo)}, headers=AS_ALICE)
        assert whole.status_code == 201


def test_a_killed_server_leaves_nothing_half_visible(tmp_path: Path, left: Installation) -> None:
    photo = make.photo(size=(1600, 1200), kind="png")
    with serve(tmp_path) as served, half_an_upload(served, photo, left.app.settings.store_folder):
        kept = served.client.post("/v1/upload/", files={"file": ("kept.jpg", make.photo())}, headers=AS_ALICE)
        assert kept.status_code == 201
        served.process.kill()
        served.process.wait()
    assert (left.rows(File), len(left.blobs("original/"))) == (1, 1)
    left.check_counts()
    with serve(tmp_path) as served:
        path = f"/v1/images/{kept.json()['fileId']}/thumbnail"
        wait_until(lambda: served.client.get(path, headers=AS_ALICE).status_code == 200, "the kept photo's thumbnail")


def state_of_only_job(left: Installation) -> tuple[str, int] | None:
    with left.app.reading(SYSTEM) as unit:
        row = unit.db.execute(select(Job.state, Job.attempts)).first()
        return None if row is None else (row.state, row.attempts)


def test_a_killed_workers_job_is_taken_up_by_another(tmp_path: Path, left: Installation) -> None:
    left.caller().catalogue(make.photo(size=(9000, 6000), kind="png"))
    worker = subprocess.Popen(albumen(tmp_path, "worker"), env=ENVIRONMENT, cwd=tmp_path, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: state_of_only_job(left) == (State.running, 1), "the worker to claim the job", 60)
    finally:
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    assert state_of_only_job(left) == (State.running, 1)
    assert left.rows(Rendition) == 0
    left.clock.advance(seconds=left.app.settings.jobs.lease_seconds + 1)
    left.work_off()
    assert (state_of_only_job(left), left.rows(Rendition)) == (None, 3)
    left.check_counts()


def test_two_processes_serve_and_work_on_the_same_data(tmp_path: Path, left: Installation) -> None:
    with serve(tmp_path) as served:
        said = tmp_path / "worker.txt"
        with said.open("wb") as err:
            worker = subprocess.Popen(albumen(tmp_path, "worker"), env=ENVIRONMENT, cwd=tmp_path, stderr=err)
        try:
            wait_until(lambda: "working" in said.read_text(), "the worker", 60)
            for number in range(12):
                photo = make.photo(size=(400, 300))
                name = {"file": (f"{number}.jpg", photo)}
                assert served.client.post("/v1/upload/", files=name, headers=AS_ALICE).status_code == 201
            wait_until(lambda: state_of_only_job(left) is None, "the jobs to end", 60)
        finally:
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(60) == 0
        assert left.rows(Rendition) == 36
        left.check_counts()
        told: dict[str, Any] = json.loads(served.client.get("/readyz").text)
        assert told["status"] == "ok"
