"""Mirroring: the library is taken in change by change, and the local folder is brought to it, step by safe step.

Each step can be the last one: what was noted and not done, or done and not noted, the next run finds out.
"""

import fcntl
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from albumen_client.client import Client
from albumen_client.errors import Conflict, Gone, NotFound
from albumen_client.mirror.settle import Outcome, Settling
from albumen_client.mirror.state import State
from albumen_client.mirror.tree import Tree
from albumen_client.models import Changes, File, Folder


class Mirror:
    """A library's copy in a local folder; a context manager that holds the folder for itself.

    It never replaces, changes or removes what it did not put there, nor what was changed since.
    """

    def __init__(self, client: Client, library_id: str, root: Path) -> None:
        self._client, self._library_id = client, library_id
        self._tree = Tree(root)
        self._lock = (self._tree.own / "lock").open("a")
        try:
            self._hold()
            self._state = State(self._tree.own / "state.db")
            self._check_library()
        except BaseException:
            self._lock.close()
            self._tree.close()
            raise

    def _hold(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(409, "mirrored", "Another mirror is working in this folder.") from None

    def _check_library(self) -> None:
        known = self._state.fact("library")
        if known not in (None, self._library_id):
            self._state.close()
            raise Conflict(409, "other-library", "This folder mirrors another library.")
        self._state.note("library", self._library_id)

    def __enter__(self) -> "Mirror":
        return self

    def __exit__(self, *_: object) -> None:
        self._state.close()
        self._tree.close()
        self._lock.close()

    def run(self) -> Outcome:
        """Bring the folder to what the library is now.  Raises Refused (in its kinds), Unreachable."""
        self._catch_up(wait=0)
        return self._settle()

    def follow(self, *, wait: int = 30) -> Iterator[Outcome]:
        """The same over and over, as the library changes."""
        yield (outcome := self.run())
        while True:
            if self._catch_up(wait=wait) or outcome.failed:
                yield (outcome := self._settle())

    def _catch_up(self, *, wait: int) -> bool:
        """Take in what changed; whether anything did."""
        cursor, has_news, is_more = self._state.fact("cursor"), False, True
        while is_more:
            page = self._page(cursor, 0 if has_news else wait)
            if page is None:
                self._start_over()
                return True
            self._state.apply(page.changes, page.cursor)
            has_news, is_more, cursor = has_news or bool(page.changes), page.more, page.cursor
        return has_news

    def _page(self, cursor: str | None, wait: int) -> Changes | None:
        """The next changes; None where all is to be read anew."""
        if cursor is None:
            return None
        try:
            return self._client.changes(self._library_id, cursor, wait=wait)
        except Gone:
            return None

    def _start_over(self) -> None:
        """List everything; what lies here already is known by its signature, and not fetched again."""
        cursor = self._client.changes(self._library_id).cursor
        folders = list(self._below(""))
        self._state.replace(folders, [file for each in folders for file in self._files_in(each)], cursor)

    def _below(self, parent: str) -> Iterator[Folder]:
        """All folders below one.  Where one goes meanwhile, the feed will tell."""
        with suppress(*([NotFound] if parent else [])):
            for folder in self._client.folders(self._library_id, parent):
                yield folder
                yield from self._below(folder.folder_id)

    def _files_in(self, folder: Folder) -> list[File]:
        with suppress(NotFound):
            return list(self._client.files_in(self._library_id, folder.folder_id))
        return []

    def _settle(self) -> Outcome:
        return Settling(self._client, self._library_id, self._state, self._tree).run()
