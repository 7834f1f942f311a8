"""QR codes as pictures: of the links that access codes open, and of whatever else is to be photographed."""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import segno

SMALLEST: Final = 64
LARGEST: Final = 2048
QUIET: Final = 4
"""How many modules stay empty round a code, so that readers find it."""

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
}
"""What a drawing is served with."""


def _made(payload: str) -> "segno.QRCode":
    """At least a quarter of it may be lost to folds and reflections."""
    import segno  # noqa: PLC0415 - four megabytes that most processes never need

    return segno.make_qr(payload, error="q", boost_error=False)


def svg(payload: str) -> bytes:
    """A QR code as a drawing of any size."""
    out = io.BytesIO()
    _made(payload).save(out, kind="svg", border=QUIET, xmldecl=False, omitsize=True, light="#fff")
    return out.getvalue()


def png(payload: str, size: int) -> bytes:
    """A QR code as a picture of at most `size` pixels a side, with whole pixels for each module."""
    code, out = _made(payload), io.BytesIO()
    modules = code.symbol_size(border=QUIET)[0]
    code.save(out, kind="png", border=QUIET, scale=max(1, size // modules))
    return out.getvalue()


def bars(payload: str) -> tuple[int, Iterator[tuple[int, int, int]]]:
    """How many modules wide a QR code is, and its dark bars: row, first column, length; without the quiet zone."""
    code = _made(payload)
    return len(code.matrix), _bars(code)


def _bars(code: "segno.QRCode") -> Iterator[tuple[int, int, int]]:
    for row, modules in enumerate(code.matrix):
        start = None
        for column, is_dark in enumerate((*modules, 0)):
            if is_dark and start is None:
                start = column
            if not is_dark and start is not None:
                yield row, start, column - start
                start = None
