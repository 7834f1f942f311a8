"""A siege: every route, API and pages alike, as every kind of caller, with requests that have something wrong in them.

Each request is drawn from its number, so that one that fails is had again by that number alone.
"""

import asyncio
import inspect
import re
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from typing import Any

from sqlalchemy.exc import NoResultFound
from starlette.types import ASGIApp
from tests.flows.authorisation import World
from tests.flows.test_authorisation import told as good
from tests.hard import words
from tests.hard.exchange import Got, Headers, Sent, exchange
from tests.installation import APPLICATION_KEY, Installation

from albumen import server
from albumen.accounts import sessions, users
from albumen.http.guest_tokens import cookie_name as guest_cookie
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import NotFound
from albumen.web import pages

MOST_SECONDS = 2.0
"""How long an answer may take, where that is looked at: the machine that tests run on may be busy with others."""
RENEWED_AFTER = 400
"""So many requests a library bears before it is made anew: some of them delete what others ask for."""
CALLERS = ("key", "session", "guest", "nobody")
ONCE = ("DELETE /v1/users/me", "POST /logout", "POST /settings/sessions/end", "POST /settings/sessions/end-others")
"""What would end the caller, and with it every request after."""
FIELD = re.compile(
    r"""texts?\(\s*"(\w+)"|query_params\.get\("(\w+)"|asked\.get\("(\w+)"|^\s+(\w+): (?:str|int|bool)\b""", re.M
)
ALSO = {
    "code_id": "accessor_id",
    "place_id": "folder_id",
    "token": "link_id",
    "key_id": "file_id",
    "passkey_id": "file_id",
}


@dataclass(frozen=True)
class Route:
    """A method and a path, and what names its queries and fields have."""

    method: str
    path: str
    names: tuple[str, ...] = ()
    is_page: bool = False

    @property
    def caller(self) -> str:
        """Who has most to say there."""
        if self.path.startswith(("/e/", "/v1/access")):
            return "guest"
        return "session" if self.is_page else "key"

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass
class Fault:
    """A request that was answered as none may be."""

    number: int
    sent: Sent
    why: str

    def __str__(self) -> str:
        return f"#{self.number} {self.sent}\n    {self.why}"


