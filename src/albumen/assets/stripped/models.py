"""The table of stripped originals."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from albumen.db.base import Base


class Stripped(Base):
    """How an original is sent without place and device: `pieces` are ranges of it, and bytes between them.

    `pieces` None: it cannot be, and a rendition is sent in its place.
    """

    __tablename__ = "stripped"
    signature: Mapped[str] = mapped_column(ForeignKey("originals.signature", ondelete="CASCADE"), primary_key=True)
    recipe: Mapped[int]
    pieces: Mapped[bytes | None] = mapped_column(LargeBinary)
    size_bytes: Mapped[int]
    crc32: Mapped[int]
    made_at: Mapped[datetime]
