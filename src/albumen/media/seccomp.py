"""A small seccomp filter through ctypes: no sockets, no programs, no other processes, no change of rights.

It names what is forbidden and lets the rest pass: decoders and the C library differ too much between systems
for a list of what is needed.  Landlock keeps the files.
"""

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Set
from typing import Final

# name: (x86_64, aarch64); None where the architecture lacks it
FORBIDDEN: Final[dict[str, tuple[int | None, int | None]]] = {
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201),
    "accept": (43, 202), "accept4": (288, 242),
    "execve": (59, 221), "execveat": (322, 281), "kill": (62, 129), "rt_sigqueueinfo": (129, 138),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "pidfd_open": (434, 434), "pidfd_getfd": (438, 438), "pidfd_send_signal": (424, 424),
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39),
    "pivot_root": (155, 41), "chroot": (161, 51), "open_tree": (428, 428), "move_mount": (429, 429),
    "fsopen": (430, 430), "fsmount": (432, 432), "mount_setattr": (442, 442), "open_by_handle_at": (304, 265),
    "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106), "kexec_load": (246, 104),
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "utimensat": (280, 88),
    "fork": (57, None), "vfork": (58, None),
}  # fmt: skip
CLONE: Final = (56, 220)
CLONE3: Final = 435
CLONE_THREAD: Final = 0x10000

ARCHITECTURES: Final = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
SECCOMP: Final = (317, 277)
X32: Final = 0x40000000

LOAD: Final = 0x20
JUMP_EQUAL: Final = 0x15
JUMP_GREATER_EQUAL: Final = 0x35
JUMP_SET: Final = 0x45
RETURN: Final = 0x06
ALLOW: Final = 0x7FFF0000
DENY: Final = 0x00050000 | errno.EPERM
UNKNOWN: Final = 0x00050000 | errno.ENOSYS
NUMBER_AT, ARCHITECTURE_AT, FIRST_ARGUMENT_AT = 0, 4, 16


def restrict(*, may_execute: bool = False) -> None:
    """Install the filter on all threads of this process.  Raises OSError where it cannot be.

    `may_execute` leaves the way open to become another program, which Landlock then has to name.
    """
    machine = platform.machine()
    if sys.platform != "linux" or machine not in ARCHITECTURES:
        raise OSError(0, f"not known for {sys.platform} on {machine}")
    column, architecture = ARCHITECTURES[machine]
    program = b"".join(_program(column, architecture, {"execve"} if may_execute else set()))
    code = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    set_filter, all_threads = 1, 1
    if libc.syscall(ctypes.c_long(SECCOMP[column]), set_filter, all_threads, header):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _program(column: int, architecture: int, allowed: Set[str]) -> list[bytes]:
    """The filter: each instruction is (code, jump if true, jump if false, value)."""
    numbers = [pair[column] for name, pair in FORBIDDEN.items() if name not in allowed]
    lines = [
        _line(LOAD, ARCHITECTURE_AT),
        _line(JUMP_EQUAL, architecture, true=1),
        _line(RETURN, DENY),
        _line(LOAD, NUMBER_AT),
        _line(JUMP_GREATER_EQUAL, X32, false=1),
        _line(RETURN, DENY),
        # The C library falls back to clone, whose flags a filter can see, when it is told that there is no clone3.
        _line(JUMP_EQUAL, CLONE3, false=1),
        _line(RETURN, UNKNOWN),
    ]
    for number in numbers:
        if number is not None:
            lines += [_line(JUMP_EQUAL, number, false=1), _line(RETURN, DENY)]
    lines += [
        _line(JUMP_EQUAL, CLONE[column], false=3),
        _line(LOAD, FIRST_ARGUMENT_AT),
        _line(JUMP_SET, CLONE_THREAD, true=1),
        _line(RETURN, DENY),
        _line(RETURN, ALLOW),
    ]
    return lines


def _line(code: int, value: int, *, true: int = 0, false: int = 0) -> bytes:
    return struct.pack("HBBI", code, true, false, value)
