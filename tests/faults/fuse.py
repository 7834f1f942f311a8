"""The brittle file system, mounted: the kernel's FUSE protocol spoken without a library, in a process of its own.

Started in a mount namespace of its own, with the place to mount at.  It takes one command in JSON per line and answers
with one.  `cut_at` stops it for good at the n-th call that changes something: no call ends from then on, as if the
power were gone.  `fail_at` has the n-th such call fail.
"""

import ctypes
import errno
import json
import os
import random
import stat
import struct
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.faults.brittle import Disk, Node

WRITE_BYTES = 128 * 1024
FOREVER = 1 << 20
BIG_WRITES, KEEP_CACHE, FROM_CACHE = 1 << 5, 1 << 1, 1
SIZE, MODE, ATIME, MTIME, ATIME_NOW, MTIME_NOW = 1 << 3, 1, 1 << 4, 1 << 5, 1 << 7, 1 << 8
NAMES = {
    1: "lookup", 3: "getattr", 4: "setattr", 9: "mkdir", 10: "unlink", 11: "rmdir", 12: "rename", 13: "link",
    14: "open", 15: "read", 16: "write", 17: "statfs", 18: "release", 20: "fsync", 26: "init", 27: "opendir",
    28: "readdir", 29: "releasedir", 30: "fsyncdir", 35: "create", 45: "rename2",
}  # fmt: skip
SILENT = {2, 36, 42}
"""What has no answer: forgetting and interrupting."""
COUNTED = {
    "open", "create", "write", "setattr", "fsync", "fsyncdir", "rename", "rename2", "link", "unlink", "mkdir", "rmdir"
}  # fmt: skip
"""What is counted, cut at and failed: opening, and whatever changes something."""


class PowerCut(Exception):
    """From now on nothing ends."""


