"""What programs stumble over: strings, numbers, JSON, headers, drawn by a seeded generator."""

import json
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

LONG = "9" * 5000
STRINGS = (
    "", " ", "\t\n", "0", "-1", "1e400", "NaN", "Infinity", "null", "undefined", "true", "[]", "{}", "None", "\x00",
    "a\x00b", "\ud800", "x\udfffy", "\ufeff", "\u202egpj.exe", "a\u0308\u0308" * 40, "\u200b\u200d\u2060", "Ω≈ç√∫",
    "ﷺ" * 50, "ß", "İ", "ǅ", "田中さん", "😀" * 70, "\U0001f3f4\U000e0067\U000e007f",
    "１２３", "٣", "²", "Ⅷ", "../../../../etc/passwd", "..\\..\\x",
    "/", "//evil.example/x", "\\\\evil", "file:///etc/passwd", "C:\\x", "con", "a/b", ".", "..", "http://[",
    "http://[::1", "//[", "https://x:99999999/", "http://a b/", "javascript:alert(1)", "data:,x", "' OR 1=1 --",
    '"; DROP TABLE files; --', "%", "_", "%%%s%n", "{0}{a}", "{{7*7}}", "${7*7}", "<script>alert(1)</script>", "&#0;",
    "*", "**", "(", ")" * 200, "(" * 500, "[" * 200, "\\", "'", '"', "a" * 5000, "a," * 2000, LONG, "-" + LONG,
    "1" * 20, "9223372036854775808", "-9223372036854775809", "2147483648", "18446744073709551616", "0x10", "1_000",
    "+1", "1.5", "00000001", "zzzzzzzzzzzzz", "1y2p0ij32e8e7", "0001-01-01", "9999-12-31",
    "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59", "0001-01-01T00:00", "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00", "2021-02-30", "2021-13-01", "10000-01-01", "2021-07-01T25:00:00Z", "-0001-01-01",
    "2021-W27", "2021-07", "12:99", "0000-00", "9999-12", "0001-01", "2021-07-01T00:00:00+99:99", "../UTC", "Europe",
    "/etc/localtime", "UTC\x00", "Europe/Berlin\n", "posixrules", "localtime", "Etc/GMT+99", "a@b",
    "a@b.example\r\nBcc: x@y.example", "@", "a" * 400 + "@example.org", "\r\nX-Evil: 1", "a\nb", "=1+1", "@SUM(A1)",
    "W10", "WzFd", "WyIiXQ", "W251bGxd", "W251bGwsbnVsbF0", "WzEsMl0", "Wy05LC05XQ", "WzkyMjMzNzIwMzY4NTQ3NzU4MDcsMV0",
    "WyJhIiwxXQ", "WzEsImEiXQ", "Wy05MjIzMzcyMDM2ODU0Nzc1ODA4LC05MjIzMzcyMDM2ODU0Nzc1ODA4XQ", "WyJcdWQ4MDAiLDFd",
    "WyIiLDEsMiwzLDQsNV0", "WyJ4IiwieSJd", "WyJ4Il0", "WzBd", "WyIiXQ", "Wy0xXQ", "WyJmZiJd", "180,90,-180,-90",
    "nan,nan,nan,nan", "inf,-inf,inf,inf", "1,2,3", "1e308,1e308,1e308,1e308", "0,0,0,0", "-999,-999,999,999",
    "rating:" + LONG, "size:>" + LONG, "taken:last-" + LONG + "days", "near:1,2~" + LONG, "near:90,180~1e9km",
    "taken:9999..0001", "-" * 300, "a OR " * 300, "(" * 60 + "a" + ")" * 60, "NOT " * 200, "tag:*", "iso:1..",
    "camera:\"", "taken:0000", "a*b*c*d*e*f*g*h*", "\"" * 99,
)  # fmt: skip
NUMBERS = (
    0, -1, 1, 2**31, -(2**31) - 1, 2**53, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64, 10**30, 10**400, 0.5, -0.0,
    1e308, -1e308, float("nan"), float("inf"), -float("inf"), 5e-324,
)  # fmt: skip
BODIES = (
    b"", b"{", b"[]", b"null", b"0", b'""', b"{}", b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}", b'{"a":\xff}',
    b"\x00" * 100, b"[" * 50_000, b'{"a":' * 20_000, b'{"name":"a","name":"b","name":' + b"9" * 6000 + b"}",
    b'{"a":1e999999}', b"9" * 5000, b"\xed\xa0\x80", b'"\\ud800"', b"{'a':1}", b"a=1&a=2&a=%00", b"a" * 2_000_000,
)  # fmt: skip
KINDS = (
    b"application/json", b"application/json; charset=utf-16", b"text/plain", b"application/x-www-form-urlencoded", b"",
    b"multipart/form-data", b"multipart/form-data; boundary=", b"multipart/form-data; boundary=x", b"image/jpeg",
    b"\xff\xfe", b"application/offset+octet-stream", b"application/json; charset=nonsense", b"a" * 3000,
    b"application/xml", b"*/*", b";;;", b"multipart/form-data; boundary=\"\xff\"", b"multipart/mixed; boundary=x",
    b"application/x-www-form-urlencoded; charset=rot13",
)  # fmt: skip
HEADERS = (
    b"accept", b"accept-language", b"accept-encoding", b"authorization", b"api-user-id", b"cookie", b"origin",
    b"referer", b"host", b"if-match", b"if-none-match", b"if-modified-since", b"if-unmodified-since", b"if-range",
    b"range", b"idempotency-key", b"content-length", b"content-digest", b"repr-digest", b"content-disposition",
    b"content-encoding", b"transfer-encoding", b"expect", b"x-forwarded-for", b"x-forwarded-proto",
    b"x-forwarded-host", b"x-request-id", b"x-csrf-token", b"x-http-method-override", b"upload-length",
    b"upload-offset", b"upload-metadata", b"upload-checksum", b"tus-resumable", b"upload-concat", b"sec-fetch-site",
    b"prefer", b"user-agent", b"connection", b"upgrade", b"last-event-id", b"hx-request", b"albumen-code",
    b"vault-code",
)  # fmt: skip
VALUES = (
    b"", b" ", b"*", b"\xff", b"\x80\x00", b"bytes=0-0", b"bytes=-1", b"bytes=-0", b"bytes=5-1", b"bytes=0-",
    b"bytes=0-0,1-1,2-2", b"bytes=" + b"0-0," * 500, b"bytes=99999999999999999999-", b"bytes=9-" + b"9" * 5000,
    b"bytes=--1", b"items=0-1", b"bytes = 0 - 5", b'"x"', b'W/"x"', b"W/", b'"' * 300, b", ," * 200, b'"a", *',
    b"Thu, 01 Jan 1970 00:00:00 GMT", b"Fri, 31 Dec 9999 23:59:59 GMT", b"not a date", b"http://[", b"null",
    b"http://testserver", b"https://evil.example", b"http://[::1]:99999999", b"//[", b"http://testserver:abc",
    b"albumen=x", b"albumen=" + b"a" * 3000, b"albumen=\xff\xfe", b"a=b;" * 900, b"albumen; albumen=; =albumen",
    b"__Host-albumen=1", b"albumen_language=\xff", b"Bearer ", b"Bearer \xff", b"ApiKey", b"Basic YTpi",
    b"ApiKey " + b"k" * 5000, b"Bearer x.y.z", b"127.0.0.1", b"[::1]:80, 10.0.0.1", b",,,", b"1.2.3.4:5:6", b"for=[",
    b"chunked", b"100-continue", b"gzip", b"-1", b"9" * 5000, b"0x5", b"sha-256=:!!!:", b"sha-256=::",
    b"sha-256=:" + b"A" * 44 + b":", b"sha1 x", b"sha256 \xff", b"filename \xff", b"filename " + b"A" * 900,
    b"de;q=nan, en;q=1e400", b"x" * 500 + b";q=1", b"de-DE,de;q=0.9", b"*;q=0", b"text/html", b"text/html;q=inf",
    b"../../x", b"{}", b"0", b"DELETE", b"wait=999999999", b"wait=" + b"9" * 5000, b"evil\r\nx: y",
    b"testserver:99999", b"[", b"a b", b"xn--\xff",
)  # fmt: skip


