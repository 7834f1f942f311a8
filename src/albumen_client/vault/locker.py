"""The keyring of the system, where a device may keep its keys instead of in a file: an extra, never needed."""

import json
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from albumen_client.errors import ClientError

_SERVICE = "albumen-vault"


def _keyring() -> Any:
    """The library.  Raises ClientError where it was not installed."""
    try:
        return import_module("keyring")
    except ImportError:
        raise ClientError("This needs what speaks to the system's keyring: pip install keyring.") from None


def _refusal(error: Exception) -> ClientError:
    return ClientError(f"The system's keyring refuses: {error or type(error).__name__}.")


def put(device: str, secrets: Mapping[str, Any]) -> None:
    """Keep the secrets of a device, and see that they are kept.  Raises ClientError."""
    keyring, told = _keyring(), json.dumps(secrets)
    try:
        keyring.set_password(_SERVICE, device, told)
        is_kept = keyring.get_password(_SERVICE, device) == told
    except keyring.errors.KeyringError as error:
        raise _refusal(error) from error
    if not is_kept:
        raise ClientError("The system's keyring does not keep what it is given.")


def get(device: str) -> dict[str, Any]:
    """The secrets of a device.  Raises ClientError where the keyring is locked, or has none."""
    keyring = _keyring()
    try:
        told = keyring.get_password(_SERVICE, device)
    except keyring.errors.KeyringError as error:
        raise _refusal(error) from error
    if told is None:
        raise ClientError("The system's keyring does not have the keys of this device any more.")
    found: dict[str, Any] = json.loads(told)
    return found


def drop(device: str) -> None:
    """Forget them.  Raises ClientError."""
    keyring = _keyring()
    try:
        keyring.delete_password(_SERVICE, device)
    except keyring.errors.KeyringError as error:
        raise _refusal(error) from error
