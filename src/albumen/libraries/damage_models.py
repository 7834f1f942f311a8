"""The table of originals whose bytes a check found missing or damaged."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from albumen.db.base import Base


class Damage(Base):
    """An original that is not in the store as it came.  The same bytes, sent again, take its place (`uploads.keep`)."""

    __tablename__ = "damages"
    signature: Mapped[str] = mapped_column(ForeignKey("originals.signature", ondelete="CASCADE"), primary_key=True)
    words: Mapped[str]
    found_at: Mapped[datetime]
