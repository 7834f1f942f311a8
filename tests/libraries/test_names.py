"""Names are data, never a path."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from albumen.libraries import names


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("IMG_1.JPG", "IMG_1.JPG"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/abs/olute/x.jpg", "x.jpg"),
        ("C:\\Users\\me\\x.jpg", "x.jpg"),
        ("..", "photo.jpg"),
        ("", "photo.jpg"),
        (".", "photo.jpg"),
        (".jpg", "jpg"),
        ("a\x00b\r\n.jpg", "ab.jpg"),
        ("gpj.\u202egpj", "gpj.gpj"),
        ("a\u200b\ufeff.jpg", "a.jpg"),
        ("  two   words .jpg", "two words.jpg"),
        ("e\u0301.jpg", "é.jpg"),
        ("x\ud800.jpg", "x.jpg"),
        ("dir/", "photo.jpg"),
    ],
)
def test_the_name_of_an_upload(given: str, kept: str) -> None:
    assert names.of_upload(given, ".jpg") == kept


@given(st.text(max_size=400))
def test_no_name_is_a_path_or_too_long(text: str) -> None:
    name = names.of_upload(text, ".jpg")
    assert 0 < len(name.encode()) <= names.MAX_BYTES
    assert not set(name) & {"/", "\\", "\0", "\n"}
    assert name not in (".", "..")


def test_a_long_name_keeps_its_extension() -> None:
    name = names.of_upload("é" * 300 + ".jpeg", ".jpg")
    assert name.endswith("é.jpeg")
    assert len(name.encode()) <= 255
    assert all(len(each.encode()) <= 255 for each in islice(names.numbered(name), 200))


@pytest.mark.parametrize(
    ("name", "plain", "is_so"),
    [
        ("a (2).jpg", "a.jpg", True),
        ("a (13).jpg", "a.jpg", True),
        ("a (2)", "a", True),
        ("a.jpg", "a.jpg", False),
        ("b (2).jpg", "a.jpg", False),
        ("a (2).png", "a.jpg", False),
        ("a (2) (2).jpg", "a (2).jpg", True),
        ("a (2) (2).jpg", "a.jpg", False),
        (next(islice(names.numbered("é" * 125 + ".jpeg"), 1, None)), "é" * 125 + ".jpeg", True),
    ],
)
def test_a_name_with_a_number_is_known(name: str, plain: str, is_so: bool) -> None:
    assert names.is_numbered(name, plain) is is_so


def test_numbers_stand_before_the_extension() -> None:
    assert list(islice(names.numbered("a.b.jpg"), 3)) == ["a.b.jpg", "a.b (2).jpg", "a.b (3).jpg"]
    assert list(islice(names.numbered("plain"), 2)) == ["plain", "plain (2)"]
