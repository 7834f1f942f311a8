"""How calls go out: with time-outs, told apart by their errors, and tried again where that can do no harm."""

import random
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

import httpx2
import msgspec

from albumen_client import errors
from albumen_client.errors import Damaged, Refused, Unreachable

AGAIN = frozenset({429, 502, 503, 504})
"""Answers after which a call may be made again."""
UNDER_WAY = "under-way"
"""The code of a 409 that says that the first try of the same call is still at work."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "DELETE"})
_LONGEST_PAUSE = 30.0
_NUMBER = re.compile(r"^\[Errno -?\d+\] ")
"""What the system calls an error by, which tells a person nothing."""


@dataclass(frozen=True)
class Patience:
    """How often a call is tried, and how long the pauses between begin."""

    tries: int = 6
    first_pause_seconds: float = 0.5
    pause: Callable[[float], None] = time.sleep

    def rest(self, turn: int, asked: float | None = None) -> None:
        """Pause after the `turn`th try that failed: longer each time, each client a little otherwise."""
        wanted = min(self.first_pause_seconds * 2 ** (turn - 1), _LONGEST_PAUSE)
        self.pause(max(wanted * random.uniform(0.5, 1.0), min(asked or 0.0, _LONGEST_PAUSE)))  # noqa: S311 - no secret


@dataclass(frozen=True)
class Call:
    """One request.  `once` makes a POST repeatable: the server does it once, however often it is sent."""

    method: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    json: Any = None
    content: bytes | Path | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float | None = None
    once: bool = False

    @property
    def is_repeatable(self) -> bool:
        """Whether making it twice is as good as once."""
        return self.method in _SAFE or self.once


class Transport:
    """A connection to one server with one credential."""

    def __init__(self, http: httpx2.Client, patience: Patience | None = None) -> None:
        self.http, self.patience = http, patience or Patience()

    def make(self, call: Call) -> httpx2.Response:
        """Make a call and read its whole answer.  Raises Refused (in its kinds), Unreachable."""
        headers = {**call.headers, **({"Idempotency-Key": uuid4().hex} if call.once else {})}
        tries = self.patience.tries if call.is_repeatable else 1
        for turn in range(1, tries + 1):
            try:
                answer = self._try(call, headers)
            except httpx2.RequestError as error:
                if turn == tries:
                    raise self._unanswered(error) from error
                self.patience.rest(turn)
                continue
            if not is_passing(answer) or turn == tries:
                return check(answer)
            self.patience.rest(turn, asked_pause(answer))
        raise AssertionError("a call is tried at least once")

    def _try(self, call: Call, headers: Mapping[str, str]) -> httpx2.Response:
        """Make it once; a file is opened anew, and read while it is sent."""
        with call.content.open("rb") if isinstance(call.content, Path) else nullcontext(call.content) as content:
            return self.http.request(
                call.method,
                call.path,
                params=_given(call.params),
                json=call.json,
                content=content,
                headers=headers,
                timeout=call.seconds or httpx2.USE_CLIENT_DEFAULT,
            )

    def fetch[T](self, kind: type[T], call: Call) -> T:
        """Make a call whose answer is of this kind.  Raises Damaged where it is none."""
        return _read(kind, self.make(call))

    def pages[T](self, kind: type[T], call: Call, inside: str = "") -> Iterator[T]:
        """Everything in a list, page by page: a bare one that goes on by `Link`, or one `inside` with `next`."""
        path, params = call.path, {"limit": 1000, **call.params}
        while True:
            answer = self.make(Call("GET", path, params))
            page = _read(dict[str, msgspec.Raw], answer) if inside else {"": msgspec.Raw(answer.content)}
            yield from _read(list[kind], page.get(inside, b""))  # type: ignore[valid-type]  # it is one
            if inside and (cursor := _read(str | None, page.get("next", b"null"))):  # type: ignore[arg-type]  # it is one
                params = {**params, "cursor": cursor}
            elif not inside and "next" in answer.links:
                path, params = following(answer), {}
            else:
                return

    @contextmanager
    def stream(self, path: str, headers: Mapping[str, str], params: Mapping[str, Any]) -> Iterator[httpx2.Response]:
        """An answer whose body is read bit by bit.  Raises Refused, Unreachable."""
        try:
            with self.http.stream("GET", path, headers=dict(headers), params=_given(params)) as answer:
                if answer.status_code >= 400 and answer.status_code != 416:
                    answer.read()
                    check(answer)
                yield answer
        except httpx2.RequestError as error:
            raise self._unanswered(error) from error

    def _unanswered(self, error: httpx2.RequestError) -> Unreachable:
        """Which server does not answer, and why."""
        why = _NUMBER.sub("", str(error)) or type(error).__name__
        return Unreachable(f"{str(self.http.base_url).rstrip('/')} does not answer: {why}")


def _given(params: Mapping[str, Any]) -> dict[str, Any] | None:
    """What stands behind the question mark; None leaves what the path has there."""
    return {name: value for name, value in params.items() if value is not None} or None


def asked_pause(answer: httpx2.Response) -> float | None:
    """The seconds that `Retry-After` asks for."""
    value = answer.headers.get("retry-after", "")
    return float(value) if value.isdigit() else None


def following(answer: httpx2.Response) -> str:
    """Where the next page is, below our own address whatever the server calls itself."""
    parts = urlsplit(urljoin(str(answer.url), answer.links["next"]["url"]))
    return f"{parts.path}?{parts.query}"


def _read[T](kind: type[T], content: httpx2.Response | bytes | msgspec.Raw) -> T:
    """JSON as this kind.  Raises Damaged where it is none, as when a stranger answers in the server's place."""
    try:
        return msgspec.json.decode(content.content if isinstance(content, httpx2.Response) else content, type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Damaged("The answer is not one that this client knows.") from error


class Problem(msgspec.Struct, frozen=True):
    """What an answer says went wrong; empty where it does not say so in the server's way."""

    type: str = ""
    detail: str = ""
    errors: Sequence[Mapping[str, Any]] = ()

    @property
    def code(self) -> str:
        """The stable word for it."""
        return self.type.rpartition(":")[2]


def problem_of(answer: httpx2.Response) -> Problem:
    """What an error's body says."""
    try:
        return _read(Problem, answer)
    except Damaged:
        return Problem()


def is_passing(answer: httpx2.Response) -> bool:
    """Whether the same call may soon be answered otherwise."""
    is_under_way = answer.status_code == 409 and problem_of(answer).code == UNDER_WAY
    return answer.status_code in AGAIN or is_under_way


def check(answer: httpx2.Response) -> httpx2.Response:
    """The answer itself.  Raises the word for its status where it is an error."""
    if answer.status_code < 400:
        return answer
    told = problem_of(answer)
    wrong = [(str(each.get("loc")), str(each.get("msg"))) for each in told.errors]
    word = errors.BY_STATUS.get(answer.status_code, Refused)
    raise word(answer.status_code, told.code, told.detail or answer.reason_phrase, wrong)