class Mount:
    """Answers the kernel's requests from a disk."""

    def __init__(self, disk: Disk, told: Callable[..., None]) -> None:
        self._disk, self._tell = disk, told
        self._listings: dict[int, list[tuple[bytes, Node]]] = {}
        self.lock = threading.Lock()
        self.count = 0
        self.plan: dict[str, Any] = {}
        self.is_cut = False

    def serve(self, fd: int) -> None:
        """Answer until it is unmounted, or the power goes."""
        while True:
            request = os.read(fd, WRITE_BYTES + 8192)
            _, code, unique, node_id, _, _, thread, *_ = struct.unpack_from("<IIQQIIIHH", request)
            if code in SILENT:
                continue
            with self.lock:
                if self.is_cut:
                    return
                try:
                    number, answer = 0, self._answer(code, node_id, request[40:], thread)
                except OSError as error:
                    number, answer = -(error.errno or errno.EIO), b""
                except PowerCut:
                    return
            os.write(fd, struct.pack("<IiQ", 16 + len(answer), number, unique) + answer)

    def cut(self) -> None:
        """Stop; the caller holds the lock."""
        if not self.is_cut:
            self.is_cut = True
            self._tell(cut=self.count)

    def _answer(self, code: int, node_id: int, told: bytes, thread: int) -> bytes:
        name = NAMES.get(code)
        if name is None:
            raise OSError(errno.ENOSYS, "not here")
        is_late = name == "write" and struct.unpack_from("<I", told, 20)[0] & FROM_CACHE
        if name in COUNTED and not is_late and not self._is_watcher(thread):
            self._meet(name)
            if name == "write" and self.plan.get("hit") == self.count and self.plan.get("error") == "short":
                told = told[:16] + struct.pack("<I", max(1, (len(told) - 40) // 2)) + told[20:]
        node = self._disk.nodes.get(node_id, self._disk.root)
        answer: bytes = getattr(self, f"_{name}")(node, told)
        return answer

    def _is_watcher(self, thread: int) -> bool:
        """Whether it is one of the process that the plan spares."""
        return "spare" in self.plan and Path(f"/proc/{self.plan['spare']}/task/{thread}").exists()

    def _meet(self, name: str) -> None:
        """Count a call; it may be the one at which something happens."""
        self.count += 1
        if self.plan.get("cut_at") == self.count:
            self.cut()
            raise PowerCut
        if self.count < self.plan.get("fail_at", FOREVER << 20) or ("hit" in self.plan and not self.plan.get("stays")):
            return
        error = self.plan["error"]
        if error == "short" and name != "write":
            return
        self.plan |= {"hit": self.count, "call": name}
        if error != "short":
            raise OSError(getattr(errno, error), "as planned")

    def _init(self, _: Node, told: bytes) -> bytes:
        _, _, readahead, _ = struct.unpack_from("<IIII", told)
        return struct.pack("<IIIIHHIIHHI28x", 7, 36, readahead, BIG_WRITES, 12, 9, WRITE_BYTES, 1, 32, 0, 0)

    def _attributes(self, node: Node) -> bytes:
        size, times = len(node.content), [node.times.get(name, 0) for name in ("atime", "mtime", "ctime")]
        whole, rest = [each // 10**9 for each in times], [each % 10**9 for each in times]
        links = 2 if node.is_folder else node.links
        return struct.pack(
            "<6Q10I", node.id, size, -(-size // 512), *whole, *rest, node.mode, links, 0, 0, 0, 4096, 0
        )  # fmt: skip

    def _entry(self, node: Node) -> bytes:
        return struct.pack("<QQQQII", node.id, 0, FOREVER, FOREVER, 0, 0) + self._attributes(node)

    def _lookup(self, node: Node, told: bytes) -> bytes:
        return self._entry(self._disk.find(node, told.split(b"\0")[0]))

    def _getattr(self, node: Node, told: bytes) -> bytes:
        return struct.pack("<QII", FOREVER, 0, 0) + self._attributes(node)

    def _setattr(self, node: Node, told: bytes) -> bytes:
        valid, _, _, size, _, atime, mtime, _, atime_ns, mtime_ns, _, mode = struct.unpack_from("<IIQQQQQQIIII", told)
        if valid & SIZE:
            node.cut(size)
        if valid & MODE:
            node.mode = stat.S_IFMT(node.mode) | stat.S_IMODE(mode)
        if valid & (ATIME_NOW | MTIME_NOW):
            node.touch()
            node.times["atime"] = node.times["mtime"]
        elif valid & MTIME:
            node.times["mtime"] = mtime * 10**9 + mtime_ns
        if valid & ATIME and not valid & ATIME_NOW:
            node.times["atime"] = atime * 10**9 + atime_ns
        return self._getattr(node, b"")

    def _mkdir(self, node: Node, told: bytes) -> bytes:
        mode, _ = struct.unpack_from("<II", told)
        return self._entry(self._disk.make(node, told[8:-1], stat.S_IFDIR | mode))

    def _unlink(self, node: Node, told: bytes) -> bytes:
        self._disk.remove(node, told[:-1])
        return b""

    _rmdir = _unlink

    def _rename(self, node: Node, told: bytes, start: int = 8) -> bytes:
        old, new, _ = told[start:].split(b"\0")
        self._disk.rename(node, old, self._disk.nodes[struct.unpack_from("<Q", told)[0]], new)
        return b""

    def _rename2(self, node: Node, told: bytes) -> bytes:
        return self._rename(node, told, 16)

    def _link(self, node: Node, told: bytes) -> bytes:
        return self._entry(self._disk.link(self._disk.nodes[struct.unpack_from("<Q", told)[0]], node, told[8:-1]))

    def _open(self, node: Node, told: bytes) -> bytes:
        return struct.pack("<QII", 0, KEEP_CACHE, 0)

    def _create(self, node: Node, told: bytes) -> bytes:
        _, mode, _, _ = struct.unpack_from("<IIII", told)
        made = self._disk.make(node, told[16:-1], stat.S_IFREG | stat.S_IMODE(mode))
        return self._entry(made) + self._open(made, b"")

    def _read(self, node: Node, told: bytes) -> bytes:
        _, at, size = struct.unpack_from("<QQI", told)
        return bytes(node.content[at : at + size])

    def _write(self, node: Node, told: bytes) -> bytes:
        _, at, size = struct.unpack_from("<QQI", told)
        node.write(at, told[40 : 40 + size])
        return struct.pack("<II", size, 0)

    def _statfs(self, node: Node, told: bytes) -> bytes:
        return struct.pack("<5Q4I24x", 1 << 24, 1 << 23, 1 << 23, 1 << 20, 1 << 20, 4096, 255, 4096, 0)

    def _release(self, node: Node, told: bytes) -> bytes:
        return b""

    def _fsync(self, node: Node, told: bytes) -> bytes:
        node.sync()
        return b""

    _fsyncdir = _fsync

    def _opendir(self, node: Node, told: bytes) -> bytes:
        handle = len(self._listings) + 1
        self._listings[handle] = [(b".", node), (b"..", node), *node.names.items()]
        return struct.pack("<QII", handle, 0, 0)

    def _releasedir(self, node: Node, told: bytes) -> bytes:
        self._listings[struct.unpack_from("<Q", told)[0]] = []
        return b""

    def _readdir(self, node: Node, told: bytes) -> bytes:
        handle, at, size = struct.unpack_from("<QQI", told)
        found = b""
        for number, (name, each) in enumerate(self._listings[handle][at:], at + 1):
            entry = struct.pack("<QQII", each.id, number, len(name), stat.S_IFMT(each.mode) >> 12) + name
            entry += bytes(-len(entry) % 8)
            if len(found) + len(entry) > size:
                break
            found += entry
        return found


def tell(**words: object) -> None:
    """One line to whoever started this."""
    print(json.dumps(words), flush=True)


def obey(mount: Mount, disk: Disk) -> None:
    """Do what the lines say, until there are none."""
    for line in sys.stdin:
        told = json.loads(line)
        with mount.lock:
            match told.pop("do"):
                case "plan":
                    mount.count, mount.plan = 0, told
                    tell()
                case "seen":
                    tell(count=mount.count, **mount.plan)
                case "cut":
                    mount.cut()
                case "save":
                    disk.save(Path(told["to"]), random.Random(told["seed"]), told["share"])
                    tell()
    os._exit(0)


def main(place: str, source: str) -> None:
    """Mount, and serve until it is over."""
    disk = Disk()
    if source:
        disk.load(Path(source))
    fd = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={fd},rootmode=40000,user_id={os.getuid()},group_id={os.getgid()},allow_other"
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"brittle", place.encode(), b"fuse", 0, options.encode()):
        raise OSError(ctypes.get_errno(), "it cannot be mounted")
    mount = Mount(disk, tell)
    threading.Thread(target=mount.serve, args=(fd,), daemon=True).start()
    tell()
    obey(mount, disk)


if __name__ == "__main__":
    main(*sys.argv[1:])
