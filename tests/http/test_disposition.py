"""Names in Content-Disposition: readable by every browser, harmless to the header."""

from email.message import Message
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from albumen.blobs.layout import safe_name
from albumen.http.disposition import attachment, inline


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("IMG_1.jpg", 'attachment; filename="IMG_1.jpg"'),
        ("naïve.jpg", "attachment; filename=\"na_ve.jpg\"; filename*=UTF-8''na%C3%AFve.jpg"),
        ("100%.jpg", "attachment; filename=\"100_.jpg\"; filename*=UTF-8''100%25.jpg"),
        ('a"b.jpg', 'attachment; filename="a_b.jpg"'),
        ("../../etc/passwd", 'attachment; filename="_.._etc_passwd"'),
        ("a\r\nSet-Cookie: x=1.jpg", 'attachment; filename="aSet-Cookie_ x=1.jpg"'),
        ("", 'attachment; filename="unnamed"'),
    ],
)
def test_headers(name: str, header: str) -> None:
    assert attachment(name) == header
    assert inline(name) == header.replace("attachment", "inline", 1)


@given(st.text(max_size=300))
def test_every_name_comes_back_and_adds_nothing(name: str) -> None:
    header = attachment(name)
    assert header.isascii()
    assert header.isprintable()
    message = Message()
    message["Content-Disposition"] = header
    parsed = dict(message.get_params(header="content-disposition", unquote=True) or [])
    assert set(parsed) <= {"attachment", "filename"}
    assert _filename(header) == safe_name(name)


def _filename(header: str) -> str:
    plain, _, extended = header.partition("; filename*=UTF-8''")
    return unquote(extended) if extended else plain.removeprefix('attachment; filename="').removesuffix('"')
