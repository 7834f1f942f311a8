"""Devices that share a vault while everything goes wrong: one seed, one story, told the same way each time."""

import hashlib
import io
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from tests.vault_client.deeds import OF_DEVICES, OF_PHOTOS, PASSPHRASE
from tests.vault_client.weather import Chance, Crash, FragileState, Weather, cheap_passphrases

from albumen_client.errors import Unreachable
from albumen_client.vault import devices, photos, records, snapshots, words
from albumen_client.vault.errors import Absent, Stuck, WrongKey
from albumen_client.vault.keys import Identity, Keyring, Root
from albumen_client.vault.log import pages
from albumen_client.vault.memory import MemoryRemote
from albumen_client.vault.pull import pull
from albumen_client.vault.push import push
from albumen_client.vault.remote import START, Remote
from albumen_client.vault.state import State
from albumen_client.vault.vault import Vault

BEGAN = datetime(2026, 6, 1, tzinfo=UTC)
IDENTITIES, RECOVERY = [Identity.new() for _ in range(12)], Identity.new()
Host = Callable[[str], Remote]
"""Makes an empty vault with this id."""


@dataclass
class Pocket:
    """The keys of a device, which outlive its crashes."""

    keyring: Keyring
    device_id: str
    name: str
    identity: Identity

    def learn(self, root: Root) -> None:
        self.keyring = self.keyring.with_root(root)


@dataclass(eq=False)
class Person:
    """Somebody with a device, and a clock that goes wrong."""

    vault: Vault

    @property
    def device_id(self) -> str:
        return self.vault.holder.device_id


@dataclass
class Story:
    """One seed's story: what was added, what was deleted, and who may still have it."""

    seed: int
    folder: Path
    host: Remote
    people: list[Person] = field(default_factory=list)
    contents: dict[str, bytes] = field(default_factory=dict)
    added: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    shut_out: set[str] = field(default_factory=set)
    day: float = 0.0

    def __post_init__(self) -> None:
        self.chance = Chance(self.seed)
        self.remote = Weather(self.host, self.chance, self._act)
        self._acting: list[Person] = []
        self._count = 0
        self.deeds = OF_PHOTOS | OF_DEVICES if self.seed % 8 == 0 else OF_PHOTOS
        keyring = Keyring(self.host.vault, (Root(hashlib.sha256(b"%d" % self.seed).digest()),), RECOVERY.recipient)
        self.people = [self.person(keyring) for _ in range(self.chance.dice.randint(2, 5))]
        if self.deeds is not OF_PHOTOS:
            devices.found(self.people[0].vault, PASSPHRASE)
            for each in self.people:
                devices.join(each.vault)

    def person(self, keyring: Keyring) -> Person:
        """Somebody more, who has these keys."""
        number, self._count = self._count, self._count + 1
        state = FragileState(":memory:")
        state.chance = self.chance
        spool = self.folder / str(number)
        spool.mkdir()
        skew = timedelta(days=self.chance.dice.uniform(-1, 1))
        clock = lambda: BEGAN + timedelta(days=self.day) + skew  # noqa: E731 - it closes over this person's skew
        pocket = Pocket(keyring, f"device {number}", "", IDENTITIES[number % len(IDENTITIES)])
        return Person(Vault(self.remote, state, pocket, spool, clock))

    def run(self) -> None:
        self.chance.is_calm = False
        for _ in range(8 + self.seed % 16):
            self._act()
        self.chance.is_calm = True
        self._calm_down()

    def _act(self) -> None:
        """Have somebody do something who is not in the midst of something else, while at most one other is."""
        idle = [person for person in self.people if person not in self._acting]
        if len(self._acting) > 1 or not idle:
            return
        person = self.chance.dice.choice(idle)
        deed = self.chance.dice.choices([*self.deeds], [*self.deeds.values()])[0]
        self.day += self.chance.dice.choice((0.01, 0.2, 1, 12))
        self._acting.append(person)
        with suppress(Crash, Unreachable, Absent, Stuck):
            try:
                deed(self, person.vault)
            except WrongKey:
                self._leave(person)
        self._acting.remove(person)

    def _leave(self, person: Person) -> None:
        """Who was revoked is out, with what was not told before."""
        if person in self.people:
            self.people.remove(person)
            self.shut_out.add(person.device_id)
            self.added -= {each.sha256 for each in person.vault.outbox.all_outgoing()}

    def _calm_down(self) -> None:
        """Good weather again: everybody tells what they have to, and hears of the others."""
        self.remote.clear_up()
        for _ in range(2):
            for person in list(self.people):
                try:
                    push(person.vault)
                except WrongKey:
                    self._leave(person)
        for person in self.people:
            pull(person.vault)

    def check(self) -> None:
        """All agree, the log has no gap, and no original is lost."""
        first, fresh = self.people[0].vault, self.person(self._keyring()).vault
        faces = {face(person.vault.state) for person in self.people}
        assert len(faces) == 1, "the devices do not agree"
        if self.chance.dice.random() < 0.5:
            snapshots.begin(fresh)
        pull(fresh)
        assert face(fresh.state) in faces, "a new device sees something else"
        numbers = [entry.n for page in pages(self.host, START) for entry in page.entries]
        assert numbers == list(range(1, first.state.head.n + 1)), "the log has gaps"
        revoked = {each.device_id for each in first.state.devices() if each.is_revoked}
        assert self.shut_out <= revoked.difference(person.device_id for person in self.people) == revoked
        there = [each.record.resources for each in fresh.state.assets() if each.is_live]
        live = {resource.sha256: resource for resources in there for resource in resources}
        assert self.added - self.deleted <= live.keys(), "an original is lost"
        for digest, resource in live.items():
            self._check_content(fresh, resource, self.contents[digest])

    def _keyring(self) -> Keyring:
        """What a new device gets: where the story has key files, from these, however they came to be."""
        first = self.people[0].vault
        if self.deeds is OF_PHOTOS:
            return first.holder.keyring
        if devices.warnings(first):
            devices.change_passphrase(first, PASSPHRASE)
            self._calm_down()
        assert devices.warnings(first) == []
        found = devices.by_passphrase(self.host, PASSPHRASE)
        assert found.secrets == devices.by_words(self.host, words.to_words(RECOVERY.secret)).secrets
        return found

    def _check_content(self, vault: Vault, resource: records.Resource, content: bytes) -> None:
        target = io.BytesIO()
        photos.copy_out(vault, resource, target)
        assert target.getvalue() == content, "an original was changed"


def face(state: State) -> str:
    """What a device sees."""
    told = [(each.signature, each.rev, each.record, each.deleted_at) for each in state.assets()]
    return repr((state.head, told, state.open_collections(), state.devices()))


def play(seed: int, folder: Path, host: Host = MemoryRemote) -> Story:
    """One story, from beginning to end, checked; whatever goes wrong in it is told with its seed."""
    try:
        story = Story(seed, folder, host(str(UUID(int=seed))))
        story.run()
        story.check()
    except Exception as error:
        raise AssertionError(f"seed {seed}: {error!r}") from error
    return story


def play_all(seeds: range, folder: Path, host: Host = MemoryRemote) -> int:
    """Many of them; how many events they wrote together."""
    written = 0
    with cheap_passphrases():
        for seed in seeds:
            own = folder / str(seed)
            own.mkdir()
            written += play(seed, own, host).people[0].vault.state.head.n
            shutil.rmtree(own)
    return written