@dataclass
class Siege:
    """The caller of all this: an installation, a sample photo in it, and a seed."""

    installation: Installation
    sample: int
    seed: int = 1
    is_timed: bool = False
    statuses: Counter[int] = field(default_factory=Counter)
    _usual: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @cached_property
    def routes(self) -> list[Route]:
        """All there are, and some that there are not."""
        found = [*self._of_api(), *_of_pages()]
        beside = [
            "/media/x",
            "/media/",
            "/zip/x",
            "/static/css/tokens.css",
            "/static/../x",
            "/metrics",
            "/healthz",
            "/readyz",
            "/none",
        ]
        more = [
            Route(method, path) for method in ("GET", "HEAD", "OPTIONS", "POST", "TRACE", "X" * 40) for path in beside
        ]
        again = [
            Route(method, each.path, each.names, each.is_page)
            for each in found
            for method in ("HEAD", "OPTIONS", "PUT")
        ]
        return [each for each in found * 12 + more + again if str(each) not in ONCE]

    def _of_api(self) -> Iterator[Route]:
        described = server.build(self.installation.app).openapi()
        schemas = described["components"]["schemas"]
        for path, item in described["paths"].items():
            for method, each in item.items():
                asked = [told for told in each.get("parameters", ()) if told["in"] == "query"]
                names = [told["name"] for told in asked]
                for told in asked:
                    self._usual[told["name"]] |= set(
                        re.findall(r"'([\w.-]+)'", str(told["schema"].get("enum", told["schema"])))
                    )
                bodies = re.findall(r"#/components/schemas/([\w-]+)", str(each.get("requestBody", "")))
                names += [name for body in bodies for name in schemas[body].get("properties", ())]
                yield Route(method.upper(), path, tuple(names))

    def _asked(self, name: str, random: Random) -> str:
        """A value of a query: something odd, or now and then one of those that there are."""
        usual = self._usual.get(name, ())
        return random.choice(sorted(usual)) if usual and random.random() < 0.5 else words.pick(random)

    def run(self, first: int, count: int) -> list[Fault]:
        """Send so many requests; what went wrong."""
        return asyncio.run(self._run(first, count))

    async def _run(self, first: int, count: int) -> list[Fault]:
        app = server.serve(self.installation.app)
        faults = []
        for number in range(first, first + count):
            if number == first or number % RENEWED_AFTER == 0:
                here = await asyncio.to_thread(Place, World(self.installation, self.sample), self.routes)
            sent = self._draw(number, here)
            why = await self._judge(app, sent)
            if why:
                faults.append(Fault(number, sent, why))
        return faults

    async def _judge(self, app: ASGIApp, sent: Sent) -> str:
        try:
            got = await exchange(app, sent)
        except Exception:  # whatever it is, it is what the test looks for
            return "".join(traceback.format_exc().splitlines(keepends=True)[-14:])
        self.statuses[got.status] += 1
        if self.is_timed and got.seconds > MOST_SECONDS:
            again = await exchange(app, sent)
            if again.seconds > MOST_SECONDS:
                return f"it took {got.seconds:.1f} and {again.seconds:.1f} s"
        return "" if sent.is_cut else _wrong(sent, got)

    def _draw(self, number: int, here: "Place") -> Sent:
        random = Random(f"{self.seed}-{number}")
        route = random.choice(self.routes)
        caller = route.caller if random.random() < 0.8 else random.choice(CALLERS)
        good_ids = random.random() < (0.75 if route.method in ("GET", "POST", "HEAD") else 0.4)
        target = here.path(route, random, is_good=good_ids and not (route.method == "DELETE" and random.random() < 0.7))
        chosen = random.sample(route.names, min(len(route.names), random.choice((0, 1, 1, 2, 4))))
        query = [(name, self._asked(name, random)) for name in chosen]
        query += [(words.pick(random), words.pick(random))] if random.random() < 0.1 else []
        if random.random() < 0.03:
            target += b"?" + random.choice(
                (b"%", b"%ff%fe", b"a" * 9000, b"&" * 3000, b"a=%00&a[]=1", b"=&=&=", b"limit=" + b"9" * 5000)
            )
        elif query:
            target += b"?" + words.as_query(query)
        kind, body = here.body(route, random)
        headers = [*here.credentials(caller, random), *kind]
        headers += [
            (random.choice(words.HEADERS), random.choice(words.VALUES)) for _ in range(random.choice((0, 0, 1, 1, 3)))
        ]
        if b"content-length" not in dict(headers) and random.random() < 0.8:
            headers.append((b"content-length", b"%d" % len(body)))
        return Sent(route.method, target, tuple(headers), body, is_cut=random.random() < 0.03)


def _wrong(sent: Sent, got: Got) -> str:
    """What is wrong with an answer; nothing where all is well."""
    if got.status == 0:
        return "no answer"
    if got.status >= 500 and not (got.status == 507 or "retry-after" in got.headers):
        return f"{got.status} {got.body[:500]!r}"
    if any("\r" in each or "\n" in each or "\0" in each for each in got.headers.values()):
        return f"a header of two lines: {got.headers}"
    is_problem = got.headers.get("content-type", "").startswith("application/problem+json")
    if got.status >= 400 and sent.target.startswith(b"/v1/") and sent.method != "HEAD" and got.body and not is_problem:
        return f"{got.status}, which is told by {got.headers.get('content-type')}"
    return "Traceback" if b"Traceback (most" in got.body else ""


def _of_pages() -> Iterator[Route]:
    for module in pages._PAGES:
        names = {name for found in FIELD.findall(inspect.getsource(module)) for name in found if name}
        for each in module.routes.routes:
            for method in each.methods:
                yield Route(method, each.path, (*sorted(names), "csrf", "cursor", "done"), is_page=True)


