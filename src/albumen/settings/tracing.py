"""The settings of traces."""

from pydantic import Field, SecretStr, field_validator

from albumen.settings.rooms import Room


class TraceSettings(Room):
    """Traces: what each request, unit of work, job and blob took; needs the extra `otel`, which `make setup` brings."""

    endpoint: str = Field(
        "", description="Where traces are sent (OTLP over HTTP), such as `http://localhost:4318/v1/traces`. Empty: off."
    )
    headers: SecretStr = Field(
        SecretStr(""), description="Headers that go with them, such as `authorization=Bearer …`, with commas."
    )
    share: float = Field(1.0, ge=0, le=1, description="How many of the requests and jobs are traced, 0 to 1.")
    name: str = Field("albumen", description="What this installation is called in traces.")

    @field_validator("endpoint")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("not an address that begins with https:// or http://")
        return value

    @property
    def sent_along(self) -> dict[str, str]:
        """The headers one by one."""
        pairs = (each.partition("=") for each in self.headers.get_secret_value().split(",") if "=" in each)
        return {name.strip(): value.strip() for name, _, value in pairs}
