"""A vault with no server at all: a bucket that speaks S3, and two tables of DynamoDB."""

import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, BinaryIO
from urllib.parse import parse_qsl

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from albumen_client import errors
from albumen_client.errors import Refused, Unreachable
from albumen_client.vault.aws_objects import Objects
from albumen_client.vault.aws_tables import LOG, STATES, Tables
from albumen_client.vault.remote import (
    LARGEST_PAGE,
    Blob,
    BlobsMissing,
    Commit,
    Head,
    Link,
    NotOffered,
    Page,
    Report,
    Row,
    Usage,
)

LOOK_SECONDS = 2.0
"""How often the log is looked at for who waits for news."""
_BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
_HOST = re.compile(rf"aws:(?://(?P<bucket>{_BUCKET})(?:\?(?P<asked>[\w.=&-]+))?|(?P<region>[a-z0-9-]*))", re.ASCII)
_REGION = "us-east-1"
_FULL = frozenset({"QuotaExceeded", "XMinioStorageFull", "ItemCollectionSizeLimitExceededException"})


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a vault lies.  Without keys they are looked for where other programs look: environment, profile, role.

    `bucket` is `pickery.` and the vault's id where it is not said.  Endpoints are for other stores than Amazon's; they
    and the region may stand in the environment, too (`AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL_DYNAMODB`).
    """

    vault: str
    bucket: str = ""
    prefix: str = ""
    region: str = ""
    s3_endpoint: str | None = None
    dynamodb_endpoint: str | None = None
    access_key: str | None = None
    secret_key: str | None = field(default=None, repr=False)
    states: str = STATES
    log: str = LOG
    pause: Callable[[float], None] = time.sleep

    @classmethod
    def of(cls, host: str, vault: str) -> "Place":
        """What `aws:REGION` or `aws://BUCKET?table=NAME&region=REGION` means.  Raises ClientError.

        A bucket that is named may hold other things: the vault lies below its id there.
        """
        found = _HOST.fullmatch(host)
        asked = dict(parse_qsl(found["asked"] or "")) if found else {}
        if found is None or asked.keys() - {"table", "region"}:
            raise errors.ClientError(
                f"{host} is no bucket: write aws:REGION, or aws://BUCKET?table=NAME&region=REGION."
            )
        bucket, states = found["bucket"] or "", asked.get("table", STATES)
        region = found["region"] or asked.get("region", _REGION)
        prefix, log = f"{vault}/" if bucket else "", f"{states}_log"
        return cls(vault=vault, bucket=bucket, prefix=prefix, region=region, states=states, log=log)

    def __str__(self) -> str:
        return f"bucket {self.bucket_name}, tables {self.states} and {self.log}, {self.region}"

    @property
    def bucket_name(self) -> str:
        """The bucket that was named, or that of this vault alone."""
        return self.bucket or f"pickery.{self.vault}"

    def client(self, service: str, endpoint: str | None) -> Any:
        """A connection; checksums only where a store must have them, since others than Amazon's know few.

        Raises ClientError where a region, a profile or an endpoint cannot be one.
        """
        try:
            return self._client(service, endpoint)
        except (BotoCoreError, ValueError) as error:
            raise errors.ClientError(str(error)) from error

    def _client(self, service: str, endpoint: str | None) -> Any:
        endpoint = endpoint or os.environ.get(f"AWS_ENDPOINT_URL_{service.upper()}")
        few = {"request_checksum_calculation": "when_required", "response_checksum_validation": "when_required"}
        is_path_style = {"s3": {"addressing_style": "path"}} if endpoint and service == "s3" else {}
        session = Session()  # of its own: the one that boto3 shares is not for threads, and remembers keys
        return session.client(
            service,
            region_name=self.region or session.region_name or _REGION,
            endpoint_url=endpoint,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=Config(
                connect_timeout=10, read_timeout=60, retries={"total_max_attempts": 4}, **few, **is_path_style
            ),
        )


class AwsRemote:
    """One vault in a bucket and two tables."""

    def __init__(self, place: Place) -> None:
        self.place, self.vault = place, place.vault
        s3, dynamodb = place.client("s3", place.s3_endpoint), place.client("dynamodb", place.dynamodb_endpoint)
        self.objects = Objects(s3, place.bucket_name, place.prefix)
        self.tables = Tables(dynamodb, place.vault, place.states, place.log, place.pause)

    def close(self) -> None:
        """Hang up."""
        self.objects.client.close()
        self.tables.client.close()

    def prepare(self) -> None:
        """Make the bucket and the tables that are not there yet."""
        with in_our_words():
            s3, dynamodb = self.objects.client, self.tables.client
            if self.objects.bucket not in [each["Name"] for each in s3.list_buckets()["Buckets"]]:
                region = s3.meta.region_name
                apart = {"CreateBucketConfiguration": {"LocationConstraint": region}}
                s3.create_bucket(Bucket=self.objects.bucket, **(apart if region != "us-east-1" else {}))
            _create_table(dynamodb, self.place.states, {"Signature": "S"})
            _create_table(dynamodb, self.place.log, {"V": "S", "N": "N"})

    def head(self) -> Head:
        """Where the log ends."""
        with in_our_words():
            return self.tables.head()

    def log(self, after: int, limit: int = LARGEST_PAGE, wait_seconds: float = 0) -> Page:
        """Entries after this number; who waits is told within some seconds."""
        ends_at = time.monotonic() + wait_seconds
        while True:
            with in_our_words():
                page = self.tables.page(after, min(limit, LARGEST_PAGE))
            left = ends_at - time.monotonic()
            if page.entries or left <= 0:
                return page
            self.place.pause(min(left, LOOK_SECONDS))

    def commit(self, commit: Commit) -> Head:
        """Append, if all that the commit rests on holds."""
        with in_our_words():
            missing = [each.signature for each in commit.blobs if self.objects.look(each.signature) != each]
            if missing:
                raise BlobsMissing(missing)
            return self.tables.commit(commit)

    def put_blob(self, blob: Blob, content: BinaryIO, report: Report) -> None:
        """Store ciphertext, in parts that are gone on with."""
        with in_our_words():
            self.objects.put(blob, content, report)

    def blob(self, signature: str) -> Blob | None:
        """What lies there."""
        with in_our_words():
            return self.objects.look(signature)

    def read_blob(self, signature: str, start: int, length: int) -> bytes:
        """A range of it."""
        with in_our_words():
            return self.objects.read(signature, start, length)

    def drop_blob(self, blob: Blob) -> None:
        """Delete this very ciphertext."""
        with in_our_words():
            self.objects.drop(blob)

    def blobs(self, after: str = "", limit: int = LARGEST_PAGE) -> Sequence[Blob]:
        """All blobs by name, each looked at, since a list does not tell their hashes."""
        with in_our_words():
            looked = (self.objects.look(name) for name, _ in self.objects.names(after))
            return list(islice((each for each in looked if each is not None), limit))

    def rows(self, after: str = "", limit: int = LARGEST_PAGE) -> Sequence[Row]:
        """All states by signature."""
        with in_our_words():
            return self.tables.rows(after, limit)

    def key(self, name: str) -> bytes | None:
        """A key file."""
        with in_our_words():
            return self.tables.key(name)

    def put_key(self, name: str, content: bytes, seen: str | None) -> None:
        """Replace a key file, and lay a copy beside the blobs for whoever has nothing but the bucket."""
        with in_our_words():
            self.tables.put_key(name, content, seen)
            self.objects.copy_key(name, content)

    def put_link(self, link: Link) -> str:
        """A bucket has no visitors."""
        raise NotOffered("A bucket has no page for visitors: links need a server.")

    def drop_link(self, link_id: str) -> bool:
        """A bucket has no visitors."""
        raise NotOffered("A bucket has no page for visitors: links need a server.")

    def usage(self) -> Usage:
        """How much room it takes."""
        with in_our_words():
            return Usage(self.objects.total())


def _create_table(dynamodb: Any, name: str, keys: dict[str, str]) -> None:
    kinds = ("HASH", "RANGE")
    schema = [{"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, kinds, strict=False)]
    columns = [{"AttributeName": key, "AttributeType": kind} for key, kind in keys.items()]
    try:
        dynamodb.create_table(
            TableName=name, KeySchema=schema, AttributeDefinitions=columns, BillingMode="PAY_PER_REQUEST"
        )
    except dynamodb.exceptions.ResourceInUseException:
        return
    dynamodb.get_waiter("table_exists").wait(TableName=name)


@contextmanager
def in_our_words() -> Iterator[None]:
    """Turn what boto3 raises into Refused, in its kinds, Unreachable, and ClientError where it has no keys."""
    try:
        yield
    except ClientError as error:
        told, status = error.response.get("Error", {}), error.response["ResponseMetadata"]["HTTPStatusCode"]
        code = str(told.get("Code", ""))
        word = errors.OverQuota if code in _FULL else errors.BY_STATUS.get(status, Refused)
        raise word(status, code, str(told.get("Message", "")) or "The store refuses this.") from error
    except NoCredentialsError as error:
        raise errors.ClientError(
            "There are no keys for AWS: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile."
        ) from error
    except BotoCoreError as error:
        raise Unreachable(str(error)) from error
