"""The codecs that FFmpeg may decode for us: those of cameras, phones and what people once made of their films."""

from typing import Final

_PICTURES: Final = (
    *("h264", "hevc", "vvc", "av1", "libdav1d", "vp6", "vp6f", "vp8", "vp9", "theora"),
    *("mpeg1video", "mpeg2video", "mpegvideo", "mpeg4", "msmpeg4v1", "msmpeg4v2", "msmpeg4", "h261", "h263", "h263i"),
    *("mjpeg", "mjpegb", "jpeg2000", "dvvideo", "prores", "dnxhd", "cfhd", "ffv1", "huffyuv", "utvideo"),
    *("wmv1", "wmv2", "wmv3", "vc1", "svq1", "svq3", "cinepak", "indeo3", "indeo4", "indeo5", "rpza", "qtrle", "smc"),
    *("8bps", "flv", "rawvideo", "msvideo1", "msrle", "apv"),
)
_SOUNDS: Final = (
    *(
        "aac",
        "aac_latm",
        "mp1float",
        "mp1",
        "mp2float",
        "mp2",
        "mp3float",
        "mp3",
        "ac3",
        "eac3",
        "dca",
        "truehd",
        "mlp",
    ),
    *("opus", "libopus", "vorbis", "libvorbis", "flac", "alac", "amrnb", "amrwb", "libopencore_amrnb", "gsm", "gsm_ms"),
    *("wmav1", "wmav2", "wmapro", "wmalossless", "wmavoice", "qdm2", "qdmc", "qcelp", "evrc", "mace3", "mace6"),
    *("adpcm_ms", "adpcm_ima_wav", "adpcm_ima_qt", "adpcm_swf", "adpcm_yamaha", "adpcm_ima_amv", "adpcm_g726"),
    *("pcm_u8", "pcm_s8", "pcm_s16le", "pcm_s16be", "pcm_u16le", "pcm_u16be", "pcm_s24le", "pcm_s24be", "pcm_s32le"),
    *(
        "pcm_s32be",
        "pcm_f32le",
        "pcm_f32be",
        "pcm_f64le",
        "pcm_f64be",
        "pcm_alaw",
        "pcm_mulaw",
        "pcm_bluray",
        "pcm_dvd",
    ),
)
READABLE: Final = ",".join((*_PICTURES, *_SOUNDS))
"""As FFmpeg's `-codec_whitelist` takes them."""
