"""`Idempotency-Key`: whoever repeats a create, not knowing whether it arrived, gets the first answer for a day."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec
from anyio import to_thread
from sqlalchemy import delete
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from albumen.app import App
from albumen.db.statements import insert_for, table_of
from albumen.http import problems
from albumen.http.bytes import Headers
from albumen.http.models import Answer
from albumen.kernel.actor import SYSTEM
from albumen.kernel.errors import Conflict, Invalid, Problem
from albumen.kernel.seals import Unsealable

KEPT = timedelta(hours=24)
MOST_KEY_BYTES = 255
MOST_ANSWER_BYTES = 4 << 20
_CALLER = (b"authorization", b"api-user-id", b"cookie")
_SEALED, _SEALED_EARLY = "answers with headers", "answers"
_BELONGING = (b"location", b"etag", b"link", b"cache-control", b"upload-", b"tus-", b"albumen-")
"""How headers begin that belong to an answer itself, not to the way that it took."""
_TUS = b"tus-resumable"
_SHOWN_ONCE = (
    "This was done when it was asked for first. What was answered then is shown only once: see what there is now, "
    "and ask anew, without this Idempotency-Key, for what you did not get."
)


@dataclass(frozen=True)
class Told:
    """An answer, whole."""

    status: int
    content_type: str
    body: bytes
    headers: Headers = field(default_factory=list)

    async def send(self, send: Send) -> None:
        """Give it again."""
        headers = [*self.headers, (b"content-length", b"%d" % len(self.body)), (b"idempotent-replayed", b"true")]
        if self.content_type:
            headers.append((b"content-type", self.content_type.encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """What of an answer is sealed."""

    body: bytes
    headers: Headers


class Idempotency:
    """Keeps the answers of successful POSTs that carry the header; a repetition does nothing and gets the same.

    The answer is kept before it is sent.  A repetition while the first is still under way gets 409, and one whose
    credentials have ended since is refused by `identify`.  Answers are kept sealed.  Those that set cookies are not
    kept; of those that say `no-store`, which is for secrets, it is only kept that they were given: a repetition gets
    409.  Answers about resumable uploads say it too, but hold none.
    """

    def __init__(self, main: ASGIApp, app: App, identify: Callable[[Request], object]) -> None:
        self._main, self._app, self._identify = main, app, identify
        self._under_way: set[bytes] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or answer again."""
        key = dict(scope["headers"]).get(b"idempotency-key") if scope["type"] == "http" else None
        if key is None or scope["method"] != "POST":
            await self._main(scope, receive, send)
        elif not 0 < len(key) <= MOST_KEY_BYTES:
            refusal = problems.response(Invalid(f"An Idempotency-Key has 1 to {MOST_KEY_BYTES} bytes."))
            await refusal(scope, receive, send)
        else:
            await self._once(_hash(scope, key), scope, receive, send)

    async def _once(self, name: bytes, scope: Scope, receive: Receive, send: Send) -> None:
        """Whoever comes first is known before anything is looked up, so that no two can both find nothing."""
        if name in self._under_way:
            told = "The first request with this Idempotency-Key is still under way."
            await problems.response(Conflict(told, code="under-way"))(scope, receive, send)
            return
        self._under_way.add(name)
        try:
            await self._answer(name, scope, receive, send)
        finally:
            self._under_way.discard(name)

    async def _answer(self, name: bytes, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            told = await to_thread.run_sync(self._find, name, scope)
        except Problem as problem:
            await problems.response(problem)(scope, receive, send)
            return
        if told is not None:
            await told.send(send)
        else:
            await self._main(scope, receive, _Keeper(self, name, send).send)

    def _find(self, name: bytes, scope: Scope) -> Told | None:
        told = self._kept(name)
        if told is not None:
            self._identify(Request(scope))
        return told

    def _kept(self, name: bytes) -> Told | None:
        with self._app.reading(SYSTEM) as unit:
            row = unit.db.get(Answer, name)
            is_there = row is not None and row.expires_at > unit.now
            return self._opened(row) if row is not None and is_there else None

    def _opened(self, row: Answer) -> Told | None:
        """An answer as it was given; None where nobody can say any more, as after a change of the secret."""
        try:
            kept = msgspec.msgpack.decode(self._app.seals.open(row.body, _SEALED), type=_Kept)
            return Told(row.status, row.content_type, kept.body, kept.headers)
        except Unsealable:
            return self._opened_early(row)

    def _opened_early(self, row: Answer) -> Told | None:
        """The same, of an answer that was kept when no headers were."""
        try:
            return Told(row.status, row.content_type, self._app.seals.open(row.body, _SEALED_EARLY))
        except Unsealable:
            return None

    def keep(self, name: bytes, told: Told) -> None:
        """Remember an answer."""
        with self._app.writing(SYSTEM) as unit:
            sealed = self._app.seals.seal(msgspec.msgpack.encode(_Kept(told.body, told.headers)), _SEALED)
            kept = {"status": told.status, "content_type": told.content_type, "body": sealed}
            kept |= {"expires_at": unit.now + KEPT}
            made = insert_for(unit.db)(table_of(Answer)).values(request_hash=name, **kept)
            unit.db.execute(made.on_conflict_do_update(index_elements=["request_hash"], set_=kept))


class _Keeper:
    """Holds a small successful answer back until it is kept; passes every other on as it comes."""

    def __init__(self, answers: Idempotency, name: bytes, send: Send) -> None:
        self._answers, self._name, self._send = answers, name, send
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_to_keep(message):
            self._start = message
        elif self._start is None or message["type"] != "http.response.body":
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if len(self._body) > MOST_ANSWER_BYTES or not message.get("more_body"):
                await self._release(self._start, message)

    async def _release(self, start: Message, last: Message) -> None:
        self._start = None
        if len(self._body) <= MOST_ANSWER_BYTES:
            await to_thread.run_sync(self._answers.keep, self._name, _told(start, self._body))
        await self._send(start)
        await self._send({**last, "body": self._body})


def _is_to_keep(start: Message) -> bool:
    return 200 <= start["status"] < 300 and all(name.lower() != b"set-cookie" for name, _ in start["headers"])


def _told(start: Message, body: bytes) -> Told:
    """What a repetition gets."""
    headers = {name.lower(): value for name, value in start["headers"]}
    if b"no-store" in headers.get(b"cache-control", b"") and _TUS not in headers:
        refusal = problems.response(Conflict(_SHOWN_ONCE, code="shown-once"))
        return Told(refusal.status_code, problems.MEDIA_TYPE, bytes(refusal.body))
    shown = [(name, value) for name, value in start["headers"] if name.lower().startswith(_BELONGING)]
    return Told(start["status"], headers.get(b"content-type", b"").decode("latin-1"), body, shown)


def _hash(scope: Scope, key: bytes) -> bytes:
    """The request as its caller means it: the same key of another caller, or on another route, is another one."""
    shown = [value for name, value in sorted(scope["headers"]) if name in _CALLER]
    parts = [key, scope["path"].encode(), scope.get("query_string", b""), *shown]
    return hashlib.sha256(b"".join(len(part).to_bytes(4, "big") + part for part in parts)).digest()


def forget_answers(app: App) -> None:
    """Drop answers whose day is over."""
    with app.writing(SYSTEM) as unit:
        unit.db.execute(delete(Answer).where(Answer.expires_at <= unit.now))
