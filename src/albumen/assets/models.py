"""The table of downloads."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from albumen.db.base import Base, RandomId


class Download(Base):
    """A selection that may be fetched as one ZIP until it expires; `manifest` says what is in it, to the byte."""

    __tablename__ = "downloads"
    id: Mapped[RandomId]
    library_id: Mapped[int] = mapped_column(ForeignKey("libraries.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    filename: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    manifest: Mapped[bytes] = mapped_column(LargeBinary)
