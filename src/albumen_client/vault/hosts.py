"""From what a user calls the host of a vault to that host: a server's address, a bucket of a region, or a folder."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2

from albumen_client.client import credentials
from albumen_client.errors import ClientError
from albumen_client.transport import Transport
from albumen_client.vault.folder import FolderRemote
from albumen_client.vault.home import Place
from albumen_client.vault.remote import Remote
from albumen_client.vault.server import ServerRemote, create_vault, vaults

if TYPE_CHECKING:
    from albumen_client.vault.aws import AwsRemote

_TIMEOUT = httpx2.Timeout(60, connect=10)
_HOW = "A server is written https://photos.example, a bucket aws:REGION, a folder ./folder."


def is_server(host: str) -> bool:
    """Whether this is the address of a server."""
    return host.startswith(("http://", "https://"))


def is_aws(host: str) -> bool:
    """Whether this is a bucket with two tables: `aws:`, `aws:eu-central-1`, or `aws://BUCKET?table=…&region=…`."""
    return host.startswith("aws:")


def place(host: str, vault: str = "", key: str = "") -> Place:
    """What a user gave, as it is kept: a folder by its whole path.  Raises ClientError where that is no host."""
    if is_server(host):
        _check_server(host, key)
    elif is_aws(host):
        _bucket(Place(host, vault)).close()
    else:
        host = str(_folder(host))
    return Place(host, vault, key)


def _check_server(host: str, key: str) -> None:
    """Raises ClientError where this cannot be asked."""
    if not key:
        raise ClientError("Give the personal key by --key or ALBUMEN_KEY.")
    if not key.isascii():
        raise ClientError("This is no personal key: it has letters that keys do not have.")
    credentials(key)
    try:
        is_address = bool(httpx2.URL(host).host)
    except httpx2.InvalidURL:
        is_address = False
    if not is_address:
        raise ClientError(f"{host} is no address of a server.  {_HOW}")


def _folder(host: str) -> Path:
    """A folder that is there, or is written as a path, so that a mistyped address does not become one."""
    try:
        path = Path(host).expanduser()
    except RuntimeError:
        raise ClientError(f"{host} is no folder: there is no such user.") from None
    if "://" in host or not ("/" in host or host.startswith((".", "~")) or (host and path.is_dir())):
        raise ClientError(f"{host} is no host of a vault.  {_HOW}")
    return path.resolve()


def _bucket(place: Place) -> "AwsRemote":
    """Keys and other endpoints come from where boto3 looks for them.  Raises ClientError."""
    try:
        from albumen_client.vault import aws  # noqa: PLC0415 - it needs an extra, and half a second
    except ImportError:
        raise ClientError("A vault in a bucket needs boto3, which is not installed here.") from None
    return aws.AwsRemote(aws.Place.of(place.host, place.vault))


def where(place: Place) -> str:
    """Where a vault is, for a person."""
    if is_server(place.host):
        return place.host
    if is_aws(place.host):
        with closing(_bucket(place)) as bucket:
            return str(bucket.place)
    return str(Path(place.host) / place.vault)


@contextmanager
def _line(place: Place) -> Iterator[Transport]:
    """A connection to a server, which hangs up in the end."""
    with httpx2.Client(base_url=place.host, headers=dict(credentials(place.key)), timeout=_TIMEOUT) as http:
        yield Transport(http)


@contextmanager
def connected(place: Place) -> Iterator[Remote]:
    """The host of a vault that is known, until the block ends."""
    if is_server(place.host):
        with _line(place) as line:
            yield ServerRemote(line, place.vault)
    elif is_aws(place.host):
        with closing(_bucket(place)) as bucket:
            yield bucket
    else:
        with closing(FolderRemote(Path(place.host).expanduser(), place.vault)) as folder:
            yield folder


def make(place: Place) -> None:
    """Have the host make a vault with this id."""
    if is_server(place.host):
        with _line(place) as line:
            create_vault(line, place.vault)
    elif is_aws(place.host):
        with closing(_bucket(place)) as bucket:
            bucket.prepare()


def there(place: Place) -> Sequence[str]:
    """The ids of the vaults that the host has for this caller.  Raises ClientError where it cannot know."""
    if is_server(place.host):
        with _line(place) as line:
            return vaults(line)
    if is_aws(place.host):
        if not place.vault:
            raise ClientError("A bucket does not tell which vaults it has: give the id by --vault.")
        return [place.vault]
    return sorted(each.parent.name for each in Path(place.host).expanduser().glob("*/vault.db"))


def only_one(place: Place) -> str:
    """The id that was given, or that of the only vault there.  Raises ClientError."""
    found = [each for each in there(place) if place.vault in ("", each)]
    if len(found) != 1:
        raise ClientError("There is no such vault." if not found else f"There are several vaults: {', '.join(found)}")
    return found[0]
