"""Cursors."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from albumen.kernel.errors import Invalid
from albumen.kernel.pages import from_cursor, to_cursor

_WORDS = st.text(st.characters(exclude_categories=["Cs"]))
_WHOLE = st.integers(-(1 << 63), (1 << 63) - 1)


@given(st.lists(_WORDS | _WHOLE | st.none(), max_size=4))
def test_a_cursor_gives_its_keys_back(keys: list[str | int | None]) -> None:
    cursor = to_cursor(*keys)
    assert from_cursor(cursor) == keys
    assert cursor == cursor.strip("=")


def _coded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor", ["x", "ä", "!!!!", _coded("{}"), _coded("[[1]]"), _coded("[1.5]"), _coded("["), _coded(f"[{10**30}]")]
)
def test_a_foreign_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid):
        from_cursor(cursor)


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        keys = from_cursor(text)
    except Invalid:
        return
    assert isinstance(keys, list)
