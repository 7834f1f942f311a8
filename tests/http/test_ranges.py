"""Ranges and conditions, as RFC 9110 has them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from albumen.http.ranges import Answer, answer_for

TAG = b'"abc_+="'
offsets = st.integers(0, 10**12)


def get(size_bytes: int, method: str = "GET", **headers: bytes) -> Answer:
    fields = [(name.replace("_", "-").encode(), value) for name, value in headers.items()]
    return answer_for(method, fields, TAG, size_bytes)


@given(offsets, offsets, st.integers(0, 10**12))
def test_a_range_is_what_slicing_gives(first: int, last: int, size_bytes: int) -> None:
    answer = get(size_bytes, range=b"bytes=%d-%d" % (first, last))
    if last < first:
        assert (answer.status, answer.length) == (200, size_bytes)
    elif first >= size_bytes:
        assert answer == Answer(416)
    else:
        assert (answer.status, answer.start, answer.end) == (206, first, min(last + 1, size_bytes))


@given(offsets, st.integers(0, 10**12))
def test_open_and_suffix_ranges(count: int, size_bytes: int) -> None:
    rest, suffix = get(size_bytes, range=b"bytes=%d-" % count), get(size_bytes, range=b"bytes=-%d" % count)
    assert rest.status == (206 if count < size_bytes else 416)
    assert rest.length == max(0, size_bytes - count)
    assert suffix.status == (206 if count and size_bytes else 416)
    assert suffix.length == min(count, size_bytes)
    assert suffix.status == 416 or suffix.end == size_bytes


@given(st.binary(max_size=30))
def test_whatever_else_is_asked_the_answer_is_sound(field: bytes) -> None:
    answer = get(1000, range=field)
    assert answer.status in {200, 206, 416}
    assert 0 <= answer.start <= answer.end <= 1000


@pytest.mark.parametrize(
    "field", [b"bytes=0-1,3-4", b"bytes=-", b"items=0-1", b"bytes=a-b", b"bytes 0-1", b"bytes=-1-2", b"", b"bytes=1"]
)
def test_several_ranges_or_none_at_all_give_everything(field: bytes) -> None:
    assert get(10, range=field) == Answer(200, 0, 10, has_body=True)


@pytest.mark.parametrize(
    ("field", "status"),
    [
        (TAG, 304),
        (b"W/" + TAG, 304),
        (b'"x", W/"y" , ' + TAG, 304),
        (b"*", 304),
        (b'"x"', 200),
        (b"abc_+=", 200),
        (b"", 200),
    ],
)
def test_if_none_match_is_weak(field: bytes, status: int) -> None:
    assert get(10, if_none_match=field).status == status
    assert get(10, "HEAD", if_none_match=field).status == status


@pytest.mark.parametrize(("field", "status"), [(TAG, 200), (b"*", 200), (b'"x"', 412), (b"W/" + TAG, 412)])
def test_if_match_is_strong(field: bytes, status: int) -> None:
    assert get(10, if_match=field).status == status


@pytest.mark.parametrize(
    ("field", "status"),
    [(TAG, 206), (b"W/" + TAG, 200), (b'"x"', 200), (b"Sat, 29 Oct 2011 19:43:31 GMT", 200)],
)
def test_if_range_must_be_the_very_same(field: bytes, status: int) -> None:
    assert get(10, range=b"bytes=0-1", if_range=field).status == status


def test_not_modified_goes_before_the_range() -> None:
    assert get(10, range=b"bytes=99-", if_none_match=TAG).status == 304


def test_head_has_no_range_and_no_body() -> None:
    assert get(10, "HEAD", range=b"bytes=0-1") == Answer(200, 0, 10)
