"""What clients do while the house is brought down, and what they were promised."""

import hashlib
import http.client
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count

from tests.faults.living import Answer, House
from tests.make import photo

from albumen.kernel import ids

SIZE = (300, 200)
CLIENTS = 3


def signature(content: bytes) -> str:
    """How content is named."""
    return ids.signature(hashlib.sha256(content).digest())


class Ledger:
    """What was offered, what was acknowledged, and what is in doubt because no answer came."""

    def __init__(self, seed: int) -> None:
        self.lock = threading.Lock()
        self.seeds = count(seed * 100_000)
        self.offered: dict[str, bytes] = {}
        self.kept: dict[str, bytes] = {}
        self.fresh: set[str] = set()
        self.deleted: set[str] = set()
        self.doubtful: set[str] = set()
        self.begun: dict[str, tuple[bytes, int]] = {}
        self.rendered: set[str] = set()
        self.remaking: dict[str, str] = {}
        self.batches: list[frozenset[str]] = []
        self.surprises: list[str] = []
        self.acknowledged = self.in_flight = 0

    def new(self, dice: random.Random) -> bytes:
        """A photo that nobody has seen, taken some time in 2021 or never."""
        with self.lock:
            seed = next(self.seeds)
        day = f"2021-{dice.randint(1, 12):02}-{dice.randint(1, 28):02} 12:00:00"
        content = photo(size=SIZE, seed=seed, taken=day if dice.random() < 0.8 else None)
        return self.offer(content)

    def offer(self, content: bytes) -> bytes:
        """Remember what may turn up."""
        with self.lock:
            self.offered[signature(content)] = content
        return content

    def again(self, dice: random.Random) -> bytes | None:
        """A photo that was sent before, by whomever, but not as one of several: of these all are filed, or none."""
        with self.lock:
            several = frozenset[str]().union(*self.batches)
            known = [content for signature, content in self.offered.items() if signature not in several]
            return dice.choice(known) if known else None

    def keep(self, answers: Sequence[dict[str, str]], contents: Sequence[bytes]) -> None:
        """Files were promised."""
        with self.lock:
            for answer, content in zip(answers, contents, strict=True):
                file_id = answer["fileId"]
                if file_id not in self.deleted | self.doubtful:
                    self.kept[file_id] = content
                    self.fresh.add(file_id)

    def take(self, dice: random.Random) -> tuple[str, bytes] | None:
        """A kept file, for one client alone, until it is given back or deleted."""
        with self.lock:
            if not self.kept:
                return None
            file_id = dice.choice(list(self.kept))
            return file_id, self.kept.pop(file_id)

    def give_back(self, file_id: str, content: bytes) -> None:
        """The file stays."""
        with self.lock:
            self.kept[file_id] = content


class Client:
    """One client that does one thing after another until it is told to stop, or nobody answers."""

    def __init__(self, house: House, ledger: Ledger, seed: int, folder: str) -> None:
        self._caller, self._ledger, self._folder = house.caller(), ledger, folder
        self._dice = random.Random(seed)
        self.stopping = threading.Event()

    def run(self) -> None:
        """Act until the end."""
        acts: list[Callable[[], None]] = [
            self._catalogue,
            self._file,
            self._repeat,
            self._delete,
            self._remake,
            self._bit_by_bit,
        ]
        with suppress(OSError, http.client.HTTPException):
            while not self.stopping.is_set():
                self._dice.choices(acts, (35, 25, 10, 10, 10, 10))[0]()
        self._caller.close()

    @contextmanager
    def _asking(self) -> Iterator[None]:
        with self._ledger.lock:
            self._ledger.in_flight += 1
        yield  # an answer that never comes leaves it counted
        with self._ledger.lock:
            self._ledger.in_flight -= 1

    def _is_good(self, answer: Answer) -> bool:
        with self._ledger.lock:
            self._ledger.acknowledged += answer.status < 300
            if answer.status >= 300:
                self._ledger.surprises.append(repr(answer))
        return answer.status < 300

    def _catalogue(self) -> None:
        self._add(self._ledger.new(self._dice))

    def _repeat(self) -> None:
        content = self._ledger.again(self._dice)
        if content:
            self._add(content)

    def _add(self, content: bytes) -> None:
        with self._asking():
            answer = self._caller.catalogue(content)
        if self._is_good(answer):
            self._ledger.keep([answer.json], [content])

    def _file(self) -> None:
        contents = [self._ledger.new(self._dice) for _ in range(self._dice.randint(1, 3))]
        with self._ledger.lock:
            self._ledger.batches.append(frozenset(map(signature, contents)))
        with self._asking():
            answer = self._caller.send(f"{self._folder}/files", "files", *(("IMG_1.jpg", each) for each in contents))
        if self._is_good(answer):
            self._ledger.keep(answer.json, contents)

    def _bit_by_bit(self) -> None:
        """Two halves of a photo; how much of it was acknowledged is noted until all of it is filed."""
        content = self._ledger.new(self._dice)
        with self._asking():
            made = self._caller.tus("POST", "/v1/uploads", b"", Upload_Length=str(len(content)))
        if not self._is_good(made):
            return
        path, half = made.headers["location"], self._dice.randrange(1, len(content))
        self._ledger.begun[path] = content, 0
        for start, end in ((0, half), (half, len(content))):
            with self._asking():
                answer = self._caller.tus("PATCH", path, content[start:end], Upload_Offset=str(start))
            if not self._is_good(answer):
                del self._ledger.begun[path]
                return
            self._ledger.begun[path] = content, end
        del self._ledger.begun[path]
        self._ledger.keep([{"fileId": answer.headers["albumen-file-id"]}], [content])

    def _delete(self) -> None:
        taken = self._ledger.take(self._dice)
        if taken is None:
            return
        with self._ledger.lock:
            self._ledger.doubtful.add(taken[0])
        with self._asking():
            answer = self._caller.delete(f"/v1/images/{taken[0]}/original")
        if self._is_good(answer):
            with self._ledger.lock:
                self._ledger.doubtful.discard(taken[0])
                self._ledger.deleted.add(taken[0])

    def _remake(self) -> None:
        """Delete the small forms of an image and have them made again."""
        taken = self._ledger.take(self._dice)
        if taken is None:
            return
        with self._ledger.lock:
            self._ledger.remaking[taken[0]] = signature(taken[1])
        try:
            with self._asking():
                answer = self._caller.delete(f"/v1/images/{taken[0]}/thumbnail")
            if self._is_good(answer):
                with self._asking():
                    answer = self._caller.post("/v1/operations/thumbnails/generate", {"id": taken[0]})
                if self._is_good(answer):
                    with self._ledger.lock:
                        self._ledger.rendered.add(taken[0])
                        del self._ledger.remaking[taken[0]]
        finally:
            self._ledger.give_back(*taken)


@contextmanager
def clients(house: House, ledger: Ledger, seed: int, folder: str) -> Iterator[None]:
    """Several clients at work during the block; afterwards all have ended."""
    crowd = [Client(house, ledger, seed * 10 + number, folder) for number in range(CLIENTS)]
    threads = [threading.Thread(target=client.run, daemon=True) for client in crowd]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for client in crowd:
            client.stopping.set()
        for thread in threads:
            thread.join(60)
            assert not thread.is_alive(), "a client still waits for an answer"
