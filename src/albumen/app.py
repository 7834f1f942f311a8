"""The composition root: settings become an engine, a store, a bell, decoders.  Nothing else picks an adapter."""

import hashlib
import hmac
import os
import secrets
from collections.abc import Hashable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from albumen.blobs import disk
from albumen.blobs.folder import FolderBlobs
from albumen.blobs.links import Signer
from albumen.blobs.port import Blobs
from albumen.blobs.traced import traced
from albumen.db import migrate
from albumen.db.engine import Database
from albumen.jobs.bell import Bell, LocalBell
from albumen.kernel.actor import Actor
from albumen.kernel.clock import Clock, system_clock
from albumen.kernel.errors import Invalid, Unavailable
from albumen.kernel.recent import Recent
from albumen.kernel.refusals import Refusals
from albumen.kernel.seals import Seals
from albumen.mail import ConsoleMail, Mail, SmtpMail, SmtpServer
from albumen.media.ffmpeg import Converter
from albumen.media.guard import Guard, Limits
from albumen.media.limits import FilmLimits
from albumen.media.seeing import facts
from albumen.settings import Settings
from albumen.settings.ringing import BellSettings
from albumen.settings.store import StoreSettings
from albumen.unit import Rules, Unit, Works

_RECENT: Final = 10_000
_PAGES: Final = 64
_RECENT_SECONDS: Final = 5.0


@dataclass(frozen=True)
class App:
    """Everything a door needs to open units of work."""

    settings: Settings
    database: Database
    blobs: Blobs
    guard: Guard
    eyes: Guard
    converter: Converter
    bell: Bell
    clock: Clock
    refusals: Refusals
    recent: Recent[Hashable, Any]
    pages: Recent[Hashable, Any]
    signer: Signer
    seals: Seals
    mail: Mail
    works: Works

    def writing(self, actor: Actor) -> AbstractContextManager[Unit]:
        """A unit that commits when the block ends well."""
        return self.works.writing(actor)

    def reading(self, actor: Actor) -> AbstractContextManager[Unit]:
        """A unit on a snapshot; nothing it does is kept."""
        return self.works.reading(actor)

    def close(self) -> None:
        """Stop the decoders, hang up and give the connections back."""
        self.bell.close()
        self.guard.close()
        self.eyes.close()
        self.database.close()


def build(settings: Settings, *, clock: Clock = system_clock) -> App:
    """Make the data directory, bring the database up to date and put the parts together."""
    _check_seeing(settings)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    chosen = settings.database
    database = Database(
        settings.database_url,
        pool=chosen.pool,
        busy_seconds=chosen.busy_seconds,
        silent_seconds=chosen.silent_seconds,
    )
    _bring_up_to_date(database)
    kept = store(settings.store, settings.store_folder)
    blobs, bell = traced(kept) if settings.trace.endpoint else kept, _bell(settings.bell)
    secrets_known = _secrets(settings)
    return App(
        settings=settings,
        database=database,
        blobs=blobs,
        guard=Guard(settings.decoders, _limits(settings)),
        eyes=Guard(1, _eye_limits(settings)),
        converter=Converter(settings.media.ffmpeg, _film_limits(settings)),
        bell=bell,
        clock=clock,
        refusals=Refusals(clock),
        recent=Recent(_RECENT_SECONDS, _RECENT),
        pages=Recent(_RECENT_SECONDS, _PAGES),
        signer=_signer(secrets_known),
        seals=Seals(secrets_known),
        mail=_mail(settings),
        works=Works(database, blobs, bell, clock, rules=Rules(settings.libraries.user_quota_bytes or None)),
    )


def _bring_up_to_date(database: Database) -> None:
    """Raises Unavailable with the driver's reason, which names the host: somebody is setting this up."""
    try:
        migrate.upgrade(database)
    except Unavailable as error:
        reason = str(getattr(error.__cause__, "orig", "") or "").strip().partition("\n")[0]
        raise Unavailable(f"The database is busy or away. {reason}".strip()) from error


