"""The keyring of the system, where a device may keep its keys instead of in a file: an extra, never needed."""

import json
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from albumen_client.errors import ClientError

_SERVICE = "albumen-vault"
_NONE = frozenset({"keyring.backends.fail.Keyring", "keyring.backends.null.Keyring"})
"""What stands in where there is no keyring: it refuses everything, or forgets it."""
_INSTEAD = "keep the keys in a file of their own (`albumen vault keys --to file`)."


def _keyring() -> Any:
    """The library.  Raises ClientError where it was not installed."""
    try:
        return import_module("keyring")
    except ImportError:
        raise ClientError("This needs what speaks to the system's keyring: pip install keyring.") from None


def _refusal(error: Exception) -> ClientError:
    return ClientError(f"The system's keyring refuses: {error or type(error).__name__}.")


def _safe(backend: Any) -> Any:
    """What is to keep secrets: of several the first.  Raises ClientError where it hides nothing, or keeps nothing."""
    first = next(iter(getattr(backend, "backends", ())), backend)
    kinds = {f"{each.__module__}.{each.__name__}" for each in type(first).__mro__}
    if kinds & _NONE:
        raise ClientError(f"There is no keyring here that keeps what it is given: {_INSTEAD}")
    if any("plaintext" in each.lower() for each in kinds):
        raise ClientError(f"The keyring here writes what it is given to a file in the clear: {_INSTEAD}")
    return first


def put(device: str, secrets: Mapping[str, Any]) -> None:
    """Keep the secrets of a device, and see that they are kept.  Raises ClientError."""
    keyring, told = _keyring(), json.dumps(secrets)
    backend = _safe(keyring.get_keyring())
    try:
        backend.set_password(_SERVICE, device, told)
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
