"""A bucket, spoken to through obstore, and through boto3 for what that cannot do; its failures in the house's words."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

import obstore
from boto3.s3.transfer import TransferConfig
from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from obstore.exceptions import AlreadyExistsError, BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from albumen.blobs import keys, sheets
from albumen.blobs.breaker import Breaker
from albumen.blobs.sheets import Sheet
from albumen.kernel.errors import NotFound, Unavailable

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Config

DIRECT = ".albumen/direct/"
"""Where clients put files themselves; what follows is the name that their upload is held by."""
PART_BYTES = 5 << 20
COPY_BYTES = 64 << 20
_MOST_PARTS = 9_000
_AT_ONCE = 2
_RETRIES = 3
_ABSENT = ("NoSuchUpload", "NoSuchKey", "404")
_LOOK_SECONDS = 2.0
_SLOWER = 4  # sending a part may take so much longer than the store may be silent


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a bucket is, and how it wants to be spoken to.

    Without keys they are looked for where other programs look: `AWS_…` in the environment, a profile, the machine's
    own role.  `is_plain`: a server that knows paths only and none of S3's newer ways.
    """

    bucket: str
    prefix: str = ""
    endpoint: str = ""
    public_endpoint: str = ""
    region: str = "us-east-1"
    access_key: str = ""
    secret_key: str = field(default="", repr=False)
    is_path_style: bool = False
    is_plain: bool = False
    silent_seconds: float = 15.0

    @property
    def public(self) -> str:
        """The store as clients reach it, scheme and host."""
        return self.public_endpoint or self.endpoint or f"https://s3.{self.region}.amazonaws.com"


def _hosted(endpoint: str, bucket: str) -> str:
    """The address of a bucket whose name stands in the host's."""
    scheme, _, host = endpoint.partition("://")
    return f"{scheme}://{bucket}.{host}"


@contextmanager
def in_our_words() -> Iterator[None]:
    """Turn what obstore and boto3 raise into NotFound or Unavailable; AlreadyExistsError passes through."""
    try:
        yield
    except AlreadyExistsError:
        raise
    except FileNotFoundError as error:
        if "NoSuchBucket" in str(error):
            raise Unavailable("The bucket that keeps the photos is not there.") from error
        raise NotFound from error
    except (PermissionDeniedError, UnauthenticatedError) as error:
        raise Unavailable("The store that keeps the photos refuses our keys.", retry_seconds=60) from error
    except (BaseError, BotoCoreError, ClientError, OSError) as error:
        if isinstance(error, ClientError) and error.response.get("Error", {}).get("Code") in _ABSENT:
            raise NotFound from error
        raise Unavailable("The store that keeps the photos does not answer as it should.") from error


