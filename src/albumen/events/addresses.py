"""The addresses of events: `userName/event_name`, readable, unique, and leading on to the new one after a change."""

import unicodedata
from collections.abc import Callable
from itertools import count

from sqlalchemy import exists, select, update

from albumen.accounts.models import User
from albumen.db.statements import insert_for, table_of
from albumen.events.models import Address, Event
from albumen.unit import Unit

LONGEST = 80
_NAMELESS = "event"
_NAMELESS_USER = "user"


def word_of(name: str) -> str:
    """A name as a part of an address: small letters and digits of any script, `_` between words; may be empty."""
    plain = "".join(map(_plain, unicodedata.normalize("NFKC", name.casefold())))
    kept = "".join(each if each.isalnum() or unicodedata.category(each)[0] == "M" else " " for each in plain)
    return "_".join(kept.split())[:LONGEST].strip("_")


def _plain(letter: str) -> str:
    """A Latin letter without its accents; nothing for an apostrophe, so that it parts no word."""
    if letter in "'\u2019":
        return ""
    first = unicodedata.normalize("NFD", letter)[0]
    return first if first.isascii() and first.isalpha() else letter


def claim(unit: Unit, event: Event, name: str) -> None:
    """Give an event the address that its name asks for, or the next free one; the ones before lead there."""
    _take_turns(unit, event.user_id)
    event.word = _free(word_of(name) or _NAMELESS, lambda word: _is_taken(unit, event, word))


def register(unit: Unit, event: Event) -> None:
    """Remember the address that an event has now, so that it leads there also when the event has another."""
    row = {"user_id": event.user_id, "word": event.word, "event_id": event.id, "created_at": unit.now}
    unit.db.execute(insert_for(unit.db)(table_of(Address)).on_conflict_do_nothing(), row)


def handle(unit: Unit, user_id: int) -> str:
    """The first part of the addresses of a user's events, made at first need."""
    user = unit.db.get_one(User, user_id)
    if user.handle is None:
        user.handle = _free(word_of(user.name) or _NAMELESS_USER, lambda word: _is_held(unit, word))
        unit.db.flush()
    return user.handle


def is_usable(word: str) -> bool:
    """Whether a word is one that addresses are made of."""
    return bool(word) and word_of(word) == word


def find(unit: Unit, user: str, word: str) -> Event | None:
    """The event at an address that it has or had; None where there is none."""
    wanted = (
        select(Event)
        .join(Address, Address.event_id == Event.id)
        .join(User, User.id == Address.user_id)
        .where(User.handle == user.casefold(), Address.word == word.casefold())
    )
    return unit.db.scalar(wanted)


def _take_turns(unit: Unit, user_id: int) -> None:
    """Those who give addresses below one user wait for each other."""
    unit.db.execute(update(User).where(User.id == user_id).values(handle=User.handle))


def _free(word: str, is_taken: Callable[[str], bool]) -> str:
    tries = (word if number == 1 else f"{word}_{number}" for number in count(1))
    return next(each for each in tries if not is_taken(each))


def _is_taken(unit: Unit, event: Event, word: str) -> bool:
    """Whether another event of the same owner has this address, or had it."""
    other = exists().where(Address.user_id == event.user_id, Address.word == word, Address.event_id != event.id)
    return bool(unit.db.scalar(select(other)))


def _is_held(unit: Unit, word: str) -> bool:
    return bool(unit.db.scalar(select(exists().where(User.handle == word))))
