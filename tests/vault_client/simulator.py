"""Devices that share a vault while everything goes wrong: one seed, one story, told the same way each time."""

import hashlib
import io
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from albumen_client.errors import Unreachable
from albumen_client.vault import collect, photos, records
from albumen_client.vault.errors import Absent, Stuck
from albumen_client.vault.keys import Identity, Keyring, Root
from albumen_client.vault.memory import MemoryRemote
from albumen_client.vault.pull import pull
from albumen_client.vault.push import push
from albumen_client.vault.remote import Blob, Commit, Head, HeadMoved, Report
from albumen_client.vault.sealing import Plain
from albumen_client.vault.state import State
from albumen_client.vault.vault import Vault

VAULT = "0b7ad2c4-9a3c-4d52-8c6e-1f0e2d3c4b5a"
BEGAN = datetime(2026, 6, 1, tzinfo=UTC)
FIELDS = ("place", "favourite", "title")


class Crash(BaseException):
    """The power is gone."""


class Chance:
    """What goes wrong next: one source of it for all."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.is_calm = False

    def of(self, share: float) -> bool:
        return not self.is_calm and self.dice.random() < share

    def step(self) -> None:
        """A point at which a device may die."""
        if self.of(0.005):
            raise Crash


class Weather:
    """A host behind a bad line: calls get lost, answers get lost, and commits come late."""

    def __init__(self, host: MemoryRemote, chance: Chance, meanwhile: Callable[[], None]) -> None:
        self._host, self._chance, self._meanwhile = host, chance, meanwhile
        self.vault = host.vault
        self._late: list[Commit] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *args, **more: self._call(getattr(self._host, name), *args, **more)

    def _call(self, does: Callable[..., Any], *args: Any, **more: Any) -> Any:
        self._chance.step()
        self._arrive()
        if self._chance.of(0.03):
            self._meanwhile()
        if self._chance.of(0.01):
            raise Unreachable("The call was lost.")
        answer = does(*args, **more)
        if self._chance.of(0.01):
            raise Unreachable("The answer was lost.")
        self._chance.step()
        return answer

    def commit(self, commit: Commit) -> Head:
        if self._chance.of(0.05):
            self._late.append(commit)
            raise Unreachable("Nobody knows.")
        head: Head = self._call(self._host.commit, commit)
        return head

    def _arrive(self) -> None:
        """What was under way gets there, in any order."""
        self._chance.dice.shuffle(self._late)
        while self._late and self._chance.dice.random() < 0.5:
            with suppress(HeadMoved):
                self._host.commit(self._late.pop())

    def put_blob(self, blob: Blob, content: BinaryIO, report: Report) -> None:
        if self._chance.of(0.05):
            content.seek(0)
            self._call(self._host.blob, blob.signature)
            raise Unreachable("It broke off.")
        self._call(self._host.put_blob, blob, content, report)


@cache
def _empty() -> bytes:
    return State(":memory:").db.serialize()


class FragileState(State):
    """A memory whose device may die right before or right after it has been written."""

    chance: Chance

    def _connected(self, path: Path | str) -> sqlite3.Connection:
        """One with its tables already: making them is half of what a short story costs."""
        db = super()._connected(path)
        db.deserialize(_empty())
        return db

    @contextmanager
    def writing(self) -> Iterator[None]:
        with super().writing():
            yield
            self.chance.step()
        self.chance.step()


@dataclass
class Pocket:
    """The keys of a device, which outlive its crashes."""

    keyring: Keyring
    device_id: str
    name: str
    identity: Identity = field(default_factory=Identity.new)

    def learn(self, root: Root) -> None:
        self.keyring = self.keyring.with_root(root)


@dataclass(eq=False)
class Person:
    """Somebody with a device, a clock that goes wrong, and photos of which some are also elsewhere."""

    vault: Vault
    skew: timedelta


@dataclass
class Story:
    """One seed's story: what was added, what was deleted, and who may still have it."""

    seed: int
    folder: Path
    people: list[Person] = field(default_factory=list)
    contents: dict[str, bytes] = field(default_factory=dict)
    added: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    day: float = 0.0

    def __post_init__(self) -> None:
        self.chance = Chance(self.seed)
        self.host = MemoryRemote(VAULT)
        self.remote = Weather(self.host, self.chance, self._act)
        self._acting: list[Person] = []
        keyring = Keyring(VAULT, (Root(hashlib.sha256(b"%d" % self.seed).digest()),), RECOVERY.recipient)
        for number in range(self.chance.dice.randint(2, 5)):
            self.people.append(self._person(number, keyring))

    def _person(self, number: int, keyring: Keyring) -> Person:
        state = FragileState(":memory:")
        state.chance = self.chance
        spool = self.folder / f"{self.seed}-{number}"
        spool.mkdir()
        skew = timedelta(days=self.chance.dice.uniform(-1, 1))
        clock = lambda: BEGAN + timedelta(days=self.day) + skew  # noqa: E731 - it closes over this person's skew
        return Person(Vault(self.remote, state, Pocket(keyring, f"device {number}", "", IDENTITY), spool, clock), skew)

    def run(self, steps: int = 20) -> None:
        for _ in range(steps):
            self._act()
        self._calm_down()

    def _act(self) -> None:
        """Have somebody do something who is not in the midst of something else, while at most one other is."""
        idle = [person for person in self.people if person not in self._acting]
        if len(self._acting) > 1 or not idle:
            return
        person = self.chance.dice.choice(idle)
        deed = self.chance.dice.choices(DEEDS, WEIGHTS)[0]
        self.day += self.chance.dice.choice((0.01, 0.2, 1, 12))
        self._acting.append(person)
        with suppress(Crash, Unreachable, Absent, Stuck):
            deed(self, person.vault)
        self._acting.remove(person)

    def _calm_down(self) -> None:
        """Good weather again: everybody tells what they have to, and hears of the others."""
        self.chance.is_calm = True
        for _ in range(2):
            for person in self.people:
                push(person.vault)
        for person in self.people:
            pull(person.vault)

    def check(self) -> None:
        """All agree, the log has no gap, and no original is lost."""
        faces = {face(person.vault.state) for person in self.people}
        assert len(faces) == 1, f"seed {self.seed}: the devices do not agree"
        fresh = self._person(99, self.people[0].vault.holder.keyring).vault
        pull(fresh)
        assert face(fresh.state) in faces, f"seed {self.seed}: a new device sees something else"
        assert [entry.n for entry in self.host.entries] == list(range(1, len(self.host.entries) + 1))
        there = [each.record.resources for each in fresh.state.assets() if each.is_live]
        live = {resource.sha256: resource for resources in there for resource in resources}
        assert self.added - self.deleted <= live.keys(), f"seed {self.seed}: an original is lost"
        for digest, resource in live.items():
            self._check_content(fresh, resource, self.contents[digest])

    def _check_content(self, vault: Vault, resource: records.Resource, content: bytes) -> None:
        target = io.BytesIO()
        photos.copy_out(vault, resource, target)
        assert target.getvalue() == content, f"seed {self.seed}: an original was changed"