def store(chosen: StoreSettings, folder: Path) -> Blobs:
    """The store that these settings choose.  Raises Invalid where it needs what is not installed."""
    if chosen.kind == "folder":
        return FolderBlobs(folder)
    try:
        from albumen.blobs.bucket import Bucket, Place  # noqa: PLC0415 - an extra, and half a second to load
        from albumen.blobs.s3 import S3Blobs  # noqa: PLC0415 - likewise
    except ImportError as error:
        raise Invalid(f"A bucket needs {error.name}, not installed here: `make setup` brings it.") from None
    place = Place(
        bucket=chosen.bucket,
        prefix=chosen.prefix,
        endpoint=chosen.endpoint,
        public_endpoint=chosen.public_endpoint,
        region=chosen.region,
        access_key=chosen.access_key,
        secret_key=chosen.secret_key.get_secret_value(),
        is_path_style=chosen.is_path_style,
        is_plain=chosen.plain,
        silent_seconds=chosen.silent_seconds,
    )
    is_linking, is_direct = chosen.links == "bucket", chosen.uploads == "bucket"
    return S3Blobs(Bucket(place), folder, is_linking=is_linking, is_direct=is_direct)


def _bell(chosen: BellSettings) -> Bell:
    """The bell that these settings choose; it calls at first need.  Raises Invalid where it lacks its client."""
    if not chosen.urls:
        return LocalBell()
    try:
        from albumen.jobs.rabbit import Broker  # noqa: PLC0415 - an extra
        from albumen.jobs.rabbit_bell import Manner, RabbitBell  # noqa: PLC0415 - likewise
    except ImportError as error:
        raise Invalid(f"RabbitMQ needs {error.name}, not installed here: `make setup` brings it.") from None
    return RabbitBell(Broker(chosen.urls, chosen.prefix), Manner(look_seconds=chosen.look_seconds))


def _limits(settings: Settings) -> Limits:
    media = settings.media
    return Limits(
        memory_bytes=media.memory_bytes,
        still_seconds=media.still_seconds,
        video_seconds=media.video_seconds,
        max_pixels=media.max_pixels,
        max_side=media.max_side,
        max_frames=media.max_frames,
        max_total_pixels=media.max_total_pixels,
        max_still_bytes=media.max_still_bytes,
    )


def _check_seeing(settings: Settings) -> None:
    """Raises Invalid where a setting asks for what is not installed."""
    lacking = facts.lacking(settings.seeing.wanted)
    if lacking:
        names = " and ".join(f"ALBUMEN_SEEING_{each.upper()}" for each in settings.seeing.wanted)
        raise Invalid(f"{names} needs {', '.join(lacking)}, not installed here; docs/pictures.md tells how.")


def _eye_limits(settings: Settings) -> Limits:
    """Networks stay loaded in their child, so that it may be large, and serve long."""
    seeing = settings.seeing
    return Limits(
        memory_bytes=seeing.memory_bytes,
        still_seconds=seeing.seconds,
        cpu_seconds=seeing.seconds,
        resident_bytes=seeing.memory_bytes,
    )


def _film_limits(settings: Settings) -> FilmLimits:
    return FilmLimits(
        memory_bytes=settings.media.convert_memory_bytes,
        seconds_a_second=settings.media.convert_seconds,
        threads=max(1, (os.cpu_count() or 1) // settings.conversions),
    )


def _mail(settings: Settings) -> Mail:
    mail = settings.mail
    if not mail.host:
        return ConsoleMail()
    password = mail.password.get_secret_value()
    return SmtpMail(SmtpServer(mail.host, mail.port, mail.sender, mail.security, mail.user, password))


def _secrets(settings: Settings) -> list[bytes]:
    """The secret, and then the one before it where there is one."""
    given = settings.secret.get_secret_value().encode() or _kept_secret(settings.data_dir / "secret")
    before = settings.secret_before.get_secret_value().encode()
    return [given, before] if before else [given]


def _signer(known: list[bytes]) -> Signer:
    keys = {_key_id(secret): hmac.digest(secret, b"links", hashlib.sha256) for secret in reversed(known)}
    return Signer(keys, _key_id(known[0]))


def _key_id(secret: bytes) -> str:
    return hashlib.sha256(b"key id" + secret).hexdigest()[:4]


def _kept_secret(file: Path) -> bytes:
    """The secret in the data directory, made at first need; two processes starting at once agree on one."""
    if not file.exists():
        made = file.with_name(f".{file.name}-{secrets.token_hex(4)}")
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as writer:
            writer.write(secrets.token_hex(32))
            writer.flush()
            os.fsync(writer.fileno())
        with suppress(FileExistsError):
            os.link(made, file)
        made.unlink()
        disk.sync_folder(file.parent)
    return file.read_bytes()
