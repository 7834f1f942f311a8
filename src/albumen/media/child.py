"""The guarded child: locks itself in, then develops and probes files it is handed as open descriptors.

Started by `guard` as `python -m albumen.media.child DESCRIPTOR`; decoders are imported when first needed, under
the lock.
"""

import os
import select
import socket
import sys
import threading
import traceback
from contextlib import suppress

import msgspec

from albumen.kernel.errors import Problem
from albumen.media import sandbox, wire
from albumen.media.limits import Limits

NICE = 10
"""Whoever looks at photos comes before those that are still being developed."""


def main(descriptor: int) -> None:
    """Serve requests until the parent closes its end."""
    channel = socket.socket(fileno=descriptor)
    os.nice(NICE)
    try:
        hello, _ = wire.receive_request(channel)
        assert isinstance(hello, wire.Hello)
        held, missing = sandbox.shelter(hello.limits)
        threading.Thread(target=_end_with_parent, args=(descriptor,), daemon=True).start()
        wire.send(channel, wire.Sheltered(held, missing))
        _warm_up()
        while True:
            request, files = wire.receive_request(channel)
            wire.send(channel, _answer(request, files, hello.limits))
    except (EOFError, ConnectionError):
        pass


def _answer(request: wire.Request, files: list[int], limits: Limits) -> wire.Reply:
    try:
        sandbox.allow_cpu(limits.cpu_seconds)
        return wire.Done(msgspec.Raw(msgspec.msgpack.encode(_work(request, files, limits))))
    except Problem as problem:
        return wire.Refused(problem.code, problem.detail, problem.specific)
    except MemoryError:
        return wire.Failed("needed more memory than one file may take", traceback.format_exc(limit=-8))
    except Exception:  # a decoder may raise anything; the guard says so and logs the trace
        return wire.Failed("stopped at an error of the decoder", traceback.format_exc(limit=-8)[-4000:])
    finally:
        for file in files:
            os.close(file)


def _work(request: wire.Request, files: list[int], limits: Limits) -> object:
    match request:
        case wire.Develop(kind, variants):
            from albumen.media.develop import develop  # noqa: PLC0415  (under the lock, like all decoders)

            _expect(files[0], whole=True)
            return develop(files[0], kind, dict(zip(variants, files[1:], strict=True)), limits)
        case wire.Probe(name):
            from albumen.media.probe import probe  # noqa: PLC0415  (under the lock, like all decoders)

            _expect(files[0], whole=False)
            with os.fdopen(os.dup(files[0]), "rb") as file:
                file.seek(0)
                return probe(file, name)
        case wire.Embed(label, fields):
            from albumen.media.embedding import embed  # noqa: PLC0415  (under the lock, like all decoders)

            return embed(files[0], (label, fields), files[1], limits)
        case wire.Look(wanted):
            from albumen.media.seeing.eyes import look  # noqa: PLC0415  (under the lock, like all decoders)

            return look(files[0], wanted, limits)
        case wire.Read(kind):
            from albumen.media.codes import codes  # noqa: PLC0415  (under the lock, like all decoders)

            return codes(files[0], kind, limits)
        case _:
            raise ValueError("not a request for work")


def _expect(file: int, *, whole: bool) -> None:
    """Tell the kernel whether all of a file will be read, or a few pages here and there that need no reading ahead."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_NORMAL if whole else os.POSIX_FADV_RANDOM)


def _warm_up() -> None:
    """Import what nearly every file needs, while the parent opens its files."""
    from albumen.media import develop  # noqa: F401, PLC0415  (loaded, not used: the next request will)


def _end_with_parent(descriptor: int) -> None:
    """End at once when the parent is gone, even in the middle of a file."""
    watch = select.poll()
    watch.register(descriptor, 0)
    watch.poll()
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
