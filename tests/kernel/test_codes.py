"""Access codes: as they are typed, shown and told apart from what QR links carry."""

import pytest

from albumen.kernel import codes


def test_what_was_shown_can_be_typed() -> None:
    for _ in range(50):
        code = codes.new_code()
        assert codes.parse(codes.show(code)) == code
        assert not codes.is_token(codes.show(code))


@pytest.mark.parametrize("typed", ["0123-abcd", " o i-23 A B C D", "OL23ABCD", "0123\u2013ABCD"])
def test_how_codes_are_typed(typed: str) -> None:
    assert codes.parse(typed) == "0123ABCD"


@pytest.mark.parametrize("typed", ["", "0123-ABC", "0123-ABCDE", "0123-ABCU", "*" * 8, "\ud800" * 8, "ééééßßßß"])
def test_what_is_no_code(typed: str) -> None:
    assert codes.parse(typed) is None


def test_tokens_are_no_codes() -> None:
    token = codes.new_token()
    assert codes.is_token(token)
    assert codes.parse(token) is None
