"""A whole installation for a test: real database, real store, real decoders, and a clock that can be turned."""

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from httpx2 import Response
from sqlalchemy import func, select
from starlette.testclient import TestClient
from tests import databases

from albumen import app as composition
from albumen import server, worker
from albumen.accounts import identify
from albumen.accounts.models import User
from albumen.app import App
from albumen.http.auth import Credentials
from albumen.jobs.models import Job, State
from albumen.kernel.actor import SYSTEM, Actor
from albumen.libraries.models import File, Folder, Library, MonthCount, Rendition, Resumable, Version
from albumen.media.guard import Guard
from albumen.settings import Settings
from albumen.vault.models import Vault

APPLICATION_KEY = "first-application-key"
SECOND_KEY = "second-application-key"


class TurnableClock:
    """The time of day, and as much later as a test says; stopped, it moves only then."""

    def __init__(self, *, is_stopped: bool = False) -> None:
        self._ahead = timedelta()
        self._stopped_at = datetime.now(UTC) if is_stopped else None

    def __call__(self) -> datetime:
        return (self._stopped_at or datetime.now(UTC)) + self._ahead

    def advance(self, **span: float) -> None:
        """Let so much time pass."""
        self._ahead += timedelta(**span)


def wait_until(condition: Callable[[], object], what: str = "it", seconds: float = 30) -> None:
    """Wait until the condition holds; fail the test where it never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        threading.Event().wait(0.005)


def settings_for(folder: Path, **rooms: Any) -> Settings:
    """Settings for a test, with nothing from this machine's own files."""
    given: dict[str, Any] = {
        "api": {"key_1": APPLICATION_KEY, "key_2": SECOND_KEY},
        "jobs": {"poll_seconds": 0.05, "threads": 2},
        "upload": {"reserve_bytes": 0},
        "log": {"level": "error"},
        "data_dir": folder,
        "database": {"url": databases.url_for(folder), "silent_seconds": 15},
        "secret": secrets.token_hex(16),
    }
    return Settings(_env_file=None, **{**given, **rooms})


@dataclass(frozen=True)
class Installation:
    """An installation, and the shortcuts tests take into it."""

    app: App
    clock: TurnableClock

    @classmethod
    def at(cls, folder: Path, guard: Guard, **rooms: Any) -> "Installation":
        """A new installation in a folder, with decoders that others use, too."""
        clock = TurnableClock()
        databases.begin(folder)
        built = composition.build(settings_for(folder, **rooms), clock=clock)
        return cls(replace(built, guard=guard), clock)

    def actor(self, name: str) -> Actor:
        """A user known to applications by this name, made at first need."""
        return identify.identify(self.app, Credentials(key=APPLICATION_KEY, user_key=name))

    def user(self, name: str) -> User:
        """The row of that user."""
        actor = self.actor(name)
        with self.app.reading(SYSTEM) as unit:
            return unit.db.scalars(select(User).where(User.id == actor.user_id)).one()

    def rows(self, table: type[Any]) -> int:
        """How many rows a table has."""
        with self.app.reading(SYSTEM) as unit:
            return unit.db.scalar(select(func.count()).select_from(table)) or 0

    def blobs(self, prefix: str = "") -> list[str]:
        """The keys in the store."""
        return [each.key for each in self.app.blobs.list(prefix)]

    def spools(self) -> int:
        """How many bodies are on their way in, or were left lying."""
        return len(list((self.app.settings.store_folder / ".spool").iterdir()))

    def work_off(self, seconds: float = 60) -> None:
        """Run a crew until no job is open; where all wait for later, let that time come."""
        crew = worker.crew(self.app)
        crew.start()
        try:
            wait_until(self._is_idle, "the jobs to end", seconds)
        finally:
            crew.stop()

    def _is_idle(self) -> bool:
        now = self.clock()
        waits = func.count().filter((Job.state == State.ready) & (Job.run_after > now))
        told = select(func.count(), waits, func.min(Job.run_after)).where(Job.state.in_((State.ready, State.running)))
        with self.app.reading(SYSTEM) as unit:
            many, waiting, first = unit.db.execute(told).one()
        if many and many == waiting:
            self.clock.advance(seconds=(first - now).total_seconds() + 0.001)
            self.app.bell.ring()
        return not many

    def check_counts(self) -> None:
        """Compare every kept count and sum with a recount from the rows."""
        with self.app.reading(SYSTEM) as unit:
            files = unit.db.scalars(select(File)).all()
            announced = unit.db.scalars(select(Resumable).where(Resumable.reserved_in.is_not(None))).all()
            weights: dict[str, dict[str, int]] = {}
            for row in unit.db.execute(select(Rendition.signature, Rendition.variant, Rendition.size_bytes)):
                weights.setdefault(row.signature, {})[row.variant] = row.size_bytes
            for folder in unit.db.scalars(select(Folder)):
                assert kept_of(folder) == counted([f for f in files if f.folder_id == folder.id], weights), folder.name
            for library in unit.db.scalars(select(Library)):
                mine = [f for f in files if f.library_id == library.id]
                versions = select(func.coalesce(func.sum(Version.size_bytes), 0)).join(File, File.id == Version.file_id)
                total = unit.db.scalar(versions.where(File.library_id == library.id)) or 0
                total += sum(sum(weights.get(f.signature, {}).values()) for f in mine)
                total += sum(each.size_bytes for each in announced if each.reserved_in == library.id)
                assert library.used_bytes == total, library.name
            for user in unit.db.scalars(select(User)):
                added = select(func.coalesce(func.sum(Version.size_bytes), 0)).where(Version.added_by == user.id)
                total = unit.db.scalar(added) or 0
                total += sum(sum(weights.get(f.signature, {}).values()) for f in files if f.added_by == user.id)
                total += sum(each.size_bytes for each in announced if each.user_id == user.id)
                vaults = select(func.coalesce(func.sum(Vault.used_bytes), 0)).where(Vault.user_id == user.id)
                total += unit.db.scalar(vaults) or 0
                assert user.used_bytes == total, user.name
            kept = {(m.library_id, m.month): m.count for m in unit.db.scalars(select(MonthCount)) if m.count}
            assert kept == months_of(files)

    @cached_property
    def client(self) -> TestClient:
        """Everything a listening server answers with, without a socket."""
        return TestClient(server.serve(self.app), "http://testserver", raise_server_exceptions=False)

    def caller(self, name: str = "alice", key: str = APPLICATION_KEY) -> "Caller":
        """Someone who calls over HTTP through an application key."""
        return Caller(self.client, {"Authorization": f"ApiKey {key}", "API-User-ID": name})

    def close(self) -> None:
        """Give the connections back; the decoders stay for others."""
        if "client" in self.__dict__:
            self.client.close()
        self.app.database.close()


