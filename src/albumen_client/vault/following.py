"""A local folder and a vault, kept alike: what is new on either side comes to the other, and so does a deletion."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from albumen_client.errors import ClientError
from albumen_client.vault import photos, previews, sealing
from albumen_client.vault.looking import kind_of, look, photos_below
from albumen_client.vault.push import Telling, push
from albumen_client.vault.records import Resource
from albumen_client.vault.sealing import Plain
from albumen_client.vault.state import Asset
from albumen_client.vault.vault import Vault

_TRIES = 3
Said = Callable[[str], None]
"""Is told what was just done, in words."""


@dataclass
class Synced:
    """How much was done."""

    added: int = 0
    brought: int = 0
    deleted_there: int = 0
    deleted_here: int = 0


@dataclass(frozen=True)
class Placed:
    """A file that lies in the folder and is in the vault."""

    path: str
    asset: str
    sha256: str
    size_bytes: int
    modified: int


def grouped(paths: Iterable[Path]) -> Iterator[tuple[Path, ...]]:
    """Files that belong together: a photo and the film of the same name beside it are one that moves."""
    found: dict[Path, list[Path]] = {}
    for path in paths:
        found.setdefault(path.with_suffix(""), []).append(path)
    for each in found.values():
        stills = [path for path in each if kind_of(path) == "photo"]
        films = [path for path in each if path.suffix.lower() == ".mov"]
        if len(each) == 2 and len(stills) == len(films) == 1:
            yield (stills[0], films[0])
        else:
            yield from ((path,) for path in each)


def look_of(path: Path) -> tuple[int, int, int]:
    """What tells a file from one that was written to, or put in its place, since."""
    return _look(path.stat())


def _look(stat: os.stat_result) -> tuple[int, int, int]:
    return stat.st_size, stat.st_mtime_ns, stat.st_ino


def free(paths: Iterable[Path], seen: Mapping[Path, tuple[int, int, int]]) -> list[Path]:
    """Delete files that still look as they did before they were read; those that do not, and stay."""
    changed = [path for path in paths if look_of(path) != seen[path]]
    for path in paths:
        if path not in changed:
            path.unlink()
    return changed


def add(vault: Vault, paths: tuple[Path, ...]) -> str:
    """Add what belongs together, with what can be seen in it; its signature."""
    with ExitStack() as opened:
        files: list[Plain] = []
        for path in paths:
            kind = "pairedVideo" if files else kind_of(path) or "photo"
            files.append(Plain(opened.enter_context(path.open("rb")), kind, path.name))
        return photos.add(vault, files, look(paths[0]))


def sync(vault: Vault, folder: Path, said: Said = lambda told: None, telling: Telling = lambda *told: None) -> Synced:
    """Bring both to the same.  Raises ClientError where the folder looks as if its disk were not there."""
    push(vault, telling)
    done = Synced()
    known = {each.path: each for each in _placed(vault)}
    there = {path.relative_to(folder).as_posix(): path for path in photos_below([folder])}
    if known and not there:
        raise ClientError(f"All photos in {folder} are gone: is its disk there?  Nothing was deleted in the vault.")
    for path in known.keys() - there.keys():
        done.deleted_there += _gone_here(vault, known[path], said)
    for paths in grouped(there.values()):
        done.added += _seen_here(vault, folder, paths, said)
    push(vault, telling)
    for each in _placed(vault):
        done.deleted_here += _gone_there(vault, folder, each, said)
    for asset in list(vault.state.assets()):
        for resource in asset.record.originals if asset.is_live else ():
            done.brought += _bring(vault, folder, asset, resource, said)
    if vault.outbox.intents():
        push(vault, telling)
    return done


def _placed(vault: Vault) -> list[Placed]:
    query = "SELECT path, asset, sha256, size, modified FROM placed ORDER BY path"
    return [Placed(*each) for each in vault.state.db.execute(query)]


def _place(vault: Vault, path: Path, stat: os.stat_result, content: tuple[str, str]) -> None:
    """Remember a file, as it was before it was read (`stat`): what is written to it meanwhile is a change of it."""
    row = (path.as_posix(), *content, stat.st_size, stat.st_mtime_ns)
    vault.state.db.execute("INSERT OR REPLACE INTO placed VALUES (?, ?, ?, ?, ?)", row)


def _forget(vault: Vault, placed: Placed) -> None:
    vault.state.db.execute("DELETE FROM placed WHERE path = ?", (placed.path,))


def _gone_here(vault: Vault, placed: Placed, said: Said) -> bool:
    asset = vault.state.asset(placed.asset)
    if asset and asset.is_live:
        photos.delete(vault, placed.asset)
        said(f"{placed.path}: deleted in the vault, restorable for 30 days")
    _forget(vault, placed)
    return bool(asset and asset.is_live)


def _seen_here(vault: Vault, folder: Path, paths: tuple[Path, ...], said: Said) -> bool:
    """Add what is new or was changed; a changed file is another photo, and the one from before stays in the vault."""
    known = {each.path: each for each in _placed_at(vault, folder, paths)}
    if len(known) == len(paths) and all(_is_same(path, known[_inside(folder, path)]) for path in paths):
        return False
    for _ in range(_TRIES):
        stats, digests = [path.stat() for path in paths], [_digest(path) for path in paths]
        signature, looks = add(vault, paths), [look_of(path) for path in paths]
        if looks == [_look(stat) for stat in stats]:
            break  # nobody has written to them meanwhile
    for path, stat, digest in zip(paths, stats, digests, strict=True):
        _place(vault, path.relative_to(folder), stat, (signature, digest))
    said(f"{_inside(folder, paths[0])}: added")
    return True


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return sealing.digest_of(content)


def _inside(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()


def _placed_at(vault: Vault, folder: Path, paths: tuple[Path, ...]) -> Iterator[Placed]:
    query = "SELECT path, asset, sha256, size, modified FROM placed WHERE path = ?"
    for path in paths:
        yield from (Placed(*each) for each in vault.state.db.execute(query, (_inside(folder, path),)))


def _is_same(path: Path, placed: Placed) -> bool:
    stat = path.stat()
    return (stat.st_size, stat.st_mtime_ns) == (placed.size_bytes, placed.modified)


def _gone_there(vault: Vault, folder: Path, placed: Placed, said: Said) -> bool:
    """Remove what was deleted elsewhere, unless it was changed here since."""
    asset, path = vault.state.asset(placed.asset), folder / placed.path
    if asset is None or asset.is_live:
        return False
    is_ours = path.is_file() and _is_same(path, placed)
    if is_ours:
        path.unlink()
        said(f"{placed.path}: deleted here, as another device has deleted it")
    _forget(vault, placed)
    return is_ours


def _bring(vault: Vault, folder: Path, asset: Asset, resource: Resource, said: Said) -> bool:
    query = "SELECT 1 FROM placed WHERE asset = ? AND sha256 = ?"
    if vault.state.db.execute(query, (asset.signature, resource.sha256)).fetchone():
        return False
    path = free_path(folder, resource.file_name)
    photos.save(vault, resource, path)
    _place(vault, path.relative_to(folder), path.stat(), (asset.signature, resource.sha256))
    if resource == asset.record.originals[0] and resource.kind == "photo" and not asset.record.has_thumbnail:
        previews.add_from(vault, asset, path)
    said(f"{path.name}: brought from the vault")
    return True


def free_path(folder: Path, given: str) -> Path:
    """A path in the folder at which nothing lies, for a name that came from elsewhere."""
    bare = PurePosixPath(given.replace("\\", "/").replace("\0", "")).name.lstrip(".") or "photo"
    name = PurePosixPath(bare[-200:])
    path, number = folder / name, 1
    while path.exists() or path.is_symlink():
        path, number = folder / f"{name.stem}-{number}{name.suffix}", number + 1
    return path
