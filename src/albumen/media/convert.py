"""Which films a browser plays as they came, and what must be made of the others: forms, and FFmpeg's words for them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from albumen.media.clips import DEMUXERS
from albumen.media.codecs import READABLE
from albumen.media.facts import Facts, Hdr
from albumen.media.kinds import KINDS

MIME: Final = "video/mp4"
VIDEO, PREVIEW, MOTION = "video", "preview", "motion"
LADDER: Final = {360: 900, 720: 3_000, 1080: 6_000}
"""The short sides of the streamed forms, with the most kilobits a second of each."""
SEGMENT_SECONDS: Final = 4
PREVIEW_SECONDS: Final = 3
FASTEST: Final = 66
"""Pictures a second; of a film with more, which a screen would not show, some are left out."""

_PICTURES: Final = frozenset({"h264", "vp8", "vp9", "av1"})
_SOUNDS: Final = frozenset({"aac", "mp3", "opus", "vorbis"})
_PIXELS: Final = frozenset({"yuv420p", "yuvj420p", "yuva420p"})
_COPIED: Final = frozenset({"h264", "vp9", "av1"})
"""What an MP4 may take over as it is."""
_UNTIMED: Final = frozenset({"avi", "mpg", "wmv"})
"""Containers that do not tell when each picture is shown well enough for it to be taken over."""


@dataclass(frozen=True)
class Form:
    """One form of a film.  `side` bounds the shorter side, or the height, in pixels; `kilobits` a second of it."""

    variant: str
    side: int
    kilobits: int
    quality: int = 21
    is_streamed: bool = False

    @property
    def is_preview(self) -> bool:
        """Whether it shows a beginning without sound."""
        return self.variant == PREVIEW


def form(variant: str) -> Form:
    """The form that a variant stands for: `video`, `motion`, `preview`, `hls-720`."""
    if variant.startswith("hls-"):
        side = int(variant.removeprefix("hls-"))
        return Form(variant, side, LADDER[side], 23, is_streamed=True)
    return Form(variant, 480, 1_500, 24) if variant == PREVIEW else Form(variant, 1080, 10_000)


def is_playable(facts: Facts) -> bool:
    """Whether browsers play this film as it came."""
    return KINDS[facts.kind].shown_by_browsers and shows(facts) and sounds(facts)


def shows(facts: Facts) -> bool:
    """Whether browsers show the pictures of this film, whatever they are packed in."""
    codec = _plain(facts.video_codec)
    return codec in _PICTURES and facts.pixel_format in _PIXELS and facts.hdr is None


def sounds(facts: Facts) -> bool:
    """Whether browsers play the sound of this film, or there is none."""
    return facts.audio_codec is None or _plain(facts.audio_codec) in _SOUNDS


def _plain(codec: str | None) -> str:
    """A codec by its family, whichever decoder FFmpeg chose: `libdav1d` decodes AV1, `mp3float` MP3."""
    name = (codec or "").casefold().removeprefix("lib").removesuffix("float")
    return {"dav1d": "av1", "aom-av1": "av1", "vpx-vp9": "vp9", "vpx": "vp8", "aac_latm": "aac"}.get(name, name)


def takes_over(facts: Facts) -> bool:
    """Whether the pictures need not be encoded anew: they are right, only what they are packed in is not."""
    is_known = facts.kind not in _UNTIMED and _plain(facts.video_codec) in _COPIED
    is_small = min(facts.width, facts.height) <= form(VIDEO).side
    return is_known and is_small and shows(facts) and not facts.is_interlaced


def streamed(facts: Facts) -> tuple[str, ...]:
    """The streamed forms that a film gets: none larger than it is, and at least the smallest."""
    side = min(facts.width, facts.height)
    return tuple(f"hls-{each}" for each in LADDER if each <= max(side, min(LADDER)))


@dataclass(frozen=True)
class Cut:
    """A conversion: how the film is read, and the file for each variant.  `copies` takes pictures over if it can."""

    facts: Facts
    outputs: Mapping[str, Path]
    threads: int
    copies: bool = True


def arguments(cut: Cut, descriptor: int) -> list[str]:
    """What FFmpeg is told: to read one open descriptor as the one kind it was found to be, and nothing else."""
    words = ["-hide_banner", "-nostdin", "-loglevel", "error", "-nostats", "-progress", "pipe:1", "-y"]
    words += _input(cut.facts, cut.threads, descriptor)
    for variant, path in cut.outputs.items():
        words += [*_output(cut, form(variant)), "-threads", str(cut.threads), "-f", "mp4", f"file:{path}"]
    return words


def _input(facts: Facts, threads: int, descriptor: int) -> list[str]:
    demuxer = DEMUXERS[facts.kind]
    allowed = {"mov": "mov,mp4,m4a,3gp,3g2,mj2", "matroska": "matroska,webm"}.get(demuxer, demuxer)
    words = ["-protocol_whitelist", "fd", "-format_whitelist", allowed, "-codec_whitelist", READABLE]
    if demuxer == "mov":
        words += ["-enable_drefs", "0", "-use_absolute_path", "0"]
    words += ["-max_streams", "32", "-fflags", "+genpts", "-threads", str(threads)]
    return [*words, "-f", demuxer, "-fd", str(descriptor), "-i", "fd:"]


def _output(cut: Cut, made: Form) -> list[str]:
    words = ["-map", "0:V:0", "-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn", "-fflags", "+bitexact"]
    words += ["-flags:v", "+bitexact", "-flags:a", "+bitexact", "-max_muxing_queue_size", "4096"]
    copies = cut.copies and not (made.is_preview or made.is_streamed) and takes_over(cut.facts)
    words += ["-c:v", "copy"] if copies else _pictures(cut.facts, made)
    words += ["-an", "-t", str(PREVIEW_SECONDS)] if made.is_preview else _sound(cut.facts, made)
    flags = "+frag_keyframe+empty_moov+cmaf+global_sidx" if made.is_streamed else "+faststart"
    return [*words, "-movflags", flags]


def _pictures(facts: Facts, made: Form) -> list[str]:
    rate = ["-maxrate", f"{made.kilobits}k", "-bufsize", f"{2 * made.kilobits}k"]
    words = ["-vf", ",".join(_filters(facts, made)), "-fps_mode", "vfr", "-enc_time_base", "1:90000"]
    words += ["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-crf", str(made.quality), *rate]
    if made.is_streamed:
        return [
            *words,
            "-force_key_frames",
            f"expr:gte(t,n_forced*{SEGMENT_SECONDS})",
            "-sc_threshold",
            "0",
            "-g",
            "900",
        ]
    return [*words, "-g", "120"]


def _filters(facts: Facts, made: Form) -> Sequence[str]:
    """Upright already (FFmpeg turns by itself), then square pixels, no larger than wanted, both sides even."""
    wide = "if(between(sar,0.25,4),iw*sar,iw)"
    bound = "ih" if made.is_preview else f"min({wide},ih)"
    share = f"min(1,{made.side}/({bound}))"
    even = (f"max(2,2*trunc({side}*{share}/2+0.01))" for side in (wide, "ih"))
    size = "scale=w='{}':h='{}':flags=bicubic:out_range=tv".format(*even)
    return (
        *(["bwdif=mode=send_frame:deint=interlaced"] if facts.is_interlaced else []),
        f"select='isnan(prev_selected_t)+gte(t-prev_selected_t,{1 / FASTEST:.4f})'",
        size,
        "setsar=1",
        *(_toned(facts.hdr) if facts.hdr else []),
        "format=yuv420p",
    )


def _toned(hdr: Hdr) -> Sequence[str]:
    """From a high dynamic range to BT.709.  The curve is known, so what else a film forgot to say follows from it."""
    curve = {"pq": "smpte2084", "hlg": "arib-std-b67"}[hdr]
    return (
        f"zscale=tin={curve}:pin=bt2020:min=bt2020nc:rin=tv:t=linear:npl=100",
        "format=gbrpf32le",
        "zscale=p=bt709",
        "tonemap=hable:desat=0",
        "zscale=t=bt709:m=bt709:r=tv",
    )


def _sound(facts: Facts, made: Form) -> list[str]:
    if facts.audio_codec is None or facts.audio_codec not in READABLE.split(","):
        return ["-an"]
    words = ["-map", "0:a:0?"]
    if _plain(facts.audio_codec) == "aac" and facts.kind not in _UNTIMED and not made.is_streamed:
        return [*words, "-c:a", "copy"]
    kilobits = 96 if made.side < 720 else 160
    return [*words, "-c:a", "aac", "-ac", "2", "-ar", "48000", "-b:a", f"{kilobits}k", "-af", "aresample=async=1"]


def most_bytes(variants: Sequence[str], seconds: float) -> int:
    """A generous bound for the largest of these forms of a film."""
    kilobits = max((form(variant).kilobits for variant in variants), default=0) + 320
    return math.ceil(seconds * kilobits * 1000 / 8 * 1.5) + (64 << 20)
