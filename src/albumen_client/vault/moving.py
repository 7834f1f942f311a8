"""The command that moves an old Pickery library into a vault."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Annotated

import typer

from albumen_client.errors import ClientError
from albumen_client.vault.asking import Home, complaints, opened
from albumen_client.vault.pickery import Moved, Pickery, move

_Bucket = Annotated[str, typer.Argument(help="The old bucket, such as pickery.0b7ad2c4-….")]
_Table = Annotated[str, typer.Option(help="The old table.")]
_Region = Annotated[str, typer.Option(help="Where both are; otherwise as AWS_DEFAULT_REGION says.")]


def pickery(bucket: _Bucket, home: Home, table: _Table = "pickery", region: _Region = "") -> None:
    """Move an old Pickery library into the vault.  Nothing there is changed; run again, it does the rest.

    Keys are looked for as other programs do: in AWS_… of the environment, a profile, the machine's role.
    """
    with complaints(), opened(home) as vault, _old(bucket, table, region) as old:
        moved = move(old, vault, typer.echo)
    tell(moved)
    raise typer.Exit(1 if moved.failed else 0)


@contextmanager
def _old(bucket: str, table: str, region: str) -> Iterator[Pickery]:
    try:
        from albumen_client.vault.aws import Place, in_our_words  # noqa: PLC0415 - an extra, needed for this alone
    except ImportError:
        raise ClientError("This needs boto3, which is not installed here.") from None
    place = Place(vault="", bucket=bucket, region=region)
    with closing(place.client("s3", None)) as s3, closing(place.client("dynamodb", None)) as dynamodb, in_our_words():
        yield Pickery(s3, dynamodb, bucket, table)


def tell(moved: Moved) -> None:
    """A line for a person, and one for each photo that stays where it is."""
    typer.echo(f"{moved.photos} photos moved, {moved.already} were there, {moved.tombstones} had been deleted")
    for name, why in moved.failed.items():
        typer.echo(f"{name}: {why}", err=True)
