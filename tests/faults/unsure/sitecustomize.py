"""A start-up hook for the control run: SQLite as it would be if it did not sync each commit."""

from typing import Any

import pysqlite3


class Unsure(pysqlite3.Connection):  # type: ignore[misc]  # the package carries no types
    """Hears FULL and does NORMAL."""

    def execute(self, statement: str, *values: Any) -> Any:
        return super().execute(statement.replace("synchronous=FULL", "synchronous=NORMAL"), *values)


def _connect(*told: Any, **named: Any) -> Any:
    return _first(*told, **{"factory": Unsure, **named})


_first, pysqlite3.connect = pysqlite3.connect, _connect
pysqlite3.dbapi2.connect = _connect
