"""Requests with something wrong in their forms, ranges, resumable uploads and heads, each drawn by lot."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from tests.hard import words
from tests.hard.wire import Shape

LINE = b"\r\n"
LONG = b"9" * 5000
NUMBERS = (
    b"0", b"1", b"-1", b"+5", b"5 ", b" 5", b"5, 5", b"5,6", b"0x5", b"5.0", b"1e3", b"", b"NaN", b"\xb2", b"007",
    LONG, b"9223372036854775807", b"9223372036854775808", b"18446744073709551616", b"1_0", b"4294967296", b"00",
    b"\t3",
)  # fmt: skip
BOUNDARIES = (
    b"x", b'"x"', b'"x y"', b"", b'""', b"a" * 70, b"a" * 71, b"a" * 4000, b"x; boundary=y", b"x\xff", b"'()+_,-./:=?",
    b"--", b'"x', b"x;charset=utf-8", b" x", b"x ", b"\\", b'"a\\"b"', b"=", b";", b"%0d%0a",
)  # fmt: skip
FILENAMES = (
    b'filename="a.jpg"', b"filename=a.jpg", b"filename*=utf-8''%e2%82%ac.jpg", b"filename*=UTF-8'en'a%00b.jpg",
    b"filename*=iso-8859-1''%a3.jpg", b"filename*=utf-8''%", b"filename*=utf-8''%zz%f", b"filename*=utf-8'",
    b"filename*=''", b"filename*=utf-8''" + b"%ff" * 3000, b"filename*0=a; filename*1=b.jpg", b"filename*1*=%41",
    b'filename="a.jpg"; filename="b.jpg"', b"filename=\"a.jpg\"; filename*=utf-8''b.jpg", b'filename=""', b"filename",
    b'filename="' + b"a" * 8000 + b'"', b'filename="..\\..\\..\\x.jpg"', b'filename="/etc/passwd"',
    b'filename="\xff\xfe"', b'filename="a\\"b.jpg"', b'filename="%22%0d%0a.jpg"', b"filename*=utf-8''..%2f..%2fx",
    b'filename="\xed\xa0\x80"', b"filename*=utf-16''%d8%00", b"filename*=klingon''a", b'filename=";;;="',
    b'filename="a.jpg', b"filename*=utf-8''%ed%a0%80",
)  # fmt: skip
PART_HEADERS = (
    b"Content-Type: image/jpeg", b"Content-Type: multipart/mixed; boundary=y", b"Content-Transfer-Encoding: base64",
    b"Content-Length: 99999999999", b"X: " + b"a" * 3000, b"X: " + b"a" * 100_000, b"no colon here", b": empty",
    b"X\x00: y", b"X : y", b" folded: x", b"X: y\r\n z", b"Content-Disposition: attachment", b"X: \xff\xfe", b"X:\ny",
    b"A: b\r\n" * 4000 + b"B: c",
)  # fmt: skip
RANGES = (
    b"bytes=0-0", b"bytes=0-", b"bytes=-1", b"bytes=-0", b"bytes=5-1", b"bytes=0-0,1-1", b"bytes=0-9,5-14,10-19",
    b"bytes=9-5,0-1", b"bytes=-", b"bytes=", b"bytes", b"bytes=0-0,", b"bytes=,0-0", b"bytes=" + b"0-0," * 900,
    b"items=0-1", b"bytes=99999999999999999999-", b"bytes=0-99999999999999999999", b"bytes=-99999999999999999999",
    b"bytes=" + LONG + b"-", b"bytes=18446744073709551615-18446744073709551616", b"bytes=0x0-0x5", b"bytes=1.5-3",
    b"bytes = 0 - 5", b"bytes=--5", b"bytes=+1-2", b"BYTES=0-4", b"bytes=\xb2-", b"bytes=0-4;x", b"bytes=0-4\x00",
    b"bytes=5", b"bytes=a-b", b"bytes=0--1",
)  # fmt: skip
TAGS = (
    b'"x"', b'W/"x"', b"*", b"", b'"', b'"a", "b"', b"Thu, 01 Jan 1970 00:00:00 GMT", b"W/", b'"\xff"', b'"x",' * 900,
)  # fmt: skip
PAIRS = (
    b"filename !!!", b"filename", b"filename ", b" aGk=", b"filename aGk=,filename aGk=", b",", b",,,",
    b"filename aGk", b"a b c", b"filename =aGk", b"filename " + b"A" * 70_000, b"filename /w==",
    b"filename " + base64.b64encode(b"\0/../\xe2\x80\xae"), b"f\xc3\xa9 aGk=", b"filename aGk=\t,\tx eA==",
    b"folderId " + base64.b64encode(b"zzz"), b"filename 7aCA", b"filetype " + base64.b64encode(b"text/html"),
    b"," .join(b"k%d eA==" % n for n in range(3000)), b"filename aGk=;x",
)  # fmt: skip
SUMS = (
    b"sha1 x", b"sha256", b"sha256 ", b"md5 AAAA", b" sha1 AAAA", b"SHA1 AAAA", b"sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
    b"sha256 \xff", b"sha1  2jmj7l5rSw0yVb/vlWAYkK/YBwk=", b"sha512 " + b"A" * 88, b"sha1 " + b"A" * 9000, b"",
    b"sha1,sha256 AAAA", b"crc32 AAAA",
)  # fmt: skip
CHUNKS = (
    b"0\r\n\r\n", b"5\r\nhello\r\n0\r\n\r\n", b"5;x=y\r\nhello\r\n0\r\n\r\n", b"00005\r\nhello\r\n0\r\nX: y\r\n\r\n",
    b"ffffffffffffffff1\r\n", b"-1\r\n\r\n", b"0x5\r\nhello\r\n0\r\n\r\n", b" 5\r\nhello\r\n0\r\n\r\n",
    b"5 \r\nhello\r\n0\r\n\r\n", b"5\nhello\n0\n\n", b"5\r\nhelloX\r\n0\r\n\r\n", b"g\r\n", b"\r\n",
    b"5;" + b"a" * 20_000 + b"\r\nhello\r\n0\r\n\r\n", b"8000000000000000\r\n",
    b"0\r\n" + b"T: x\r\n" * 3000 + b"\r\n", b"1\r\na\r\n" * 500 + b"0\r\n\r\n",
)  # fmt: skip
CODINGS = (
    b"chunked", b"Chunked", b"xchunked", b"chunked, chunked", b"identity", b"gzip, chunked", b"chunked, identity",
    b"\tchunked", b"chunked\x0b", b"", b"chunked;x=y", b'"chunked"', b"cow",
)  # fmt: skip
TARGETS = (
    b"/v1/libraries", b"/v1/none", b"/", b"*", b"http://evil.example/v1/libraries", b"evil.example:443",
    b"//evil.example/", b"/%00", b"/%", b"/\xff", b"/v1/../v1/libraries", b"/" + b"a" * 60_000, b"/?" + b"a=b&" * 9000,
    b"/v1/libraries#x", b"/a b", b"", b"/..%2f..%2fetc/passwd", b"/v1//libraries", b"/static/..%5c..%5cx",
    b"/v1/libraries;x=y", b"/v1/libraries?limit=1&limit=2",
)  # fmt: skip
HEADS = (
    b"Host: y", b"Host: ", b"Host: \xff", b"Host: a b", b"Host: evil.example/x", b"Content-Length : 5",
    b" Content-Length: 5", b"Content-Length: 5\r\nContent-Length: 5", b"Content-Length: 5\r\nContent-Length: 6",
    b"X: y\r\n z", b"X\x00Y: z", b"X: a\x00b", b"X: a\rb", b"X y: z", b": z", b"nothing", b"X:" + b"a" * 70_000,
    b"A: b\r\n" * 900 + b"B: c", b"Expect: 100-continue", b"Expect: 200",
    b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA",
    b"Connection: close",
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13",
    b"Connection: " + b"a," * 2000, b"Accept-Language: " + b"de;q=0.1," * 4000,
    b"Accept-Language: de;q=nan,*;q=-1,en;q=1e400,\xff", b"Accept-Language: " + b"-" * 9000,
    b"Accept-Language: " + b"a-" * 4000, b"If-None-Match: " + b'"a",' * 9000, b'If-None-Match: "',
    b"If-None-Match: W/W/*", b"Cookie: ;;;=;", b"Cookie: " + b"a=b; " * 9000, b"Cookie: albumen=" + b"x" * 30_000,
    b"Cookie: albumen=\xff\x80; albumen=x", b"Cookie: a\x01b=c", b"Cookie: albumen_language=../../x",
    b"Accept-Encoding: gzip;q=0, *;q=2, br;q=x", b"Accept: " + b"*/*," * 5000, b"TE: trailers, deflate;q=x",
    b"Authorization: Basic \xff", b"Authorization: ApiKey " + b"k" * 30_000,
    b"X-Forwarded-For: " + b"1.2.3.4, " * 3000, b"Date: never", b"X-Forwarded-Host: a\tb", b"X-Request-Id: a\tb",
    b"Idempotency-Key: " + b"a" * 9000, b"Range: bytes=0-0", b"If-Modified-Since: " + LONG,
)  # fmt: skip
ENDLESS = (
    b"4294967296", b"9223372036854775807", b"9223372036854775808", b"1844674407370955", b"80000000000000", b"007",
)  # fmt: skip
"""What announces more than is sent."""
METHODS = (
    b"GET", b"POST", b"get", b"HEAD", b"PUT", b"DELETE", b"OPTIONS", b"TRACE", b"CONNECT", b"PRI", b"G\x00T",
    b"X" * 900, b"", b"M-SEARCH",
)  # fmt: skip
VERSIONS = (
    b"HTTP/1.1", b"HTTP/1.1", b"HTTP/1.1", b"HTTP/1.0", b"HTTP/0.9", b"HTTP/9.9", b"HTTP/2.0", b"http/1.1",
    b"HTTP/1.1 x", b"",
)  # fmt: skip


@dataclass(frozen=True)
class Aims:
    """What requests are sent to, and as whom."""

    credentials: bytes
    forms: Sequence[bytes]
    files: Sequence[tuple[bytes, bytes]]
    uploads: tuple[bytes, ...]
    photo: bytes


def request(aims: Aims, method: bytes, target: bytes, *headers: bytes, body: bytes | None = None) -> bytes:
    """A request of ours; a body is told with its length."""
    told = [b"%s %s HTTP/1.1" % (method, target), b"Host: x", *headers]
    told += [b"Content-Length: %d" % len(body)] if body is not None else []
    return LINE.join(told) + LINE + aims.credentials + LINE + (body or b"")


def odd_form(aims: Aims, random: Random) -> Shape:
    """A multipart body."""
    said = random.choice(BOUNDARIES) if random.random() < 0.25 else b"x"
    kind = b"Content-Type: " + (
        b"multipart/form-data" if random.random() < 0.95 else random.choice(words.KINDS).replace(LINE, b"")
    )
    line = said.strip(b' "') if random.random() < 0.9 else random.choice((b"y", b"", b"-", b"x--"))
    parts = 10_000 if random.random() < 0.004 else random.choice((0, 1, 1, 2, 2, 3, 8, 120))
    body = random.choice((b"", b"", b"before\r\n", b"\r\n", b"--")) + b"".join(
        _part(aims, random, line) for _ in range(parts)
    )
    body += random.choice(
        (b"--%s--\r\n",) * 5
        + (b"--%s--", b"--%s", b"--%s\r\n", b"", b"--%s--x", b"--%s--\r\nafter", b"--%s--\r\n--%s--")
    ).replace(b"%s", line)
    content = request(aims, b"POST", random.choice(aims.forms), kind + b"; boundary=" + said, body=body)
    is_cut = random.random() < 0.05
    return Shape(content[: random.randrange(len(content))] if is_cut else content, "POST", is_cut)


def _part(aims: Aims, random: Random, line: bytes) -> bytes:
    name = random.choice(
        (
            b'name="files"',
            b'name="file"',
            b'name="metadata"',
            b"name=files",
            b'name=""',
            b"",
            b'name="\xff"',
            b'name="a\\"b"',
        )
    )
    head = b"Content-Disposition: %s; %s; %s" % (
        random.choice((b"form-data",) * 9 + (b"attachment",)),
        name,
        random.choice(FILENAMES),
    )
    more = LINE + random.choice(PART_HEADERS) if random.random() < 0.3 else b""
    nested = b"--y\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--y--"
    content = random.choice(
        (b"x", b"", b"\0" * 300, b"--" + line, b"\r\n--" + line + b"y", nested, b"{", aims.photo[:200])
    )
    end = random.choice((LINE,) * 9 + (b"\n", b""))
    return b"--" + line + LINE + head + more + random.choice((LINE * 2,) * 12 + (LINE, b"\n\n", b"")) + content + end


def odd_range(aims: Aims, random: Random) -> Shape:
    """A range of a file that is known."""
    target, whole = random.choice(aims.files)
    chosen = (
        random.choice(RANGES)
        if random.random() < 0.7
        else b"bytes=%d-%d" % (random.randrange(900), random.randrange(900))
    )
    headers = [b"Range: " + chosen.replace(b"\x00", b"")]
    headers += [b"Range: " + random.choice(RANGES).replace(b"\x00", b"")] if random.random() < 0.1 else []
    for name in (b"If-Range", b"If-None-Match", b"If-Match"):
        headers += [name + b": " + random.choice(TAGS)] if random.random() < 0.2 else []
    method = random.choice((b"GET",) * 5 + (b"HEAD",))
    return Shape(request(aims, method, target, *headers), method.decode(), whole=whole)


def odd_resumption(aims: Aims, random: Random) -> Shape:
    """A resumable upload that is announced, gone on with, looked at or given up."""
    method = random.choice((b"POST", b"POST", b"PATCH", b"PATCH", b"PATCH", b"HEAD", b"OPTIONS", b"DELETE"))
    target = (
        b"/v1/uploads"
        if method in (b"POST", b"OPTIONS")
        else random.choice((*aims.uploads * 4, b"/v1/uploads/zzz", b"/v1/uploads/"))
    )
    if method == b"DELETE":
        target = b"/v1/uploads/" + random.choice((b"zzz", b"%00", b"1y2p0ij32e8e7", b"-1"))
    told = {
        b"Tus-Resumable": b"1.0.0"
        if random.random() < 0.92
        else random.choice((b"", b"0.2.2", b"1.0.0, 1.0.0", b"1", b"\xff")),
        b"Upload-Length": b"100" if random.random() < 0.5 else random.choice(NUMBERS),
        b"Upload-Offset": b"0" if random.random() < 0.4 else random.choice(NUMBERS),
        b"Upload-Metadata": random.choice(PAIRS),
        b"Upload-Checksum": random.choice(SUMS),
        b"Upload-Defer-Length": random.choice((b"1", b"0", b"2")),
        b"Upload-Concat": random.choice((b"partial", b"final;/v1/uploads/zzz", b"final;" + b"/a " * 2000)),
        b"X-HTTP-Method-Override": random.choice((b"PATCH", b"DELETE", b"\xff")),
    }
    chance = {
        b"Tus-Resumable": 0.97,
        b"Upload-Length": 0.9,
        b"Upload-Offset": 0.9,
        b"Upload-Metadata": 0.5,
        b"Upload-Checksum": 0.4,
    }
    headers = [b"%s: %s" % pair for pair in told.items() if random.random() < chance.get(pair[0], 0.06)]
    headers += [
        b"Content-Type: "
        + (
            b"application/offset+octet-stream"
            if random.random() < 0.8
            else random.choice((b"", b"text/plain", b"a/b;c"))
        )
    ]
    body = random.choice((b"", b"", b"x", b"hello", b"x" * 200)) if method in (b"POST", b"PATCH") else b""
    if body and random.random() < 0.2:
        headers.append(b"Upload-Checksum: sha1 " + base64.b64encode(hashlib.sha1(body, usedforsecurity=False).digest()))
    return Shape(request(aims, method, target, *headers, body=body), method.decode())


def odd_head(aims: Aims, random: Random) -> Shape:
    """A head as no client writes it: smuggling, and headers without measure."""
    method = random.choice(METHODS) if random.random() < 0.2 else random.choice((b"GET", b"GET", b"POST", b"HEAD"))
    target = (
        random.choice(TARGETS)
        if random.random() < 0.3
        else random.choice((b"/v1/libraries", b"/", b"/v1/none", b"/login"))
    )
    version = random.choice(VERSIONS) if random.random() < 0.15 else b"HTTP/1.1"
    lines = [b"%s %s %s" % (method, target, version), *([b"Host: x"] if random.random() < 0.95 else [])]
    lines += random.sample(HEADS, random.choice((0, 1, 1, 1, 2, 4)))
    body, smuggled = b"", b"GET /v1/users/me HTTP/1.1\r\nHost: x\r\nX-Request-Id: smuggled\r\n\r\n"
    if random.random() < 0.35:
        lines += [b"Transfer-Encoding: " + random.choice(CODINGS)]
        body = random.choice(CHUNKS)
    if random.random() < 0.3:
        lines += [b"Content-Length: " + (b"%d" % len(body) if random.random() < 0.4 else random.choice(NUMBERS))]
    body += smuggled if random.random() < 0.3 else b""
    ending = LINE if random.random() < 0.95 else random.choice((b"\n", b"\r", b"\r\r\n"))
    is_cut = ending == b"\r" or any(told in line for told in ENDLESS for line in (*lines, body))
    return Shape(ending.join(lines) + ending + aims.credentials + ending + body, method.decode("latin-1"), is_cut)


KINDS: Sequence[Callable[[Aims, Random], Shape]] = (odd_form, odd_range, odd_resumption, odd_head)
