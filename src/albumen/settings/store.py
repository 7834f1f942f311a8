"""The settings of the store: a folder of this machine, or a bucket."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator, model_validator

from albumen.settings.rooms import Room


class StoreSettings(Room):
    """Where bytes are kept."""

    kind: Literal["folder", "s3"] = Field(
        "folder", description="A `folder` of this machine, or a bucket of a store that speaks `s3`."
    )
    folder: Path | None = Field(
        None,
        description="Folder of originals and renditions; with a bucket, of what is on its way there. "
        "Empty: `store` in the data directory.",
    )
    layout: Literal["signature", "dated", "owner"] = Field(
        "signature",
        description="How keys are named. Changing it moves nothing: the key is kept with the row.",
    )
    bucket: str = Field("", description="The bucket; it must be there.")
    prefix: str = Field("", description="What every key in the bucket begins with, such as `albumen`. Empty: nothing.")
    endpoint: str = Field("", description="Address of the store, such as `https://s3.example`. Empty: that of AWS.")
    region: str = Field("us-east-1", description="Region of the bucket; most stores of other makes take any.")
    access_key: str = Field("", description="Access key. Empty: from where AWS's programs take it (`AWS_…`, a role).")
    secret_key: SecretStr = Field(SecretStr(""), description="Secret key that belongs to it.")
    addressing: Literal["auto", "path", "host"] = Field(
        "auto",
        description="Where the bucket's name stands in addresses; `auto`: in the `path` if there is an endpoint.",
    )
    plain: bool = Field(
        False, description="Whether the store knows the oldest of S3 only, so that blobs are deleted one by one."
    )
    silent_seconds: float = Field(
        15.0, ge=1, description="How long the store may be silent before it counts as not answering."
    )
    links: Literal["server", "bucket"] = Field(
        "server", description="Whether photos and films go through the server, or browsers fetch them from the bucket."
    )
    uploads: Literal["server", "bucket"] = Field(
        "server",
        description="Whether large files go through the server, or programs that can put them into the bucket.",
    )
    public_endpoint: str = Field(
        "", description="Address at which browsers and programs reach the store, where it is another than the server's."
    )

    @field_validator("endpoint", "public_endpoint")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("not an address that begins with https:// or http://")
        return value.rstrip("/")

    @field_validator("prefix")
    @classmethod
    def _is_prefix(cls, value: str) -> str:
        return value.strip("/")

    @model_validator(mode="after")
    def _is_complete(self) -> "StoreSettings":
        if self.kind == "s3" and not self.bucket:
            raise ValueError("a store of kind s3 needs a bucket")
        if bool(self.access_key) != bool(self.secret_key.get_secret_value()):
            raise ValueError("access_key and secret_key go together")
        return self

    @property
    def is_path_style(self) -> bool:
        """Whether the bucket's name stands in the path."""
        return self.addressing == "path" or (self.addressing == "auto" and bool(self.endpoint))
