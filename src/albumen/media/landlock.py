"""Landlock through ctypes: from here on this process touches what it is given and nothing else.

Source: the kernel's Documentation/userspace-api/landlock.rst.  System call numbers are the same everywhere.
"""

import ctypes
import os
import struct
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

CREATE_RULESET: Final = 444
ADD_RULE: Final = 445
RESTRICT_SELF: Final = 446
VERSION_FLAG: Final = 1
RULE_PATH_BENEATH: Final = 1

EXECUTE: Final = 1 << 0
WRITE_FILE: Final = 1 << 1
READ_FILE: Final = 1 << 2
READ_DIR: Final = 1 << 3
TRUNCATE: Final = 1 << 14
FILE_RIGHTS: Final = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # how many bits each version of the interface knows
TCP: Final = 0b11  # bind, connect
SCOPES: Final = 0b11  # abstract Unix sockets, signals


READ: Final = READ_FILE | READ_DIR
READ_AND_WRITE: Final = READ_FILE | WRITE_FILE | TRUNCATE
READ_AND_EXECUTE: Final = READ_FILE | READ_DIR | EXECUTE
_OF_FILES: Final = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE


def restrict(allowed: Mapping[Path, int]) -> int:
    """Lock this thread in: each file or folder with its rights.  Returns the version of the interface.

    Raises OSError where there is none.  To be called before any other thread starts: threads that run already stay
    free.
    """
    if sys.platform != "linux":
        raise OSError(0, "not Linux")
    version = _call(CREATE_RULESET, None, 0, VERSION_FLAG)
    known = (1 << FILE_RIGHTS[min(version, 5)]) - 1
    ruleset = _call(CREATE_RULESET, *_attributes(version, known), 0)
    try:
        for path, rights in allowed.items():
            _allow(ruleset, path, rights & known)
        _call(RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
    return version


def _attributes(version: int, known: int) -> tuple[bytes, int]:
    fields = [known]
    if version >= 4:
        fields.append(TCP)
    if version >= 6:
        fields.append(SCOPES)
    packed = struct.pack(f"={len(fields)}Q", *fields)
    return packed, len(packed)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        here = rights if path.is_dir() else rights & _OF_FILES
        _call(ADD_RULE, ruleset, RULE_PATH_BENEATH, struct.pack("=Qi", here, descriptor), 0)
    finally:
        os.close(descriptor)


def _call(number: int, *arguments: object) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    result = int(libc.syscall(ctypes.c_long(number), *arguments))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