class Place:
    """A library in which all there can be is, and the credentials of those who call."""

    def __init__(self, world: World, routes: Sequence[Route]) -> None:
        self.world = world
        world.call("owner", "GET", "/users/me")
        with world.installation.app.writing(SYSTEM) as unit:
            owner = users.with_id(unit, "owner")
            users.set_keeper(unit, owner, is_keeper=True)
            self.session = sessions.start(unit, owner, days=1)
        names = {name for route in routes for name in re.findall(r"\{(\w+)", route.path)}
        self._values = {name: self._known(name) for name in sorted(names)}
        self._guest = world.tokens["guest"]

    def _known(self, name: str) -> str:
        return str(getattr(self.world, ALSO.get(name, name), "x"))

    def value(self, name: str) -> str:
        """What a name in a path stands for."""
        return self._values[name]

    def path(self, route: Route, random: Random, *, is_good: bool) -> bytes:
        """The path of a request, now and then with something odd in it."""
        names = re.findall(r"\{(\w+)[^}]*\}", route.path)
        odd = None if is_good or not names else random.choice(names)
        parts = re.split(r"(\{\w+[^}]*\})", route.path)
        filled = [self._part(each, odd, random) for each in parts]
        return b"".join(filled)

    def _part(self, part: str, odd: str | None, random: Random) -> bytes:
        if not part.startswith("{"):
            return part.encode()
        name = re.sub(r"\W.*", "", part[1:])
        if name != odd:
            return words.as_segment(self.value(name))
        return random.choice((words.as_segment(words.pick(random)), b"%ff%fe", b"%00", b"", b"%2e%2e%2f"))

    def body(self, route: Route, random: Random) -> tuple[Headers, bytes]:
        """A body and the header that says what it is."""
        if route.method in ("GET", "HEAD", "OPTIONS") and random.random() < 0.95:
            return (), b""
        if random.random() < 0.12:
            return ((b"content-type", random.choice(words.KINDS)),), random.choice(words.BODIES)
        if route.is_page:
            pairs = [
                (name, self._filling(name, random))
                for name in route.names
                for _ in range(random.choice((0, 1, 1, 1, 3)))
            ]
            return ((b"content-type", b"application/x-www-form-urlencoded"),), words.as_query(
                [("csrf", self.token), *pairs]
            )
        told: Any = self._good(route)
        if told is None or random.random() < 0.3:
            told = {name: words.value(random) for name in route.names if random.random() < 0.5}
        return ((b"content-type", b"application/json"),), words.as_json(words.spoiled(random, told))

    def _good(self, route: Route) -> Any:
        try:
            return good(self.world, route.method, route.path.removeprefix("/v1")).get("json")
        except (KeyError, AssertionError, NotFound, NoResultFound):  # another request has deleted what it would take
            return None

    @cached_property
    def token(self) -> str:
        """What our own forms repeat."""
        return sessions.csrf_token(self.session)

    def _filling(self, name: str, random: Random) -> str:
        chance = random.random()
        if chance < 0.25:
            return self.value(
                random.choice(
                    ("file_id", "folder_id", "library_id", "album_id", "event_id", "accessor_id", "set_id", "user_id")
                )
            )
        return (
            words.pick(random)
            if chance < 0.9
            else random.choice(("on", "1", "2", "2030-01-01", "2030-01-01T10:00", "view", "name"))
        )

    def credentials(self, caller: str, random: Random) -> list[tuple[bytes, bytes]]:
        """The headers by which a caller is known."""
        html = [(b"accept", b"text/html")] if random.random() < 0.5 else []
        given = {
            "key": [(b"authorization", f"ApiKey {APPLICATION_KEY}".encode()), (b"api-user-id", b"owner")],
            "session": [(b"cookie", f"albumen={self.session}".encode()), (b"x-csrf-token", self.token.encode())],
            "guest": [(b"authorization", f"Bearer {self._guest}".encode())],
        }
        if caller == "guest" and random.random() < 0.5:
            given["guest"] = [(b"cookie", f"{guest_cookie(secure=False)}={self._guest}".encode())]
        return [*html, *given.get(caller, [])]
