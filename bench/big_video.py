"""A film of four gigabytes, uploaded, made playable and exported: how much memory the server takes for it."""

import shutil
import sys
import tempfile
import time
from pathlib import Path

import msgspec
from _report import Row, show
from _server import Connection, LiveServer
from video import run

from albumen.media.ffmpeg import Converter

GB = 10**9
BYTES = 4 * GB
PIECE_BYTES = 64 << 20
NEEDED = 6 * BYTES
"""Of disk: the film, its upload, what it becomes before and after the index is moved to the front, the export, room."""


def main() -> None:
    """Print the peak of the server by itself, and of all its processes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if shutil.disk_usage(folder).free < NEEDED:
            sys.exit(f"This bench needs {NEEDED // GB} GB of disk in {folder} (TMPDIR chooses another place).")
        film = make(folder)
        settings = {"ALBUMEN_MEDIA_HLS_MINUTES": "100000", "ALBUMEN_MEDIA_HLS_BYTES": str(1 << 50)}
        with LiveServer(folder / "data", **settings) as server:
            file, uploaded = upload(server, film)
            prepared = wait(server.connect(), file)
            exported = export(server.connect(), file)
            peak, all_peak = peak_of(server.process.pid) / 1e6, server.peak_bytes / 1e6
    note = f"all processes {all_peak:.0f} MB; uploaded in {uploaded:.0f} s, playable {prepared:.0f} s later"
    note += f", exported and fetched in {exported:.0f} s"
    show(Row("17b", f"peak memory of the server, film of {BYTES // GB} GB", peak, "MB", None, "<= 400", note))


def make(folder: Path) -> Path:
    """A film in a container that browsers do not play, made by repeating a few seconds of noise."""
    program, short, film = Converter().program, folder / "short.mov", folder / "film.mov"
    source = ["-f", "lavfi", "-i", "testsrc2=s=1920x1080:r=25:d=2,noise=alls=60:allf=t"]
    rate = ["-b:v", "120M", "-minrate", "120M", "-maxrate", "120M", "-bufsize", "60M", "-x264-params", "nal-hrd=cbr"]
    run(program, *source, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", *rate, str(short))
    times = BYTES // short.stat().st_size
    run(program, "-stream_loop", str(times), "-i", str(short), "-c", "copy", str(film))
    short.unlink()
    return film


def upload(server: LiveServer, film: Path) -> tuple[str, float]:
    """Send it as a bare body; the address of its JSON, and the seconds until it was durable."""
    started = time.perf_counter()
    headers = {"Content-Type": "video/quicktime", "Content-Length": str(film.stat().st_size)}
    with film.open("rb") as body:
        answer = server.connect().request("POST", "/v1/upload?name=film.mov", body, headers)
    made = msgspec.json.decode(answer)
    return f"/v1/libraries/{made['libraryId']}/files/{made['fileId']}", time.perf_counter() - started


def wait(connection: Connection, file: str) -> float:
    """Seconds until all is made.  Raises RuntimeError where it could not be."""
    started = time.perf_counter()
    while (told := connection.request_json("GET", file))["isProcessing"]:
        time.sleep(0.5)
    if "failure" in told or not told.get("fileSizeCnv"):
        raise RuntimeError(f"not converted: {told.get('failure')}")
    return time.perf_counter() - started


def export(connection: Connection, file: str) -> float:
    """Have a ZIP made of it and fetch that; seconds.  Raises RuntimeError where it could not be."""
    started = time.perf_counter()
    library, _, file_id = file.partition("/files/")
    job = connection.request_json("POST", f"{library}/exportjobs", {"fileIds": [file_id]})["jobId"]
    while (told := connection.request_json("GET", f"{library}/exportjobs/{job}"))["status"] in (
        "pending",
        "processing",
    ):
        time.sleep(0.5)
    if told["status"] != "success":
        raise RuntimeError(f"not exported: {told.get('error')}")
    for start in range(0, told["fileSize"], PIECE_BYTES):
        connection.request(
            "GET", f"{library}/exports/{job}", None, {"Range": f"bytes={start}-{start + PIECE_BYTES - 1}"}
        )
    return time.perf_counter() - started


def peak_of(process: int) -> int:
    """The most memory a process has held so far."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


if __name__ == "__main__":
    main()
