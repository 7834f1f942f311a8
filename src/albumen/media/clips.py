"""Films: size, length, codecs, date and place from the container, by FFmpeg's demuxers and without decoding."""

import re
from datetime import datetime
from fractions import Fraction
from typing import Any, BinaryIO, Final

from albumen.kernel.errors import Invalid
from albumen.media import avchd, times
from albumen.media.angles import iso_6709
from albumen.media.facts import Frame, Hdr, Overlay, Taken, decode, elevation, line, place, prose
from albumen.media.kinds import Kind

# Named outright: FFmpeg left to guess would take a playlist for a film and follow it to other files.
DEMUXERS: Final = {
    "mp4": "mov",
    "m4v": "mov",
    "mov": "mov",
    "3gp": "mov",
    "avi": "avi",
    "mkv": "matroska",
    "webm": "matroska",
    "mts": "mpegts",
    "mpg": "mpeg",
    "wmv": "asf",
}
OPTIONS: Final = {
    "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,avi,matroska,webm,mpegts,mpeg,asf",
    "protocol_whitelist": "",
    "max_streams": "32",
    "probesize": "5000000",
    "analyzeduration": "2000000",
    "fpsprobesize": "3",
}
LONGEST_SECONDS: Final = 14 * 86_400
_TURN: Final = re.compile(r"^\s+display ?matrix: rotation of (-?\d+(?:\.\d+)?) degrees", re.IGNORECASE | re.MULTILINE)
_INTERLACED: Final = re.compile(r"^ *Stream #\S+ Video: .*\b(top|bottom)( coded)? first\b", re.MULTILINE)
_HDR: Final[dict[int, Hdr]] = {16: "pq", 18: "hlg"}  # by their numbers in ITU-T H.273
_IDENTIFIERS: Final = ("com.apple.quicktime.content.identifier",)
_PLACES: Final = ("com.apple.quicktime.location.ISO6709", "location", "location-eng", "xyz")


def read(file: BinaryIO, kind: Kind) -> tuple[Frame, list[Overlay]]:
    """The frame and the facts of a film.  Raises `Invalid` if it has no picture or cannot be opened."""
    import av  # noqa: PLC0415  (FFmpeg takes a tenth of a second to load, and photos never need it)

    av.logging.set_level(None)
    file.seek(0)
    try:
        with av.open(file, format=DEMUXERS[kind.name], container_options=OPTIONS) as container:
            frame = _frame(container)
            tags = {**_tags(container.streams.video[0].metadata), **_tags(container.metadata)}
    except (av.FFmpegError, ValueError, OSError, LookupError, OverflowError) as fault:
        raise Invalid(f"This {kind.name.upper()} file is damaged or holds no film that can be read") from fault
    found = [_overlay(tags)]
    if kind.name == "mts":
        found.append(Overlay(taken=avchd.recorded(file)))
    return frame, found


def _tags(metadata: dict[str, str]) -> dict[str, str]:
    """At most 200 tags; what was not UTF-8, PyAV hides in lone surrogates."""
    pairs = ((_text(name), _text(text)) for name, text in list(metadata.items())[:200])
    return {name[:100]: text[:1024] for name, text in pairs if name}


def _text(told: str) -> str:
    return decode(told.encode("utf-8", "surrogateescape"))


def _frame(container: Any) -> Frame:
    video = next((s for s in container.streams.video if s.codec_context and s.width and s.height), None)
    if video is None:
        raise Invalid("There is no film in this file")
    audio = next(iter(container.streams.audio), None)
    width, height = video.width, video.height
    described = _described(container)
    turned = _turn(described)
    aspect = video.sample_aspect_ratio or 1
    seconds, rate = _duration(container, video), _rate(video)
    seen = (max(1, round(width * aspect)) if Fraction(1, 8) < aspect < 8 else width, height)
    return Frame(
        width,
        height,
        orientation={90: 6, 180: 3, 270: 8}.get(turned, 1),
        upright=seen[::-1] if turned in {90, 270} else seen,
        duration_seconds=seconds,
        frames=max(int(video.frames or 0) or round((seconds or 0) * (rate or 0)), 1),
        fps=rate,
        video_codec=_codec(video),
        audio_codec=_codec(audio) if audio else None,
        pixel_format=video.codec_context.pix_fmt,
        hdr=_HDR.get(video.codec_context.color_trc),
        is_interlaced=bool(_INTERLACED.search(described)),
    )


def _codec(stream: Any) -> str | None:
    return stream.codec_context.name if stream.codec_context else None


def _described(container: Any) -> str:
    """FFmpeg's own description of a film; it is written through the log, which must be open meanwhile."""
    import av  # noqa: PLC0415  (loaded already: there is an open container)

    before = av.logging.get_level()
    av.logging.set_level(av.logging.INFO)
    try:
        return str(container.dumps_format())
    finally:
        av.logging.set_level(before)


def _turn(description: str) -> int:
    """Degrees clockwise; FFmpeg tells them only in its description, counted the other way."""
    found = _TURN.search(description)
    return round(-float(found[1]) / 90) * 90 % 360 if found else 0


def _duration(container: Any, video: Any) -> float | None:
    if container.duration:
        seconds = container.duration / 1_000_000
    elif video.duration and video.time_base:
        seconds = float(video.duration * video.time_base)
    else:
        return None
    return round(seconds, 3) if 0 < seconds <= LONGEST_SECONDS else None


def _rate(video: Any) -> float | None:
    rate = video.average_rate or video.guessed_rate
    return round(float(rate), 3) if rate and 0 < rate <= 1000 else None


def _overlay(tags: dict[str, str]) -> Overlay:
    def first(*names: str) -> str:
        return next((tags[name] for name in names if tags.get(name)), "")

    spot = iso_6709(first(*_PLACES))
    where = place(spot[0], spot[1]) if spot else None
    return Overlay(
        taken=_taken(tags),
        latitude=where and where[0],
        longitude=where and where[1],
        altitude=elevation(spot[2]) if where and spot else None,
        make=line(first("com.apple.quicktime.make", "make", "com.android.manufacturer"), 256),
        model=line(first("com.apple.quicktime.model", "model", "com.android.model"), 256),
        software=line(first("com.apple.quicktime.software", "software"), 256),
        artist=line(first("com.apple.quicktime.author", "artist", "author"), 256),
        copyright=line(first("com.apple.quicktime.copyright", "copyright"), 256),
        title=line(first("com.apple.quicktime.title", "com.apple.quicktime.displayname", "title")),
        description=prose(first("com.apple.quicktime.description", "description", "comment")),
        content_identifier=line(first(*_IDENTIFIERS), 100),
        groups={"QuickTime": {name: text for name, value in tags.items() if (text := prose(value))}},
    )


def _taken(tags: dict[str, str]) -> Taken | None:
    own = times.stamp(tags.get("com.apple.quicktime.creationdate", ""), "quicktime:creationdate")
    if own:
        return own
    text = tags.get("creation_time", "")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return times.stamp(text or tags.get("date", ""), "container:date")
    return times.from_utc(moment, "container:creation_time")
