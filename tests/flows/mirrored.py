"""A library beside its local copy."""

from pathlib import Path
from typing import Any

from tests.installation import Caller, Shelf

from albumen_client import Client
from albumen_client.mirror import Mirror, Outcome
from albumen_client.mirror.tree import OWN


def run(client: Client, shelf: Shelf, home: Path) -> Outcome:
    with Mirror(client, shelf.library_id, home) as mirror:
        return mirror.run()


def local(home: Path) -> dict[str, bytes | None]:
    """Every file and folder below, but for the mirror's own."""
    found = (path for path in home.rglob("*") if OWN not in path.parts)
    return {path.relative_to(home).as_posix(): path.read_bytes() if path.is_file() else None for path in found}


def remote(by: Caller, shelf: Shelf, parent: str = "", above: str = "") -> dict[str, bytes | None]:
    """The same of the library."""
    has: dict[str, bytes | None] = {}
    for folder in by.get(f"{shelf.library}/folders?parent={parent}").json():
        path = f"{above}{folder['name']}"
        has |= {path: None, **remote(by, shelf, folder["folderId"], f"{path}/")}
        for file in by.get(f"{shelf.library}/folders/{folder['folderId']}/files?limit=1000").json():
            for each in (file, *file.get("parts", ())):
                contents = by.get(f"{shelf.library}/files/{each['fileId']}/contents?attachment=true")
                assert contents.status_code == 200
                has[f"{path}/{each['name']}"] = contents.content
    return has


def patch(by: Caller, path: str, **changed: Any) -> None:
    answer = by.call("PATCH", path, json=changed)
    assert answer.status_code == 200, answer.text


def folder(shelf: Shelf, name: str, parent: str | None = None) -> Shelf:
    form = {"name": name, "parentId": shelf.folder_id if parent is None else parent}
    made = shelf.by.post(f"{shelf.library}/folders", json=form)
    assert made.status_code == 200, made.text
    return Shelf(shelf.by, shelf.library_id, made.json()["folderId"])
