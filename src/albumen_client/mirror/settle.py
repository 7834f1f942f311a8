"""Bringing a local folder to what a plan wants, one step after the other, each of which may be the last."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from albumen_client.client import Client
from albumen_client.download import PART, Source
from albumen_client.errors import Damaged, Denied, NotFound
from albumen_client.files import of_file
from albumen_client.mirror.plan import Plan, plan
from albumen_client.mirror.state import Placed, State, Wanted
from albumen_client.mirror.tree import Tree

_TURNS = 3
"""How often names may be given anew, because what had them has given way."""


@dataclass
class Outcome:
    """What a run did; `failed` says what could not be put in its place, and why."""

    downloaded: int = 0
    moved: int = 0
    removed: int = 0
    failed: dict[str, str] = field(default_factory=dict)


class Settling:
    """One run over the local folder."""

    def __init__(self, client: Client, library_id: str, state: State, tree: Tree) -> None:
        self._client, self._library_id, self._state, self._tree = client, library_id, state, tree
        self._placed = state.placed()
        self._paths: dict[str | None, set[str]] = {}
        for path, there in self._placed.items():
            self._paths.setdefault(there.signature, set()).add(path)
        self._outcome = Outcome()

    def run(self) -> Outcome:
        """Stash what lies wrong, then give everything its place."""
        self._look_after()
        wanted = plan(self._state, self._tree, self._placed)
        for _ in range(_TURNS):
            self._clear(wanted)
            wanted, before = plan(self._state, self._tree, self._placed), wanted
            if wanted == before:
                break
        for path in wanted.folders:
            with self._noting(path):
                self._make_folder(path)
        for path, file in wanted.files.items():
            with self._noting(path):
                self._ensure(path, file)
        self._empty_stash()
        return self._outcome

    def _look_after(self) -> None:
        """Forget what is not there any more, and what somebody has changed: that is theirs now."""
        for path, there in list(self._placed.items()):
            found = self._tree.look(path)
            if there.signature is None:
                if not self._tree.is_folder(path):
                    self._forget(path)
            elif found is None or (found.st_size, found.st_mtime_ns) != (there.size, there.modified):
                if found is None or self._tree.signature(path) != there.signature:
                    self._forget(path)
                else:
                    self._note(Placed(path, there.signature, found.st_size, found.st_mtime_ns, there.is_ours))

    def _clear(self, wanted: Plan) -> None:
        """Stash what of ours is not wanted where it lies, and remove folders of ours that are empty then."""
        keeps, folders = {file.signature for file in wanted.files.values()}, set(wanted.folders)
        for path, there in list(self._placed.items()):
            file = wanted.files.get(path)
            if there.signature is None or (file is not None and file.signature == there.signature):
                continue
            if there.is_ours:
                self._tree.put_away(path, self._stashed(there.signature))
                self._outcome.removed += there.signature not in keeps
            self._forget(path)
        unwanted = (path for path, there in self._placed.items() if there.signature is None and path not in folders)
        for path in sorted(unwanted, reverse=True):
            self._tree.remove_folder(path)
            self._forget(path)

    def _make_folder(self, path: str) -> None:
        if not self._tree.is_folder(path):
            self._note(Placed(path))
            self._tree.make_folder(path)

    def _ensure(self, path: str, file: Wanted) -> None:
        """Have a file lie where it is wanted."""
        if path in self._placed:
            return
        found = self._tree.look(path)
        if found is not None:  # the plan has seen that it is the same, and it was there before us
            self._note(Placed(path, file.signature, found.st_size, found.st_mtime_ns, is_ours=False))
            return
        stashed = self._have(file)
        facts = stashed.stat()
        self._note(Placed(path, file.signature, facts.st_size, facts.st_mtime_ns))
        self._tree.bring_out(stashed, path)

    def _have(self, file: Wanted) -> Path:
        """The file's content in the stash: put there before, copied from elsewhere below, or downloaded."""
        stashed = self._stashed(file.signature)
        if stashed.exists() and stashed.stat().st_nlink == 1:
            self._outcome.moved += 1
            return stashed
        stashed.unlink(missing_ok=True)
        if self._copy(file.signature, stashed):
            return stashed
        path = f"{of_file(self._library_id, file.id)}/contents"
        self._client.fetch_to(Source(path, {"attachment": "true"}, file.size, file.signature), stashed)
        self._outcome.downloaded += 1
        return stashed

    def _copy(self, signature: str, stashed: Path) -> bool:
        """Copy content that lies somewhere below already; False where none does."""
        part = stashed.with_name(f"{stashed.name}{PART}")
        for path in self._paths.get(signature, ()):
            if self._tree.copy(path, part) == signature:
                part.replace(stashed)
                return True
            part.unlink(missing_ok=True)
        return False

    def _stashed(self, signature: str) -> Path:
        """Where content is stashed: under a name that is told from others without regard to case, too."""
        return self._tree.stash / hashlib.sha256(signature.encode()).hexdigest()[:40]

    def _empty_stash(self) -> None:
        for left in self._tree.stash.iterdir():
            left.unlink()

    def _note(self, thing: Placed) -> None:
        self._state.place(thing)
        self._placed[thing.path] = thing
        self._paths.setdefault(thing.signature, set()).add(thing.path)

    def _forget(self, path: str) -> None:
        self._state.forget(path)
        there = self._placed.pop(path, None)
        if there is not None:
            self._paths[there.signature].discard(path)

    @contextmanager
    def _noting(self, path: str) -> Iterator[None]:
        """Go on with the others where one thing cannot be had, or cannot lie there."""
        try:
            yield
        except (NotFound, Denied, Damaged) as error:  # it went meanwhile: the feed will tell
            self._fail(path, str(error))
        except OSError as error:
            self._fail(path, os.strerror(error.errno) if error.errno else str(error))

    def _fail(self, path: str, why: str) -> None:
        self._outcome.failed[path] = why
        self._forget(path)
