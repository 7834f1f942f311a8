"""Commands with many options: one object is handed over, whose fields are the options."""

import dataclasses
import inspect
from collections.abc import Callable
from typing import Any, get_type_hints


def spread[T](choices: Callable[..., T]) -> Callable[[Callable[[T], None]], Callable[..., None]]:
    """Make a command of a function that takes a dataclass: each field becomes an argument or option."""
    hints = get_type_hints(choices, include_extras=True)
    parameters = [
        inspect.Parameter(
            each.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if each.default is dataclasses.MISSING else each.default,
            annotation=hints[each.name],
        )
        for each in dataclasses.fields(choices)  # type: ignore[arg-type]  # a dataclass is both
    ]

    def command(function: Callable[[T], None]) -> Callable[..., None]:
        def run(**given: Any) -> None:
            function(choices(**given))

        run.__name__, run.__doc__ = function.__name__, function.__doc__
        run.__annotations__ = {each.name: each.annotation for each in parameters}
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # read by inspect
        return run

    return command
