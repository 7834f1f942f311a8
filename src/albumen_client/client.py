"""The client: one server, one credential, a method for each thing that can be done."""

from collections.abc import Mapping
from types import TracebackType
from typing import Self

import httpx2

from albumen_client.albums import Albums, Exports
from albumen_client.download import Downloads
from albumen_client.errors import ClientError
from albumen_client.files import Files, Folders, Trash
from albumen_client.libraries import Libraries, Members
from albumen_client.transport import Patience, Transport
from albumen_client.upload import Uploads

_TIMEOUT = httpx2.Timeout(60, connect=10)


class Client(Libraries, Members, Folders, Files, Trash, Albums, Exports, Uploads, Downloads):
    """A server, as one caller uses it; a context manager that hangs up.

    `key` is a personal key, or with `user` an application key that acts for that user.
    """

    def __init__(self, address: str, *, key: str, user: str | None = None, patience: Patience | None = None) -> None:
        http = httpx2.Client(
            base_url=address, headers=httpx2.Headers(credentials(key, user), encoding="utf-8"), timeout=_TIMEOUT
        )
        super().__init__(Transport(http, patience))

    def close(self) -> None:
        """Hang up."""
        self.transport.http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def credentials(key: str, user: str | None = None) -> Mapping[str, str]:
    """The headers that say who is calling.  Raises ClientError where a header cannot hold the key."""
    if key != key.strip() or not key.isprintable():
        raise ClientError("This is no key: it begins or ends with a space, or has a line's end in it.")
    return {"Authorization": f"ApiKey {key}", **({} if user is None else {"API-User-ID": user})}
