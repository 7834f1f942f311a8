"""Thousands of odd requests to a real server, each followed by a proper one on the same connection."""

from collections import Counter
from dataclasses import dataclass, field

from tests import make
from tests.faults.living import KEY, House
from tests.hard import oddities
from tests.hard.oddities import Aims
from tests.hard.wire import Gone, Reply, Shape, Wire, drawn, proper, wrong

MOST_SECONDS = 2.0
"""How long an answer may take, where that is looked at: the machine that tests run on may be busy with others."""
LARGE = 1 << 14
"""A body of this many bytes may be refused before it is read; the answer may then be lost with the connection."""
SMUGGLED = "smuggled"


def aims_of(house: House) -> Aims:
    """A library with a photo, another that gets new versions, and an upload that has begun."""
    ann = house.caller()
    library = ann.post("/v1/libraries", {"name": "Family"}).json["libraryId"]
    [root] = ann.get(f"/v1/libraries/{library}/folders?parent=").json
    folder = f"/v1/libraries/{library}/folders/{root['folderId']}/files"
    photo = make.photo(size=(48, 32), seed=1)
    [file] = ann.send(folder, "files", ("a.jpg", photo)).json
    [changed] = ann.send(folder, "files", ("b.jpg", make.photo(size=(48, 32), seed=2))).json
    path, changes = (f"/v1/libraries/{library}/files/{each['fileId']}" for each in (file, changed))
    announced = ann.tus("POST", "/v1/uploads", Upload_Length="100", Upload_Metadata="filename YS5qcGc=")
    assert announced.status == 201, announced
    script = "/static/css/tokens.css"
    files = [(f"{path}/contents".encode(), photo), (script.encode(), ann.get(script).body)]
    return Aims(
        credentials=f"Authorization: ApiKey {KEY}\r\nAPI-User-ID: ann\r\n".encode(),
        forms=[folder.encode(), b"/v1/upload/", f"{changes}/versions".encode(), b"/library/upload"],
        files=files,
        uploads=(announced.headers["location"].encode(),),
        photo=photo,
    )


@dataclass
class Assault:
    """Who sends all this, on one connection for as long as that holds."""

    house: House
    aims: Aims
    seed: int = 1
    is_timed: bool = False
    statuses: Counter[int] = field(default_factory=Counter)
    kept: int = 0
    faults: list[str] = field(default_factory=list)
    _wire: Wire | None = None

    def run(self, first: int, count: int) -> None:
        """Send so many, and see at the end that all is well."""
        for number in range(first, first + count):
            shape = oddities.KINDS[number % len(oddities.KINDS)](self.aims, drawn(self.seed, number))
            try:
                self._twice(number, shape)
            except Exception as fault:
                self.faults.append(f"#{self.seed}-{number} {shape}\n    {fault!r}")
                self._hang_up()
        self._hang_up()
        assert self.house.caller().get("/v1/libraries").json[0]["name"] == "Family"

    def _twice(self, number: int, shape: Shape) -> None:
        """Once more where the server has hung up: it may, while this side waits for its turn on a busy machine."""
        try:
            self._one(number, shape)
        except Gone:
            self._hang_up()
            self._one(number, shape)

    def _one(self, number: int, shape: Shape) -> None:
        wire = self._wire = self._wire or self._new(number)
        is_head = oddities.KINDS[number % len(oddities.KINDS)] is oddities.odd_head
        probe = proper(number, self.aims.credentials)
        wire.send(shape.content + (probe if is_head else b""), is_cut=shape.is_cut)
        try:
            reply = wire.reply(shape.method)
        except Gone:
            if shape.is_cut or is_head or len(shape.content) > LARGE:
                return self._hang_up()
            raise
        self._judge(shape, reply)
        if reply.is_last or shape.is_cut:
            return self._hang_up()
        if not is_head:
            wire.send(probe)
        return self._go_on(number, shape, wire, reply)

    def _judge(self, shape: Shape, reply: Reply) -> None:
        self.statuses[reply.status] += 1
        why = wrong(shape, reply)
        assert not why, why
        if self.is_timed and reply.seconds > MOST_SECONDS and not shape.is_cut:
            with Wire(self.house.port) as again:
                again.send(shape.content)
                seconds = again.reply(shape.method).seconds
                assert seconds <= MOST_SECONDS, f"it took {reply.seconds:.1f} and {seconds:.1f} s"

    def _go_on(self, number: int, shape: Shape, wire: Wire, before: Reply) -> None:
        """The proper request is answered as ever, unless the server has hung up after a refusal."""
        while True:
            try:
                reply = wire.reply("GET")
            except Gone:
                if before.status >= 400 or _may_end(shape):
                    return self._hang_up()
                raise
            told = reply.headers.get("x-request-id")
            if told == f"proper-{number}":
                assert reply.status == 404, reply
                self.kept += 1
                return None
            assert told != SMUGGLED or not _says_two_lengths(shape), "what was smuggled in is answered"
            self._judge(shape, reply)
            if reply.is_last:
                return self._hang_up()
            before = reply

    def _new(self, number: int) -> Wire:
        """A new connection, on which a proper request is answered first."""
        wire = Wire(self.house.port)
        wire.send(proper(number, self.aims.credentials))
        reply = wire.reply("GET")
        assert (reply.status, reply.headers.get("x-request-id")) == (404, f"proper-{number}"), reply
        return wire

    def _hang_up(self) -> None:
        if self._wire is not None:
            self._wire.__exit__()
            self._wire = None


def _head(shape: Shape) -> bytes:
    return shape.content.partition(b"\r\n\r\n")[0].lower()


def _may_end(shape: Shape) -> bool:
    """Whether it says something of the connection, is of a version in which each ends, or goes on with odd chunks."""
    head = _head(shape)
    return b"connection:" in head or b"transfer-encoding:" in head or b" http/1.1" not in head


def _says_two_lengths(shape: Shape) -> bool:
    head = _head(shape)
    return head.count(b"content-length") + head.count(b"transfer-encoding") > 1