class Bucket:
    """The few things we ask of a bucket.  Each ends within a bounded time; methods may be called from any thread."""

    def __init__(self, place: Place) -> None:
        self._place, self.name, self.silent_seconds = place, place.bucket, place.silent_seconds
        self._store = self._made(place.silent_seconds)
        self._sending = self._made(place.silent_seconds * _SLOWER)
        look_seconds = min(_LOOK_SECONDS, place.silent_seconds)
        self._looking = self._made(look_seconds, retries=0)
        self._breaker = Breaker(self._see, look_seconds)

    def _see(self) -> None:
        """Ask something small, once.  Raises Unavailable where no answer comes within seconds."""
        with suppress(NotFound), in_our_words():
            obstore.head(self._looking, ".albumen/there")

    @contextmanager
    def asking(self) -> Iterator[None]:
        """As `in_our_words`; at once where the store is known not to answer."""
        with self._breaker.asking(), in_our_words():
            yield

    @contextmanager
    def _sending_there(self) -> Iterator[None]:
        """The same, when bytes go out: nothing is to be found, so that what is missing is the bucket."""
        with self._breaker.asking():
            try:
                with in_our_words():
                    yield
            except NotFound as error:
                raise Unavailable("The bucket that keeps the photos is not there.") from error

    def look(self, key: str) -> Sheet | None:
        """An object's sheet; None where there is none.  Raises Unavailable."""
        try:
            with self.asking():
                found = obstore.get(self._store, key, options={"head": True})
                told = {name.lower(): value for name, value in found.attributes.items()}
                return sheets.read(found.meta["size"], found.meta["last_modified"], told)
        except NotFound:
            return None

    def fetch(self, key: str, start: int, end: int) -> bytes:
        """The bytes [start, end), of which there is one at least.  Raises NotFound, Unavailable."""
        with self.asking():
            return bytes(obstore.get_range(self._store, key, start=start, end=end))

    def send(self, key: str, data: bytes, told: Mapping[str, str], *, is_new: bool = False) -> bool:
        """Put a small object; False where there is one and it was to be new.  Raises Unavailable."""
        try:
            with self._sending_there():
                mode: Literal["create", "overwrite"] = "create" if is_new else "overwrite"
                obstore.put(self._sending, key, data, attributes={**told}, use_multipart=False, mode=mode)
        except AlreadyExistsError:
            return False
        return True

    def stream(self, key: str, file: BinaryIO, size_bytes: int, told: Mapping[str, str]) -> None:
        """Put a large object in parts, whatever was there; it is seen at its end only.  Raises Unavailable."""
        part = max(PART_BYTES, -(-size_bytes // _MOST_PARTS))
        with self._sending_there():
            obstore.put(
                self._sending,
                key,
                file,
                attributes={**told},
                use_multipart=True,
                chunk_size=part,
                max_concurrency=_AT_ONCE,
            )

    def remove(self, keys: Sequence[str]) -> None:
        """Delete objects, those that are there.  Raises Unavailable."""
        with self._sending_there():
            if keys:
                obstore.delete(self._store, list(keys))

    def walk(self, prefix: str, after: str) -> Iterator[tuple[str, int, datetime]]:
        """Key, size and time of the objects in a folder (empty, or with its slash) behind `after`, in order."""
        with in_our_words():
            batches = iter(obstore.list(self._store, prefix or None, offset=after or None))
        while True:
            with self.asking():
                batch = next(batches, None)
            if batch is None:
                return
            for each in batch:
                yield each["path"], each["size"], each["last_modified"]

    def link(self, key: str, headers: Mapping[str, str], seconds: int) -> str:
        """An address that anybody may GET the object from for so long; `headers` are those it is to be sent with."""
        asked = {f"Response{name.replace('-', '')}": value for name, value in headers.items()}
        params = {"Bucket": self.name, "Key": self.whole(key), **asked}
        with in_our_words():
            return str(self.public_client.generate_presigned_url("get_object", Params=params, ExpiresIn=seconds))

    @property
    def origin(self) -> str:
        """Where links lead: scheme and host."""
        place = self._place
        return place.public if place.is_path_style else _hosted(place.public, place.bucket)

    def copy(self, source: str, key: str, size_bytes: int, told: Mapping[str, str]) -> None:
        """Have the store copy an object, whatever was there.  Raises Unavailable."""
        part = max(COPY_BYTES, -(-size_bytes // _MOST_PARTS))
        how = TransferConfig(multipart_threshold=COPY_BYTES, multipart_chunksize=part, max_concurrency=_AT_ONCE)
        more = {"Metadata": {**told}, "MetadataDirective": "REPLACE"}
        from_ = {"Bucket": self.name, "Key": self.whole(source)}
        with self._sending_there():
            self.client.copy(from_, self.name, self.whole(key), ExtraArgs=more, Config=how)

    def abort_parts(self, before: datetime, spared: Collection[str] = ()) -> int:
        """Forget uploads in parts that were begun before and never ended, and what was put directly and not held.

        What is held under the names `spared` stays; answers how many.
        """
        held = {self.whole(f"{DIRECT}{name}") for name in spared}
        lost = [
            key for key, _, modified_at in self.walk(DIRECT, "") if modified_at < before and self.whole(key) not in held
        ]
        self.remove(lost)
        return len(lost) + self._abort_uploads(before, held)

    def _abort_uploads(self, before: datetime, held: Collection[str]) -> int:
        old: list[tuple[str, str]] = []
        with self.asking():
            for page in self.client.get_paginator("list_multipart_uploads").paginate(
                Bucket=self.name, Prefix=self.whole("")
            ):
                begun = [each for each in page.get("Uploads", ()) if each["Initiated"] < before]
                old += [(each["Key"], each["UploadId"]) for each in begun if each["Key"] not in held]
        for key, upload in old:
            with suppress(NotFound), self.asking():  # it may have ended by itself
                self.client.abort_multipart_upload(Bucket=self.name, Key=key, UploadId=upload)
        return len(old)

    def whole(self, key: str) -> str:
        """A key as the bucket has it, behind what all of ours begin with."""
        return f"{self._place.prefix}/{key}" if self._place.prefix else key

    def _made(self, silent_seconds: float, retries: int = _RETRIES) -> S3Store:
        place = self._place
        silent = timedelta(seconds=silent_seconds)
        config: S3Config = {
            "region": place.region,
            "virtual_hosted_style_request": not place.is_path_style,
            "disable_bulk_delete": place.is_plain,
        }
        if place.endpoint:
            config["endpoint"] = place.endpoint if place.is_path_style else _hosted(place.endpoint, place.bucket)
        if place.access_key:
            config |= {"access_key_id": place.access_key, "secret_access_key": place.secret_key}
        client: ClientConfig = {
            "allow_http": place.endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=min(5.0, silent_seconds)),
            "read_timeout": silent,
            "timeout": silent * 4,
        }
        retry: RetryConfig = {
            "max_retries": retries,
            "retry_timeout": silent,
            "backoff": {
                "init_backoff": timedelta(milliseconds=100),
                "max_backoff": timedelta(seconds=min(2.0, silent_seconds / 4)),
            },
        }
        given = None if place.access_key else keys.found()
        prefix = place.prefix or None
        return S3Store(
            place.bucket,
            prefix=prefix,
            config=config,
            client_options=client,
            retry_config=retry,
            credential_provider=given,
        )

    @cached_property
    def client(self) -> Any:
        """boto3's, for what obstore cannot do; use it within `asking`."""
        return self._boto(self._place.endpoint)

    @cached_property
    def public_client(self) -> Any:
        """The same, for addresses that are handed out."""
        return self._boto(self._place.public)

    def _boto(self, endpoint: str) -> Any:
        place = self._place
        sums = {"request_checksum_calculation": "when_required", "response_checksum_validation": "when_required"}
        config = Config(
            signature_version="s3v4",
            s3={"addressing_style": "path" if place.is_path_style else "virtual"},
            connect_timeout=5,
            read_timeout=place.silent_seconds,
            retries={"total_max_attempts": 1 + _RETRIES},
            **sums,
        )
        keys = {"aws_access_key_id": place.access_key, "aws_secret_access_key": place.secret_key}
        return Session().client(  # of its own: the one that boto3 shares is not for threads
            "s3",
            endpoint_url=endpoint or None,
            region_name=place.region,
            config=config,
            **(keys if place.access_key else {}),
        )
