"""The settings of signing in at a provider of the keeper's choice (OpenID Connect)."""

from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from albumen.kernel import ids
from albumen.kernel.errors import NotFound
from albumen.settings.rooms import Room

_ROLES = ("reader", "contributor")


class GroupRole(NamedTuple):
    """What the members of a provider's group may do in a library."""

    group: str
    library_id: int
    role: str


class OidcSettings(Room):
    """Signing in with OpenID Connect; to be told to the provider: `…/login/oidc/done` as redirect URI."""

    issuer: str = Field("", description="Address of the provider, exactly as it calls itself. Empty: off.")
    client_id: str = Field("", description="Under which name the provider knows this installation.")
    client_secret: SecretStr = Field(SecretStr(""), description="The secret that belongs to it. Empty: none was given.")
    scopes: str = Field("openid profile email", description="What is asked of the provider, with spaces.")
    label: str = Field("", max_length=60, description="What the button calls the provider. Empty: its host.")
    create: bool = Field(False, description="Whether whoever the provider knows gets an account at the first visit.")
    link_by_email: bool = Field(
        False,
        description="Whether an e-mail that the provider has verified opens the account that has it here. Only where "
        "users cannot give themselves the e-mail of others; without it, users link under Account, Security.",
    )
    groups_claim: str = Field("groups", description="The claim in which the provider names the groups of a user.")
    groups: str = Field("", description="The only groups whose members may sign in so, with commas. Empty: everybody.")
    keepers: str = Field(
        "",
        description="Groups whose members look after this installation, and nobody else who signs in so. Empty: off.",
    )
    roles: str = Field(
        "",
        description="Roles that groups give, such as `family=LIBRARY:reader, crew=LIBRARY:contributor`; they come and "
        "go with the group. Roles that somebody gave here stay.",
    )

    @field_validator("issuer")
    @classmethod
    def _is_issuer(cls, value: str) -> str:
        parts = urlsplit(value)
        is_near = parts.scheme == "http" and _is_loopback(parts.hostname or "")
        is_plain = not (parts.query or parts.fragment or parts.username)
        if value and not (is_plain and parts.hostname and (parts.scheme == "https" or is_near)):
            raise ValueError("not an address that begins with https://")
        return value

    @field_validator("scopes")
    @classmethod
    def _asks_who(cls, value: str) -> str:
        if "openid" not in value.split():
            raise ValueError("the scope openid is missing")
        return value

    @field_validator("roles")
    @classmethod
    def _are_roles(cls, value: str) -> str:
        _parsed(value)
        return value

    @model_validator(mode="after")
    def _is_complete(self) -> "OidcSettings":
        if self.issuer and not self.client_id:
            raise ValueError("an issuer needs a client_id")
        return self

    @property
    def name(self) -> str:
        """What the provider is called."""
        return self.label or urlsplit(self.issuer).hostname or ""

    @property
    def admitted(self) -> frozenset[str]:
        """The groups one of which is needed; none: everybody."""
        return _names(self.groups)

    @property
    def keeping(self) -> frozenset[str]:
        """The groups of keepers."""
        return _names(self.keepers)

    @property
    def given(self) -> tuple[GroupRole, ...]:
        """What each group gives."""
        return _parsed(self.roles)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _names(listed: str) -> frozenset[str]:
    return frozenset(each.strip() for each in listed.split(",") if each.strip())


def _parsed(listed: str) -> tuple[GroupRole, ...]:
    return tuple(_role(each.strip()) for each in listed.split(",") if each.strip())


def _role(text: str) -> GroupRole:
    group, _, given = text.rpartition("=")
    word, _, role = given.partition(":")
    try:
        library_id = ids.decode(word.strip())
    except NotFound:
        raise ValueError(f"{text}: not the id of a library") from None
    if not group.strip() or role.strip() not in _ROLES:
        raise ValueError(f"{text}: not group=library:reader or group=library:contributor")
    return GroupRole(group.strip(), library_id, role.strip())
