"""A store whose work is measured."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, cast

from albumen.blobs.port import Blobs
from albumen.kernel import spans

_MEASURED: Final = frozenset({"put", "delete", "stat", "read_range"})


class _Traced:
    """Hands everything on, and measures the calls that wait for a disk or a bucket; keys are not told."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._blobs, name)
        return _measured(name, found) if name in _MEASURED else found


def _measured(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(call)
    def measured(*given: Any, **named: Any) -> Any:
        with spans.around(f"blobs.{name}"):
            return call(*given, **named)

    return measured


def traced(blobs: Blobs) -> Blobs:
    """The same store, measured."""
    return cast(Blobs, _Traced(blobs))
