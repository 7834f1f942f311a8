"""A server as a user starts it, and a browser before it."""

import io
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import insert, select
from tests import databases
from tests.installation import Installation, wait_until
from tests.web.watch import Watch

from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import File

EMAIL, PASSWORD = "ada@example.org", "correct horse battery"
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Live:
    """A server that listens, and the link its first start printed."""

    address: str
    sign_in: str


@contextmanager
def started(folder: Path) -> Iterator[Live]:
    """`albumen serve` on a new data directory, until the block ends."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    databases.begin(folder / "data")
    command = [sys.executable, "-m", "albumen", "serve", "--port", str(port), "--data-dir", str(folder / "data")]
    output = folder / "output"
    with output.open("wb") as file, subprocess.Popen(command, stdout=file, stderr=file, cwd=folder) as process:
        try:
            wait_until(lambda: b"/sign-in/" in output.read_bytes() and _answers(port), "the server", 90)
            found = re.search(rb"http://\S+/sign-in/(\S+)", output.read_bytes())
            assert found
            address = f"http://localhost:{port}"
            yield Live(address, f"{address}/sign-in/{found[1].decode()}")
        finally:
            process.terminate()
            process.wait(30)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


class Visitor:
    """A browser window that is watched."""

    def __init__(self, browser: Browser, live: Live, **options: object) -> None:
        told = {"base_url": live.address, "service_workers": "block", **options}
        self.context: BrowserContext = browser.new_context(**told)  # type: ignore[arg-type]  # passed on
        self.context.set_default_timeout(30_000)
        self.page: Page = self.context.new_page()
        self.watch = Watch()
        self.watch.over(self.page)


def repeat(installation: Installation, times: int) -> None:
    """File the only photo there is again and again, an hour apart."""
    with installation.app.writing(SYSTEM) as unit:
        one = unit.db.execute(select(File.__table__)).mappings().one()
        moments = (datetime(2019, 6, 27, tzinfo=UTC) - timedelta(hours=number) for number in range(times))
        more = [
            {**one, "id": number, "name": f"{number}", "folded": f"{number}", "sorted_at": moment}
            for number, moment in enumerate(moments, 1)
        ]
        unit.db.execute(insert(File), more)


def jpeg(taken: datetime, tone: str = "#7a93a8", size: tuple[int, int] = (900, 600)) -> bytes:
    """A small photo with a date and a camera."""
    exif = Image.Exif()
    exif[271], exif[272] = "Voigt", "Voigt Lander 9"
    facts = {36867: f"{taken:%Y:%m:%d %H:%M:%S}", 36881: "+02:00", 33434: 1 / 250, 33437: 2.8, 34855: 400, 37386: 35}
    exif.get_ifd(34665).update(facts)
    body = io.BytesIO()
    Image.new("RGB", size, tone).save(body, "JPEG", exif=exif)
    return body.getvalue()
