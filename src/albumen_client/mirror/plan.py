"""Where everything is to lie: a safe local path for each folder and file of the library."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from albumen_client.mirror import names
from albumen_client.mirror.state import Placed, State, Wanted
from albumen_client.mirror.tree import OWN, Tree


@dataclass(frozen=True)
class Plan:
    """Folders by path, each before what is in it, and files by path."""

    folders: list[str] = field(default_factory=list)
    files: dict[str, Wanted] = field(default_factory=dict)


def plan(state: State, tree: Tree, placed: Mapping[str, Placed]) -> Plan:
    """A path for each thing, that neither clashes with another nor with what somebody else has put there."""
    return _Planning(state, tree, placed).run()


class _Planning:
    def __init__(self, state: State, tree: Tree, placed: Mapping[str, Placed]) -> None:
        self._tree, self._placed, self._plan = tree, placed, Plan()
        self._folders = state.folders()
        self._below: dict[str | None, list[str]] = {}
        for folder_id, (parent, _) in self._folders.items():
            self._below.setdefault(parent if parent in self._folders else None, []).append(folder_id)
        self._files: dict[str, list[Wanted]] = {}
        for file in state.files():
            self._files.setdefault(file.folder, []).append(file)

    def run(self) -> Plan:
        """Walk down from the highest folders."""
        waiting: list[tuple[str | None, str]] = [(None, "")]
        while waiting:
            folder_id, above = waiting.pop()
            waiting += self._name_all(folder_id, above)
        return self._plan

    def _name_all(self, folder_id: str | None, above: str) -> Iterable[tuple[str, str]]:
        """Name what is directly in a folder; its folders with their paths."""
        taken = {names.folded(OWN)} if not above else set()
        found = []
        for below in self._below.get(folder_id, ()):
            path = self._free(above, self._folders[below][1], taken, None)
            self._plan.folders.append(path)
            found.append((below, f"{path}/"))
        for file in self._files.get(folder_id or "", ()):
            self._plan.files[self._free(above, file.name, taken, file)] = file
        return found

    def _free(self, above: str, name: str, taken: set[str], file: Wanted | None) -> str:
        for candidate in names.numbered(name):
            key, path = names.folded(candidate), f"{above}{candidate}"
            if key not in taken and self._may_lie(path, file):
                taken.add(key)
                return path
        raise AssertionError("numbers do not end")

    def _may_lie(self, path: str, file: Wanted | None) -> bool:
        """Whether a path is free, or has what belongs there, or something of ours that can give way."""
        there = self._placed.get(path)
        if there is not None and there.is_ours:
            return there.signature is not None or file is None or not self._tree.is_folder(path)
        found = self._tree.look(path)
        if found is None:
            return True
        return self._tree.is_folder(path) if file is None else self._tree.signature(path) == file.signature
