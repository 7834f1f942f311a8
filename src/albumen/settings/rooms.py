"""The settings of each room, with their defaults and what they mean."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from albumen.kernel import ids
from albumen.kernel.errors import NotFound

MIB = 1 << 20
GIB = 1 << 30


class Room(BaseModel):
    """The settings of one room; frozen."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ServerSettings(Room):
    """The HTTP server."""

    host: str = Field("127.0.0.1", description="Address to listen on. `0.0.0.0` opens it to the network.")
    port: int = Field(5000, ge=0, le=65535, description="Port to listen on.")
    public_url: str = Field(
        "",
        description="Address users reach the server at, such as `https://photos.example`. Empty: from host and port.",
    )
    trusted_proxies: str = Field(
        "",
        description="Reverse proxies whose `X-Forwarded-For` and `-Proto` are believed: addresses or networks, with "
        "commas.",
    )
    threads: int = Field(24, ge=2, le=200, description="Threads that answer requests.")
    connections: int = Field(
        4096, ge=16, description="Connections held at a time, idle ones too; more wait until one is free."
    )
    connections_per_address: int = Field(
        64,
        ge=1,
        description="Requests one client address may have in flight (loopback and trusted proxies are exempt).",
    )
    body_seconds: int = Field(60, ge=1, description="Window over which a request body must average at least 1 KiB/s.")
    grace_seconds: int = Field(30, ge=0, description="How long a stopping server lets uploads in flight finish.")
    drain_seconds: int = Field(
        0,
        ge=0,
        description="How long before that it says at /readyz that it stops, and still takes requests: as long as the "
        "proxy before several servers needs to notice.",
    )


class ApiSettings(Room):
    """Application keys: programs that act for many users through `API-User-ID`."""

    key_1: SecretStr = Field(SecretStr(""), description="First application key. Empty: off.")
    key_2: SecretStr = Field(
        SecretStr(""),
        description="Second application key, so that one can be rotated while the other serves.",
    )
    key_1_users: str = Field(
        "*", description="Shell pattern of the user ids that the first key may name, such as `shop-*`; case counts."
    )
    key_1_libraries: str = Field(
        "", description="Ids of the only libraries that the first key opens, with commas. Empty: all."
    )
    key_2_users: str = Field("*", description="The same pattern for the second key.")
    key_2_libraries: str = Field("", description="The same limit for the second key. Empty: all libraries.")

    @field_validator("key_1_libraries", "key_2_libraries")
    @classmethod
    def _are_ids(cls, value: str) -> str:
        try:
            return ",".join(ids.encode(ids.decode(each.strip())) for each in value.split(",") if value.strip())
        except NotFound:
            raise ValueError("not ids of libraries with commas between them") from None


class DatabaseSettings(Room):
    """The database."""

    url: str = Field("", description="SQLAlchemy URL. Empty: SQLite in the data directory.")
    pool: int = Field(8, ge=1, description="Connections kept open.")
    busy_seconds: int = Field(20, ge=1, description="How long a write waits for another's.")
    silent_seconds: float = Field(
        1.5, ge=0.3, description="How long PostgreSQL may give no sign of life before it counts as away."
    )


class UploadSettings(Room):
    """What may come in."""

    max_bytes: int = Field(50 * GIB, ge=1, description="Largest file accepted, in bytes.")
    reserve_bytes: int = Field(
        2 * GIB, ge=0, description="Uploads are refused with 507 before less than this is left on disk …"
    )
    reserve_percent: float = Field(
        5.0, ge=0, le=100, description="… or less than this share of the disk, whichever is less."
    )
    resumable_hours: int = Field(
        24, ge=1, le=24 * 365, description="How long a resumable upload that is broken off can be gone on with."
    )


class ImportsSettings(Room):
    """Imports that keepers start on a page."""

    folders: str = Field(
        "", description="Folders of this machine that keepers may import from, with commas. Empty: none."
    )

    @field_validator("folders")
    @classmethod
    def _are_folders(cls, value: str) -> str:
        if not all(Path(each.strip()).is_absolute() for each in value.split(",") if each.strip()):
            raise ValueError("not absolute paths with commas between them")
        return value

    @property
    def roots(self) -> tuple[Path, ...]:
        """The folders one by one."""
        return tuple(Path(each.strip()) for each in self.folders.split(",") if each.strip())


class ChangesSettings(Room):
    """The change feed that devices follow."""

    keep_days: int = Field(
        30, ge=1, description="How long changes are kept; a device that was away for longer starts over."
    )


