"""Makes a backup of a data directory for each line that it is given, and says in JSON what came of it."""

import json
import sys
from pathlib import Path

from albumen import app as composition
from albumen import server
from albumen.kernel.errors import Problem
from albumen.operations.backups import making, targets
from albumen.settings import Settings

ROOMS = server
KEEP = 2


def main(data: str, where: str) -> None:
    """Until there are no more lines."""
    app = composition.build(Settings(_env_file=None, data_dir=Path(data)))
    try:
        for _ in sys.stdin:
            print(json.dumps(_told(app, where)), flush=True)
    finally:
        app.close()


def _told(app: composition.App, where: str) -> dict[str, str | None]:
    try:
        made = making.make(app, targets.prepare(where, app.settings), where, keep=KEEP)
    except Problem as problem:
        return {"refused": f"{type(problem).__name__}: {problem.detail}", "because": repr(problem.__cause__)}
    except Exception as error:
        return {"raised": f"{type(error).__name__}: {error}"}
    return {"name": made.name, "error": made.error}


if __name__ == "__main__":
    main(*sys.argv[1:])
