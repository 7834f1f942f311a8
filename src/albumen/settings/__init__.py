"""Every setting, read once at start: defaults, then a TOML file, then `.env`, then the environment (`ALBUMEN_…`)."""

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from dotenv import dotenv_values
from pydantic import Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from albumen.settings.keeping import BackupSettings, ScrubSettings
from albumen.settings.ringing import BellSettings
from albumen.settings.rooms import (
    AccountsSettings,
    ApiSettings,
    ChangesSettings,
    DatabaseSettings,
    EventsSettings,
    ImportsSettings,
    JobsSettings,
    LibrariesSettings,
    LogSettings,
    MailSettings,
    MediaSettings,
    SeeingSettings,
    ServerSettings,
    SessionSettings,
    UploadSettings,
)
from albumen.settings.signing import OidcSettings
from albumen.settings.store import StoreSettings
from albumen.settings.tracing import TraceSettings

_PREFIX, _CONFIG = "ALBUMEN_", "ALBUMEN_CONFIG"
_DOTENV = ".env"
_NEAR = 0.85
"""How alike a name must be to that of a setting to be taken for a slip of the pen."""


class _File(TomlConfigSettingsSource):
    """The TOML file.  Raises SettingsError where it is named and not there, or has what is no setting."""

    def __init__(self, settings_cls: type[BaseSettings]) -> None:
        named = os.environ.get(_CONFIG)
        if named and not Path(named).is_file():
            raise SettingsError(f"There is no file {named}, which {_CONFIG} names.")
        file = Path(named or "albumen.toml")
        super().__init__(settings_cls, file)
        if unknown := sorted(self.toml_data.keys() - settings_cls.model_fields):
            raise SettingsError(f"{file} has what is no setting: {', '.join(unknown)}.")


class Settings(BaseSettings):
    """All settings.  Environment names are `ALBUMEN_` + room + `_` + field, in capitals."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_nested_delimiter="_",
        env_nested_max_split=1,
        env_file=_DOTENV,
        env_file_encoding="utf-8",
        extra="ignore",
        frozen=True,
    )

    data_dir: Path = Field(
        Path("data"), description="Folder for everything the embedded defaults keep; made on first start."
    )
    secret: SecretStr = Field(
        SecretStr(""),
        description="Secret that signs links. Empty: made once and kept in the data directory.",
    )
    secret_before: SecretStr = Field(
        SecretStr(""), description="The previous secret, still honoured for links, while rotating."
    )
    server: ServerSettings = ServerSettings()
    api: ApiSettings = ApiSettings()
    database: DatabaseSettings = DatabaseSettings()
    store: StoreSettings = StoreSettings()
    upload: UploadSettings = UploadSettings()
    imports: ImportsSettings = ImportsSettings()
    changes: ChangesSettings = ChangesSettings()
    media: MediaSettings = MediaSettings()
    seeing: SeeingSettings = SeeingSettings()
    jobs: JobsSettings = JobsSettings()
    bell: BellSettings = BellSettings()
    accounts: AccountsSettings = AccountsSettings()
    session: SessionSettings = SessionSettings()
    oidc: OidcSettings = OidcSettings()
    libraries: LibrariesSettings = LibrariesSettings()
    mail: MailSettings = MailSettings()
    events: EventsSettings = EventsSettings()
    scrub: ScrubSettings = ScrubSettings()
    backup: BackupSettings = BackupSettings()
    log: LogSettings = LogSettings()
    trace: TraceSettings = TraceSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put the TOML file (`ALBUMEN_CONFIG`, by default `albumen.toml` in the working directory) last."""
        return init_settings, env_settings, dotenv_settings, _File(settings_cls)

    @property
    def address(self) -> str:
        """Where users reach the server, without a slash at the end."""
        host = "localhost" if self.server.host in ("127.0.0.1", "0.0.0.0", "::") else self.server.host  # noqa: S104 - compared
        return self.server.public_url.rstrip("/") or f"http://{host}:{self.server.port}"

    @property
    def database_url(self) -> str:
        """The database to use, the embedded one by default."""
        return self.database.url or f"sqlite:///{self.database_file.absolute()}"

    @property
    def database_file(self) -> Path:
        """The file of the embedded database."""
        return self.data_dir / "albumen.db"

    @property
    def store_folder(self) -> Path:
        """The folder of the embedded store."""
        return self.store.folder or self.data_dir / "store"

    @property
    def decoders(self) -> int:
        """Decoder processes to start."""
        return self.media.children or max(2, os.cpu_count() or 2)

    @property
    def conversions(self) -> int:
        """Films to convert at once."""
        return self.media.conversions or max(1, (os.cpu_count() or 1) // 2)

    @property
    def job_threads(self) -> int:
        """Worker threads to start: one more than decoders, so that storing overlaps decoding."""
        return self.jobs.threads or self.decoders + 1


def nearly() -> Mapping[str, str]:
    """Names in the environment and in `.env` that are none of a setting but much like one, each with that one's.

    Others that begin alike are none of our business: those of other programs of Albumen, those that Kubernetes makes.
    """
    known = sorted(_names())
    given = {name.upper() for name in (*os.environ, *dotenv_values(_DOTENV))} - {_CONFIG, *known}
    near = {name: get_close_matches(name, known, 1, _NEAR) for name in sorted(given) if name.startswith(_PREFIX)}
    return {name: found[0] for name, found in near.items() if found}


def _names() -> set[str]:
    """What each setting is called in the environment."""
    names = set()
    for name, field in Settings.model_fields.items():
        within = getattr(field.annotation, "model_fields", None)
        names |= {f"{_PREFIX}{name}_{each}".upper() for each in within} if within else {f"{_PREFIX}{name}".upper()}
    return names