def pick(random: Random) -> str:
    """A string."""
    return random.choice(STRINGS)


def value(random: Random, depth: int = 0) -> Any:
    """Anything that JSON can hold, and a few things that only Python's can."""
    kind = random.random()
    if kind < 0.55 or depth > 2:
        return pick(random)
    if kind < 0.8:
        return random.choice((*NUMBERS, True, False, None))
    if kind < 0.92:
        return [value(random, depth + 1) for _ in range(random.choice((0, 1, 2, 5, 300)))][: 5 if depth else 300]
    return {pick(random): value(random, depth + 1) for _ in range(random.choice((0, 1, 3)))}


def spoiled(random: Random, told: Any) -> Any:
    """A good value with something wrong in it."""
    if isinstance(told, dict) and told and random.random() < 0.9:
        name = random.choice(list(told))
        return {**told, name: spoiled(random, told[name])}
    if isinstance(told, list) and told and random.random() < 0.6:
        at = random.randrange(len(told))
        return [*told[:at], spoiled(random, told[at]), *told[at + 1 :]]
    return value(random)


def as_json(told: Any) -> bytes:
    """JSON as a hostile client writes it: unpaired surrogates and NaN included."""
    return json.dumps(told).encode()


def as_query(pairs: list[tuple[str, str]]) -> bytes:
    """A query or a form; what UTF-8 cannot hold goes as the bytes it would be."""
    return urlencode(pairs, errors="surrogatepass").encode()


def as_segment(text: str) -> bytes:
    """One segment of a path."""
    return quote(text, safe="", errors="surrogatepass").encode()