class MediaSettings(Room):
    """Decoders, each in a guarded child process."""

    children: int = Field(0, ge=0, le=64, description="Decoder processes. 0: one per core, two at least.")
    memory_bytes: int = Field(3 * GIB // 2, ge=256 * MIB, description="Memory one decoder may use.")
    still_seconds: int = Field(60, ge=1, description="Longest time for one photo.")
    video_seconds: int = Field(120, ge=1, description="Longest time for the poster of one video.")
    ffmpeg: str = Field("", description="FFmpeg program to convert films with. Empty: the one that Albumen brings.")
    conversions: int = Field(
        0, ge=0, le=64, description="Films converted at once by one server or worker. 0: one for every two cores."
    )
    convert_seconds: float = Field(
        60.0, gt=0, description="Longest time that converting one second of a film may take, beside two minutes."
    )
    convert_memory_bytes: int = Field(3 * GIB, ge=256 * MIB, description="Memory one conversion may use.")
    hls_minutes: float = Field(10.0, ge=0, description="Films of this length get forms for streaming (HLS) …")
    hls_bytes: int = Field(500_000_000, ge=0, description="… and those of this size, however short.")
    max_pixels: int = Field(200_000_000, ge=1, description="Most pixels of a photo.")
    max_side: int = Field(65_500, ge=1, description="Longest side of a photo, in pixels.")
    max_frames: int = Field(1_000, ge=1, description="Most frames of an animation.")
    max_total_pixels: int = Field(500_000_000, ge=1, description="Most pixels over all frames of an animation.")
    max_still_bytes: int = Field(
        100 * MIB,
        ge=1,
        description="Largest photo that is decoded, in bytes; larger ones are kept but not shown.",
    )


class SeeingSettings(Room):
    """What networks look for in photos, on this machine; all of it needs the extra `ml` (docs/pictures.md)."""

    text: bool = Field(False, description="Read the text in photos, so that searches find it.")
    objects: bool = Field(False, description="Name what photos show, so that searches find it.")
    faces: bool = Field(False, description="Find faces in photos, and group them into people, per library.")
    seconds: int = Field(120, ge=1, description="Longest time for one photo.")
    memory_bytes: int = Field(2 * GIB, ge=GIB, description="Memory that looking may use.")

    @property
    def wanted(self) -> tuple[str, ...]:
        """What is turned on."""
        return tuple(each for each in ("text", "objects", "faces") if getattr(self, each))


class JobsSettings(Room):
    """Work done in the background."""

    threads: int = Field(
        0,
        ge=0,
        le=64,
        description="Worker threads of `albumen serve` and `albumen worker`. 0: one more than the decoder processes.",
    )
    lease_seconds: int = Field(
        60, ge=5, description="How long a claimed job may stay silent before another worker takes it."
    )
    poll_seconds: float = Field(1.0, gt=0, description="How often idle workers look for jobs of other processes.")
    attempts: int = Field(3, ge=1, description="Tries before a job that fails is quarantined with its reason.")
    keep_days: int = Field(7, ge=0, description="How long finished jobs stay listed.")


class SessionSettings(Room):
    """Signing in."""

    days: int = Field(30, ge=1, description="How long a session lasts without a visit.")
    link_hours: int = Field(24, ge=1, description="How long a one-time sign-in link works.")


class AccountsSettings(Room):
    """Accounts."""

    signup: Literal["keeper", "open"] = Field(
        "keeper", description="Who makes accounts: `keeper` only, or with `open` anybody."
    )
    delete_days: int = Field(
        14, ge=0, description="How long after its user has closed it an account is deleted, and can be let in again."
    )


class LibrariesSettings(Room):
    """Libraries."""

    time_zone: str = Field(
        "UTC", description="Time zone of a user's first library, used for photos that do not tell their own."
    )
    trash_days: int = Field(30, ge=0, description="How long deleted files and libraries can be restored.")
    undo_hours: int = Field(24, ge=1, description="How long settled duplicates can be taken apart again.")
    export_days: int = Field(7, ge=1, description="How long a finished export can be fetched.")
    user_quota_bytes: int = Field(
        0, ge=0, description="Quota of each user without one of their own, over all libraries. 0: none."
    )


class MailSettings(Room):
    """E-mail that the server sends."""

    host: str = Field("", description="SMTP server. Empty: letters are written to standard output.")
    port: int = Field(587, ge=1, le=65535, description="Its port.")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the connection is encrypted: from its start on (`tls`), by `starttls`, or not."
    )
    user: str = Field("", description="User to sign in as at the SMTP server. Empty: not at all.")
    password: SecretStr = Field(SecretStr(""), description="Password of that user.")
    sender: str = Field("albumen@localhost", description="Address that letters come from.")


class EventsSettings(Room):
    """Events and their guests."""

    grace_days: int = Field(
        30, ge=0, description="How long after an event's end the photos of its guests are kept before they are purged."
    )
    remind_days: str = Field(
        "7,1", description="How many days before an event's end its owner is told, with commas. Empty: never."
    )
    upload_minutes: int = Field(
        10, ge=0, description="How long new photos of guests are gathered before the owner is told of them."
    )
    private_webhooks: bool = Field(
        False, description="Whether webhooks may go to private addresses, such as a machine at home."
    )

    @field_validator("remind_days")
    @classmethod
    def _are_days(cls, value: str) -> str:
        if not all(each.strip().isdecimal() for each in value.split(",") if each.strip()):
            raise ValueError("not numbers of days with commas between them")
        return value

    @property
    def reminders(self) -> tuple[int, ...]:
        """The days as numbers, the most first."""
        return tuple(sorted((int(each) for each in self.remind_days.split(",") if each.strip()), reverse=True))


class LogSettings(Room):
    """Logs, on standard error."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least important level that is written."
    )
    format: Literal["auto", "json", "text"] = Field(
        "auto", description="`json` for machines, `text` for people; `auto`: text on a terminal."
    )
