"""The poster of a film: one telling frame near its beginning, upright and in ordinary colours."""

import os
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import pyvips

from albumen.kernel.errors import Invalid, Unsupported
from albumen.media.limits import Limits
from albumen.media.picture import Picture, finish

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

UNREADABLE: Final = "No picture of the film could be decoded."

# The demuxer is forced by what was sniffed, so no playlist, which could name other files, is ever followed.
_DEMUXERS: Final = {
    "mkv": "matroska",
    "webm": "matroska",
    "avi": "avi",
    "mts": "mpegts",
    "mpg": "mpeg",
    "wmv": "asf",
}
_OPTIONS: Final = {"protocol_whitelist": "", "max_streams": "32", "enable_drefs": "0"}
WANTED_SECONDS: Final = 1.0
MOST_FRAMES: Final = 600
DULL: Final = 6.0
TURNS: Final = {90: "d90", 180: "d180", 270: "d270"}
HDR: Final = (16, 18)  # PQ and HLG, by their numbers in ITU-T H.273


def poster(file: int, kind: str, longest: int | None, limits: Limits) -> Picture:
    """Decode a frame of the film.  Raises `Invalid` and `TooLarge`."""
    import av  # noqa: PLC0415  (FFmpeg is large, and photos never need it)

    with os.fdopen(os.dup(file), "rb") as stream:
        stream.seek(0)
        try:
            demuxer = _DEMUXERS.get(kind, "mov")
            with av.open(stream, "r", format=demuxer, options=_OPTIONS) as film:
                return _poster(film, longest, limits)
        except (av.FFmpegError, pyvips.Error, ValueError, OSError, IndexError) as error:
            raise Invalid(UNREADABLE) from error


def _poster(film: "InputContainer", longest: int | None, limits: Limits) -> Picture:
    stream = next(iter(film.streams.video), None)
    if stream is None:
        raise Invalid("There is no picture in this film.")
    if stream.codec_context is None:  # PyAV's types do not say so, but it knows no decoder for everything
        raise Unsupported("The pictures of this film are in a format that cannot be read here.")
    stream.thread_type = "NONE"
    stream.codec_context.thread_count = 1
    limits.admit(stream.codec_context.width, stream.codec_context.height)
    frame = _telling(film, stream)
    limits.admit(frame.width, frame.height)
    image = _turn(_square_pixels(_pixels(frame), float(stream.sample_aspect_ratio or 1)), frame.rotation)
    return Picture(finish(image, longest), image.width, image.height)


def _telling(film: "InputContainer", stream: "VideoStream") -> "VideoFrame":
    """The first frame, of a few places, that is more than one flat colour; else the last one tried."""
    frame = None
    stream.codec_context.skip_frame = "NONREF"
    for seconds in _places(film.duration):
        frame = _frame_at(film, stream, seconds) or frame
        if frame and _contrast(frame) >= DULL:
            return frame
    frame = frame or _frame_at(film, stream, None)
    if frame is None:
        raise Invalid(UNREADABLE)
    return frame


def _places(duration: int | None) -> tuple[float, ...]:
    seconds = (duration or 0) / 1_000_000
    if seconds <= 0:
        return (0.0, WANTED_SECONDS)
    return (min(WANTED_SECONDS, seconds / 10), seconds / 4, seconds / 2)


def _frame_at(film: "InputContainer", stream: "VideoStream", seconds: float | None) -> "VideoFrame | None":
    """The first frame at or after `seconds`, or the last one before; None reads on from where we are."""
    import av  # noqa: PLC0415  (FFmpeg is large, and photos never need it)

    last = None
    try:
        if seconds is not None:
            film.seek(int(seconds * 1_000_000), backward=True)
        start = (stream.start_time or 0) * float(stream.time_base or 0)
        for last in islice(_frames(film, stream), MOST_FRAMES):
            if seconds is None or last.time is None or last.time - start >= seconds - 0.02:
                break
    except av.FFmpegError:
        pass
    return last


def _frames(film: "InputContainer", stream: "VideoStream") -> "Iterator[VideoFrame]":
    """All frames; a packet that cannot be decoded is passed over, as players do."""
    import av  # noqa: PLC0415  (FFmpeg is large, and photos never need it)

    for packet in film.demux(stream):
        try:
            yield from packet.decode()
        except av.error.InvalidDataError:
            continue


def _contrast(frame: "VideoFrame") -> float:
    small = frame.reformat(width=32, height=32, format="gray")
    return float(small.to_ndarray().std())


def _pixels(frame: "VideoFrame") -> Any:
    options: dict[str, Any] = {"dst_color_range": "JPEG"}
    if frame.color_trc in HDR:
        options |= {"dst_color_trc": 1, "dst_color_primaries": 1, "dst_colorspace": "ITU709"}
    pixels = frame.reformat(format="rgb24", **options).to_ndarray()
    return pyvips.Image.new_from_array(pixels, interpretation="srgb")


def _square_pixels(image: Any, aspect: float) -> Any:
    """Wider where the film's pixels are wider than high; absurd ratios are taken for mistakes."""
    if aspect == 1 or not 0.25 < aspect < 4:
        return image
    return image.resize(aspect, vscale=1) if aspect > 1 else image.resize(1, vscale=1 / aspect)


def _turn(image: Any, degrees: int) -> Any:
    """Turned as the display matrix says, which counts against the clock."""
    turn = TURNS.get(-degrees % 360)
    return image.rot(turn) if turn else image
