"""From what a user calls the host of a vault to that host: a server's address, `aws:` with a region, or a folder."""

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


def is_server(host: str) -> bool:
    """Whether this is the address of a server."""
    return host.startswith(("http://", "https://"))


def is_aws(host: str) -> bool:
    """Whether this is a bucket with two tables: `aws:`, or `aws:eu-central-1`."""
    return host.startswith("aws:")


def _bucket(place: Place) -> "AwsRemote":
    """Keys and other endpoints come from where boto3 looks for them.  Raises ClientError where boto3 is not there."""
    try:
        from albumen_client.vault import aws  # noqa: PLC0415 - it needs an extra, and half a second
    except ImportError:
        raise ClientError("A vault in a bucket needs boto3: install albumen[s3].") from None
    region = place.host.removeprefix("aws:")
    return aws.AwsRemote(aws.Place(vault=place.vault, region=region or "us-east-1"))


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
    """The ids of the vaults that the host has for this caller."""
    if is_server(place.host):
        with _line(place) as line:
            return vaults(line)
    if is_aws(place.host):
        return [place.vault] if place.vault else []
    return sorted(each.parent.name for each in Path(place.host).expanduser().glob("*/vault.db"))


def only_one(place: Place) -> str:
    """The id that was given, or that of the only vault there.  Raises ClientError."""
    found = [each for each in there(place) if place.vault in ("", each)]
    if len(found) != 1:
        raise ClientError("There is no such vault." if not found else f"There are several vaults: {', '.join(found)}")
    return found[0]
