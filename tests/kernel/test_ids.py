"""Ids and signatures, inside and outside."""

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from albumen.kernel import ids
from albumen.kernel.errors import NotFound


@given(st.integers(1, (1 << 63) - 1))
def test_an_id_comes_back_from_its_public_form(number: int) -> None:
    word = ids.encode(number)
    assert ids.decode(word) == number
    assert 1 <= len(word) <= 13


def test_new_ids_are_positive_signed_and_not_in_order() -> None:
    made = [ids.new_id() for _ in range(1000)]
    assert len(set(made)) == 1000
    assert all(0 < each < 1 << 63 for each in made)
    assert made != sorted(made)


@pytest.mark.parametrize(
    "word", ["", "0", "A", "-1", "1_0", " 1", "1 ", "١", "../1", "1" * 14, "z" * 13, ids.encode(1 << 63)]
)
def test_what_cannot_be_an_id_is_not_found(word: str) -> None:
    with pytest.raises(NotFound):
        ids.decode(word)


@given(st.binary(min_size=32, max_size=32))
def test_a_signature_names_its_digest_and_fits_into_a_path(digest: bytes) -> None:
    name = ids.signature(digest)
    assert ids.digest(name) == digest
    assert len(name) == 44
    assert "/" not in name


def test_a_signature_is_base64_of_sha256() -> None:
    digest = hashlib.sha256(b"photo").digest()
    assert base64.b64decode(ids.signature(digest).replace("_", "/")) == digest
    assert ids.digest(ids.signature(digest).replace("+", "-")) == digest


@pytest.mark.parametrize("text", ["", "abc", "a" * 44, "a" * 43 + "\n", "é" * 43 + "=", "/" * 43 + "="])
def test_what_cannot_be_a_signature_is_not_found(text: str) -> None:
    with pytest.raises(NotFound):
        ids.digest(text)
