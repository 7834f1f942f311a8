"""The table of answers that are given again to whoever repeats a request."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from albumen.db.base import Base


class Answer(Base):
    """A create's answer, by a hash of the caller's credentials, the route and the `Idempotency-Key`."""

    __tablename__ = "answers"
    request_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    status: Mapped[int]
    content_type: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(index=True)
