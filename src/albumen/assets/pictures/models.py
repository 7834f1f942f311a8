"""The tables of what was seen in photos, and of people."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from albumen.db.base import Base, RandomId


class Seen(Base):
    """What is written in an original, and which objects it shows.

    `text_by` and `objects_by` name the network that looked, None where none has.  `writing` and `things` are the words
    of both, as searches compare them, and `marks` is what of them stands in the search index.  `failed_by` names the
    networks that looked in vain, for which `failure` gives the reason.
    """

    __tablename__ = "seen"
    signature: Mapped[str] = mapped_column(ForeignKey("originals.signature", ondelete="CASCADE"), primary_key=True)
    text_by: Mapped[str | None]
    text: Mapped[str] = mapped_column(default="")
    objects_by: Mapped[str | None]
    objects: Mapped[dict[str, Any]] = mapped_column(default=dict)
    writing: Mapped[str] = mapped_column(default="")
    things: Mapped[str] = mapped_column(default="")
    marks: Mapped[str] = mapped_column(default="")
    failed_by: Mapped[str | None]
    failure: Mapped[str | None]
    seen_at: Mapped[datetime]


class FacesSought(Base):
    """That faces were sought in an original for a library, and by which network."""

    __tablename__ = "faces_sought"
    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id", ondelete="CASCADE"), primary_key=True)
    signature: Mapped[str] = mapped_column(
        ForeignKey("originals.signature", ondelete="CASCADE"), primary_key=True, index=True
    )
    by: Mapped[str]
    sought_at: Mapped[datetime]


class Person(Base):
    """Somebody whose faces look alike, in one library.  `words` are those of the name, as searches compare them."""

    __tablename__ = "people"
    id: Mapped[RandomId]
    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id", ondelete="CASCADE"), index=True)
    name: Mapped[str | None]
    words: Mapped[str] = mapped_column(default="")
    is_hidden: Mapped[bool] = mapped_column(default=False)
    cover_face_id: Mapped[int | None]
    created_at: Mapped[datetime]


class Face(Base):
    """A face in an original, as one library has it.  The box is in shares (0 to 1) of the upright picture.

    `vector` is 128 floats of 32 bits.  A face that is ignored, or whose person was deleted, has none: its row only
    keeps it from being found again.  A settled face is where a user put it.
    """

    __tablename__ = "faces"
    id: Mapped[RandomId]
    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id", ondelete="CASCADE"))
    signature: Mapped[str] = mapped_column(ForeignKey("originals.signature", ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    x: Mapped[float]
    y: Mapped[float]
    width: Mapped[float]
    height: Mapped[float]
    score: Mapped[float]
    vector: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    is_settled: Mapped[bool] = mapped_column(default=False)
    is_ignored: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (Index("ix_faces_library_signature", "library_id", "signature"),)
