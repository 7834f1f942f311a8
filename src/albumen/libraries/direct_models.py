"""The table of uploads whose bytes clients put into the store themselves."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from albumen.db.base import Base


class DirectUpload(Base):
    """What an upload (`Resumable`, which reserves its bytes and says whose it is) needs besides, to land in the store.

    `token` is the store's word for it.  `sha256` is what the client says the whole is, in hexadecimal: since then it is
    being looked at.  `failure` says why it was not filed, in a sentence, `failure_code` in a word.
    """

    __tablename__ = "direct_uploads"
    id: Mapped[int] = mapped_column(
        ForeignKey("resumables.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    token: Mapped[str]
    part_bytes: Mapped[int]
    sha256: Mapped[str | None]
    failure_code: Mapped[str | None]
    failure: Mapped[str | None]
