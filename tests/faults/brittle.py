"""A file system in memory that knows what was synced, and forgets the rest when the power goes.

POSIX at its strictest: bytes are safe once their file was synced, names once their folder was.  Whatever else was
written may be there after a power cut, or not, page by page and in any order; the names of one folder come in the order
in which they were given.
"""

import errno
import os
import random
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

PAGE_BYTES = 4096


@dataclass(eq=False)
class Node:
    """A file or folder: as it is seen now, what of it is on the disk, and what is on its way there."""

    id: int
    mode: int
    links: int = 1
    times: dict[str, int] = field(default_factory=dict)
    content: bytearray = field(default_factory=bytearray)
    kept: bytearray = field(default_factory=bytearray)
    written: list[tuple[int, bytes | None]] = field(default_factory=list)
    names: dict[bytes, "Node"] = field(default_factory=dict)
    kept_names: dict[bytes, "Node"] = field(default_factory=dict)
    named: list[tuple[bytes, "Node | None"]] = field(default_factory=list)

    @property
    def is_folder(self) -> bool:
        """Whether it holds names."""
        return stat.S_ISDIR(self.mode)

    def write(self, at: int, data: bytes) -> None:
        """Change bytes, until it is synced in memory only."""
        _write(self.content, at, data)
        self.written.append((at, data))
        self.touch()

    def cut(self, size: int) -> None:
        """Make it shorter or longer."""
        _cut(self.content, size)
        self.written.append((size, None))
        self.touch()

    def name(self, name: bytes, node: "Node | None") -> None:
        """Give or take a name."""
        if node is None:
            self.names.pop(name)
        else:
            self.names[name] = node
        self.named.append((name, node))
        self.touch()

    def touch(self) -> None:
        """Note that it changed now."""
        self.times |= dict.fromkeys(("mtime", "ctime"), time.time_ns())

    def sync(self) -> None:
        """Have all of it on the disk."""
        for at, data in self.written:
            _apply(self.kept, at, data)
        for name, node in self.named:
            _rename(self.kept_names, name, node)
        self.written.clear()
        self.named.clear()

    def after_a_cut(self, dice: random.Random, share: float) -> bytes:
        """What a file holds when the power comes back: a share of the pages that were not synced are there."""
        left = bytearray(self.kept)
        for at, data in self.written:
            for start, page in _pages(at, data):
                if dice.random() < share:
                    _apply(left, start, page)
        return bytes(left)

    def names_after_a_cut(self, dice: random.Random, share: float) -> dict[bytes, "Node"]:
        """What a folder names then: what was synced, and the first few of the changes since."""
        left = dict(self.kept_names)
        count = sum(dice.random() < share for _ in self.named)
        for name, node in self.named[:count]:
            _rename(left, name, node)
        return left


def _write(content: bytearray, at: int, data: bytes) -> None:
    if at > len(content):
        content.extend(bytes(at - len(content)))
    content[at : at + len(data)] = data


def _cut(content: bytearray, size: int) -> None:
    if size < len(content):
        del content[size:]
    else:
        content.extend(bytes(size - len(content)))


def _apply(content: bytearray, at: int, data: bytes | None) -> None:
    if data is None:
        _cut(content, at)
    else:
        _write(content, at, data)


def _rename(names: dict[bytes, Node], name: bytes, node: Node | None) -> None:
    if node is None:
        names.pop(name, None)
    else:
        names[name] = node


def _pages(at: int, data: bytes | None) -> Iterator[tuple[int, bytes | None]]:
    """A write as the disk may take it: in pieces that end where pages do."""
    if data is None:
        yield at, None
        return
    start = 0
    while start < len(data):
        end = min(len(data), start + PAGE_BYTES - (at + start) % PAGE_BYTES)
        yield at + start, data[start:end]
        start = end


class Disk:
    """All nodes.  Raises OSError as a file system does."""

    def __init__(self) -> None:
        self.root = Node(1, stat.S_IFDIR | 0o755)
        self.nodes = {1: self.root}

    def make(self, folder: Node, name: bytes, mode: int) -> Node:
        """A new file or folder."""
        if name in folder.names:
            raise OSError(errno.EEXIST, "it is there")
        node = Node(len(self.nodes) + 1, mode)
        node.touch()
        node.times["atime"] = node.times["mtime"]
        self.nodes[node.id] = node
        folder.name(name, node)
        return node

    def find(self, folder: Node, name: bytes) -> Node:
        """What has this name."""
        try:
            return folder.names[name]
        except KeyError:
            raise OSError(errno.ENOENT, "it is not there") from None

    def link(self, node: Node, folder: Node, name: bytes) -> Node:
        """Another name for a file."""
        if name in folder.names:
            raise OSError(errno.EEXIST, "it is there")
        node.links += 1
        folder.name(name, node)
        return node

    def remove(self, folder: Node, name: bytes) -> None:
        """Take a name away; the bytes go with the last one."""
        node = self.find(folder, name)
        if node.names:
            raise OSError(errno.ENOTEMPTY, "it is not empty")
        node.links -= 1
        folder.name(name, None)

    def rename(self, folder: Node, name: bytes, other: Node, new: bytes) -> None:
        """Give a node another name in the place of what has it."""
        node, before = self.find(folder, name), other.names.get(new)
        if before is node:
            return
        if before is not None:
            before.links -= 1
        other.name(new, node)
        folder.name(name, None)

    def load(self, source: Path) -> None:
        """Take up a folder as it is, all of it on the disk."""
        self._load(self.root, source)

    def _load(self, folder: Node, source: Path) -> None:
        for each in sorted(source.iterdir()):
            node = self.make(folder, each.name.encode(), each.stat().st_mode)
            node.times |= dict.fromkeys(("mtime", "atime"), each.stat().st_mtime_ns)
            if each.is_dir():
                self._load(node, each)
            else:
                node.write(0, each.read_bytes())
                node.sync()
        folder.sync()

    def save(self, target: Path, dice: random.Random, share: float) -> None:
        """Write to a folder what is left after a power cut now."""
        self._save(self.root, target, (dice, share))

    def _save(self, folder: Node, target: Path, lot: tuple[random.Random, float]) -> None:
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, node in folder.names_after_a_cut(*lot).items():
            place = target / os.fsdecode(name)
            if node.is_folder:
                self._save(node, place, lot)
            else:
                place.write_bytes(node.after_a_cut(*lot))
                place.chmod(stat.S_IMODE(node.mode))
                os.utime(place, ns=(node.times["atime"], node.times["mtime"]))
