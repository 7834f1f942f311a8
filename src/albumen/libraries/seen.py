"""What queries ask of what was seen in photos: their text, their objects, the people in them.

The tables belong to the room of pictures, which is above this one, so that they are known here by name only.
"""

from sqlalchemy import ColumnElement, String, column, literal, or_, select, table, tuple_

from albumen.libraries.attribute import WORDED, Attribute, Test
from albumen.libraries.models import File
from albumen.libraries.values import Phrase, words

WRITING, OBJECT, PERSON = "writing", "object", "person"

_seen = table("seen", column("signature", String), column("writing", String), column("things", String))
_faces = table("faces", column("library_id"), column("signature", String), column("person_id"))
_people = table("people", column("id"), column("words", String))


def _holds(text: ColumnElement[str], told: Phrase) -> Test:
    """Whether the words stand side by side in a text that is words with a space between them."""
    wanted = f" {told.text}" if told.is_prefix else f" {told.text} "
    return (literal(" ") + text + literal(" ")).contains(wanted, autoescape=True)


def in_picture(told: Phrase, *texts: str) -> Test:
    """Whether words are in what was seen in the photo itself: in its `writing`, its `things`, or either."""
    here = _seen.alias("in_picture")
    held = or_(*(_holds(here.c[each], told) for each in texts or ("writing", "things")))
    return select(literal(1)).select_from(here).where(here.c.signature == File.signature, held).exists()


def _of(text: str) -> Attribute:
    return Attribute(WORDED, words, lambda _: literal(False), lambda _, told: in_picture(told, text))


def _with_person() -> Attribute:
    """Somebody is in the photo who has these words in the name."""

    def against(_: object, told: Phrase) -> Test:
        named = select(_faces.c.library_id, _faces.c.signature).join(_people, _people.c.id == _faces.c.person_id)
        return tuple_(File.library_id, File.signature).in_(named.where(_holds(_people.c.words, told)))

    return Attribute(WORDED, words, lambda _: literal(False), against)


ATTRIBUTES = {WRITING: _of("writing"), OBJECT: _of("things"), PERSON: _with_person()}
