"""The settings of the bell that wakes workers of other processes and machines."""

from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from albumen.settings.rooms import Room


class BellSettings(Room):
    """What wakes workers in other processes and on other machines."""

    url: SecretStr = Field(
        SecretStr(""),
        description="RabbitMQ, such as `amqp://albumen:…@broker/albumen` (`amqps` for TLS); several nodes with commas. "
        "Empty: workers of other processes look for themselves.",
    )
    prefix: str = Field(
        "albumen", pattern="^[A-Za-z0-9._-]{1,64}$", description="What the names of the queues begin with."
    )
    look_seconds: float = Field(
        10.0, gt=0, description="How often idle workers look all the same, while RabbitMQ answers."
    )

    @field_validator("url")
    @classmethod
    def _are_addresses(cls, value: SecretStr) -> SecretStr:
        for each in _split(value):
            if not _is_address(each):
                raise ValueError("not addresses that begin with amqp:// or amqps://, with commas between them")
        return value

    @property
    def urls(self) -> tuple[str, ...]:
        """The addresses one by one."""
        return _split(self.url)


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("amqp", "amqps") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # the port is no number
        return False


def _split(urls: SecretStr) -> tuple[str, ...]:
    return tuple(each.strip() for each in urls.get_secret_value().split(",") if each.strip())
