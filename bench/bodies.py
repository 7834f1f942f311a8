"""A gibibyte by one request: hashed, checked and on disk for good, against a server that forgets it."""

import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import av
import numpy as np
from _bare import BareServer
from _report import Row, median, show
from _server import LiveServer

ROUNDS = 3
GIB = 1 << 30


class Film:
    """A film of a gibibyte whose content can be made new without writing it again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with av.open(str(path), "w", format="mp4") as container:
            stream = container.add_stream("mpeg4", rate=25)
            stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
            for _ in range(10):
                pixels = np.random.default_rng(1).integers(0, 256, (240, 320, 3), dtype=np.uint8)
                container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
            container.mux(stream.encode(None))
        rest = GIB - path.stat().st_size
        with path.open("ab") as file:
            file.write(rest.to_bytes(4, "big") + b"free")
            block = secrets.token_bytes(1 << 20)
            for _ in range((rest - 8) >> 20):
                file.write(block)
            file.write(block[: (rest - 8) & 0xFFFFF])

    def renew(self) -> None:
        """Change the last bytes."""
        with self.path.open("r+b") as file:
            file.seek(-16, 2)
            file.write(secrets.token_bytes(16))


def seconds(url: str, *options: str) -> float:
    """How long curl takes to send and be answered.  Raises RuntimeError where it was refused."""
    told = "%{http_code} %{time_total}"
    command = ["curl", "-s", "-S", "-o", "/dev/null", "-w", told, "-X", "POST", "-H", "Expect:", *options, url]
    code, spent = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    if not code.startswith("2"):
        raise RuntimeError(f"{url}: {code}")
    return float(spent)


def measure(server: LiveServer, bare: BareServer, film: Film) -> tuple[float, float, float]:
    """Seconds of ours, of a server that discards, and of the framework's way, one after the other."""
    film.renew()
    body = ("-T", str(film.path), "-H", "Content-Type: video/mp4")
    caller = ("-H", f"Authorization: ApiKey {server.key}", "-H", "API-User-ID: bench")
    there = f"http://127.0.0.1:{bare.port}"
    ours = seconds(f"http://127.0.0.1:{server.port}/v1/upload?name=film.mp4", *caller, *body)
    nothing = seconds(f"{there}/discard", *body)
    form = seconds(f"{there}/form", "-F", f"file=@{film.path}")
    return ours, nothing, form


def main() -> None:
    """Print rows 5 and 5b."""
    if shutil.which("curl") is None:
        sys.exit("This bench sends with curl, which is not installed.")
    with tempfile.TemporaryDirectory() as folder:
        film = Film(Path(folder, "film.mp4"))
        kept = Path(folder, "kept")
        kept.mkdir()
        with LiveServer(Path(folder, "data")) as server, BareServer(kept) as bare:
            rounds: list[tuple[float, float, float]] = []
            for _ in range(ROUNDS):
                rounds.append(measure(server, bare, film))
                for file in kept.iterdir():
                    file.unlink()
        ours, nothing, form = (1 / median(column) for column in zip(*rounds, strict=True))
        show(
            Row(
                "5", "1 GiB as a raw body, hashed and durable, against discarding it", ours, "GiB/s", nothing, ">= 0.27"
            )
        )
        show(Row("5b", "the same against the framework's form to disk", ours, "GiB/s", form, ">= 2"))


if __name__ == "__main__":
    main()