def face(state: State) -> str:
    """What a device sees."""
    told = [(each.signature, each.rev, each.record, each.deleted_at) for each in state.assets()]
    return repr((state.head, told, state.open_collections(), state.devices()))


def take_photo(story: Story, vault: Vault) -> None:
    """One that others may have as well; some move, and share that film with others."""
    dice = story.chance.dice
    content, files = b"photo %d" % dice.randint(0, 4), []
    digest = hashlib.sha256(content).hexdigest()
    story.contents[digest] = content
    if dice.random() < 0.3:
        film = b"film %d" % dice.randint(0, 1)
        story.contents[hashlib.sha256(film).hexdigest()] = film
        files.append(Plain(io.BytesIO(film), "pairedVideo", "p.mov"))
    files.insert(0, Plain(io.BytesIO(content), "photo", "p.jpg"))
    photos.add(vault, files, photos.Portrait({"title": content.decode()}))
    story.added.add(digest)
    if dice.random() < 0.5:
        push(vault)


def any_of(story: Story, vault: Vault, *, live: bool) -> str:
    found = [each.signature for each in vault.state.assets() if each.is_live is live]
    if not found:
        raise Absent("none")
    return story.chance.dice.choice(found)


def edit_photo(story: Story, vault: Vault) -> None:
    dice = story.chance.dice
    photos.edit(vault, any_of(story, vault, live=True), {dice.choice(FIELDS): dice.choice((True, "a", "b", None))})


def delete_photo(story: Story, vault: Vault) -> None:
    asset = photos.live(vault, any_of(story, vault, live=True))
    story.deleted |= {each.sha256 for each in asset.record.resources}
    photos.delete(vault, asset.signature)


def restore_photo(story: Story, vault: Vault) -> None:
    photos.restore(vault, any_of(story, vault, live=False))


def meet(story: Story, vault: Vault) -> None:
    push(vault)


def clean(story: Story, vault: Vault) -> None:
    if story.chance.dice.random() < 0.5:
        story.day += 33
    collect.collect(vault)


DEEDS: list[Callable[[Story, Vault], None]] = [take_photo, edit_photo, delete_photo, restore_photo, meet, clean]
WEIGHTS = [5, 2, 3, 2, 4, 3]
IDENTITY, RECOVERY = Identity.new(), Identity.new()


@contextmanager
def remembering() -> Iterator[None]:
    """Open each sealed text once, however many devices read it: the same text always opens to the same."""
    kept = records.unseal
    quick = lru_cache(4096)(kept)
    records.unseal = quick
    try:
        yield
    finally:
        records.unseal = kept


def play(seed: int, folder: Path) -> Story:
    """One story, from beginning to end, checked."""
    story = Story(seed, folder)
    story.run()
    story.check()
    return story


def play_all(seeds: range, folder: Path) -> int:
    """Many of them; how many events they wrote together."""
    written = 0
    with remembering():
        for seed in seeds:
            own = folder / str(seed)
            own.mkdir()
            written += len(play(seed, own).host.entries)
            shutil.rmtree(own)
    return written