def kept_of(folder: Folder) -> list[int]:
    """The counts a folder keeps."""
    sizes = [folder.sm_bytes, folder.md_bytes, folder.lg_bytes, folder.cnv_bytes]
    return [folder.file_count, folder.file_bytes, *sizes]


def counted(files: list[File], weights: Mapping[str, Mapping[str, int]]) -> list[int]:
    """The same, counted anew."""
    here = [f for f in files if f.deleted_at is None]
    columns = (("sm",), ("md",), ("lg",), ("full-size", "video"))
    sizes = [sum(weights.get(f.signature, {}).get(each, 0) for f in here for each in column) for column in columns]
    return [sum(f.part_of is None for f in here), sum(f.size_bytes for f in here), *sizes]


def months_of(files: Any) -> dict[tuple[int, int], int]:
    """How many files each month of each library has."""
    found: dict[tuple[int, int], int] = {}
    for file in files:
        if file.deleted_at is None and file.part_of is None:
            key = file.library_id, file.sorted_at.year * 100 + file.sorted_at.month
            found[key] = found.get(key, 0) + 1
    return found


@dataclass(frozen=True)
class Caller:
    """Calls over HTTP with a credential; paths begin after `/v1`."""

    client: TestClient
    headers: Mapping[str, str]

    def call(self, method: str, path: str, **options: Any) -> Response:
        """Any request."""
        headers = {**self.headers, **options.pop("headers", {})}
        return self.client.request(method, f"/v1{path}", headers=headers, **options)

    def get(self, path: str, **options: Any) -> Response:
        """A GET."""
        return self.call("GET", path, **options)

    def post(self, path: str, **options: Any) -> Response:
        """A POST."""
        return self.call("POST", path, **options)

    def delete(self, path: str, **options: Any) -> Response:
        """A DELETE."""
        return self.call("DELETE", path, **options)

    def library(self, **form: Any) -> "Shelf":
        """A new library of the caller's own, with its first folder."""
        made = self.post("/libraries", json={"name": "Family", "timeZone": "UTC", **form})
        assert made.status_code == 200, made.text
        library_id = made.json()["libraryId"]
        [root] = self.get(f"/libraries/{library_id}/folders?parent=").json()
        return Shelf(self, library_id, root["folderId"])

    def catalogue(self, photo: bytes, name: str = "IMG_1.jpg", **options: Any) -> Response:
        """Through the cataloguing door."""
        return self.post("/upload/", files={"file": (name, photo)}, **options)


@dataclass(frozen=True)
class Shelf:
    """A folder of a library, as one caller uses it."""

    by: Caller
    library_id: str
    folder_id: str

    @property
    def library(self) -> str:
        """The library's path."""
        return f"/libraries/{self.library_id}"

    @property
    def folder(self) -> str:
        """The folder's path."""
        return f"{self.library}/folders/{self.folder_id}"

    def below(self, name: str) -> "Shelf":
        """A new folder below this one."""
        made = self.by.post(f"{self.library}/folders", json={"parentId": self.folder_id, "name": name}).json()
        return Shelf(self.by, self.library_id, made["folderId"])

    def send(self, *photos: bytes, names: tuple[str, ...] = (), metadata: str | None = None) -> Response:
        """Upload by multipart."""
        chosen = names or tuple(f"IMG_{n}.jpg" for n in range(1, len(photos) + 1))
        files: list[Any] = [("files", (name, photo)) for name, photo in zip(chosen, photos, strict=True)]
        return self.by.post(f"{self.folder}/files", files=files, data={"metadata": metadata} if metadata else None)

    def add(self, photo: bytes, name: str = "IMG_1.jpg", **options: Any) -> dict[str, Any]:
        """Upload one photo; its JSON."""
        answer = self.send(photo, names=(name,), **options)
        assert answer.status_code == 200, answer.text
        [file] = answer.json()
        return dict(file)

    def file(self, file_id: str) -> dict[str, Any]:
        """A file's JSON as it is now."""
        return dict(self.by.get(f"{self.library}/files/{file_id}").json())
