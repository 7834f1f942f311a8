"""Which films are left as they are, and what FFmpeg is told about the others."""

from pathlib import Path
from typing import Any

import pytest

from albumen.media import convert
from albumen.media.convert import Cut
from albumen.media.facts import Facts

PLAIN: dict[str, Any] = {
    "kind": "mp4",
    "mime": "video/mp4",
    "is_video": True,
    "duration_seconds": 10.0,
    "width": 1920,
    "height": 1080,
    "stored_width": 1920,
    "stored_height": 1080,
    "video_codec": "h264",
    "audio_codec": "aac",
    "pixel_format": "yuv420p",
}


def facts(**differing: Any) -> Facts:
    return Facts(**{**PLAIN, **differing})


@pytest.mark.parametrize(
    "differing",
    [
        {},
        {"audio_codec": None},
        {"pixel_format": "yuvj420p"},
        {"kind": "m4v"},
        {"kind": "webm", "video_codec": "vp8", "audio_codec": "vorbis"},
        {"kind": "webm", "video_codec": "vp9", "audio_codec": "opus"},
        {"video_codec": "libdav1d", "audio_codec": "mp3float"},
        {"width": 3840, "height": 2160},
    ],
    ids=str,
)
def test_what_browsers_play_stays_as_it_is(differing: dict[str, Any]) -> None:
    assert convert.is_playable(facts(**differing))


@pytest.mark.parametrize(
    ("differing", "is_taken_over"),
    [
        ({"kind": "mov"}, True),
        ({"kind": "3gp"}, True),
        ({"kind": "mts", "audio_codec": "ac3"}, True),
        ({"kind": "mkv", "video_codec": "vp9"}, True),
        ({"audio_codec": "pcm_s16le"}, True),
        ({"kind": "mts", "is_interlaced": True}, False),
        ({"kind": "mov", "width": 2160, "height": 3840}, False),
        ({"kind": "avi"}, False),
        ({"kind": "mkv", "video_codec": "vp8"}, False),
        ({"video_codec": "hevc"}, False),
        ({"video_codec": None}, False),
        ({"pixel_format": "yuv420p10le"}, False),
        ({"pixel_format": "yuv444p"}, False),
        ({"pixel_format": None}, False),
        ({"video_codec": "vp9", "hdr": "pq"}, False),
    ],
    ids=str,
)
def test_what_they_do_not_play_is_packed_or_encoded_anew(differing: dict[str, Any], is_taken_over: bool) -> None:
    film = facts(**differing)
    assert not convert.is_playable(film)
    assert convert.takes_over(film) is is_taken_over


@pytest.mark.parametrize(
    ("width", "height", "forms"),
    [
        (1920, 1080, ("hls-360", "hls-720", "hls-1080")),
        (1080, 1920, ("hls-360", "hls-720", "hls-1080")),
        (1280, 720, ("hls-360", "hls-720")),
        (640, 480, ("hls-360",)),
        (176, 144, ("hls-360",)),
    ],
)
def test_no_streamed_form_is_larger_than_the_film(width: int, height: int, forms: tuple[str, ...]) -> None:
    assert convert.streamed(facts(width=width, height=height)) == forms


def words(film: Facts, *variants: str) -> list[str]:
    return convert.arguments(Cut(film, {each: Path("/spool") / each for each in variants}, 2), 7)


def test_the_input_is_one_descriptor_of_one_known_kind() -> None:
    said = " ".join(words(facts(kind="mov"), "video"))
    before, _, after = said.partition(" -i fd: ")
    assert "-protocol_whitelist fd -format_whitelist mov,mp4,m4a,3gp,3g2,mj2 -codec_whitelist h264," in before
    assert before.endswith("-f mov -fd 7")
    assert "-enable_drefs 0 -use_absolute_path 0" in before
    assert "-max_streams 32" in before
    assert " -i " not in after


@pytest.mark.parametrize("kind", ["avi", "mkv", "webm", "mts", "mpg", "wmv"])
def test_each_container_has_its_demuxer_only(kind: str) -> None:
    said = words(facts(kind=kind), "video")
    demuxer = said[said.index("-f") + 1]
    assert demuxer in said[said.index("-format_whitelist") + 1].split(",")
    assert "-enable_drefs" not in said


@pytest.mark.parametrize("variant", ["video", "motion", "preview", "hls-720"])
def test_no_form_carries_metadata_or_other_streams(variant: str) -> None:
    said = words(facts(kind="mov"), variant)
    assert [said[at + 1] for at, word in enumerate(said) if word.startswith("-map_")] == ["-1", "-1"]
    assert {"-sn", "-dn"} <= set(said)


def test_sound_that_cannot_be_read_is_left_out() -> None:
    said = words(facts(kind="mov", audio_codec="unheard_of"), "video")
    assert "-an" in said
    assert "0:a:0?" not in said


def test_a_preview_is_short_and_silent() -> None:
    said = words(facts(), "preview")
    assert said[said.index("-t") + 1] == "3"
    assert "-an" in said


def test_forms_for_streaming_begin_a_part_every_four_seconds() -> None:
    said = words(facts(kind="mov"), "hls-360")
    assert said[said.index("-force_key_frames") + 1] == "expr:gte(t,n_forced*4)"
    assert "copy" not in said
