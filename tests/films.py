"""Films of many makes, for tests of what becomes of them: one second of a picture whose corners can be told apart."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from albumen.media.ffmpeg import Converter

SECONDS = 1.2
_PQ = "colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"
_HLG = "colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc"
_AAC, _NONE = ("-c:a", "aac"), ("-an",)
_H264, _HEVC = ("-c:v", "libx264"), ("-c:v", "libx265", "-x265-params", "log-level=error", "-tag:v", "hvc1")


@dataclass(frozen=True)
class Make:
    """How a film is made: FFmpeg's words for its pictures and sound, and how large it is seen in the end."""

    name: str
    words: Sequence[str]
    sound: Sequence[str] = _AAC
    size: tuple[int, int] = (320, 180)
    pixels: str = "yuv420p"
    filters: str = "null"
    rate: int = 25
    turned: int = 0
    seen: tuple[int, int] = (0, 0)
    before: Sequence[str] = field(default=())

    @property
    def shown(self) -> tuple[int, int]:
        """The size of what browsers show of it."""
        return self.seen if self.seen != (0, 0) else self.size


def _hdr(params: str, curve: str) -> tuple[str, ...]:
    told = ("-color_trc", curve, "-color_primaries", "bt2020", "-colorspace", "bt2020nc")
    return ("-c:v", "libx265", "-x265-params", f"log-level=error:{params}", "-tag:v", "hvc1", *told)


MAKES = (
    Make("plain.mp4", _H264),
    Make("plain.m4v", _H264),
    Make("phone.mov", _H264),
    Make("hevc.mov", _HEVC),
    Make("pq.mov", _hdr(_PQ, "smpte2084"), _NONE, pixels="yuv420p10le"),
    Make("hlg.mov", _hdr(_HLG, "arib-std-b67"), _NONE, pixels="yuv420p10le"),
    Make("ten-bit.mp4", _H264, pixels="yuv420p10le"),
    Make("four-four-four.mp4", _H264, pixels="yuv444p"),
    Make("camera.avi", ("-c:v", "mjpeg"), ("-c:a", "pcm_s16le"), pixels="yuvj420p"),
    Make("divx.avi", ("-c:v", "mpeg4", "-vtag", "DIVX"), ("-c:a", "libmp3lame")),
    Make("interlaced.mts", (*_H264, "-flags", "+ilme+ildct"), ("-c:a", "ac3"), filters="setfield=tff"),
    Make("progressive.mts", _H264, ("-c:a", "ac3")),
    Make("avchd.m2ts", (*_H264, "-mpegts_m2ts_mode", "1"), ("-c:a", "ac3")),
    Make("old.3gp", ("-c:v", "h263"), _NONE, size=(176, 144), rate=15),
    Make("new.3gp", _H264),
    Make("vp9.webm", ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"), ("-c:a", "libopus")),
    Make("vp8.mkv", ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8"), ("-c:a", "libvorbis")),
    Make("flac.mkv", _H264, ("-c:a", "flac")),
    Make("dvd.mpg", ("-f", "vob", "-c:v", "mpeg2video"), ("-c:a", "mp2")),
    Make("old.wmv", ("-c:v", "wmv2"), ("-c:a", "wmav2")),
    Make("prores.mov", ("-c:v", "prores_ks"), ("-c:a", "pcm_s24le"), pixels="yuv422p10le"),
    Make("animation.mov", ("-c:v", "qtrle"), ("-c:a", "pcm_s16be"), pixels="rgb24"),
    Make("odd.mov", ("-c:v", "mjpeg"), _NONE, size=(321, 181), pixels="yuvj420p", seen=(320, 180)),
    Make("wide-pixels.avi", ("-c:v", "dvvideo"), _NONE, (720, 576), filters="setsar=64/45", seen=(1024, 576)),
    Make("slow-motion.mov", _HEVC, _NONE, rate=240),
    Make("large.mov", (*_HEVC, "-preset", "ultrafast"), _NONE, (2560, 1440), rate=5, seen=(1920, 1080)),
    Make("irregular.mov", _HEVC, _NONE, filters="select='not(mod(n,3)*mod(n,7))'"),
    *(
        Make(f"turned-{angle}.{end}", words, turned=angle, seen=(180, 320) if angle % 180 else (320, 180))
        for angle in (90, 180, 270)
        for end, words in (("mov", _HEVC), ("mp4", _H264), ("3gp", _H264))
    ),
)
FEW = ("plain.mp4", "phone.mov", "turned-90.mov", "pq.mov", "divx.avi", "interlaced.mts", "old.3gp", "plain.m4v")
"""One of each kind that matters most."""


def named(name: str) -> Make:
    """The make of that name."""
    return next(make for make in MAKES if make.name == name)


def film(make: Make, folder: Path) -> Path:
    """Make a film; the left upper corner of what is seen is white, the right lower one black, all else between."""
    target = folder / make.name
    flat = folder / f"flat-{make.name}" if make.turned else target
    picture = f"color=0x606060:s={make.size[0]}x{make.size[1]}:r={make.rate}:d={SECONDS}"
    drawn = f"{_corners(make.turned)},{make.filters},format={make.pixels}"
    source = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", f"sine=d={SECONDS}:r=48000"]
    maps = ["-map", "0:v", *(["-map", "1:a"] if make.sound != _NONE else [])]
    rate = ["-fps_mode", "vfr"] if make.filters.startswith("select") else []
    ffmpeg(*source, *maps, "-vf", drawn, *rate, *make.words, *make.sound, str(flat))
    if make.turned:
        ffmpeg("-display_rotation", str(make.turned), "-i", str(flat), "-c", "copy", str(target))
        flat.unlink()
    return target


def _corners(turned: int) -> str:
    """A white and a black corner that turning by so many degrees, against the clock, brings to where they belong."""
    places = ["0:0", "0:ih/2", "iw/2:ih/2", "iw/2:0"]  # the corners against the clock, from the left upper one
    at = -(turned // 90) % 4
    boxes = ((places[at], "white"), (places[(at + 2) % 4], "black"))
    drawn = (f"drawbox=x={xy.split(':')[0]}:y={xy.split(':')[1]}:w=iw/2:h=ih/2:c={c}:t=fill" for xy, c in boxes)
    return ",".join(drawn)


@cache
def program() -> str:
    """The FFmpeg that comes with Albumen."""
    return Converter().program


def ffmpeg(*words: str) -> None:
    """Run FFmpeg on files of ours."""
    subprocess.run([program(), "-hide_banner", "-loglevel", "error", "-y", *words], check=True, timeout=120)
